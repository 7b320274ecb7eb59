package installation

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// between two messages of a writer.
const between = 50 * time.Millisecond

// Writer posts messages, one after the other, whether the server takes them or not.
type Writer struct {
	end     context.CancelFunc
	running sync.WaitGroup

	lock sync.Mutex
	// taken are the messages that the server acknowledged.
	taken []Taken
}

// Taken is a message that the server acknowledged.
type Taken struct {
	ID, Message string
	// At is when it was acknowledged.
	At time.Time
}

// Write until it is stopped.
func (s *Session) Write(ctx context.Context) *Writer {
	ctx, end := context.WithCancel(ctx)
	w := &Writer{end: end}
	w.running.Go(func() {
		next := time.NewTicker(between)
		defer next.Stop()
		for n := 0; ; n++ {
			message := fmt.Sprintf("message %d", n)
			if id, err := s.Say(ctx, message); err == nil {
				w.lock.Lock()
				w.taken = append(w.taken, Taken{ID: id, Message: message, At: time.Now()})
				w.lock.Unlock()
			}
			select {
			case <-ctx.Done():
				return
			case <-next.C:
			}
		}
	})
	return w
}

// Taken so far.
func (w *Writer) Taken() []Taken {
	w.lock.Lock()
	defer w.lock.Unlock()
	return append([]Taken(nil), w.taken...)
}

// Stop writing, and return what the server took.
func (w *Writer) Stop() []Taken {
	w.end()
	w.running.Wait()
	return w.Taken()
}
