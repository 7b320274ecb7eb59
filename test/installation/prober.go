package installation

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

const (
	// pace at which requests begin, while fewer than waiting await their answer.
	pace = time.Second / 50
	// waiting is how many users there are: one who waits for an answer asks nothing else. Without
	// that, a pause of the database would be followed by so many posts to one channel at once that
	// it never recovered.
	waiting = 50
	// patience with one request: that of a user who waits for an answer.
	patience = 30 * time.Second
	// told is how many of the failures are kept.
	told = 10
	// readers look for posts at once.
	readers = 8
)

// Record is what users of a server lived through.
type Record struct {
	// Requests that were made, each once.
	Requests int
	// Failed is how many of them were not answered, or not well, and how often the
	// websocket could not be connected again. Failures are the first of these.
	Failed   int
	Failures []string
	// Acknowledged posts.
	Acknowledged int
	// Reconnects of the websocket.
	Reconnects int
	// LeastReady is how many pods of the Service were ready at the worst moment.
	LeastReady int
}

// Prober uses a server without a pause: it reads, it posts, it listens.
type Prober struct {
	session *Session
	// reader keeps its connection, as browsers do. A request that fails because the
	// server closes it at that moment is sent again by HTTP itself if it only reads;
	// writer has a new connection for each request, for which there is no such excuse.
	reader, writer *Session
	readiness      *Readiness
	began          time.Time
	// first post, which is read again and again.
	first string

	end     context.CancelFunc
	running sync.WaitGroup
	once    sync.Once

	lock         sync.Mutex
	record       Record
	acknowledged map[string]string
}

// Probe uses the server of an installation, through its Service, until it is
// stopped.
func (s *Session) Probe(ctx context.Context, c client.WithWatch, installation client.ObjectKey) (*Prober, error) {
	p := &Prober{
		session:      s,
		reader:       s.over(&http.Transport{}),
		writer:       s.over(&http.Transport{DisableKeepAlives: true}),
		began:        time.Now(),
		acknowledged: map[string]string{},
	}
	var err error
	if p.first, err = p.post(ctx, 0); err != nil {
		return nil, err
	}
	socket, err := s.socket()
	if err != nil {
		return nil, err
	}
	if p.readiness, err = WatchReadiness(ctx, c, installation.Namespace, installation.Name); err != nil {
		hangUp(socket)
		return nil, err
	}
	ctx, p.end = context.WithCancel(ctx)
	p.running.Go(func() { p.use(ctx) })
	p.running.Go(func() { p.listen(ctx, socket) })
	return p, nil
}

// Record of what happened so far, without the readiness of pods.
func (p *Prober) Record() Record {
	p.lock.Lock()
	defer p.lock.Unlock()
	out := p.record
	out.Failures = slices.Clone(out.Failures)
	return out
}

// Stop using the server, when every answer is there, and return what happened. It
// returns the same again when it is called again.
func (p *Prober) Stop() (Record, error) {
	var err error
	p.once.Do(func() {
		p.end()
		p.running.Wait()
		p.reader.client.HTTPClient.CloseIdleConnections()
		p.record.LeastReady, err = p.readiness.Stop()
	})
	return p.record, err
}

// Lost are the posts that the server acknowledged and does not have.
func (p *Prober) Lost(ctx context.Context) ([]string, error) {
	var lost []string
	var lock sync.Mutex
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(readers)
	for id, message := range p.acknowledged {
		all.Go(func() error {
			missing, err := p.session.Missing(ctx, id, message)
			if missing {
				lock.Lock()
				defer lock.Unlock()
				lost = append(lost, fmt.Sprintf("%s (%s)", id, message))
			}
			return err
		})
	}
	err := all.Wait()
	slices.Sort(lost)
	return lost, errors.Wrap(err, "cannot tell which posts are lost")
}

// use the server until the context ends: read and post in turn.
func (p *Prober) use(ctx context.Context) {
	beat := time.NewTicker(pace)
	defer beat.Stop()
	users := make(chan struct{}, waiting)
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		select {
		case <-ctx.Done():
			return
		case users <- struct{}{}:
		}
		request := p.read
		if n%2 == 0 {
			request = p.write
		}
		// An answer that is slow does not hold up the requests of other users, and is waited
		// for after the end.
		p.running.Go(func() {
			p.count(request(context.WithoutCancel(ctx), n))
			<-users
		})
	}
}

func (p *Prober) read(ctx context.Context, n int) error {
	missing, err := p.reader.Missing(ctx, p.first, message(0))
	if missing {
		err = errors.New("the server does not have the post")
	}
	return errors.Wrapf(err, "request %d, to read", n)
}

func (p *Prober) write(ctx context.Context, n int) error {
	_, err := p.post(ctx, n)
	return errors.Wrapf(err, "request %d, to post", n)
}

func (p *Prober) post(ctx context.Context, n int) (string, error) {
	id, err := p.writer.Say(ctx, message(n))
	if err != nil {
		return "", err
	}
	p.lock.Lock()
	defer p.lock.Unlock()
	p.acknowledged[id] = message(n)
	p.record.Acknowledged++
	return id, nil
}

func message(n int) string { return fmt.Sprintf("message %d", n) }

func (p *Prober) count(err error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.record.Requests++
	if err != nil {
		p.record.fail(time.Since(p.began), err)
	}
}

func (r *Record) fail(after time.Duration, err error) {
	r.Failed++
	if len(r.Failures) < told {
		r.Failures = append(r.Failures, fmt.Sprintf("after %.1f s: %v", after.Seconds(), err))
	}
}
