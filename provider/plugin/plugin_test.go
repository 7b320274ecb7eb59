package plugin

import (
	"context"
	"net/url"
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

const id = "com.example.todo"

// fake is a server with some plugins, that records what it was asked.
type fake struct {
	kindtest.Record

	statuses model.PluginStatuses
	manifest model.Manifest

	requested *model.InstallMarketplacePluginRequest
}

func (f *fake) GetPluginStatuses(context.Context) (model.PluginStatuses, *model.Response, error) {
	return f.statuses, nil, f.Call("GetPluginStatuses")
}

func (f *fake) InstallPluginFromURL(_ context.Context, _ string, force bool) (*model.Manifest, *model.Response, error) {
	if !force {
		return nil, nil, errors.New("an installation that replaces nothing")
	}

	return &f.manifest, nil, f.Call("InstallPluginFromURL")
}

func (f *fake) InstallMarketplacePlugin(_ context.Context, request *model.InstallMarketplacePluginRequest) (*model.Manifest, *model.Response, error) {
	f.requested = request
	return &f.manifest, nil, f.Call("InstallMarketplacePlugin")
}

func (f *fake) EnablePlugin(context.Context, string) (*model.Response, error) {
	return nil, f.Call("EnablePlugin")
}

func (f *fake) DisablePlugin(context.Context, string) (*model.Response, error) {
	return nil, f.Call("DisablePlugin")
}

func (f *fake) RemovePlugin(context.Context, string) (*model.Response, error) {
	return nil, f.Call("RemovePlugin")
}

// on nodes, the plugin of version 1.0.0 is in states, among others.
func on(states ...int) model.PluginStatuses {
	statuses := model.PluginStatuses{{PluginId: "other", State: model.PluginStateFailedToStart}}
	for _, state := range states {
		statuses = append(statuses, &model.PluginStatus{PluginId: id, Name: "Todo", Version: "1.0.0", State: state})
	}

	return statuses
}

// declared returns a Plugin that is enabled, changed by change.
func declared(change ...func(mg *v1alpha1.Plugin)) *v1alpha1.Plugin {
	mg := &v1alpha1.Plugin{Spec: v1alpha1.PluginSpec{ForProvider: v1alpha1.PluginParameters{ID: id, Enabled: ptr.To(true), Deletion: v1alpha1.DeletionArchive}}}

	for _, c := range change {
		c(mg)
	}

	return mg
}

func named(mg *v1alpha1.Plugin) { meta.SetExternalName(mg, id) }

func deleted(mg *v1alpha1.Plugin) { mg.DeletionTimestamp = ptr.To(metav1.Now()) }

func permanently(mg *v1alpha1.Plugin) { mg.Spec.ForProvider.Deletion = v1alpha1.DeletionPermanent }

func fromMarketplace(mg *v1alpha1.Plugin) {
	mg.Spec.ForProvider.Marketplace = &v1alpha1.PluginMarketplace{}
}

func ofVersion(version string) func(mg *v1alpha1.Plugin) {
	return func(mg *v1alpha1.Plugin) { mg.Spec.ForProvider.Version = &version }
}

func from(url string) func(mg *v1alpha1.Plugin) {
	return func(mg *v1alpha1.Plugin) { mg.Spec.ForProvider.DownloadURL = &url }
}

func downloadedFrom(url, version string) func(mg *v1alpha1.Plugin) {
	return func(mg *v1alpha1.Plugin) {
		mg.Status.AtProvider.DownloadURL, mg.Status.AtProvider.DownloadVersion = url, version
	}
}

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

func TestCreate(t *testing.T) {
	boom := errors.New("boom")
	todo := model.Manifest{Id: id, Version: "1.0.0"}

	type want struct {
		err          error
		calls        []string
		requested    *model.InstallMarketplacePluginRequest
		externalName string
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Plugin
		want   want
	}{
		"URL": {
			reason: "a plugin is installed from a URL",
			server: &fake{manifest: todo},
			mg:     declared(from("https://a")),
			want:   want{calls: []string{"InstallPluginFromURL"}, externalName: id},
		},
		"Marketplace": {
			reason: "a plugin is installed from the marketplace, in any version",
			server: &fake{manifest: todo},
			mg:     declared(fromMarketplace),
			want: want{
				calls:        []string{"InstallMarketplacePlugin"},
				requested:    &model.InstallMarketplacePluginRequest{Id: id},
				externalName: id,
			},
		},
		"MarketplaceVersion": {
			reason: "a plugin is installed from the marketplace, in the version that is declared",
			server: &fake{manifest: todo},
			mg:     declared(fromMarketplace, ofVersion("1.0.0")),
			want: want{
				calls:        []string{"InstallMarketplacePlugin"},
				requested:    &model.InstallMarketplacePluginRequest{Id: id, Version: "1.0.0"},
				externalName: id,
			},
		},
		"FromNowhere": {
			reason: "a plugin that is not there, and is nowhere to be had, is an error",
			server: &fake{},
			mg:     declared(),
			want:   want{err: cmpopts.AnyError},
		},
		"AnotherPlugin": {
			reason: "what was installed must be what is declared",
			server: &fake{manifest: model.Manifest{Id: "other", Version: "1.0.0"}},
			mg:     declared(from("https://a")),
			want:   want{err: cmpopts.AnyError, calls: []string{"InstallPluginFromURL"}},
		},
		"CannotInstall": {
			reason: "what fails has no external name",
			server: &fake{Record: kindtest.Fails("InstallPluginFromURL", boom)},
			mg:     declared(from("https://a")),
			want:   want{err: boom, calls: []string{"InstallPluginFromURL"}},
		},
		"MarketplaceCannotInstall": {
			reason: "what fails has no external name",
			server: &fake{Record: kindtest.Fails("InstallMarketplacePlugin", boom)},
			mg:     declared(fromMarketplace),
			want:   want{err: boom, calls: []string{"InstallMarketplacePlugin"}, requested: &model.InstallMarketplacePluginRequest{Id: id}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server}).Create(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, requested: tc.server.requested, externalName: meta.GetExternalName(tc.mg)}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nCreate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

// TestURLStaysOutOfErrors proves that a URL with a secret in it is not shown.
func TestURLStaysOutOfErrors(t *testing.T) {
	server := &fake{Record: kindtest.Fails("InstallPluginFromURL",
		&url.Error{Op: "Post", URL: "http://chat/api/v4/plugins/install_from_url?plugin_download_url=secret", Err: errors.New("boom")})}

	if _, err := (&external{server: server}).Create(t.Context(), declared(from("https://secret"))); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("there is no error, or the URL is in it: %v", err)
	}
}

func TestUpdate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err        error
		calls      []string
		downloaded string
	}

	disabled := func(mg *v1alpha1.Plugin) { mg.Spec.ForProvider.Enabled = ptr.To(false) }

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Plugin
		want   want
	}{
		"Enable": {
			reason: "a plugin is enabled",
			server: &fake{statuses: on(model.PluginStateNotRunning)},
			mg:     declared(named),
			want:   want{calls: []string{"GetPluginStatuses", "EnablePlugin"}},
		},
		"Disable": {
			reason: "a plugin is disabled",
			server: &fake{statuses: on(model.PluginStateRunning)},
			mg:     declared(named, disabled),
			want:   want{calls: []string{"GetPluginStatuses", "DisablePlugin"}},
		},
		"Version": {
			reason: "another version is installed, and enabled",
			server: &fake{statuses: on(model.PluginStateNotRunning), manifest: model.Manifest{Id: id, Version: "2.0.0"}},
			mg:     declared(named, from("https://b"), ofVersion("2.0.0")),
			want:   want{calls: []string{"GetPluginStatuses", "InstallPluginFromURL", "EnablePlugin"}, downloaded: "https://b 2.0.0"},
		},
		"URL": {
			reason: "what is at another URL is installed, of whatever version",
			server: &fake{statuses: on(model.PluginStateRunning), manifest: model.Manifest{Id: id, Version: "1.0.0"}},
			mg:     declared(named, from("https://b"), downloadedFrom("https://a", "1.0.0")),
			want:   want{calls: []string{"GetPluginStatuses", "InstallPluginFromURL"}, downloaded: "https://b 1.0.0"},
		},
		"WrongVersion": {
			reason: "what the URL has is remembered, though it is not what is declared",
			server: &fake{statuses: on(model.PluginStateRunning), manifest: model.Manifest{Id: id, Version: "1.0.0"}},
			mg:     declared(named, from("https://a"), ofVersion("2.0.0")),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetPluginStatuses", "InstallPluginFromURL"}, downloaded: "https://a 1.0.0"},
		},
		"KnownWrongVersion": {
			reason: "what is not what is declared is not installed again and again",
			server: &fake{statuses: on(model.PluginStateRunning)},
			mg:     declared(named, from("https://a"), ofVersion("2.0.0"), downloadedFrom("https://a", "1.0.0")),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetPluginStatuses"}, downloaded: "https://a 1.0.0"},
		},
		"ReplacedOnTheServer": {
			reason: "a version that somebody else installed is replaced",
			server: &fake{statuses: on(model.PluginStateRunning), manifest: model.Manifest{Id: id, Version: "2.0.0"}},
			mg:     declared(named, from("https://b"), ofVersion("2.0.0"), downloadedFrom("https://b", "2.0.0")),
			want:   want{calls: []string{"GetPluginStatuses", "InstallPluginFromURL"}, downloaded: "https://b 2.0.0"},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{statuses: on(model.PluginStateRunning)},
			mg:     declared(named),
			want:   want{calls: []string{"GetPluginStatuses"}},
		},
		"Gone": {
			reason: "a plugin that is gone is not updated",
			server: &fake{},
			mg:     declared(named),
			want:   want{err: cmpopts.AnyError, calls: []string{"GetPluginStatuses"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetPluginStatuses", boom)},
			mg:     declared(named),
			want:   want{err: boom, calls: []string{"GetPluginStatuses"}},
		},
		"CannotEnable": {
			reason: "an error is passed on",
			server: &fake{statuses: on(model.PluginStateNotRunning), Record: kindtest.Fails("EnablePlugin", boom)},
			mg:     declared(named),
			want:   want{err: boom, calls: []string{"GetPluginStatuses", "EnablePlugin"}},
		},
		"CannotDisable": {
			reason: "an error is passed on",
			server: &fake{statuses: on(model.PluginStateRunning), Record: kindtest.Fails("DisablePlugin", boom)},
			mg:     declared(named, disabled),
			want:   want{err: boom, calls: []string{"GetPluginStatuses", "DisablePlugin"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server}).Update(t.Context(), tc.mg)
			at := tc.mg.Status.AtProvider
			got := want{err: err, calls: tc.server.Calls, downloaded: strings.TrimSpace(at.DownloadURL + " " + at.DownloadVersion)}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nUpdate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestDelete(t *testing.T) {
	boom := errors.New("boom")

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.Plugin
		want   kindtest.Deleted
	}{
		"Disable": {
			reason: "a plugin is disabled by default",
			server: &fake{},
			mg:     declared(named),
			want:   kindtest.Deleted{Calls: []string{"DisablePlugin"}},
		},
		"Permanent": {
			reason: "a plugin is uninstalled when the spec consents",
			server: &fake{},
			mg:     declared(named, permanently),
			want:   kindtest.Deleted{Calls: []string{"RemovePlugin"}},
		},
		"Gone": {
			reason: "a plugin that is gone is deleted",
			server: &fake{Record: kindtest.Fails("DisablePlugin", kindtest.NotFound())},
			mg:     declared(named),
			want:   kindtest.Deleted{Calls: []string{"DisablePlugin"}},
		},
		"CannotDisable": {
			reason: "an error keeps the object",
			server: &fake{Record: kindtest.Fails("DisablePlugin", boom)},
			mg:     declared(named),
			want:   kindtest.Deleted{Err: boom, Calls: []string{"DisablePlugin"}},
		},
		"CannotUninstall": {
			reason: "a plugin that cannot be uninstalled is not disabled instead",
			server: &fake{Record: kindtest.Fails("RemovePlugin", boom)},
			mg:     declared(named, permanently),
			want:   kindtest.Deleted{Err: boom, Calls: []string{"RemovePlugin"}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Delete(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}
