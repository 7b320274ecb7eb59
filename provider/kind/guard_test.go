package kind

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/google/go-cmp/cmp"
	"github.com/mattermost/mattermost/server/public/model"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// hostile is a kind's client of a server that answers as it likes.
type hostile struct {
	server

	observe func(mg *v1alpha1.Team) (managed.ConnectionDetails, error)
}

func (h *hostile) Observe(_ context.Context, mg *v1alpha1.Team) (managed.ExternalObservation, error) {
	details, err := h.observe(mg)
	return managed.ExternalObservation{ResourceExists: true, ConnectionDetails: details}, err
}

// connected returns what the controller observes with.
func connected(t *testing.T, observe func(mg *v1alpha1.Team) (managed.ConnectionDetails, error)) managed.TypedExternalClient[*v1alpha1.Team] {
	t.Helper()

	h := &hostile{observe: observe}
	c := &connector[*v1alpha1.Team]{
		servers:  &h.server,
		renames:  newRenames(),
		external: func(*model.Client4, client.Client) managed.TypedExternalClient[*v1alpha1.Team] { return h },
	}

	external, err := c.Connect(t.Context(), &v1alpha1.Team{})
	if err != nil {
		t.Fatal(err)
	}

	return external
}

func TestAnswersOfAHostileServer(t *testing.T) {
	long := strings.Repeat("x", 1<<20)

	cases := map[string]struct {
		reason  string
		observe func(mg *v1alpha1.Team) (managed.ConnectionDetails, error)
		want    string
	}{
		"Nothing": {
			reason: "null is JSON, and no team",
			observe: func(mg *v1alpha1.Team) (managed.ConnectionDetails, error) {
				var team *model.Team

				mg.Status.AtProvider.ID = team.Id

				return nil, nil
			},
			want: "cannot use the server's answer: it lacks fields that Mattermost always sends",
		},
		"LargeStatus": {
			reason: "the provider has all statuses in memory",
			observe: func(mg *v1alpha1.Team) (managed.ConnectionDetails, error) {
				mg.Status.AtProvider.Description = long
				return nil, nil
			},
			want: "cannot use the server's answer: the status would be larger than 64 KiB",
		},
		"LargeStatusAndError": {
			reason: "a status is written after an error, too",
			observe: func(mg *v1alpha1.Team) (managed.ConnectionDetails, error) {
				mg.Status.AtProvider.Description = long
				return nil, errors.New("boom")
			},
			want: "cannot use the server's answer: the status would be larger than 64 KiB",
		},
		"LargeSecret": {
			reason: "a token is text of the server",
			observe: func(*v1alpha1.Team) (managed.ConnectionDetails, error) {
				return managed.ConnectionDetails{"token": []byte(long)}, nil
			},
			want: "cannot use the server's answer: more than 64 KiB would be in the connection Secret",
		},
		"LongName": {
			reason: "an id is short",
			observe: func(mg *v1alpha1.Team) (managed.ConnectionDetails, error) {
				meta.SetExternalName(mg, long)
				return nil, nil
			},
			want: "cannot use the server's answer: it has no valid id",
		},
		"Path": {
			reason: "an id is no path",
			observe: func(mg *v1alpha1.Team) (managed.ConnectionDetails, error) {
				meta.SetExternalName(mg, "../../users/x")
				return nil, nil
			},
			want: "cannot use the server's answer: it has no valid id",
		},
		"LongError": {
			reason: "names are repeated in errors",
			observe: func(*v1alpha1.Team) (managed.ConnectionDetails, error) {
				return nil, errors.New(long)
			},
			want: long[:maxError] + "...",
		},
		"ForeignNumber": {
			reason: "another server's JSON is not shown",
			observe: func(*v1alpha1.Team) (managed.ConnectionDetails, error) {
				return nil, fmt.Errorf("%s: %w", undecoded, json.Unmarshal([]byte(`{"id": 4711}`), &model.Team{}))
			},
			want: "cannot use the server's answer: it is not what Mattermost answers",
		},
		"Id": {
			reason: "an id is an id, and a Webhook's has a name after it",
			observe: func(mg *v1alpha1.Team) (managed.ConnectionDetails, error) {
				meta.SetExternalName(mg, "1wsaw8w3ifnp5ymonuq8oe4w4w/Größe: 100 %")
				return nil, nil
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mg := &v1alpha1.Team{}
			_, err := connected(t, tc.observe).Observe(t.Context(), mg)

			text := ""
			if err != nil {
				text = err.Error()
			}

			if diff := cmp.Diff(tc.want, text); diff != "" {
				t.Errorf("\n%s\nerror: -want, +got:\n%s", tc.reason, diff)
			}

			if diff := cmp.Diff(&v1alpha1.Team{}, mg); err != nil && diff != "" {
				t.Errorf("\n%s\nresource: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestNameChangesSeldom lets a server answer with another id each time. Every new external
// name starts a reconcile at once.
func TestNameChangesSeldom(t *testing.T) {
	external := connected(t, func(mg *v1alpha1.Team) (managed.ConnectionDetails, error) {
		meta.SetExternalName(mg, model.NewId())
		return nil, nil
	})

	mg := &v1alpha1.Team{}
	mg.UID = "1"

	names := map[string]bool{}

	for range 10 {
		_, _ = external.Observe(t.Context(), mg)
		names[meta.GetExternalName(mg)] = true
	}

	if diff := cmp.Diff(2, len(names)); diff != "" {
		t.Errorf("names, the first and another: -want, +got:\n%s", diff)
	}

	now := time.Now()
	r := newRenames()

	if diff := cmp.Diff([]bool{true, false, true, true}, []bool{
		r.allow("1", now), r.allow("1", now.Add(renamePause-1)), r.allow("2", now), r.allow("1", now.Add(renamePause)),
	}); diff != "" {
		t.Errorf("allowed: -want, +got:\n%s", diff)
	}
}
