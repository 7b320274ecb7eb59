// Package dbtool runs mattermost-dbtool with a real PostgreSQL server and a real S3
// server, which it starts itself.
package dbtool_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/jackc/pgx/v5"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
)

const (
	accessKey = "backup"
	secretKey = "backup-secret-key"
	superuser = "postgres"
	password  = "p@ss/w:ord'%" //nolint:gosec // Made up.
)

// world is what the tests run in.
type world struct {
	dir string
	// tool is the program, programs are PostgreSQL's.
	tool, programs string
	// postgres and gateway are addresses.
	postgres, gateway string
	buckets           *minio.Client
	stop              []func()
}

var here *world

func TestMain(m *testing.M) {
	w, err := build(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot prepare the tests:", err)
		w.end()
		os.Exit(1)
	}
	here = w
	code := m.Run()
	w.end()
	os.Exit(code)
}

func (w *world) end() {
	for _, stop := range w.stop {
		stop()
	}
}

func build(ctx context.Context) (*world, error) {
	w := &world{}
	var err error
	if w.dir, err = os.MkdirTemp("", "dbtool-"); err != nil {
		return w, err
	}
	w.stop = append(w.stop, func() { _ = os.RemoveAll(w.dir) })
	if err := os.Chmod(w.dir, 0o755); err != nil { //nolint:gosec // The database's user reads it too.
		return w, err
	}
	if err := w.compile(ctx); err != nil {
		return w, err
	}
	if err := w.startPostgres(ctx); err != nil {
		return w, err
	}
	return w, w.startGateway(ctx)
}

// compile the program.
func (w *world) compile(ctx context.Context) error {
	root, err := location.Repository()
	if err != nil {
		return err
	}
	w.tool = filepath.Join(w.dir, "mattermost-dbtool")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", w.tool, "./cmd/mattermost-dbtool") //nolint:gosec // A path of this test's own.
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return errors.Wrapf(err, "cannot compile: %s", out)
	}
	return nil
}

// startPostgres with the programs of Debian's package, which is installed if it is
// missing.
func (w *world) startPostgres(ctx context.Context) error {
	_, major, err := artifact.PostgreSQL()
	if err != nil {
		return err
	}
	w.programs = filepath.Join("/usr/lib/postgresql", major, "bin")
	if _, err := os.Stat(filepath.Join(w.programs, "initdb")); err != nil {
		announce := func(_ string, run func(context.Context) error) error { return run(ctx) }
		if err := artifact.InstallPackages(ctx, announce, "postgresql-"+major); err != nil {
			return err
		}
	}
	data, secret := filepath.Join(w.dir, "pgdata"), filepath.Join(w.dir, "password")
	if err := os.WriteFile(secret, []byte(password), 0o644); err != nil { //nolint:gosec // A test's.
		return err
	}
	if err := os.Mkdir(data, 0o700); err != nil {
		return err
	}
	as, err := account(data)
	if err != nil {
		return err
	}
	initdb := exec.CommandContext(ctx, filepath.Join(w.programs, "initdb"), "--pgdata="+data, "--username="+superuser, //nolint:gosec // As above.
		"--pwfile="+secret, "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = as, w.dir
	if out, err := initdb.CombinedOutput(); err != nil {
		return errors.Wrapf(err, "cannot initialise PostgreSQL: %s", out)
	}
	port, err := freePort(ctx)
	if err != nil {
		return err
	}
	w.postgres = net.JoinHostPort("127.0.0.1", port)
	server := exec.Command(filepath.Join(w.programs, "postgres"), "-D", data, "-p", port, "-h", "127.0.0.1", "-k", data, //nolint:gosec,noctx // It is stopped below.
		"-c", "fsync=off", "-c", "log_min_messages=fatal")
	server.SysProcAttr, server.Dir = as, w.dir
	if err := server.Start(); err != nil {
		return err
	}
	w.stop = append([]func(){func() {
		_ = server.Process.Signal(syscall.SIGQUIT)
		_ = server.Wait()
	}}, w.stop...)
	return await(ctx, func() error {
		conn, err := pgx.Connect(ctx, w.url(superuser, "postgres"))
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	})
}

// account that PostgreSQL runs as: it refuses to be root. The data becomes its own.
func account(data string) (*syscall.SysProcAttr, error) {
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

// startGateway, the S3 server of the cluster's own build.
func (w *world) startGateway(ctx context.Context) error {
	store, err := artifact.Open("")
	if err != nil {
		return err
	}
	root, err := location.Repository()
	if err != nil {
		return err
	}
	builds, err := artifact.FindBuilds(root)
	if err != nil {
		return err
	}
	tools := artifact.Toolchain{Store: store, Builds: builds, Step: func(name string, run func(context.Context) error) error {
		fmt.Fprintln(os.Stderr, name)
		return run(ctx)
	}}
	binaries, err := tools.Build(ctx, artifact.VersityGW())
	if err != nil {
		return err
	}
	data := filepath.Join(w.dir, "s3")
	if err := os.Mkdir(data, 0o700); err != nil {
		return err
	}
	port, err := freePort(ctx)
	if err != nil {
		return err
	}
	w.gateway = net.JoinHostPort("127.0.0.1", port)
	server := exec.Command(binaries["versitygw"], "--port", w.gateway, "posix", data) //nolint:gosec,noctx // It is stopped below.
	server.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+accessKey, "ROOT_SECRET_KEY="+secretKey)
	server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := server.Start(); err != nil {
		return err
	}
	w.stop = append([]func(){func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	}}, w.stop...)
	w.buckets, err = minio.New(w.gateway, &minio.Options{Creds: credentials.NewStaticV4(accessKey, secretKey, ""), Region: "us-east-1"})
	if err != nil {
		return err
	}
	return await(ctx, func() error {
		_, err := w.buckets.ListBuckets(ctx)
		return err
	})
}

func freePort(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

// await a condition, with its last error if it does not come.
func await(ctx context.Context, condition func() error) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := condition()
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-tick.C:
		}
	}
}
