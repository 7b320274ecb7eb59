package archive

import (
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/store"
)

// leaseSuffixes of the two objects of a lease.
//
//nolint:gochecknoglobals // A table.
var leaseSuffixes = [...]string{"-0.json", "-1.json"}

const (
	// DefaultTerm of a lease that is not renewed.
	DefaultTerm = 5 * time.Minute
	// renewals is how many renewals fall within a term, so that some may fail.
	renewals = 6
	// cleaning is how long the removal of a lease may take after the context ended.
	cleaning = 30 * time.Second
)

// Purpose of a lease.
type Purpose string

// Purposes of leases.
const (
	// PurposeBackup is to add a backup. Many may be held at once.
	PurposeBackup Purpose = "backup"
	// PurposePrune is to delete what no backup uses. It excludes all other leases.
	PurposePrune Purpose = "prune"
)

// leased is the stored form of a lease.
type leased struct {
	Purpose Purpose `json:"purpose"`
	// Backup that is being made.
	Backup string `json:"backup,omitempty"`
	// Request that asked for the backup.
	Request string `json:"request,omitempty"`
	// StartedAt in the store's time. Until the first renewal, the object's time counts.
	StartedAt time.Time `json:"startedAt,omitzero"`
	// Seconds that the lease lasts after the store last wrote it.
	Seconds float64 `json:"seconds"`
}

// Lease marks a running backup or prune. Its objects are written again and again, and only
// the store's clock decides what time it is and when the lease ends. There are two objects
// that are written in turn, since some services show no object while it is being replaced.
type Lease struct {
	// ID of the lease, and of the attempt that holds it.
	ID string
	// Started is when the lease began, in the store's time.
	Started time.Time

	repository *Repository
	record     leased
	term       time.Duration
	// lose cancels the context of the work that is done under the lease.
	lose context.CancelCauseFunc
	stop context.CancelFunc
	done chan struct{}

	lock sync.Mutex
	// written is when the store last wrote the lease, in the store's time.
	written time.Time
	// renewed is the same moment on this machine's clock. It is used only to decide when to
	// renew.
	renewed time.Time
	lost    error
	// turn says which of the two objects is written next.
	turn int
}

// Acquire a lease and renew it until it is released. Work under the lease must use the
// returned context, which ends when the lease is lost.
func (r *Repository) Acquire(ctx context.Context, purpose Purpose, backup, request string, term time.Duration) (*Lease, context.Context, error) {
	if term <= 0 {
		term = DefaultTerm
	}
	l := &Lease{
		ID: random(), repository: r, term: term, done: make(chan struct{}),
		record: leased{Purpose: purpose, Backup: backup, Request: request, Seconds: term.Seconds()},
	}
	under, lose := context.WithCancelCause(ctx)
	l.lose = lose
	if _, err := l.Renew(under); err != nil {
		l.remove(ctx)
		lose(err)
		return nil, nil, errors.Wrap(err, "cannot write a lease")
	}
	l.Started = l.written
	l.record.StartedAt = l.written
	renewing, stop := context.WithCancel(under)
	l.stop = stop
	go l.keep(renewing)
	return l, under, nil
}

// keep renews the lease until its context ends.
func (l *Lease) keep(ctx context.Context) {
	defer close(l.done)
	tick := time.NewTicker(l.term / renewals)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		// A lease that cannot be renewed is still valid for a while.
		_, _ = l.Renew(ctx)
	}
}

// Renew the lease now and return the store's time. It fails after the lease was lost: if
// the lease was not renewed within its term, others may have considered it ended.
func (l *Lease) Renew(ctx context.Context) (time.Time, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.lost != nil {
		return time.Time{}, l.lost
	}
	encoded, err := json.Marshal(l.record)
	if err != nil {
		return time.Time{}, errors.Wrap(err, "cannot encode a lease")
	}
	o, err := l.write(ctx, append(encoded, '\n'))
	switch {
	case err == nil && !l.written.IsZero() && o.Modified.Sub(l.written) >= l.term:
		l.lost = failure.Errorf(job.ReasonUnavailable, "lease %s ended: the store was not reached for %s", l.ID, o.Modified.Sub(l.written))
	case err == nil:
		l.written, l.renewed = o.Modified, time.Now()
		return l.written, nil
	case l.renewed.IsZero() || time.Since(l.renewed) < l.term/2:
		return time.Time{}, err
	default:
		l.lost = failure.Mark(job.ReasonUnavailable, errors.Wrapf(err, "lease %s cannot be renewed", l.ID))
	}
	l.lose(l.lost)
	return time.Time{}, l.lost
}

// write the object whose turn it is. The other object stays in place meanwhile.
func (l *Lease) write(ctx context.Context, encoded []byte) (store.Object, error) {
	key := l.repository.leaseKey(l.ID, l.turn)
	l.turn = 1 - l.turn
	if err := l.repository.Bucket.Delete(ctx, key); err != nil {
		return store.Object{}, err
	}
	return l.repository.Bucket.PutBytes(ctx, key, encoded)
}

// Check that the lease is held before an irreversible step.
func (l *Lease) Check(ctx context.Context) error {
	l.lock.Lock()
	// Both clocks must agree: the monotonic one stops while the machine sleeps, and the
	// wall clock may jump.
	age, wall := time.Since(l.renewed), time.Now().Round(0).Sub(l.renewed.Round(0))
	lost := l.lost
	l.lock.Unlock()
	if due := l.term / renewals; lost == nil && age < due && wall.Abs() < due {
		return nil
	}
	_, err := l.Renew(ctx)
	return err
}

// Release the lease.
func (l *Lease) Release(ctx context.Context) {
	l.Abandon()
	l.remove(ctx)
}

// remove the objects of the lease. Objects that cannot be removed expire by themselves.
func (l *Lease) remove(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleaning)
	defer cancel()
	for turn := range 2 {
		_ = l.repository.Bucket.Delete(ctx, l.repository.leaseKey(l.ID, turn))
	}
}

// Abandon the lease: it lasts until its term ends.
func (l *Lease) Abandon() {
	l.stop()
	<-l.done
	l.lose(errors.New("the lease was released"))
}

// leaseKey of one of a lease's two objects.
func (r *Repository) leaseKey(id string, turn int) string {
	return r.prefix + LeasesName + "/" + id + leaseSuffixes[turn]
}

// held is a lease that was found in the store.
type held struct {
	leased
	id       string
	modified time.Time
	// live says that the lease has not ended.
	live     bool
	readable bool
}

// started is in the store's time. A lease that cannot be read counts as started at the
// beginning of time.
func (h *held) started() time.Time {
	if h.StartedAt.IsZero() && h.readable {
		return h.modified
	}
	return h.StartedAt
}

// others returns all leases but the own one, at a time of the store.
func (r *Repository) others(ctx context.Context, own string, now time.Time) ([]*held, error) {
	var all []*held
	err := r.Bucket.List(ctx, r.prefix+LeasesName+"/", func(o store.Object) error {
		name := r.Parse(o.Key)
		if name.Kind != LeaseObject || name.Attempt == own {
			return nil
		}
		encoded, _, err := r.Bucket.Bytes(ctx, o.Key, maxSmall)
		if err != nil && failure.Reason(err) != job.ReasonNotFound {
			return err
		}
		h := &held{id: name.Attempt, modified: o.Modified.Truncate(time.Second), readable: true}
		// A lease that cannot be read, or that was there a moment ago, may belong to any
		// process.
		if err != nil || json.Unmarshal(encoded, &h.leased) != nil || h.Seconds <= 0 {
			h.leased, h.readable = leased{Purpose: PurposePrune, Seconds: DefaultTerm.Seconds()}, false
		}
		h.live = now.Sub(h.modified) <= time.Duration(h.Seconds*float64(time.Second))
		same := slices.IndexFunc(all, func(other *held) bool { return other.id == h.id })
		switch {
		case same < 0:
			all = append(all, h)
		case h.modified.After(all[same].modified) || h.live && !all[same].live:
			all[same] = h
		}
		return nil
	})
	return all, err
}

// Exclusive returns which backup or prune is running besides this lease. It is empty if
// there is none. It also returns the leases that ended, so that they can be deleted.
func (l *Lease) Exclusive(ctx context.Context) (busy string, ended []string, err error) {
	now, err := l.Renew(ctx)
	if err != nil {
		return "", nil, err
	}
	others, err := l.repository.others(ctx, l.ID, now)
	for _, h := range others {
		switch {
		case !h.live:
			ended = append(ended, l.repository.leaseKey(h.id, 0), l.repository.leaseKey(h.id, 1))
		case h.Purpose == PurposeBackup:
			busy = "backup " + h.Backup
		case busy == "":
			busy = "another prune"
		}
	}
	return busy, ended, err
}

// AwaitPrune waits until the prunes that began before this lease end, since this backup
// cannot rely on objects that they delete. Prunes that begin later see this lease and
// delete nothing.
func (l *Lease) AwaitPrune(ctx context.Context, waiting func()) error {
	for first := true; ; first = false {
		now, err := l.Renew(ctx)
		if err != nil {
			return err
		}
		others, err := l.repository.others(ctx, l.ID, now)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(others, func(h *held) bool { return h.live && h.Purpose == PurposePrune && !h.started().After(l.Started) }) {
			return nil
		}
		if first {
			waiting()
		}
		select {
		case <-ctx.Done():
			return errors.Wrap(context.Cause(ctx), "stopped while waiting for a prune")
		case <-time.After(min(l.term/renewals, time.Second)):
		}
	}
}
