package facts

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
)

// Migration is an observed Job that migrates the schema to an image.
type Migration struct {
	// Name that it is composed under.
	Name  string
	Image string
	// Data is the UID of the restore whose data it migrates, empty for data that no restore
	// replaced.
	Data string
	Job  compose.Resource
}

func migrations(s compose.State) []Migration {
	var out []Migration
	for _, name := range s.ObservedNames(composed.PrefixMigration) {
		job := s.Observed(name)
		out = append(out, Migration{Name: name, Image: ServerImage(job), Data: job.String("metadata", "annotations", AnnotationRestored), Job: job})
	}
	return out
}

// Complete says whether it succeeded.
func (m Migration) Complete() bool { return m.Job.Condition("Complete").Status == compose.True }

// Failed says whether it gave up.
func (m Migration) Failed() bool { return m.Job.Condition("Failed").Status == compose.True }

// Leaving says whether it is being deleted.
func (m Migration) Leaving() bool { return m.Job.Has("metadata", "deletionTimestamp") }

// Unfinished says whether it may still change the schema, or stands in the way of another of
// its name.
func (m Migration) Unfinished() bool { return m.Leaving() || !m.Complete() && !m.Failed() }

// Attempts that were made, including the current one. The current one counts from its start,
// so that changes of its pod do not change this number.
func (m Migration) Attempts() int64 {
	failed := m.Job.Int("status", "failed")
	if !m.Job.Exists() || m.Failed() {
		return failed
	}
	return failed + 1
}

// Moment that Kubernetes tells, nil when it tells none.
func Moment(text string) *metav1.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return nil
	}
	return &metav1.Time{Time: t}
}
