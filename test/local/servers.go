// Package local runs what mattermost-dbtool works with as processes of this machine: a
// PostgreSQL server of Debian's packages, and the S3 gateway of the cluster's own build.
package local

import (
	"context"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/minio/minio-go/v7"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
)

// Credentials of the servers.
const (
	AccessKey = "backup"
	SecretKey = "backup-secret-key"
	Superuser = "postgres"
	Password  = "p@ss/w:ord'%" //nolint:gosec // Made up, and hard to quote.
)

// Servers that run, and the program.
type Servers struct {
	// Dir is a directory of their own.
	Dir string
	// Tool is mattermost-dbtool, Programs the directory of PostgreSQL's.
	Tool, Programs string
	// Postgres and Gateway are addresses.
	Postgres, Gateway string
	// Buckets of the gateway.
	Buckets *minio.Client

	stop []func()
}

// Start the servers, with settings of PostgreSQL such as "fsync=off". They end with
// Stop, or with this process. Step announces what takes long.
func Start(ctx context.Context, step artifact.Step, settings ...string) (*Servers, error) {
	s := &Servers{}
	var err error
	if s.Dir, err = os.MkdirTemp("", "dbtool-"); err != nil {
		return s, err
	}
	s.AtStop(func() { _ = os.RemoveAll(s.Dir) })
	if err := os.Chmod(s.Dir, 0o755); err != nil { //nolint:gosec // The database's user reads it too.
		return s, err
	}
	if err := s.compile(ctx); err != nil {
		return s, err
	}
	if err := s.StartPostgres(ctx, step, settings...); err != nil {
		return s, err
	}
	return s, s.StartGateway(ctx, step)
}

// Stop the servers and remove what they wrote.
func (s *Servers) Stop() {
	for _, stop := range s.stop {
		stop()
	}
}

// AtStop does something when the servers are stopped, before what was asked for earlier.
func (s *Servers) AtStop(do func()) { s.stop = append([]func(){do}, s.stop...) }

// URL of a database, for a user.
func (s *Servers) URL(user, database string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(user, Password), Host: s.Postgres, Path: "/" + database, RawQuery: "sslmode=disable&connect_timeout=10"}
	return u.String()
}

// compile the program.
func (s *Servers) compile(ctx context.Context) error {
	root, err := location.Repository()
	if err != nil {
		return err
	}
	s.Tool = filepath.Join(s.Dir, "mattermost-dbtool")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", s.Tool, "./cmd/mattermost-dbtool") //nolint:gosec // A path of this test's own.
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return errors.Wrapf(err, "cannot compile: %s", out)
	}
	return nil
}

// FreePort that nobody listens at.
func FreePort(ctx context.Context) (string, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	_, port, err := net.SplitHostPort(l.Addr().String())
	return port, errors.Join(err, l.Close())
}

// Await a condition, with its last error if it does not come.
func Await(ctx context.Context, condition func() error) error {
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
