package mattermost

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"sync"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"golang.org/x/sync/semaphore"
)

const (
	// maxAnswer limits the size of a response body, in bytes after decompression.
	maxAnswer = 8 << 20

	// maxHeaders limits the size of a response's headers, in bytes.
	maxHeaders = 64 << 10

	// largeAnswer is how much of a response body is read before it counts as large. Most
	// are smaller.
	largeAnswer = 256 << 10

	// maxLarge limits the large responses of all servers that are in memory at once. The
	// provider must fit into a container with 128 MiB.
	maxLarge = 2

	// maxWeight limits the values in a response that take memory when they are decoded,
	// which can be many times the size of the text. It allows some thousand slash commands.
	maxWeight = 200_000

	// objectWeight is the weight of an object or array. Each value in it has a weight of
	// one.
	objectWeight = 10
)

// largeAnswers limits the large responses that are being read or decoded.
var largeAnswers = semaphore.NewWeighted(maxLarge) //nolint:gochecknoglobals // There is one memory.

// sized reads response bodies into memory and refuses those that are too large. Later
// readers do not wait for the server.
type sized struct {
	next http.RoundTripper
}

// RoundTrip asks the server.
func (s sized) RoundTrip(req *http.Request) (*http.Response, error) {
	rsp, err := s.next.RoundTrip(req)
	if err != nil {
		return nil, discreet(err)
	}

	// No redirect is followed. The client's error would repeat a Location that it cannot parse.
	rsp.Header.Del("Location")

	body, release, err := read(rsp)
	_ = rsp.Body.Close()

	if err != nil {
		return nil, errors.Wrapf(err, "cannot use the answer of %s", req.URL.Host)
	}

	rsp.Body, rsp.ContentLength = &inMemory{Reader: bytes.NewReader(body), release: sync.OnceFunc(release)}, int64(len(body))

	return rsp, nil
}

// inMemory is a response body that was read. One that is large counts until it is closed: it
// takes memory until it was decoded.
type inMemory struct {
	*bytes.Reader

	release func()
}

// Close the body.
func (m *inMemory) Close() error {
	m.release()
	return nil
}

// read the body of rsp. It is in use until it is released.
func read(rsp *http.Response) (body []byte, release func(), err error) {
	body, err = io.ReadAll(io.LimitReader(rsp.Body, largeAnswer+1))
	if err != nil || len(body) <= largeAnswer {
		return body, func() {}, errors.Join(discreet(err), weigh(body))
	}

	if !largeAnswers.TryAcquire(1) {
		return nil, nil, errors.New("too many servers give large answers at once: it is tried again")
	}

	if body, err = readRest(body, rsp.Body); err != nil {
		largeAnswers.Release(1)
		return nil, nil, err
	}

	return body, func() { largeAnswers.Release(1) }, nil
}

// readRest reads the rest of a body that begins with begun.
func readRest(begun []byte, rest io.Reader) ([]byte, error) {
	more, err := io.ReadAll(io.LimitReader(rest, maxAnswer+1-int64(len(begun))))
	if err != nil {
		return nil, discreet(err)
	}

	body := slices.Concat(begun, more)
	if len(body) > maxAnswer {
		return nil, errors.Errorf("it is larger than %d MiB", maxAnswer>>20)
	}

	return body, weigh(body)
}

// weigh refuses text that would take far more memory when it is decoded.
func weigh(body []byte) error {
	weight, quoted := 0, false

	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			weight += objectWeight
		case c == ',':
			weight++
		}
	}

	if weight > maxWeight {
		return errors.New("it has too many values")
	}

	return nil
}
