package mattermost

import (
	"sync"
	"time"
)

// hold pauses attempts after a failure. The pause grows with each failure.
type hold struct {
	// reason that is returned during the pause.
	reason error
	now    func() time.Time

	mu     sync.Mutex
	pause  time.Duration
	resume time.Time
}

// held returns the reason if there may be no attempt now.
func (h *hold) held() error {
	h.mu.Lock()
	defer h.mu.Unlock()

	if h.now().Before(h.resume) {
		return h.reason
	}

	return nil
}

// refuse further attempts for a while, and return the reason. Attempts that ran at the same
// time count once.
func (h *hold) refuse() error {
	h.mu.Lock()
	defer h.mu.Unlock()

	if !h.now().Before(h.resume) {
		h.pause = min(max(firstLoginPause, 2*h.pause), longestLoginPause)
		h.resume = h.now().Add(h.pause)
	}

	return h.reason
}

// release ends the pause after a success.
func (h *hold) release() {
	h.mu.Lock()
	defer h.mu.Unlock()

	h.pause, h.resume = 0, time.Time{}
}
