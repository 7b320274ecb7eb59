package files

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Sums is a compact set of checksums.
type Sums struct {
	sums   [][sha256.Size]byte
	sorted bool
}

// Add a checksum.
func (s *Sums) Add(sum string) {
	if b, ok := decode(sum); ok {
		s.add(b)
	}
}

// decode a checksum. Only its canonical form is accepted.
func decode(sum string) (b [sha256.Size]byte, ok bool) {
	if len(sum) != hex.EncodedLen(sha256.Size) {
		return b, false
	}
	n, err := hex.Decode(b[:], []byte(sum))
	return b, err == nil && n == sha256.Size && hex.EncodeToString(b[:]) == sum
}

func isSum(text string) bool {
	_, ok := decode(text)
	return ok
}

func (s *Sums) add(b [sha256.Size]byte) {
	s.sums, s.sorted = append(s.sums, b), false
	const compactEvery = 1 << 16
	if len(s.sums)%compactEvery == 0 {
		s.sort()
	}
}

// Has says whether a checksum was added.
func (s *Sums) Has(sum string) bool {
	b, ok := decode(sum)
	return ok && s.has(b)
}

func (s *Sums) has(b [sha256.Size]byte) bool {
	if !s.sorted {
		s.sort()
	}
	_, found := slices.BinarySearchFunc(s.sums, b, compareSums)
	return found
}

// sort the checksums and drop duplicates.
func (s *Sums) sort() {
	slices.SortFunc(s.sums, compareSums)
	s.sums, s.sorted = slices.Compact(s.sums), true
}

func compareSums(a, b [sha256.Size]byte) int { return bytes.Compare(a[:], b[:]) }
