package backup

import (
	"io"
	"log/slog"
	"time"
)

// reportEvery so long the log says how far it is.
const reportEvery = 30 * time.Second

// progress reports what was written from time to time.
type progress struct {
	w       io.Writer
	log     *slog.Logger
	now     func() time.Time
	written int64
	told    time.Time
}

func newProgress(w io.Writer, log *slog.Logger, now func() time.Time) io.Writer {
	return &progress{w: w, log: log, now: now, told: now()}
}

// Write passes on.
func (p *progress) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	p.written += int64(n)
	if t := p.now(); t.Sub(p.told) >= reportEvery {
		p.told = t
		p.log.Info("Copying the database", "written", p.written)
	}
	return n, err
}
