package rollout

import (
	"fmt"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/release"
)

// step from the version that the schema is of to the one that is wanted.
type step struct {
	from, to string
	// Versions as semantic ones, nil for one that is none.
	old, wanted *semver.Version
	// restored says that the schema is that of data that was restored, which may be of any
	// version before.
	restored bool
	// ahead says that the schema is already migrated beyond the version that serves.
	ahead bool
}

// rules for steps are asked in this order. Each returns what it has against a step, empty for
// nothing.
//
//nolint:gochecknoglobals // A table.
var rules = []rule{
	{v1alpha1.RuleIncomparable, incomparable, false},
	{v1alpha1.RuleDowngrade, downgrade, true},
	{v1alpha1.RuleKnownBad, damaging, true},
	{v1alpha1.RuleSkipESR, skippingESR, false},
}

type rule struct {
	name     v1alpha1.UpgradeRule
	objected func(release.Releases, step) string
	// restored says that it holds for data that was restored too: whoever restores old data
	// wants it to be migrated, but not to be damaged.
	restored bool
}

func (r rule) objection(known release.Releases, s step) string {
	if s.restored && !r.restored {
		return ""
	}
	return r.objected(known, s)
}

// changeLawful refuses a change of version that a rule has something against and that the user
// does not insist on.
func changeLawful(f *facts.Facts, d *decision.Decisions) compose.Verdict {
	s, wanted := stepOf(f, d.Version, d.Turn)
	if !wanted {
		return compose.Passed
	}
	for _, r := range rules {
		if objection := r.objection(f.Releases.Releases, s); objection != "" && liftedFor(f, r.name) == "" {
			return compose.Refuse("Unsafe"+string(r.name), fmt.Sprintf(
				"spec.version: cannot change from %s to %s: %s; or give the reason why it is safe here in spec.upgrade.allow for rule %s", s.from, s.to, objection, r.name))
		}
	}
	return compose.Passed
}

// stepOf version that the spec wants, if it wants any. While a restore has its turn, none is made,
// and what the schema is of then is not known before.
func stepOf(f *facts.Facts, v decision.Version, t decision.Turn) (s step, wanted bool) {
	reached := schemaImage(f, t)
	_, migrated := release.Split(reached)
	switch {
	case t.Holds(f):
		return s, false
	case reached == "" && t.Data != f.Deployment.Migrated:
		s.from, s.restored = restoredVersion(f, t), true
	case forgotten(f, t, migrated):
		s.from = f.Before.Version
	case reached == v.Image:
		return s, false
	default:
		s.from = migrated
	}
	if s.from == "" {
		return s, false
	}
	_, s.to = release.Split(v.Image)
	s.old, s.wanted = release.Semantic(s.from), release.Semantic(s.to)
	s.ahead = reached != f.Deployment.Image
	return s, s.from != s.to
}

// lifted tells of the rules that the user lifted for the change that is wanted, and why, empty
// when there are none.
func lifted(f *facts.Facts, d *decision.Decisions) string {
	s, wanted := stepOf(f, d.Version, d.Turn)
	if !wanted {
		return ""
	}
	var out []string
	for _, r := range rules {
		if reason := liftedFor(f, r.name); reason != "" && r.objection(f.Releases.Releases, s) != "" {
			out = append(out, fmt.Sprintf("rule %s is lifted for the change from %s to %s: %s", r.name, s.from, s.to, reason))
		}
	}
	return strings.Join(out, "; ")
}

// liftedFor is the user's reason to lift a rule, empty when it holds.
func liftedFor(f *facts.Facts, rule v1alpha1.UpgradeRule) string {
	if f.Spec.Upgrade == nil {
		return ""
	}
	for _, a := range f.Spec.Upgrade.Allow {
		if a.Rule == rule {
			return a.Reason
		}
	}
	return ""
}

func incomparable(_ release.Releases, s step) string {
	if s.old != nil && s.wanted != nil {
		return ""
	}
	return "a digest without a tag, or a tag that is no whole version number, such as 10.11, does not tell whether that is an upgrade: use a tag such as 11.7.9, or 11.7.9@sha256:…"
}

func downgrade(known release.Releases, s step) string {
	if s.old == nil || s.wanted == nil || !s.wanted.LessThan(s.old) || known.Same(s.old, s.wanted) {
		return ""
	}
	if s.restored {
		return "the data that was restored is of a later version: use " + s.from + " or later, or restore another backup"
	}
	if s.ahead {
		return "the schema is already migrated: go on to " + s.from + ", or undo the migration with `mattermost db downgrade` of that version, or restore a backup"
	}
	return "an earlier server may not know the schema: undo the migration with `mattermost db downgrade` of the later version, or restore a backup"
}

func damaging(known release.Releases, s step) string { return known.Warning(s.from, s.to) }

func skippingESR(known release.Releases, s step) string {
	if s.old == nil || s.wanted == nil {
		return ""
	}
	line := known.PassedOver(s.old, s.wanted)
	if line == nil {
		return ""
	}
	return fmt.Sprintf("it passes over the Extended Support Release %d.%d: upgrade to the latest %d.%d first", line.Major(), line.Minor(), line.Major(), line.Minor())
}
