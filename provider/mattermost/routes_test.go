package mattermost

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mattermost/mattermost/server/public/model"
)

// TestRequestsStayInTheirRoute uses ids that are none. They may be in a spec, and a server
// may answer with them.
func TestRequestsStayInTheirRoute(t *testing.T) {
	member := func(id string) func(ctx context.Context, c *model.Client4) error {
		return func(ctx context.Context, c *model.Client4) error {
			_, err := c.RemoveTeamMember(ctx, "team", id)
			return err
		}
	}

	cases := map[string]struct {
		reason string
		ask    func(ctx context.Context, c *model.Client4) error
		want   []string
	}{
		"Parents": {
			reason: "a server resolves the parents in a path, and so another part of it is reached",
			ask:    member("../../../../../admin"),
		},
		"EscapedParents": {
			reason: "so it does when they are escaped",
			ask:    member("%2e%2e/admin"),
		},
		"EscapedSlash": {
			reason: "an id has no path of its own",
			ask:    member("..%2f..%2fadmin"),
		},
		"Query": {
			reason: "a query is the client's",
			ask:    member("user?delete=everything"),
		},
		"Fragment": {
			reason: "what comes after a fragment is not sent",
			ask:    member("user#roles"),
		},
		"Nothing": {
			reason: "without an id, the path is that of something else",
			ask:    member(""),
		},
		"Id": {
			reason: "an id is an id",
			ask:    member("1wsaw8w3ifnp5ymonuq8oe4w4w"),
			want:   []string{"/chat/api/v4/teams/team/members/1wsaw8w3ifnp5ymonuq8oe4w4w"},
		},
		"Name": {
			reason: "names and ids of plugins have other characters",
			ask: func(ctx context.Context, c *model.Client4) error {
				_, err := c.EnablePlugin(ctx, "com.example_a-B.2")
				return err
			},
			want: []string{"/chat/api/v4/plugins/com.example_a-B.2/enable"},
		},
		"OwnQuery": {
			reason: "what a client asks for in a query is sent",
			ask: func(ctx context.Context, c *model.Client4) error {
				_, _, err := c.InstallPluginFromURL(ctx, "https://example.org/a?b=c#d", true)
				return err
			},
			want: []string{"/chat/api/v4/plugins/install_from_url?force=true&plugin_download_url=https%3A%2F%2Fexample.org%2Fa%3Fb%3Dc%23d"},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			var asked []string

			h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				asked = append(asked, r.RequestURI)
				_, _ = w.Write([]byte("{}"))
			}))
			t.Cleanup(h.Close)

			err := tc.ask(t.Context(), connect(t, fast(h.URL+"/chat", Credentials{Token: secretToken})))

			if diff := cmp.Diff(tc.want, asked); diff != "" {
				t.Errorf("\n%s\nrequests: -want, +got:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff(tc.want == nil, err != nil); diff != "" {
				t.Errorf("\n%s\nfails: -want, +got:\n%s\n%v", tc.reason, diff, err)
			}
		})
	}
}
