package admission

import (
	"slices"
	"strings"
	"time"
	// Time zones are known by name, whatever is installed.
	_ "time/tzdata"

	"github.com/robfig/cron/v3"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Schedule judges moments as of cron, by the parser that Kubernetes uses.
func Schedule(at *field.Path, schedule string) field.ErrorList {
	const remedy = "use minute, hour, day of month, month and day of week, such as 0 3 * * *"
	// A time zone has a field of its own, and the parser panics at some.
	empty := func(of string) bool { return strings.Trim(of, ",") == "" }
	if strings.Contains(schedule, "TZ") || slices.ContainsFunc(strings.Fields(schedule), empty) {
		return field.ErrorList{field.Invalid(at, schedule, remedy)}
	}
	parsed, err := cron.ParseStandard(schedule)
	if err != nil {
		return field.ErrorList{field.Invalid(at, schedule, err.Error()+": "+remedy)}
	}
	// Any moment will do: a schedule that has none in the years after it never has one.
	if parsed.Next(time.Unix(0, 0).UTC()).IsZero() {
		return field.ErrorList{field.Invalid(at, schedule, "there is no such moment: name a day that its months have")}
	}
	return nil
}

// TimeZone judges the name of a time zone, empty for a default.
func TimeZone(at *field.Path, name string) field.ErrorList {
	if name == "" {
		return nil
	}
	if _, err := time.LoadLocation(name); err != nil || strings.EqualFold(name, "Local") {
		return field.ErrorList{field.Invalid(at, name, "use a name of the IANA database, such as Europe/Berlin")}
	}
	return nil
}
