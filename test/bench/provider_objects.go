package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	managedVersion = "mattermost.m.crossplane.io/v1alpha1"
	// people who are members of the channels. A team has at most 50, unless its server says
	// otherwise.
	people = 25
	// appliers that apply at once.
	appliers = 16
	// look is how often objects are looked at that are awaited.
	look = 5 * time.Second
)

// object of the provider, whose fields refer to others by name.
func object(namespace, kind, name string, fields map[string]any) *unstructured.Unstructured {
	o := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{
		"providerConfigRef": map[string]any{"kind": "ProviderConfig", "name": "chat"},
		"forProvider":       fields,
	}}}
	o.SetAPIVersion(managedVersion)
	o.SetKind(kind)
	o.SetNamespace(namespace)
	o.SetName(name)
	return o
}

func ref(name string) map[string]any { return map[string]any{"name": name} }

// connection of the provider to a server that nobody has an account of.
func connection(ctx context.Context, c client.Client, namespace, url string) error {
	login := map[string]string{"username": "admin", "password": "Aa1!" + rand.Text()}
	if err := kube.Secret(ctx, c, namespace, "chat-administrator", login); err != nil {
		return err
	}
	config := &unstructured.Unstructured{Object: map[string]any{"spec": map[string]any{
		"url":                url,
		"credentials":        map[string]any{"secretRef": ref("chat-administrator")},
		"firstAdministrator": map[string]any{"email": "admin@example.org"},
		// More than the provider has time for.
		"rateLimit": map[string]any{"requestsPerSecond": int64(100), "burst": int64(100)},
	}}}
	config.SetAPIVersion(managedVersion)
	config.SetKind("ProviderConfig")
	config.SetNamespace(namespace)
	config.SetName("chat")
	return kube.Apply(ctx, c, config)
}

// crowd is a server, its team with its people, and as many channels as are asked for, each
// with a member.
func crowd(namespace string, channels int, poll time.Duration) []*unstructured.Unstructured {
	out := []*unstructured.Unstructured{
		object(namespace, "Server", "chat", map[string]any{}),
		object(namespace, "Team", "crowd", map[string]any{"name": "crowd", "displayName": "Crowd"}),
	}
	for i := range people {
		name := fmt.Sprintf("person-%d", i)
		person := object(namespace, "User", name, map[string]any{"username": name, "email": name + "@example.org"})
		person.Object["spec"].(map[string]any)["writeConnectionSecretToRef"] = ref(name) //nolint:forcetypeassert // It is one.
		out = append(out, person,
			object(namespace, "TeamMember", name, map[string]any{"teamRef": ref("crowd"), "userRef": ref(name)}))
	}
	for i := range channels {
		name := fmt.Sprintf("channel-%d", i)
		out = append(out,
			object(namespace, "Channel", name, map[string]any{"name": name, "displayName": "Channel", "purpose": "To be one of many.", "teamRef": ref("crowd")}),
			object(namespace, "ChannelMember", name, map[string]any{"channelRef": ref(name), "userRef": ref(fmt.Sprintf("person-%d", i%people))}))
	}
	for _, o := range out {
		o.SetAnnotations(map[string]string{"crossplane.io/poll-interval": poll.String()})
	}
	return out
}

// forEach object does something, several at once.
func forEach(ctx context.Context, objects []*unstructured.Unstructured, do func(context.Context, *unstructured.Unstructured) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(appliers)
	for _, o := range objects {
		group.Go(func() error { return do(ctx, o) })
	}
	return group.Wait()
}

// settled waits until all objects are Ready and Synced.
func settled(ctx context.Context, c client.Client, objects []*unstructured.Unstructured) error {
	kinds := map[string]int{}
	for _, o := range objects {
		kinds[o.GetKind()]++
	}
	for {
		missing, err := unsettled(ctx, c, objects[0].GetNamespace(), kinds)
		if err != nil || missing == "" {
			return err
		}
		if err := pause(ctx, look); err != nil {
			return errors.Wrap(err, missing)
		}
	}
}

// unsettled says what is missing until there are as many objects of all kinds.
func unsettled(ctx context.Context, c client.Client, namespace string, kinds map[string]int) (string, error) {
	for kind, want := range kinds {
		list, err := inNamespace(ctx, c, namespace, kind)
		if err != nil {
			return "", err
		}
		got, message := 0, ""
		for _, o := range list {
			ready, _, _ := kube.Condition(&o, "Ready")
			synced, _, why := kube.Condition(&o, "Synced")
			if ready == "True" && synced == "True" {
				got++
			} else if why != "" {
				message = why
			}
		}
		if got < want {
			return fmt.Sprintf("%d of %d objects of kind %s are Ready and Synced: %s", got, want, kind, message), nil
		}
	}
	return "", nil
}

func inNamespace(ctx context.Context, c client.Client, namespace, kind string) ([]unstructured.Unstructured, error) {
	list := &unstructured.UnstructuredList{}
	list.SetAPIVersion(managedVersion)
	list.SetKind(kind + "List")
	err := c.List(ctx, list, client.InNamespace(namespace))
	return list.Items, errors.Wrapf(err, "cannot list objects of kind %s", kind)
}

// abandon objects of a server that goes as a whole: nothing in it is deleted.
func abandon(ctx context.Context, c client.Client, objects []*unstructured.Unstructured) error {
	return forEach(ctx, objects, func(ctx context.Context, o *unstructured.Unstructured) error {
		o = o.DeepCopy()
		if err := c.Delete(ctx, o); client.IgnoreNotFound(err) != nil {
			return errors.Wrapf(err, "cannot delete %s %s", o.GetKind(), o.GetName())
		}
		err := c.Patch(ctx, o, client.RawPatch(types.MergePatchType, []byte(`{"metadata": {"finalizers": null}}`)))
		return errors.Wrapf(client.IgnoreNotFound(err), "cannot abandon %s %s", o.GetKind(), o.GetName())
	})
}
