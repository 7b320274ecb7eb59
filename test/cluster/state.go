package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// state is what this program has to undo, on disk from the moment it exists, so
// that a killed run leaves a trace of everything it made.
type state struct {
	path string
	mu   sync.Mutex

	Processes []process `json:"processes"`
	// Sysctls maps the path of a kernel setting below /proc/sys to the value it
	// had before the cluster changed it.
	Sysctls map[string]string `json:"sysctls,omitempty"`
}

// loadState reads the state file. A missing file is the state of a machine
// without a cluster.
func loadState(path string) (*state, error) {
	s := &state{path: path, Sysctls: map[string]string{}}

	file, err := os.ReadFile(path) //nolint:gosec // The path is below the cluster's own directory.
	if os.IsNotExist(err) {
		return s, nil
	}

	if err != nil {
		return nil, errors.Wrap(err, "cannot read the state file")
	}

	if err := json.Unmarshal(file, s); err != nil {
		return nil, errors.Wrapf(err, "cannot read the state file %s", path)
	}

	return s, nil
}

// process is the recorded process of that name.
func (s *state) process(name string) (process, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()

	i := slices.IndexFunc(s.Processes, func(p process) bool { return p.Name == name })
	if i < 0 {
		return process{}, false
	}

	return s.Processes[i], true
}

// all is a copy of the recorded processes.
func (s *state) all() []process {
	s.mu.Lock()
	defer s.mu.Unlock()

	return slices.Clone(s.Processes)
}

// record adds a process, in place of one of the same name.
func (s *state) record(p process) error {
	return s.change(func() {
		s.forgetLocked(p.Name)
		s.Processes = append(s.Processes, p)
	})
}

// forget removes a process that has been stopped.
func (s *state) forget(name string) error {
	return s.change(func() { s.forgetLocked(name) })
}

func (s *state) forgetLocked(name string) {
	s.Processes = slices.DeleteFunc(s.Processes, func(p process) bool { return p.Name == name })
}

// change edits the state and writes it to disk, whole or not at all.
func (s *state) change(edit func()) error {
	s.mu.Lock()
	defer s.mu.Unlock()

	edit()

	content, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return errors.Wrap(err, "cannot write the state file")
	}

	return errors.Wrap(replaceFile(s.path, content), "cannot write the state file")
}

// replaceFile writes a file so that a reader sees the old or the new content
// and never half of it.
func replaceFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}

	next := path + ".next"
	if err := os.WriteFile(next, content, 0o600); err != nil {
		return err
	}

	return os.Rename(next, path)
}
