package plugin

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestObserve(t *testing.T) {
	boom := errors.New("boom")
	there := managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true}
	get := []string{"GetPluginStatuses"}

	running := v1alpha1.PluginObservation{Name: "Todo", Version: "1.0.0", Enabled: true, Running: true, DownloadVersion: "1.0.0"}
	with := func(change func(at *v1alpha1.PluginObservation)) v1alpha1.PluginObservation {
		at := running
		change(&at)

		return at
	}
	ill := xpv2.Unavailable().WithMessage("the plugin is enabled and does not run: the server's log says why")

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Plugin
		// at is the status after it.
		at   v1alpha1.PluginObservation
		want kindtest.Observed
	}{
		"UpToDate": {
			reason: "a plugin that is as declared costs one read",
			server: &fake{statuses: on(model.PluginStateRunning, model.PluginStateRunning)},
			mg:     declared(named),
			at:     running,
			want:   kindtest.Observed{Observation: there, Calls: get, ExternalName: id, Ready: xpv2.Available()},
		},
		"Adopted": {
			reason: "a plugin that is there is taken over, and it is noted where it is said to be from",
			server: &fake{statuses: on(model.PluginStateRunning)},
			mg:     declared(from("https://a")),
			at:     with(func(at *v1alpha1.PluginObservation) { at.DownloadURL = "https://a" }),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true},
				Calls:        get,
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"CannotStart": {
			reason: "a plugin that cannot start is enabled: to enable it at every poll would change nothing",
			server: &fake{statuses: on(model.PluginStateRunning, model.PluginStateFailedToStart)},
			mg:     declared(named),
			at:     with(func(at *v1alpha1.PluginObservation) { at.Running = false }),
			want: kindtest.Observed{
				Observation:  there,
				Calls:        get,
				ExternalName: id,
				Ready:        ill,
			},
		},
		"Disabled": {
			reason: "a plugin that is not to run is ready when it does not",
			server: &fake{statuses: on(model.PluginStateNotRunning)},
			mg:     declared(named, func(mg *v1alpha1.Plugin) { mg.Spec.ForProvider.Enabled = ptr.To(false) }),
			at:     with(func(at *v1alpha1.PluginObservation) { at.Enabled, at.Running = false, false }),
			want: kindtest.Observed{
				Observation:  there,
				Calls:        get,
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"Drift": {
			reason: "everything that differs is named",
			server: &fake{statuses: on(model.PluginStateNotRunning)},
			mg:     declared(named, ofVersion("2.0.0"), from("https://b"), downloadedFrom("https://a", "1.0.0")),
			at: with(func(at *v1alpha1.PluginObservation) {
				at.Enabled, at.Running, at.DownloadURL = false, false, "https://a"
			}),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, Diff: "version, enabled, downloadUrl"},
				Calls:        get,
				ExternalName: id,
				Ready:        xpv2.Available(),
			},
		},
		"NotInstalled": {
			reason: "a plugin that is not there is to be installed",
			server: &fake{statuses: on()},
			mg:     declared(),
			want:   kindtest.Observed{Calls: get},
		},
		"DisabledAsWanted": {
			reason: "the deletion of a disabled plugin is complete",
			server: &fake{statuses: on(model.PluginStateNotRunning)},
			mg:     declared(named, deleted),
			at: with(func(at *v1alpha1.PluginObservation) {
				at.Enabled, at.Running, at.DownloadVersion = false, false, ""
			}),
			want: kindtest.Observed{
				Calls:        get,
				ExternalName: id,
			},
		},
		"ToBeDisabled": {
			reason: "a plugin is there until it is disabled",
			server: &fake{statuses: on(model.PluginStateRunning)},
			mg:     declared(named, deleted),
			at:     running,
			want:   kindtest.Observed{Observation: managed.ExternalObservation{ResourceExists: true}, Calls: get, ExternalName: id},
		},
		"ToBeUninstalled": {
			reason: "a disabled plugin is there to be uninstalled",
			server: &fake{statuses: on(model.PluginStateRunning)},
			mg:     declared(named, deleted, permanently),
			at:     running,
			want:   kindtest.Observed{Observation: managed.ExternalObservation{ResourceExists: true}, Calls: get, ExternalName: id},
		},
		"Unreachable": {
			reason: "an error says nothing about the plugin",
			server: &fake{Record: kindtest.Fails("GetPluginStatuses", boom)},
			mg:     declared(named),
			want:   kindtest.Observed{Err: boom, Calls: get, ExternalName: id},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)

			if diff := cmp.Diff(tc.at, tc.mg.Status.AtProvider); diff != "" {
				t.Errorf("\n%s\nObserve(...): status.atProvider: -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
