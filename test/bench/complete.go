package main

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	serverImage     = "mattermost/mattermost-enterprise-edition"
	serverContainer = "mattermost"
	// wantedReplicas is the number of replicas that both products install.
	wantedReplicas = 2
)

// awaitComplete waits until an installation serves a version with all replicas and
// says so itself.
func awaitComplete(ctx context.Context, c client.WithWatch, i *installed, version string) error {
	server := &view{client: c, list: &appsv1.DeploymentList{}, key: client.ObjectKeyFromObject(i.manifest)}
	list := &unstructured.UnstructuredList{}
	list.SetGroupVersionKind(i.manifest.GroupVersionKind())
	said := &view{client: c, list: list, key: server.key}
	for _, v := range []*view{server, said} {
		if err := v.open(ctx); err != nil {
			return err
		}
		defer v.close()
	}
	missing := errors.New("nothing is seen of it")
	for ctx.Err() == nil {
		var err error
		select {
		case e, ok := <-server.watch.ResultChan():
			err = server.see(ctx, e, ok)
		case e, ok := <-said.watch.ResultChan():
			err = said.see(ctx, e, ok)
		case <-ctx.Done():
			continue
		}
		// A watch that the end of the wait ends is not what went wrong.
		if err != nil && ctx.Err() == nil {
			return err
		}
		if missing = errors.Join(unserved(server.last, version), unsaid(said.last, i.condition, version)); missing == nil {
			return nil
		}
	}
	return errors.Wrap(missing, context.Cause(ctx).Error())
}

// unserved is what a Deployment lacks to serve a version with all replicas.
func unserved(o client.Object, version string) error {
	d, ok := o.(*appsv1.Deployment)
	if !ok {
		return errors.New("there is no Deployment")
	}
	image := ""
	for _, c := range d.Spec.Template.Spec.Containers {
		if c.Name == serverContainer {
			image = c.Image
		}
	}
	if want := serverImage + ":" + version; image != want {
		return errors.Errorf("the Deployment runs %q instead of %s", image, want)
	}
	if d.Status.ObservedGeneration < d.Generation {
		return errors.New("the Deployment's last change is not observed")
	}
	s := d.Status
	if ptr.Deref(d.Spec.Replicas, 1) != wantedReplicas || s.Replicas != wantedReplicas || s.UpdatedReplicas != wantedReplicas || s.AvailableReplicas != wantedReplicas {
		return errors.Errorf("of %d replicas there are %d, %d updated and %d available", wantedReplicas, s.Replicas, s.UpdatedReplicas, s.AvailableReplicas)
	}
	return nil
}

// unsaid is what an installation does not say yet of its serving a version.
func unsaid(o client.Object, condition, version string) error {
	u, ok := o.(*unstructured.Unstructured)
	if !ok {
		return errors.New("there is no installation")
	}
	if seen, _, _ := unstructured.NestedInt64(u.Object, "status", "observedGeneration"); seen < u.GetGeneration() {
		return errors.New("the installation's last change is not observed")
	}
	state, _, _ := unstructured.NestedString(u.Object, "status", "state")
	at, _, _ := unstructured.NestedString(u.Object, "status", "version")
	updated, _, _ := unstructured.NestedInt64(u.Object, "status", "updatedReplicas")
	if state != "stable" || at != version || updated != wantedReplicas {
		accepted, _, refusal := kube.Condition(u, "Accepted")
		if accepted == "False" {
			return errors.Errorf("the installation is refused: %s", refusal)
		}
		return errors.Errorf("the installation says %q, version %q, %d replicas updated", state, at, updated)
	}
	if condition == "" {
		return nil
	}
	status, reason, message := kube.Condition(u, condition)
	if status != "True" {
		return errors.Errorf("condition %s is %q (%s: %s)", condition, status, reason, message)
	}
	return nil
}

// view is one object as it is, kept up to date by a watch.
type view struct {
	client client.WithWatch
	list   client.ObjectList
	key    client.ObjectKey

	watch watch.Interface
	last  client.Object
}

// open a watch that begins with the object as it is.
func (v *view) open(ctx context.Context) error {
	w, err := v.client.Watch(ctx, v.list, client.InNamespace(v.key.Namespace), client.MatchingFields{"metadata.name": v.key.Name})
	if err != nil {
		return errors.Wrap(err, "cannot watch the installation")
	}
	v.watch = w
	return nil
}

func (v *view) close() { v.watch.Stop() }

// see an event. A watch does not last: the API client ends it after a while.
func (v *view) see(ctx context.Context, e watch.Event, ok bool) error {
	if !ok || e.Type == watch.Error {
		v.close()
		return v.open(ctx)
	}
	if e.Type == watch.Deleted {
		v.last = nil
		return nil
	}
	o, ok := e.Object.(client.Object)
	if !ok {
		return errors.Errorf("cannot watch the installation: it is seen as %T", e.Object)
	}
	v.last = o
	return nil
}
