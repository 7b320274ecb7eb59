package composetest

import (
	"encoding/base64"
	"slices"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"
)

// Canary is the value of every key of tests' Secrets, and must be nowhere else.
const Canary = "canary-of-a-secret"

// Shows says whether an answer or an error shows the canary outside of a Secret, as it is
// or encoded as part of another value.
func Shows(rsp *fnv1.RunFunctionResponse, err error) bool {
	shown := ""
	if err != nil {
		shown = err.Error()
	}
	if rsp != nil {
		open := proto.CloneOf(rsp)
		for name := range rsp.GetDesired().GetResources() {
			if Desired(rsp, name).String("kind") == "Secret" {
				delete(open.GetDesired().GetResources(), name)
			}
		}
		shown += protojson.Format(open)
	}
	forms := []string{Canary}
	for skipped := range 3 {
		// What stands before a value shifts its base64 form.
		encoded := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", skipped) + Canary))
		forms = append(forms, encoded[4:len(encoded)-4])
	}
	return slices.ContainsFunc(forms, func(form string) bool { return strings.Contains(shown, form) })
}
