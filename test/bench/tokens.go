package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/breaker"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

const (
	// tokensLimit is below the hundred tokens of Crossplane's circuit breaker, so that some
	// are left for other changes of an installation.
	tokensLimit = 90
	// tokensWait is far above the time that any measured step takes.
	tokensWait = 5 * time.Minute
	// tokensTick is short, so that what follows is not counted.
	tokensTick = 20 * time.Millisecond
	// settle is how long events are counted after the awaited condition.
	settle = 15 * time.Second

	definitionInstallations = "mattermostinstallations.mattermost.crossplane.io"
)

type tokensCommand struct{}

// Run measures the tokens of Crossplane's circuit breaker that installations use.
func (*tokensCommand) Run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, deadline)
	defer cancel()
	return measureAll(os.Stdout, func() ([]measure, error) { return untilReady(ctx) })
}

// metered is an installation with claims, and what Crossplane counts for its kind.
type metered struct {
	cluster  client.WithWatch
	manifest *unstructured.Unstructured
}

// untilReady measures the tokens that an installation uses: the quickstart, and one with
// spec.bootstrap, until each is Ready, then a restore and an upgrade of the quickstart until
// each is rolled out. The restored data is of the version that is served, so that it is not
// upgraded too. No other installation may change meanwhile, since Crossplane counts per kind.
// Everything is deleted in the end.
func untilReady(ctx context.Context) ([]measure, error) {
	cluster, err := kube.Connect(location.Kubeconfig())
	if err != nil {
		return nil, errors.Wrap(err, "no cluster runs; `make bench` brings one up")
	}
	first, err := meter(cluster, "tokens", nil)
	if err != nil {
		return nil, err
	}
	measures, err := first.take(ctx,
		step{name: "quickstart", act: first.becomes(firstVersion), condition: "Ready"},
		step{act: first.backUp, condition: "RolloutComplete"},
		step{name: "restore", act: first.restore, condition: "RolloutComplete"},
		step{name: "upgrade", act: first.becomes(newVersion), condition: "RolloutComplete"},
	)
	if err != nil {
		return nil, err
	}
	second, err := meter(cluster, "tokens-bootstrap", map[string]any{})
	if err != nil {
		return nil, err
	}
	more, err := second.take(ctx, step{name: "bootstrap", act: second.becomes(newVersion), condition: "Ready"})
	return append(measures, more...), err
}

// take the steps in turn, and delete everything in the end.
func (i *metered) take(ctx context.Context, steps ...step) (out []measure, err error) {
	if err := i.remove(ctx); err != nil {
		return nil, err
	}
	if err := kube.Namespace(ctx, i.cluster, i.manifest.GetNamespace()); err != nil {
		return nil, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removalLimit)
		defer cancel()
		err = errors.Join(err, i.remove(ctx))
	}()
	for _, s := range steps {
		m, err := i.measure(ctx, s)
		if err != nil {
			return nil, errors.Wrapf(err, "cannot measure %s", s.name)
		}
		say("%s", m)
		if s.name != "" {
			out = append(out, m)
		}
	}
	return out, nil
}

// step that is metered: an action, and the condition that must become True after it.
type step struct {
	// name of the measure. A step without a name is not reported.
	name      string
	act       func(ctx context.Context) error
	condition string
}

// meter an installation of the quickstart in its own namespace.
func meter(cluster client.WithWatch, name string, bootstrap map[string]any) (*metered, error) {
	xr, err := installation.Example("quickstart.yaml", namespaces+name)
	if err != nil {
		return nil, err
	}
	spec := map[string]any{"deletionProtection": false}
	if bootstrap != nil {
		spec["bootstrap"] = bootstrap
	}
	for field, value := range spec {
		if err := unstructured.SetNestedField(xr.Object, value, "spec", field); err != nil {
			return nil, errors.Wrap(err, "cannot fill in the manifest")
		}
	}
	for _, store := range []string{"database", "fileStore"} {
		if err := unstructured.SetNestedField(xr.Object, "Delete", "spec", store, "claim", "deletionPolicy"); err != nil {
			return nil, errors.Wrap(err, "cannot fill in the manifest")
		}
	}
	return &metered{cluster: cluster, manifest: xr}, nil
}

// measure how many tokens a step uses.
func (i *metered) measure(ctx context.Context, s step) (measure, error) {
	// After this pause the breaker has all its tokens again.
	if err := pause(ctx, rest); err != nil {
		return measure{}, err
	}
	before, err := breaker.Read(ctx, i.cluster, definitionInstallations)
	if err != nil {
		return measure{}, err
	}
	began := time.Now()
	if err := s.act(ctx); err != nil {
		return measure{}, err
	}
	if err := i.reaches(ctx, s.condition); err != nil {
		return measure{}, err
	}
	took := time.Since(began)
	count, err := breaker.Read(ctx, i.cluster, definitionInstallations)
	if err != nil {
		return measure{}, err
	}
	if err := pause(ctx, settle); err != nil {
		return measure{}, err
	}
	later, err := breaker.Read(ctx, i.cluster, definitionInstallations)
	if err != nil {
		return measure{}, err
	}
	return measure{
		name:  "tokens-" + s.name,
		value: float64(count.Since(before).Tokens),
		unit:  "tokens",
		limit: tokensLimit,
		detail: fmt.Sprintf("until %s, after %.1f s; %d with what followed, the breaker opened %d times",
			s.condition, took.Seconds(), later.Since(before).Tokens, later.Since(before).Opens),
	}, nil
}

// reaches waits until a condition is True for the spec as it is now, and no longer. What
// Crossplane composes afterward changes the generation once more.
func (i *metered) reaches(ctx context.Context, condition string) error {
	asked := i.live()
	if err := i.cluster.Get(ctx, client.ObjectKeyFromObject(asked), asked); err != nil {
		return errors.Wrap(err, "cannot read the installation")
	}
	generation, status, reason := asked.GetGeneration(), "", ""
	err := wait.PollUntilContextTimeout(ctx, tokensTick, tokensWait, true, func(ctx context.Context) (bool, error) {
		now := i.live()
		if err := i.cluster.Get(ctx, client.ObjectKeyFromObject(now), now); err != nil {
			return false, errors.Wrap(err, "cannot read the installation")
		}
		seen, _, _ := unstructured.NestedInt64(now.Object, "status", "observedGeneration")
		status, reason, _ = kube.Condition(now, condition)
		return status == "True" && seen >= generation, nil
	})
	return errors.Wrapf(err, "condition %s is %q (%s)", condition, status, reason)
}

// live is an empty object to read the installation into.
func (i *metered) live() *unstructured.Unstructured { return named(i.manifest, i.manifest.GetName()) }

// becomes sets a version.
func (i *metered) becomes(version string) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := unstructured.SetNestedField(i.manifest.Object, version, "spec", "version"); err != nil {
			return errors.Wrap(err, "cannot fill in the manifest")
		}
		return kube.Apply(ctx, i.cluster, i.manifest.DeepCopy())
	}
}

// backUp the installation to its own bucket.
func (i *metered) backUp(ctx context.Context) error {
	bucket := i.request("MattermostBucket", "backups", map[string]any{"deletionPolicy": "Delete"})
	backup := i.request("MattermostBackup", "now", map[string]any{"installation": i.manifest.GetName(), "store": map[string]any{"bucket": "backups"}})
	for _, o := range []*unstructured.Unstructured{bucket, backup} {
		if err := kube.Apply(ctx, i.cluster, o); err != nil {
			return err
		}
	}
	return kube.ConditionIs(ctx, i.cluster, named(backup, "now"), tokensWait, "Ready", "True")
}

// restore the backup.
func (i *metered) restore(ctx context.Context) error {
	restore := i.request("MattermostRestore", "undo", map[string]any{
		"mattermostClusterName": i.manifest.GetName(), "from": map[string]any{"backup": "now"},
	})
	if err := kube.Apply(ctx, i.cluster, restore); err != nil {
		return err
	}
	return kube.ConditionIs(ctx, i.cluster, named(restore, "undo"), tokensWait, "Ready", "True")
}

// request returns an object of another kind in the installation's namespace.
func (i *metered) request(kind, name string, spec map[string]any) *unstructured.Unstructured {
	u := named(i.manifest, name)
	u.SetKind(kind)
	u.Object["spec"] = spec
	return u
}

// named returns an empty object of the same kind and namespace with another name.
func named(like *unstructured.Unstructured, name string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(like.GroupVersionKind())
	u.SetNamespace(like.GetNamespace())
	u.SetName(name)
	return u
}

// remove the installation, the objects beside it, and the namespace.
func (i *metered) remove(ctx context.Context) error {
	for _, kind := range []string{"MattermostRestore", "MattermostBackup", "MattermostInstallation", "MattermostBucket"} {
		name := map[string]string{"MattermostRestore": "undo", "MattermostBackup": "now", "MattermostBucket": "backups"}[kind]
		if name == "" {
			name = i.manifest.GetName()
		}
		o := i.request(kind, name, nil)
		if err := i.cluster.Delete(ctx, o); client.IgnoreNotFound(err) != nil {
			return errors.Wrapf(err, "cannot remove %s %s", kind, name)
		}
		if err := gone(ctx, i.cluster, o); err != nil {
			return err
		}
	}
	return removeNamespace(ctx, i.cluster, i.manifest.GetNamespace())
}
