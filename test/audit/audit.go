// Package audit reads what the cluster's API server noted of those who wrote to it.
package audit

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"time"

	auditv1 "k8s.io/apiserver/pkg/apis/audit/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
)

// Writes that the API server finished since a time, by anyone.
func Writes(since time.Time) ([]auditv1.Event, error) {
	f, err := os.Open(location.AuditLog())
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the audit log")
	}
	defer func() { _ = f.Close() }()
	var out []auditv1.Event
	total := 0
	for lines := bufio.NewReader(f); ; total++ {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			// What follows the last line is being written.
			break
		}
		e := auditv1.Event{}
		if err := errors.Join(err, json.Unmarshal(line, &e)); err != nil {
			return nil, errors.Wrap(err, "cannot read the audit log")
		}
		if e.StageTimestamp.After(since) {
			out = append(out, e)
		}
	}
	if total == 0 {
		return nil, errors.New("the audit log is empty: nothing can be counted")
	}
	return out, nil
}
