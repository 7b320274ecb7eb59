package provision

import (
	"testing"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

func TestTold(t *testing.T) {
	cases := map[string]struct {
		reason string
		status string
		want   bool
	}{
		"Nothing":   {reason: "Nothing was ever told.", status: "{}"},
		"Waiting":   {reason: "This backend answers, and has no connection yet.", status: "{backend: Answering}"},
		"Told":      {reason: "The status has a connection of this backend.", status: "{backend: Answering, connection: {name: it}}", want: true},
		"Another's": {reason: "What another backend told leads elsewhere.", status: "{backend: Other, connection: {name: it}}"},
		"Unknown":   {reason: "Nobody says who told it.", status: "{connection: {name: it}}"},
		"Broken":    {reason: "Ignoring it would create another password.", status: "{backend: Answering, connection: here}", want: true},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := Told(seen(t, "{status: "+tc.status+"}", nil), "Answering"); got != tc.want {
				t.Errorf("%s\nwant %t", tc.reason, tc.want)
			}
		})
	}
}

// seen is what is observed: a composite, and objects by the names they are composed
// under.
func seen(t *testing.T, composite string, objects map[string]string) compose.State {
	t.Helper()
	observed := &fnv1.State{Composite: &fnv1.Resource{Resource: composetest.Document(t, composite)}, Resources: map[string]*fnv1.Resource{}}
	for name, text := range objects {
		observed.Resources[name] = &fnv1.Resource{Resource: composetest.Document(t, text)}
	}
	return compose.NewState(&fnv1.RunFunctionRequest{Observed: observed})
}
