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

// Possible refuses edits of an existing claim that cannot happen. The API server refuses a claim in
// another region. Crossplane chooses the Composition of a claim once, so that another class would have
// no effect then. A size that the claim itself refuses was never given, and can be taken back.
func (c Claim) Possible(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	made := f.Observed(c.Name)
	if !c.wanted(f) || !made.Exists() {
		return compose.Passed
	}
	asked := c.request(f)
	class := made.String("spec", "crossplane", "compositionSelector", "matchLabels", objects.LabelClass)
	chosen := c.connected(f) || made.Has("spec", "crossplane", "compositionRef")
	if chosen && class != asked.class {
		return c.impossible(f, "class", class, asked.class, "the class of a claim is chosen once")
	}
	if was := made.String("spec", "region"); was != asked.region {
		return c.impossible(f, "region", was, asked.region, "data does not move by itself")
	}
	was, err := resource.ParseQuantity(made.String("spec", "storageSize"))
	switch {
	case err != nil, made.Condition("Accepted").Status == compose.False:
		return compose.Passed
	case asked.size == nil:
		return c.impossible(f, "storageSize", was.String(), "", "storage only grows")
	case asked.size.Cmp(was) < 0:
		return c.impossible(f, "storageSize", was.String(), asked.size.String(), "storage only grows")
	}
	return compose.Passed
}

// impossible refuses an edit. A claim that holds no data yet can be made again.
func (c Claim) impossible(f *facts.Facts, field, was, now, because string) compose.Verdict {
	remedy := "restore a backup into another installation"
	if !c.connected(f) {
		remedy = fmt.Sprintf("delete %s %q, which is then created again and holds no data yet", c.Kind, f.Name)
	}
	return compose.Refuse("ClaimCannotChange", fmt.Sprintf(
		"%s.claim.%s: the claim has %s and cannot get %s, because %s: %s, or %s",
		c.Field, field, shown(was), shown(now), because, back(was), remedy))
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
