package facts

import (
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// Restore is a MattermostRestore as this installation sees it, perhaps late.
type Restore struct {
	Name, UID string
	Created   string
	Step      v1alpha1.RestoreStep
	// Replaced says that the data is that of the restore.
	Replaced bool
	// Version of the server that the data is of, empty when that is not known.
	Version string
	// Leaving says that it is being deleted, and Gone that it is.
	Leaving, Gone bool
}

// Key names a restore for life.
func (r Restore) Key() string { return r.Name + "/" + r.UID }

// restores that name an installation, oldest first. Legacy composite resources are not what
// restores name.
func restores(s compose.State, installation string) []Restore {
	var out []Restore
	all, _ := s.RequiredAll(RequirementRestores)
	for _, r := range all {
		if r.String("spec", "mattermostClusterName") == installation {
			out = append(out, restore(r))
		}
	}
	slices.SortStableFunc(out, func(a, b Restore) int {
		// Times of Kubernetes compare as text, and those of one time are sorted by name.
		return strings.Compare(a.Created, b.Created)
	})
	return out
}

func restore(r compose.Resource) Restore {
	return Restore{
		Name:     r.Name(),
		UID:      r.String("metadata", "uid"),
		Created:  r.String("metadata", "creationTimestamp"),
		Step:     v1alpha1.RestoreStep(r.String("status", "step")),
		Replaced: r.Has("status", "restoredAt"),
		Version:  r.String("status", "version"),
		Leaving:  r.Has("metadata", "deletionTimestamp"),
	}
}

// stopped for a restore, as the Deployment says, or the status where somebody deleted it.
func (f *Facts) stopped() string {
	was := f.lastRestore
	if f.Deployment.Exists() || was == nil || was.Phase != v1alpha1.ParticipationQuiesced {
		return f.Deployment.Stopped
	}
	return Restore{Name: was.Name, UID: was.UID}.Key()
}
