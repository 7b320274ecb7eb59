package serve

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/credentials/insecure"
)

func TestServerCountsItsCalls(t *testing.T) {
	server := start(t, echo, Options{Insecure: true, MetricsAddress: "127.0.0.1:0"})

	if _, err := run(t, server.dial(t, insecure.NewCredentials()), tagged("counted")); err != nil {
		t.Fatal(err)
	}

	got := scrape(t, server.MetricsAddress())

	for _, want := range []string{
		`grpc_server_handled_total{grpc_code="OK",grpc_method="RunFunction",grpc_service="apiextensions.fn.proto.v1.FunctionRunnerService",grpc_type="unary"} 1`,
		`grpc_server_handling_seconds_count{grpc_method="RunFunction",grpc_service="apiextensions.fn.proto.v1.FunctionRunnerService",grpc_type="unary"} 1`,
		"process_resident_memory_bytes ",
		"go_goroutines ",
	} {
		if !strings.Contains(got, "\n"+want) {
			t.Errorf("metrics lack %q:\n%s", want, got)
		}
	}
}

func scrape(t *testing.T, address string) string {
	t.Helper()

	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}

	rsp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}

	defer func() { _ = rsp.Body.Close() }()

	body, err := io.ReadAll(rsp.Body)
	if err != nil {
		t.Fatal(err)
	}

	return string(body)
}

func TestServerRunsWithoutMetrics(t *testing.T) {
	server := start(t, echo, Options{Insecure: true})

	if _, err := run(t, server.dial(t, insecure.NewCredentials()), tagged("uncounted")); err != nil {
		t.Fatal(err)
	}

	if diff := cmp.Diff("", server.MetricsAddress()); diff != "" {
		t.Errorf("address of metrics: -want, +got:\n%s", diff)
	}
}
