package claim

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/objects"
)

// request is what of a claim cannot change once the claim exists.
type request struct {
	class, region string
	size          *resource.Quantity
}

// Possible refuses edits of an existing claim that cannot happen. The API server refuses a
// claim that moves or shrinks, and Crossplane chooses the Composition of a claim once, so that
// another class would have no effect.
func (c Claim) Possible(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	made := f.Observed(c.Name)
	if !c.wanted(f) || !made.Exists() {
		return compose.Passed
	}
	asked := c.request(f)
	for _, e := range []struct{ field, was, now, because string }{
		{"region", made.String("spec", "region"), asked.region, "data does not move by itself"},
		{"class", made.String("spec", "crossplane", "compositionSelector", "matchLabels", objects.LabelClass), asked.class, "the class of a claim is chosen once"},
	} {
		if e.was != e.now {
			return c.impossible(f, e.field, e.was, e.now, e.because)
		}
	}
	was, err := resource.ParseQuantity(made.String("spec", "storageSize"))
	switch {
	case err != nil:
		return compose.Passed
	case asked.size == nil:
		return c.impossible(f, "storageSize", was.String(), "", "storage only grows")
	case asked.size.Cmp(was) < 0:
		return c.impossible(f, "storageSize", was.String(), asked.size.String(), "storage only grows")
	}
	return compose.Passed
}

func (c Claim) impossible(f *facts.Facts, field, was, now, because string) compose.Verdict {
	return compose.Refuse("ClaimCannotChange", fmt.Sprintf(
		"%s.claim.%s: %s %q has %s and cannot get %s, because %s: %s, or restore a backup into an installation that claims what you want",
		c.Field, field, c.Kind, f.Name, shown(was), shown(now), because, back(was)))
}

// shown value of a field.
func shown(value string) string {
	if value == "" {
		return "the default"
	}
	return fmt.Sprintf("%q", value)
}

// back to a value is a remedy.
func back(value string) string {
	if value == "" {
		return "remove the field"
	}
	return fmt.Sprintf("set it back to %q", value)
}
