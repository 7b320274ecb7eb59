package plugin

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
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
