package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/image"
)

// unremarkable is how long a step of a running cluster may take without being
// mentioned: it has found nothing to do.
const unremarkable = 300 * time.Millisecond

type upCommand struct {
	WithMattermost []string `help:"Versions of Mattermost to have images of besides the current one."`
	WithImages     []string `help:"Images to have besides those of the demo, such as mattermost-dbtool and mariadb."`
	WithPackages   []string `help:"Packages of others to have installed, such as provider-sql."`
	WithOperators  []string `help:"Operators of others to have running, such as cloudnative-pg and its plugin barman-cloud."`
}

// Run brings the cluster up. A running, healthy one keeps running and only gets
// what has changed; of a broken or killed one, everything is removed first.
func (u *upCommand) Run(ctx context.Context) error {
	account := newProgress(os.Stdout, "up")

	c, release, err := open(ctx, account)
	if err != nil {
		return err
	}
	defer release()

	made, err := makeArtifacts(ctx, account)
	if err != nil {
		return err
	}

	b := &bringUp{cluster: c, artifacts: made, daemons: daemons(c.paths, made.binaries, made.containerd)}
	if err := u.choose(b); err != nil {
		return err
	}

	report := account.done

	if c.healthy(ctx, b.daemons) {
		account.rename("refresh")
		account.begin("bringing the running cluster up to date")

		report = func(name string, took time.Duration) {
			if took > unremarkable {
				account.done(name, took)
			}
		}
	} else {
		account.begin("bringing the cluster up in " + string(c.paths))

		if err := c.prepare(ctx, made); err != nil {
			return err
		}
	}

	if err := b.plan().run(ctx, report); err != nil {
		return err
	}

	return account.finish("up: export KUBECONFIG=" + c.paths.kubeconfig())
}

// choose what runs in the cluster, and the images for it.
func (u *upCommand) choose(b *bringUp) (err error) {
	if b.images, err = images(u.WithMattermost, u.WithImages); err != nil {
		return err
	}

	if b.others, err = packagesOfOthers(u.WithPackages); err != nil {
		return err
	}

	for _, p := range b.others {
		b.images = append(b.images, p.Image)
	}

	if b.operators, err = operatorsOfOthers(u.WithOperators); err != nil {
		return err
	}

	for _, o := range b.operators {
		b.images = append(b.images, o.Images...)
	}

	return nil
}

// healthy reports whether all daemons run as the wanted programs and pods can
// be run.
func (c *cluster) healthy(ctx context.Context, all map[string]daemon) bool {
	for _, d := range all {
		if !c.runsAs(d.name, d.executable) {
			return false
		}
	}

	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()

	api, err := newClient(c.paths)
	if err != nil {
		return false
	}

	return apiserverReady(c.paths)(ctx) == nil && nodeReady(ctx, api) == nil
}

// prepare removes what an earlier run left and writes everything that daemons
// read when they start.
func (c *cluster) prepare(ctx context.Context, made *artifacts) error {
	pause := registryAddress + "/" + image.Pause().Names[0]
	if err := writeConfig(c.paths, pause); err != nil {
		return err
	}

	if err := c.clean(ctx, made.containerd); err != nil {
		return err
	}

	if err := portsFree(ctx); err != nil {
		return err
	}

	// Written first: whatever happens from here on, the next run cleans up.
	if err := c.state.change(func() {}); err != nil {
		return err
	}

	if err := writePKI(c.paths); err != nil {
		return err
	}

	if err := copySelf(c.paths); err != nil {
		return err
	}

	if err := linkKubectl(c.paths, made.binaries["kubectl"]); err != nil {
		return err
	}

	for _, dir := range []string{filepath.Dir(c.paths.auditLog()), c.paths.kubelet(), c.paths.etcd()} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return errors.Wrap(err, "cannot make a directory of the cluster")
		}
	}

	return nil
}

func linkKubectl(p paths, kubectl string) error {
	link := filepath.Join(p.bin(), "kubectl")
	if err := os.RemoveAll(link); err != nil {
		return errors.Wrap(err, "cannot replace kubectl")
	}

	return errors.Wrap(os.Symlink(kubectl, link), "cannot link kubectl")
}

// bringUp is what the steps of the plan share.
type bringUp struct {
	*cluster
	*artifacts

	images    []image.Image
	others    []image.Package
	operators []image.Operator
	daemons   map[string]daemon

	// built is set by the step that makes the images.
	built []image.Built
	// function, configuration and provider are set by the step that builds the packages.
	function, configuration, provider xpkg
	// api is set once the API server is ready.
	api client.Client
}

// The steps of the plan, named after what is the case when they are done.
const (
	networkMade      = "network ready"
	etcdReady        = "etcd ready"
	apiReady         = "kube-apiserver ready"
	controllersReady = "kube-controller-manager ready"
	schedulerReady   = "kube-scheduler ready"
	registryReady    = "registry ready"
	forwardReady     = "forwarding ready"
	runtimeReady     = "containerd ready"
	kubeletReady     = "kubelet ready"
	proxyReady       = "kube-proxy ready"
	dnsReady         = "CoreDNS ready"
	inClusterAPI     = "API server reachable by pods"
	volumesReady     = "volumes ready"
	imagesBuilt      = "images built"
	imagesPublished  = "images published"
	nodeIsReady      = "node Ready"
	crossplaneSent   = "Crossplane installed"
	crossplaneReady  = "Crossplane Ready"
	packagesBuilt    = "packages built"
	packagesPushed   = "packages published"
	packagesHealthy  = "packages Healthy"
	othersHealthy    = "packages of others Healthy"
	operatorsReady   = "operators of others ready"
)

// plan tells how the cluster comes up. Every step finds out by itself whether
// there is anything to do, so that the same plan serves a running cluster.
func (b *bringUp) plan() plan {
	return plan{
		{networkMade, nil, b.makeHost},
		{etcdReady, nil, b.daemon("etcd")},
		{registryReady, nil, b.daemon("registry")},
		{runtimeReady, []string{networkMade}, b.daemon(containerdName)},
		{forwardReady, []string{networkMade, apiReady, registryReady}, b.daemon("forward")},
		{apiReady, []string{etcdReady}, b.startAPI},
		{controllersReady, []string{apiReady}, b.daemon("kube-controller-manager")},
		{schedulerReady, []string{apiReady}, b.daemon("kube-scheduler")},
		{inClusterAPI, []string{apiReady}, b.publishAPI},
		{volumesReady, []string{apiReady}, b.makeVolumes},
		// It is not ready without its node, for which images may first have to be built
		// for longer than a daemon is waited for.
		{proxyReady, []string{kubeletReady, networkMade}, b.daemon("kube-proxy")},
		{dnsReady, []string{apiReady, networkMade}, b.daemon("coredns")},
		{imagesBuilt, nil, b.buildImages},
		{imagesPublished, []string{imagesBuilt, registryReady, runtimeReady}, b.publishImages},
		{kubeletReady, []string{apiReady, runtimeReady, imagesPublished}, b.daemon("kubelet")},
		{nodeIsReady, []string{kubeletReady}, b.awaitNode},
		{crossplaneSent, []string{apiReady}, b.installCrossplane},
		{crossplaneReady, []string{crossplaneSent, nodeIsReady, controllersReady, schedulerReady, proxyReady, dnsReady, forwardReady, inClusterAPI}, b.awaitCrossplane},
		{packagesBuilt, []string{imagesBuilt}, b.buildPackages},
		{packagesPushed, []string{packagesBuilt, registryReady}, b.pushPackages},
		{packagesHealthy, []string{packagesPushed, crossplaneReady, volumesReady}, b.installPackages},
		{othersHealthy, []string{imagesPublished, crossplaneReady}, b.installOthers},
		// They need of the cluster what Crossplane needs.
		{operatorsReady, []string{imagesPublished, crossplaneReady}, b.installOperators},
	}
}

func (b *bringUp) daemon(name string) func(context.Context) error {
	return func(ctx context.Context) error { return b.ensure(ctx, b.daemons[name]) }
}

// makeHost changes what the node needs of the machine's kernel.
func (b *bringUp) makeHost(context.Context) error {
	if err := setKernel(b.state); err != nil {
		return err
	}

	if err := makeCgroup(); err != nil {
		return err
	}

	return makeNetwork()
}

func (b *bringUp) startAPI(ctx context.Context) error {
	if err := b.ensure(ctx, b.daemons["kube-apiserver"]); err != nil {
		return err
	}

	var err error
	b.api, err = newClient(b.paths)

	return err
}

func (b *bringUp) awaitNode(ctx context.Context) error {
	return waitFor(ctx, daemonStartLimit, func(ctx context.Context) error { return nodeReady(ctx, b.api) })
}
