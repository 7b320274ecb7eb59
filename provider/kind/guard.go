package kind

import (
	"context"
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	"github.com/crossplane/crossplane-runtime/v2/pkg/resource"
)

const (
	// maxKept limits what is kept of a server's answers, in bytes: a status, and a
	// connection Secret. The provider has all statuses in memory.
	maxKept = 64 << 10

	// maxExternalName limits an external name, in bytes. It is repeated in events and logs.
	maxExternalName = 512

	// maxError limits the text of an error, in bytes. It is in a condition, an event and a
	// log.
	maxError = 2048

	// undecoded is in the error of the client for an answer that is not as expected.
	undecoded = "failed to decode JSON response"
)

// externalName is an id, and what may come after it.
var externalName = regexp.MustCompile(`^[A-Za-z0-9._-]+(/[^\x00-\x1f\x7f]*)?$`)

// guard limits what the answers of a hostile server can do to a resource. Such a server may
// leave out fields that Mattermost always sends, send another answer each time, or send
// names of any length.
type guard[T resource.ModernManaged] struct {
	managed.TypedExternalClient[T]

	renames *renames
}

// Observe mg. It stays as it was if the server's answer cannot be kept.
func (g guard[T]) Observe(ctx context.Context, mg T) (managed.ExternalObservation, error) {
	return bounded(mg,
		func() (managed.ExternalObservation, error) { return g.TypedExternalClient.Observe(ctx, mg) },
		func(before T, o managed.ExternalObservation) error { return g.keep(before, mg, o.ConnectionDetails) })
}

// Create mg.
func (g guard[T]) Create(ctx context.Context, mg T) (managed.ExternalCreation, error) {
	return bounded(mg,
		func() (managed.ExternalCreation, error) { return g.TypedExternalClient.Create(ctx, mg) },
		func(before T, c managed.ExternalCreation) error { return kept(before, mg, c.ConnectionDetails) })
}

// Update mg.
func (g guard[T]) Update(ctx context.Context, mg T) (managed.ExternalUpdate, error) {
	return bounded(mg,
		func() (managed.ExternalUpdate, error) { return g.TypedExternalClient.Update(ctx, mg) },
		func(before T, u managed.ExternalUpdate) error { return kept(before, mg, u.ConnectionDetails) })
}

// Delete mg.
func (g guard[T]) Delete(ctx context.Context, mg T) (d managed.ExternalDelete, err error) {
	defer recovered(&err)

	d, err = g.TypedExternalClient.Delete(ctx, mg)

	return d, presentable(err)
}

// bounded calls a kind's client for mg. If keep returns an error for what came of it, mg is
// again what it was before, also after an error or a panic of the call.
func bounded[T resource.ModernManaged, R any](mg T, call func() (R, error), keep func(before T, out R) error) (out R, err error) {
	before, _ := mg.DeepCopyObject().(T)

	defer func() {
		if refused := keep(before, out); refused != nil {
			reflect.ValueOf(mg).Elem().Set(reflect.ValueOf(before).Elem())

			out, err = *new(R), refused
		}
	}()
	defer recovered(&err)

	out, err = call()

	return out, presentable(err)
}

// keep returns an error for what was observed if mg gets another external name each time. The
// runtime writes a new name to mg, which starts the next reconcile at once.
func (g guard[T]) keep(before, mg T, details managed.ConnectionDetails) error {
	if err := kept(before, mg, details); err != nil {
		return err
	}

	was := meta.GetExternalName(before)
	if meta.WasDeleted(mg) || was == "" || was == meta.GetExternalName(mg) || g.renames.allow(mg.GetUID(), time.Now()) {
		return nil
	}

	return errors.New("the server's answer names another object each time: the external name changes at most once a minute")
}

// kept returns an error if mg must not become what the server made of it.
func kept(before, mg resource.Object, details managed.ConnectionDetails) error {
	name := meta.GetExternalName(mg)
	changed := name != meta.GetExternalName(before)

	if changed && (len(name) > maxExternalName || !externalName.MatchString(name) || strings.HasPrefix(name, ".")) {
		return errors.New("cannot use the server's answer: it has no valid id")
	}

	size := 0
	for _, value := range details {
		size += len(value)
	}

	if size > maxKept {
		return errors.Errorf("cannot use the server's answer: more than %d KiB would be in the connection Secret", maxKept>>10)
	}

	object := struct {
		Status json.RawMessage `json:"status"`
	}{}

	text, err := json.Marshal(mg)
	if err == nil {
		err = json.Unmarshal(text, &object)
	}

	if err == nil && len(object.Status) > maxKept {
		return errors.Errorf("cannot use the server's answer: the status would be larger than %d KiB", maxKept>>10)
	}

	return errors.Wrap(err, "cannot encode the status")
}

// recovered turns a panic into an error. The known cause is an answer without what
// Mattermost always sends, such as null for an object.
func recovered(err *error) {
	if recover() != nil {
		*err = errors.New("cannot use the server's answer: it lacks fields that Mattermost always sends")
	}
}

// presentable returns err with a text that a condition may show: not too long, and without
// parts of an answer that is not Mattermost's.
func presentable(err error) error {
	switch {
	case err == nil:
		return nil
	case strings.Contains(err.Error(), undecoded):
		return errors.New("cannot use the server's answer: it is not what Mattermost answers")
	case len(err.Error()) > maxError:
		return shortened{err}
	default:
		return err
	}
}

// shortened is an error without the end of its text.
type shortened struct{ error }

// Error returns the beginning of the text.
func (s shortened) Error() string { return shorten(s.error.Error(), maxError) }

// Unwrap returns the whole error.
func (s shortened) Unwrap() error { return s.error }

// shorten text to a number of bytes, and dots.
func shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}

	return strings.ToValidUTF8(text[:most], "") + "..."
}
