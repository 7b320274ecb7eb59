package installation

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// Composed are the objects that an installation refers to as composed, as they
// are in the cluster.
func Composed(ctx context.Context, c client.Client, xr *unstructured.Unstructured) ([]*unstructured.Unstructured, error) {
	refs, _, _ := unstructured.NestedSlice(xr.Object, "spec", "crossplane", "resourceRefs")
	out := make([]*unstructured.Unstructured, 0, len(refs))
	for _, r := range refs {
		ref, ok := r.(map[string]any)
		if !ok {
			continue
		}
		u := &unstructured.Unstructured{Object: map[string]any{"apiVersion": ref["apiVersion"], "kind": ref["kind"]}}
		key := client.ObjectKey{Namespace: xr.GetNamespace(), Name: fmt.Sprint(ref["name"])}
		if err := c.Get(ctx, key, u); err != nil {
			return nil, errors.Wrapf(err, "cannot read %s %s", u.GetKind(), key.Name)
		}
		out = append(out, u)
	}
	slices.SortFunc(out, func(a, b *unstructured.Unstructured) int {
		return strings.Compare(a.GetKind()+a.GetName(), b.GetKind()+b.GetName())
	})
	return out, nil
}

// Tree draws an installation, what is composed for it, and its pods.
func Tree(ctx context.Context, c client.Client, xr *unstructured.Unstructured) (string, error) {
	composed, err := Composed(ctx, c, xr)
	if err != nil {
		return "", err
	}
	pods, err := Pods(ctx, c, xr)
	if err != nil {
		return "", err
	}
	lines := make([]string, 0, len(composed)+len(pods))
	for _, u := range composed {
		lines = append(lines, u.GetKind()+"/"+u.GetName())
	}
	for _, p := range pods {
		lines = append(lines, fmt.Sprintf("Pod/%s  %s, restarts: %d", p.Name, p.Status.Phase, restarts(p)))
	}
	out := &strings.Builder{}
	status, _, _ := kube.Condition(xr, "Ready")
	state, _, _ := unstructured.NestedString(xr.Object, "status", "state")
	_, _ = fmt.Fprintf(out, "%s/%s  Ready=%s, state: %s\n", xr.GetKind(), xr.GetName(), status, state)
	for i, l := range lines {
		branch := "├─ "
		if i == len(lines)-1 {
			branch = "└─ "
		}
		_, _ = fmt.Fprintln(out, branch+l)
	}
	return out.String(), nil
}

// Pods of an installation: those of its server and of its migrations.
func Pods(ctx context.Context, c client.Client, xr *unstructured.Unstructured) ([]corev1.Pod, error) {
	list := &corev1.PodList{}
	err := c.List(ctx, list, client.InNamespace(xr.GetNamespace()),
		client.MatchingLabels{"installation.mattermost.com/installation": xr.GetName()})
	return list.Items, errors.Wrap(err, "cannot list the installation's pods")
}

// LastWords of the containers of an installation's pods that were restarted: a
// line for each, with what it said before it ended.
func LastWords(ctx context.Context, c client.Client, xr *unstructured.Unstructured) ([]string, error) {
	pods, err := Pods(ctx, c, xr)
	var out []string
	for _, p := range pods {
		for _, s := range p.Status.ContainerStatuses {
			if s.RestartCount == 0 {
				continue
			}
			words := "nothing"
			if t := s.LastTerminationState.Terminated; t != nil {
				words = fmt.Sprintf("exit code %d: %s", t.ExitCode, t.Message)
			}
			out = append(out, fmt.Sprintf("%s, restarted %d times: %s", p.Name, s.RestartCount, words))
		}
	}
	return out, err
}

func restarts(p corev1.Pod) int32 {
	total := int32(0)
	for _, s := range p.Status.ContainerStatuses {
		total += s.RestartCount
	}
	return total
}
