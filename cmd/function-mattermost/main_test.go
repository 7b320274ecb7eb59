package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// asFunction, set in its environment, makes the test's executable the function.
const asFunction = "TEST_AS_FUNCTION_MATTERMOST"

func TestMain(m *testing.M) {
	if os.Getenv(asFunction) != "" {
		main()
		return
	}

	os.Exit(m.Run())
}

// command returns the function's process, to be started, with an environment
// without what the function reads, and env.
func command(t *testing.T, env []string, args ...string) *exec.Cmd {
	t.Helper()

	cmd := exec.CommandContext(t.Context(), os.Args[0], args...) //nolint:gosec // The test's own executable.
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "TLS_SERVER_CERTS_DIR=") {
			cmd.Env = append(cmd.Env, v)
		}
	}

	cmd.Env = append(append(cmd.Env, asFunction+"=1"), env...)

	return cmd
}

// serving is what the function logs once it listens.
type serving struct {
	Message        string `json:"msg"`
	Version        string `json:"version"`
	Address        string `json:"address"`
	MetricsAddress string `json:"metricsAddress"`
}

// awaitServing reads log until the function tells that it serves.
func awaitServing(t *testing.T, log io.Reader) serving {
	t.Helper()

	lines := bufio.NewScanner(log)
	for lines.Scan() {
		s := serving{}
		if err := json.Unmarshal(lines.Bytes(), &s); err == nil && s.Message == "Serving" {
			return s
		}
	}

	t.Fatalf("the function ended without serving: %v", lines.Err())

	return serving{}
}

func TestSIGTERMEndsWell(t *testing.T) {
	// Insecure wins over a directory of certificates, even over one that is absent.
	cmd := command(t, []string{"TLS_SERVER_CERTS_DIR=/nowhere"}, "--insecure", "--address=127.0.0.1:0", "--metrics-address=")

	log, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}

	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}

	up := awaitServing(t, log)
	if diff := cmp.Diff(serving{Message: "Serving", Version: version, Address: up.Address}, up); diff != "" {
		t.Errorf("log: -want, +got:\n%s", diff)
	}

	conn, err := grpc.NewClient(up.Address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}

	rsp, err := fnv1.NewFunctionRunnerServiceClient(conn).
		RunFunction(t.Context(), &fnv1.RunFunctionRequest{Meta: &fnv1.RequestMeta{Tag: "tag"}})
	if err != nil {
		t.Fatal(err)
	}

	// An empty request names no kind that can be composed.
	if rsp.GetMeta().GetTag() != "tag" || len(rsp.GetResults()) != 1 || rsp.GetResults()[0].GetSeverity() != fnv1.Severity_SEVERITY_FATAL {
		t.Errorf("RunFunction(...): want the request's tag and one fatal result, got %v", rsp)
	}

	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}

	if _, err := io.Copy(io.Discard, log); err != nil {
		t.Fatal(err)
	}

	if err := cmd.Wait(); err != nil {
		t.Errorf("the function did not end well: %v", err)
	}

	if err := conn.Close(); err != nil {
		t.Error(err)
	}
}

func TestFlags(t *testing.T) {
	type want struct {
		ends   bool
		output string
	}

	cases := map[string]struct {
		reason string
		env    []string
		args   []string
		want   want
	}{
		"Version": {
			reason: "the version is printed without serving",
			args:   []string{"--version"},
			want:   want{ends: true, output: version},
		},
		"NoCertificates": {
			reason: "transport security cannot be left out by accident",
			args:   []string{"--address=127.0.0.1:0", "--metrics-address="},
			want:   want{output: "cannot serve: no directory of TLS certificates is given"},
		},
		"CertificatesFromEnvironment": {
			reason: "Crossplane tells where certificates are through the environment",
			env:    []string{"TLS_SERVER_CERTS_DIR=" + t.TempDir()},
			args:   []string{"--address=127.0.0.1:0", "--metrics-address="},
			want:   want{output: "cannot read TLS file"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			out, err := command(t, tc.env, tc.args...).CombinedOutput()

			if diff := cmp.Diff(tc.want.ends, err == nil); diff != "" {
				t.Errorf("\n%s\nended well: -want, +got:\n%s", tc.reason, diff)
			}

			if !strings.Contains(string(out), tc.want.output) {
				t.Errorf("\n%s\nwant output with %q, got: %s", tc.reason, tc.want.output, out)
			}
		})
	}
}
