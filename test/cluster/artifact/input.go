package artifact

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// An Input is something that determines the content of an artifact. It writes
// itself to w unambiguously: different inputs write different bytes.
type Input func(w io.Writer) error

// Text is an Input made of the values themselves. The label says what they are.
func Text(label string, values ...string) Input {
	return func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%q %q\n", label, values)
		return err
	}
}

// File is an Input made of the content of the file at path, wherever it lies.
func File(path string) Input {
	return func(w io.Writer) error {
		sum, err := fileSum(path)
		if err != nil {
			return err
		}
		return Text("file", sum)(w)
	}
}

// Tree is an Input made of the names and contents of all regular files below
// dir, wherever dir lies.
func Tree(dir string) Input {
	return func(w io.Writer) error {
		return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			name, err := filepath.Rel(dir, path)
			if err != nil {
				return err
			}
			sum, err := fileSum(path)
			if err != nil {
				return err
			}
			return Text("file", name, sum)(w)
		})
	}
}

func fileSum(path string) (string, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // Only read from.
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// digest condenses inputs to 16 hexadecimal digits.
func digest(inputs []Input) (string, error) {
	h := sha256.New()
	for _, in := range inputs {
		if err := in(h); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:16], nil
}
