package composetest

import (
	"encoding/base64"
	"errors"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// TestShowsSeesIt wherever it is, and in whatever disguise.
func TestShowsSeesIt(t *testing.T) {
	composes := func(text string) *fnv1.RunFunctionResponse {
		return &fnv1.RunFunctionResponse{Desired: &fnv1.State{Resources: map[string]*fnv1.Resource{"it": {Resource: Document(t, text)}}}}
	}
	cases := map[string]struct {
		reason string
		rsp    *fnv1.RunFunctionResponse
		err    error
		want   bool
	}{
		"Nothing":   {reason: "Nothing is shown."},
		"Secret":    {reason: "A Secret is where it belongs.", rsp: composes(Secret(map[string]string{"key": Canary}))},
		"Error":     {reason: "Errors are read by everyone.", err: errors.New("cannot parse " + Canary), want: true},
		"ConfigMap": {reason: "Any other object is.", rsp: composes("{kind: ConfigMap, data: {key: " + Canary + "}}"), want: true},
		"Encoded":   {reason: "Base64 hides nothing.", rsp: composes("{kind: ConfigMap, data: {key: " + base64.StdEncoding.EncodeToString([]byte(Canary)) + "}}"), want: true},
		"Shifted":   {reason: "Nor does it inside of another value.", rsp: composes("{kind: ConfigMap, data: {key: " + base64.StdEncoding.EncodeToString([]byte("postgres://u:"+Canary+"@h")) + "}}"), want: true},
		"Status":    {reason: "The composite's status is read by users.", rsp: &fnv1.RunFunctionResponse{Desired: &fnv1.State{Composite: &fnv1.Resource{Resource: &structpb.Struct{Fields: map[string]*structpb.Value{"status": structpb.NewStringValue(Canary)}}}}}, want: true},
		"Condition": {reason: "So are conditions.", rsp: &fnv1.RunFunctionResponse{Conditions: []*fnv1.Condition{{Reason: Canary}}}, want: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := Shows(tc.rsp, tc.err); got != tc.want {
				t.Errorf("%s\nShows(...): %t, want %t", tc.reason, got, tc.want)
			}
		})
	}
}
