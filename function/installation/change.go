package installation

import (
	"fmt"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
)

// change from the version that the schema is of to the one that is wanted.
type change struct {
	from, to string
	// Versions as semantic ones, nil for one that is none.
	old, wanted *semver.Version
	// restored says that the schema is that of data that was restored, which may be of
	// any version before.
	restored bool
}

// changeRules are asked in this order. Each returns what it has against a change,
// empty for nothing.
//
//nolint:gochecknoglobals // A table.
var changeRules = []changeRule{
	{v1alpha1.RuleIncomparable, incomparable, false},
	{v1alpha1.RuleDowngrade, downgrade, true},
	{v1alpha1.RuleKnownBad, damaging, true},
	{v1alpha1.RuleSkipESR, skippingESR, false},
}

type changeRule struct {
	rule     v1alpha1.UpgradeRule
	objected func(gathered, change) string
	// restored says that it holds for data that was restored too: whoever restores old
	// data wants it to be migrated, but not to be damaged.
	restored bool
}

func (r changeRule) objection(g gathered, c change) string {
	if c.restored && !r.restored {
		return ""
	}
	return r.objected(g, c)
}

// changeLawful refuses a change of version that a rule has something against and
// that the user does not insist on.
func changeLawful(g gathered) compose.Verdict {
	c, wanted := changeOf(g)
	if !wanted {
		return compose.Passed
	}
	for _, r := range changeRules {
		if objection := r.objection(g, c); objection != "" && liftedFor(g, r.rule) == "" {
			return compose.Refuse("Unsafe"+string(r.rule), fmt.Sprintf(
				"spec.version: cannot change from %s to %s: %s; or give the reason why it is safe here in spec.upgrade.allow for rule %s", c.from, c.to, objection, r.rule))
		}
	}
	return compose.Passed
}

// changeOf version that the spec wants, if it wants any. While a restore has its turn,
// none is made, and what the schema is of then is not known before.
func changeOf(g gathered) (c change, wanted bool) {
	reached := schemaImage(g)
	_, migrated := splitImage(reached)
	switch {
	case g.part.holds(g):
		return c, false
	case reached == "" && g.data != g.migrated:
		c.from, c.restored = restoredVersion(g), true
	case forgotten(g, migrated):
		c.from = g.before.Version
	case reached == g.image:
		return c, false
	default:
		c.from = migrated
	}
	if c.from == "" {
		return c, false
	}
	_, c.to = splitImage(g.image)
	c.old, c.wanted = semantic(c.from), semantic(c.to)
	return c, c.from != c.to
}

// schemaImage is the image that the database's schema is of, as far as it was seen:
// that of the last migration of its data that is complete and not rolled out yet, else
// the one that serves. Of data that was only just restored none is known.
func schemaImage(g gathered) string {
	reached, at := g.served, ""
	if g.data != g.migrated {
		reached = ""
	}
	for _, m := range g.migrations {
		rolledOut := m.image == g.served && m.data == g.migrated
		// Times of Kubernetes compare as text.
		if done := m.job.String("status", "completionTime"); m.complete() && m.data == g.data && !rolledOut && done >= at {
			reached, at = m.image, done
		}
	}
	return reached
}

// restoredVersion is the version that the restored data is of, empty when that is not
// known.
func restoredVersion(g gathered) string {
	for _, r := range g.restores {
		if r.uid == g.data {
			return r.version
		}
	}
	return ""
}

// lifted tells of the rules that the user lifted for the change that is wanted, and
// why, empty when there are none.
func lifted(g gathered) string {
	c, wanted := changeOf(g)
	if !wanted {
		return ""
	}
	var out []string
	for _, r := range changeRules {
		if reason := liftedFor(g, r.rule); reason != "" && r.objection(g, c) != "" {
			out = append(out, fmt.Sprintf("rule %s is lifted for the change from %s to %s: %s", r.rule, c.from, c.to, reason))
		}
	}
	return strings.Join(out, "; ")
}

// liftedFor is the user's reason to lift a rule, empty when it holds.
func liftedFor(g gathered, rule v1alpha1.UpgradeRule) string {
	if g.spec.Upgrade == nil {
		return ""
	}
	for _, a := range g.spec.Upgrade.Allow {
		if a.Rule == rule {
			return a.Reason
		}
	}
	return ""
}

func incomparable(_ gathered, c change) string {
	if c.old != nil && c.wanted != nil {
		return ""
	}
	return "a digest without a tag, or a tag that is no whole version number, such as 10.11, does not tell whether that is an upgrade: use a tag such as 11.7.9, or 11.7.9@sha256:…"
}

func downgrade(g gathered, c change) string {
	if c.old == nil || c.wanted == nil || !c.wanted.LessThan(c.old) || g.releases.same(c.old, c.wanted) {
		return ""
	}
	if c.restored {
		return "the data that was restored is of a later version: use " + c.from + " or later, or restore another backup"
	}
	if schemaImage(g) != g.served {
		return "the schema is already migrated: go on to " + c.from + ", or undo the migration with `mattermost db downgrade` of that version, or restore a backup"
	}
	return "an earlier server may not know the schema: undo the migration with `mattermost db downgrade` of the later version, or restore a backup"
}

func damaging(g gathered, c change) string {
	return g.releases.warning(c.from, c.to)
}

func skippingESR(g gathered, c change) string {
	if c.old == nil || c.wanted == nil {
		return ""
	}
	line := g.releases.passedOver(c.old, c.wanted)
	if line == nil {
		return ""
	}
	return fmt.Sprintf("it passes over the Extended Support Release %d.%d: upgrade to the latest %d.%d first", line.Major(), line.Minor(), line.Major(), line.Minor())
}
