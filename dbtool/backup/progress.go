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
	written int64
	told    time.Time
}

func newProgress(w io.Writer, log *slog.Logger) io.Writer {
	return &progress{w: w, log: log, told: time.Now()}
}

// Write passes on.
func (p *progress) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	p.written += int64(n)
	if t := time.Now(); t.Sub(p.told) >= reportEvery {
		p.told = t
		p.log.Info("Copying the database", "written", p.written)
	}
	return n, err
}
