package mattermost

import (
	"sync"
	"time"
)

// hold keeps what fails from being tried all the time. It lasts longer after each failure.
type hold struct {
	// reason is what is said meanwhile.
	reason error
	now    func() time.Time

	mu     sync.Mutex
	pause  time.Duration
	resume time.Time
}

// held returns the reason while there is to be no attempt.
func (h *hold) held() error {
	h.mu.Lock()
	defer h.mu.Unlock()

	if h.now().Before(h.resume) {
		return h.reason
	}

	return nil
}

// refuse what failed for a while, and return the reason. Attempts that were under way together count as
// one.
func (h *hold) refuse() error {
	h.mu.Lock()
	defer h.mu.Unlock()

	if !h.now().Before(h.resume) {
		h.pause = min(max(firstLoginPause, 2*h.pause), longestLoginPause)
		h.resume = h.now().Add(h.pause)
	}

	return h.reason
}

// release what succeeded.
func (h *hold) release() {
	h.mu.Lock()
	defer h.mu.Unlock()

	h.pause, h.resume = 0, time.Time{}
}
