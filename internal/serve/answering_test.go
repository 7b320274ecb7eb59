package serve

import (
	"context"
	"strings"
	"testing"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/structpb"
)

func TestServerRefusesDefects(t *testing.T) {
	const secret = "hunter2"

	request := &fnv1.RunFunctionRequest{
		Meta:     &fnv1.RequestMeta{Tag: "tag"},
		Observed: &fnv1.State{Composite: &fnv1.Resource{ConnectionDetails: map[string][]byte{"password": []byte(secret)}}},
	}
	fatally := func(message string) *fnv1.RunFunctionResponse {
		return &fnv1.RunFunctionResponse{
			Meta: &fnv1.ResponseMeta{Tag: "tag"},
			Results: []*fnv1.Result{{
				Severity: fnv1.Severity_SEVERITY_FATAL,
				Message:  message,
				Target:   fnv1.Target_TARGET_COMPOSITE.Enum(),
			}},
		}
	}

	type want struct {
		rsp *fnv1.RunFunctionResponse
		log string
	}

	cases := map[string]struct {
		reason string
		fn     functionFunc
		want   want
	}{
		"NilField": {
			reason: "a field that the function takes for granted and is nil ends the request, not the process",
			fn: func(_ context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
				return &fnv1.RunFunctionResponse{Context: &structpb.Struct{Fields: req.Context.Fields}}, nil //nolint:protogetter // The defect.
			},
			want: want{
				rsp: fatally("cannot run the function: it panicked, the function's log has the stack"),
				log: "invalid memory address or nil pointer dereference",
			},
		},
		"PanicWithContents": {
			reason: "what a panic says may come from the request, so that only its type is logged",
			fn: func(_ context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
				panic("cannot use password " + string(req.GetObserved().GetComposite().GetConnectionDetails()["password"]))
			},
			want: want{
				rsp: fatally("cannot run the function: it panicked, the function's log has the stack"),
				log: "panic with a string",
			},
		},
		"NoResponse": {
			reason: "no response looks on the wire like one that wants nothing, which would delete everything",
			fn: func(context.Context, *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
				return nil, nil //nolint:nilnil // The defect.
			},
			want: want{rsp: fatally("cannot run the function: it returned no response")},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			server := start(t, tc.fn, Options{Insecure: true})
			conn := server.dial(t, insecure.NewCredentials())

			// Twice: the first defect must not have ended the server.
			for range 2 {
				rsp, err := run(t, conn, request)
				if err != nil {
					t.Fatal(err)
				}

				if diff := cmp.Diff(tc.want.rsp, rsp, protocmp.Transform()); diff != "" {
					t.Errorf("\n%s\nRunFunction(...): -want, +got:\n%s", tc.reason, diff)
				}
			}

			if log := server.log.text(); !strings.Contains(log, tc.want.log) || strings.Contains(log, secret) {
				t.Errorf("\n%s\nwant a log with %q and without the secret, got:\n%s", tc.reason, tc.want.log, log)
			}
		})
	}
}
