package discretion

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/kube"
)

// Options of a Watch.
type Options struct {
	// PodLogs is the directory of the logs of containers, of which those that are there
	// meanwhile are kept.
	PodLogs string
	// Kept is a directory on the same file system to keep them in. It is made, and removed.
	Kept string
	// Logs are files that are searched as they are in the end.
	Logs []string
	// Excused says whether a find in a log, by the name of its file, is somebody else's
	// doing and known; nil for none. The name of a container's is
	// <number>-<namespace>_<pod>_<UID>_<container>_<restarts>.log.
	Excused func(log string, f Find) bool
}

// Watch learns the secrets of a cluster and keeps its logs, until it is ended.
type Watch struct {
	options Options
	end     func() error

	lock    sync.Mutex
	secrets Secrets
	// seen are the resource versions of Secrets by UID.
	seen map[types.UID]string
}

// Begin to watch a cluster.
func Begin(ctx context.Context, c client.WithWatch, o Options) (*Watch, error) {
	if err := errors.Join(os.RemoveAll(o.Kept), os.MkdirAll(o.Kept, 0o700)); err != nil {
		return nil, errors.Wrap(err, "cannot make a directory to keep logs in")
	}
	logs := keeper{logs: o.PodLogs, kept: o.Kept}
	if err := logs.keep(); err != nil {
		return nil, err
	}
	w := &Watch{options: o, seen: map[types.UID]string{}}
	ctx, cancel := context.WithCancel(ctx)
	stop, err := kube.Follow(ctx, c, &corev1.SecretList{}, client.ListOptions{}, w.learn)
	if err != nil {
		cancel()
		return nil, errors.Wrap(err, "cannot follow Secrets")
	}
	ended := make(chan error, 1)
	go func() { ended <- logs.run(ctx) }()
	w.end = func() error {
		err := stop()
		cancel()
		return errors.Join(err, <-ended)
	}
	return w, nil
}

// Add a secret that is in no Secret.
func (w *Watch) Add(name, value string) {
	w.lock.Lock()
	defer w.lock.Unlock()
	w.secrets.Add(name, value)
}

// learn from the Secrets that there are.
func (w *Watch) learn(objects []client.Object) {
	w.lock.Lock()
	defer w.lock.Unlock()
	for _, o := range objects {
		s, ok := o.(*corev1.Secret)
		if !ok || w.seen[s.UID] == s.ResourceVersion {
			continue
		}
		w.seen[s.UID] = s.ResourceVersion
		for key, value := range s.Data {
			if isSecret(key) {
				w.secrets.Add(fmt.Sprintf("key %s of Secret %s/%s", key, s.Namespace, s.Name), string(value))
			}
		}
	}
}

// isSecret says whether what Secrets have under a key is one. They also say where something
// is, and as whom, and CloudNativePG's plugin keeps the name of an image in one.
func isSecret(key string) bool {
	return !slices.Contains([]string{
		"username", "user", "userId", "email", "accesskey",
		"host", "port", "endpoint", "AWS_ENDPOINT_URL", "database", "dbname", "bucket", "region", "SIDECAR_IMAGE",
		corev1.ServiceAccountRootCAKey, corev1.TLSCertKey,
	}, key)
}

// In are the secrets that are in a text, as far as they are known by now.
func (w *Watch) In(text string) []Find {
	w.lock.Lock()
	defer w.lock.Unlock()
	return w.secrets.In([]byte(text))
}

// End the watch, and return an account of what was looked at. It is an error when a log has
// a secret, and when there was nothing to look for or nowhere to look.
func (w *Watch) End() (account string, err error) {
	defer func() { err = errors.Join(err, os.RemoveAll(w.options.Kept)) }()
	if err := w.end(); err != nil {
		return "", err
	}
	kept, err := filepath.Glob(filepath.Join(w.options.Kept, "*"))
	if err != nil {
		return "", errors.Wrap(err, "cannot list the logs")
	}
	if w.secrets.Len() == 0 || len(kept) == 0 {
		return "", errors.Errorf("there are %d secrets and %d logs of containers: nothing is proven", w.secrets.Len(), len(kept))
	}
	const mebibyte = 1 << 20
	size, said := 0, []error(nil)
	for _, path := range append(kept, w.options.Logs...) {
		text, err := os.ReadFile(path) //nolint:gosec // A log of the cluster.
		if err != nil {
			return "", errors.Wrap(err, "cannot read a log")
		}
		size += len(text)
		for _, f := range w.secrets.In(text) {
			log := strings.TrimPrefix(filepath.Base(path), "-")
			if w.options.Excused != nil && w.options.Excused(log, f) {
				continue
			}
			said = append(said, errors.Errorf("%s: %s", log, f))
		}
	}
	account = fmt.Sprintf("%d secrets were looked for in %d logs of %.1f MiB", w.secrets.Len(), len(kept)+len(w.options.Logs), float64(size)/mebibyte)
	return account, errors.Join(said...)
}
