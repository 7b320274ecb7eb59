package serve

import (
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	fnv1beta1 "github.com/crossplane/function-sdk-go/proto/v1beta1"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/structpb"
)

func TestServerAnswersBothVersions(t *testing.T) {
	conn := start(t, echo, Options{Insecure: true}).dial(t, insecure.NewCredentials())

	current, err := run(t, conn, tagged("current"))
	if err != nil {
		t.Fatal(err)
	}

	old, err := fnv1beta1.NewFunctionRunnerServiceClient(conn).
		RunFunction(t.Context(), &fnv1beta1.RunFunctionRequest{Meta: &fnv1beta1.RequestMeta{Tag: "old"}})
	if err != nil {
		t.Fatal(err)
	}

	want := []string{"current", "old"}
	if diff := cmp.Diff(want, []string{current.GetMeta().GetTag(), old.GetMeta().GetTag()}); diff != "" {
		t.Errorf("tags of the answers: -want, +got:\n%s", diff)
	}
}

func TestServerLimitsRequestSize(t *testing.T) {
	conn := start(t, echo, Options{Insecure: true, MaxReceiveBytes: 41 * mebibyte}).dial(t, insecure.NewCredentials())

	cases := map[string]struct {
		reason    string
		mebibytes int
		want      codes.Code
	}{
		"Large":    {reason: "a request far above gRPC's default of 4 MiB is answered", mebibytes: 40, want: codes.OK},
		"TooLarge": {reason: "a request above the limit is refused", mebibytes: 42, want: codes.ResourceExhausted},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			req := &fnv1.RunFunctionRequest{Input: &structpb.Struct{Fields: map[string]*structpb.Value{
				"padding": structpb.NewStringValue(strings.Repeat("x", tc.mebibytes*mebibyte)),
			}}}

			_, err := run(t, conn, req)
			if diff := cmp.Diff(tc.want, status.Code(err)); diff != "" {
				t.Errorf("\n%s\nRunFunction(...): -want code, +got code:\n%s\n%v", tc.reason, diff, err)
			}
		})
	}
}

func TestServerTellsItsHealth(t *testing.T) {
	conn := start(t, echo, Options{Insecure: true}).dial(t, insecure.NewCredentials())

	for _, service := range []string{"", "apiextensions.fn.proto.v1.FunctionRunnerService", "apiextensions.fn.proto.v1beta1.FunctionRunnerService"} {
		rsp, err := healthv1.NewHealthClient(conn).Check(t.Context(), &healthv1.HealthCheckRequest{Service: service})
		if err != nil {
			t.Fatal(err)
		}

		if diff := cmp.Diff(healthv1.HealthCheckResponse_SERVING, rsp.GetStatus()); diff != "" {
			t.Errorf("health of service %q: -want, +got:\n%s", service, diff)
		}
	}
}

func TestNewRefusesWhatCannotBeServed(t *testing.T) {
	taken := start(t, echo, Options{Insecure: true, MetricsAddress: "127.0.0.1:0"})

	cases := map[string]struct {
		reason  string
		options Options
		want    string
	}{
		"NoCredentials": {
			reason:  "serving without transport security must be asked for",
			options: Options{},
			want:    "cannot serve: no directory of TLS certificates is given, and insecure serving is not asked for",
		},
		"NoCertificates": {
			reason:  "a directory without certificates cannot be served from",
			options: Options{CertificatesDirectory: t.TempDir()},
			want:    "cannot read TLS file",
		},
		"AddressTaken": {
			reason:  "an address that another process has is reported",
			options: Options{Insecure: true, Address: taken.Address()},
			want:    "cannot listen for gRPC at",
		},
		"MetricsAddressTaken": {
			reason:  "metrics that cannot be served are reported, not left out",
			options: Options{Insecure: true, MetricsAddress: taken.MetricsAddress()},
			want:    "cannot listen for scrapes of metrics at",
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			tc.options.Network = "tcp"

			_, err := New(functionOf{run: echo}, logging.NewNopLogger(), tc.options)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("\n%s\nNew(...): want an error with %q, got: %v", tc.reason, tc.want, err)
			}
		})
	}
}
