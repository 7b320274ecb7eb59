package filestore

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/factstest"
)

func TestUsersOf(t *testing.T) {
	on := true
	cases := map[string]struct {
		reason, env string
		want        settings
	}{
		"None":    {reason: "Nobody says anything.", env: "[]"},
		"All":     {reason: "What is said is used.", env: "[{name: MM_FILESETTINGS_AMAZONS3SSL, value: 'true'}, {name: MM_FILESETTINGS_AMAZONS3REGION, value: r}, {name: MM_FILESETTINGS_AMAZONS3PATHPREFIX, value: a/b/}]", want: settings{tls: &on, region: "r", prefix: "a/b"}},
		"Secret":  {reason: "A value of a Secret is known.", env: "[{name: MM_FILESETTINGS_AMAZONS3REGION, valueFrom: {secretKeyRef: {name: where, key: region}}}]", want: settings{region: "r"}},
		"Unread":  {reason: "A value of a ConfigMap is not.", env: "[{name: MM_FILESETTINGS_AMAZONS3REGION, valueFrom: {configMapKeyRef: {name: where, key: region}}}]", want: settings{unknown: true}},
		"Leading": {reason: "The server puts a slash before every key.", env: "[{name: MM_FILESETTINGS_AMAZONS3PATHPREFIX, value: /a}]", want: settings{prefix: "/a", unknown: true}},
		"Out":     {reason: "A path leads out of its folder.", env: "[{name: MM_FILESETTINGS_AMAZONS3PATHPREFIX, value: a/../b}]", want: settings{prefix: "a/../b", unknown: true}},
		"NoBool":  {reason: "The server does not start with it.", env: "[{name: MM_FILESETTINGS_AMAZONS3SSL, value: often}]", want: settings{tls: new(bool), unknown: true}},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			f := factstest.Given{Spec: factstest.Accepted + "mattermostEnv: " + tc.env, Secrets: map[string]map[string]string{"where": {"region": "r"}}}.Facts(t)
			if diff := cmp.Diff(tc.want, usersOf(f), cmp.AllowUnexported(settings{})); diff != "" {
				t.Errorf("%s\n-want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
