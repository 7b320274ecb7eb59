package process_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/process"
)

func shell(script string) process.Command {
	return process.Command{Program: "/bin/sh", Args: []string{"-c", script}}
}

func TestRun(t *testing.T) {
	t.Setenv(job.EnvStoreSecretKey, "not for children")
	t.Setenv(job.EnvSourceDatabaseURL, "not for children")
	out := &bytes.Buffer{}
	c := shell("cat; echo $PGPASSWORD; echo $" + job.EnvStoreSecretKey + "$" + job.EnvSourceDatabaseURL)
	c.Stdin, c.Stdout, c.Env = strings.NewReader("in\n"), out, []string{"PGPASSWORD=secret"}
	if err := process.Run(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != "in\nsecret\n\n" {
		t.Errorf("%q", got)
	}
}

func TestFailed(t *testing.T) {
	c := shell("yes too much | head -c 10000 >&2; echo the password is 'sec$ret' >&2; exit 3")
	c.Secrets = []string{"", "sec$ret"}
	err := process.Run(t.Context(), c)
	failed := (*process.Failed)(nil)
	if !errors.As(err, &failed) || !strings.HasSuffix(err.Error(), "the password is ***") || len(err.Error()) > 3000 {
		t.Errorf("%v", err)
	}
	if err := process.Run(t.Context(), process.Command{Program: "/there/is/none"}); err == nil {
		t.Error("a program that does not exist ran")
	}
}

func TestStopped(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	p, err := process.Start(ctx, shell("sleep 1000 & sleep 1000"))
	if err != nil {
		t.Fatal(err)
	}
	cause := errors.New("enough")
	cancel(cause)
	if err := p.Wait(); !errors.Is(err, cause) {
		t.Errorf("%v", err)
	}
}
