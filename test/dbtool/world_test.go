// Package dbtool runs mattermost-dbtool with a real PostgreSQL server and a real S3
// server, which it starts itself.
package dbtool_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

// here is what the tests run in.
var here *local.Servers

func TestMain(m *testing.M) {
	step := func(name string, run func(context.Context) error) error {
		fmt.Fprintln(os.Stderr, name)
		return run(context.Background())
	}
	servers, err := local.Start(context.Background(), step, "fsync=off")
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot prepare the tests:", err)
		servers.Stop()
		os.Exit(1)
	}
	here = servers
	code := m.Run()
	servers.Stop()
	os.Exit(code)
}
