package local

import (
	"context"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/jackc/pgx/v5"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

// StartPostgres with the programs of Debian's package, which is installed if it is
// missing. Its data is in Dir, which its account has to be able to enter. A server that
// stopped by itself starts again with what it had.
func (s *Servers) StartPostgres(ctx context.Context, step artifact.Step, settings ...string) error {
	_, major, err := artifact.PostgreSQL()
	if err != nil {
		return err
	}
	s.Programs = filepath.Join("/usr/lib/postgresql", major, "bin")
	if _, err := os.Stat(filepath.Join(s.Programs, "initdb")); err != nil {
		if err := artifact.InstallPackages(ctx, step, "postgresql-"+major); err != nil {
			return err
		}
	}
	return s.serve(ctx, settings...)
}

// serve with the programs that were found.
func (s *Servers) serve(ctx context.Context, settings ...string) error {
	data := filepath.Join(s.Dir, "pgdata")
	if _, err := os.Stat(data); err != nil {
		if err := s.initialise(ctx, data); err != nil {
			return err
		}
	}
	as, err := Account(data)
	if err != nil {
		return err
	}
	if s.Postgres == "" {
		port, err := FreePort(ctx)
		if err != nil {
			return err
		}
		s.Postgres = net.JoinHostPort("127.0.0.1", port)
	}
	_, port, err := net.SplitHostPort(s.Postgres)
	if err != nil {
		return err
	}
	args := []string{"-D", data, "-p", port, "-h", "127.0.0.1", "-k", data, "-c", "log_min_messages=fatal"}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	server := exec.Command(filepath.Join(s.Programs, "postgres"), args...) //nolint:gosec,noctx // It is stopped below.
	server.SysProcAttr, server.Dir = as, s.Dir
	if err := server.Start(); err != nil {
		return err
	}
	s.AtStop(func() {
		_ = server.Process.Signal(syscall.SIGQUIT)
		_ = server.Wait()
	})
	return Await(ctx, func() error {
		conn, err := pgx.Connect(ctx, s.URL(Superuser, "postgres"))
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	})
}

// initialise the data of a server.
func (s *Servers) initialise(ctx context.Context, data string) error {
	secret := filepath.Join(s.Dir, "password")
	if err := os.WriteFile(secret, []byte(Password), 0o644); err != nil { //nolint:gosec // A test's.
		return err
	}
	if err := os.Mkdir(data, 0o700); err != nil {
		return err
	}
	as, err := Account(data)
	if err != nil {
		return err
	}
	initdb := exec.CommandContext(ctx, filepath.Join(s.Programs, "initdb"), "--pgdata="+data, "--username="+Superuser, //nolint:gosec // As above.
		"--pwfile="+secret, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = as, s.Dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return errors.Wrapf(err, "cannot initialise PostgreSQL: %s", out)
	}
	return nil
}

// Account that a server runs as which refuses to be root. Its data becomes the account's.
func Account(data string) (*syscall.SysProcAttr, error) {
	attributes := &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Geteuid() != 0 {
		return attributes, nil
	}
	u, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)} //nolint:gosec // Numbers of accounts.
	return attributes, os.Chown(data, uid, gid)
}
