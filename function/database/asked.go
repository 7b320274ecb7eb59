package database

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/provision"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

const (
	defaultVersion   = "17"
	defaultInstances = 2
	defaultRetention = 7
	defaultStorage   = 20

	gibibyte = 1 << 30
	// classOfOthers is the key of the class of all sizes that have none of their own.
	classOfOthers = "default"
)

// tier is how large a database is, of three sorts.
type tier int

const (
	small tier = iota
	medium
	large
)

// Numbers of users up to which an installation is small, or not large.
const (
	smallInstallation = 1000
	largeInstallation = 10000
)

// tierOf the installation that is served.
func tierOf(g gathered) tier {
	switch users := usersOf(g.spec.Size); {
	case users > largeInstallation:
		return large
	case users > smallInstallation:
		return medium
	}
	return small
}

// usersOf a size that is named after its number of users, zero for others, which are
// small.
func usersOf(size string) int {
	digits := strings.TrimPrefix(strings.TrimSuffix(size, "users"), "cloud")
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}

// classOf machines: the platform's, or one of ours for each tier.
func classOf(g gathered, of v1beta1.CloudDatabase, ours [3]string) string {
	return cmp.Or(of.Classes[g.spec.Size], of.Classes[classOfOthers], ours[tierOf(g)])
}

// madeWith is the version that an object was made with, empty when there is none.
func madeWith(g gathered, composed string) string {
	return g.state.Observed(composed).String("metadata", "labels", provision.LabelVersion)
}

// versionOf a database that is there stays, also when the platform's default changes.
func versionOf(g gathered, composed, platform string) string {
	return cmp.Or(g.spec.Version, madeWith(g, composed), platform, defaultVersion)
}

// regionOf a database that is there stays, also when the platform's default changes.
func regionOf(g gathered, of v1beta1.CloudDatabase, composed, field string) string {
	return g.stays(cmp.Or(g.spec.Region, of.Region), composed, "spec", "forProvider", field)
}

func instancesOf(g gathered, platform *int32, otherwise int32) int32 {
	for _, n := range []*int32{g.spec.Instances, platform} {
		if n != nil {
			return *n
		}
	}
	return otherwise
}

func retentionOf(g gathered, platform *int32, otherwise int32) int32 {
	for _, n := range []*int32{g.spec.RetentionDays, platform} {
		if n != nil {
			return *n
		}
	}
	return otherwise
}

// gibibytes of storage: what is asked for, what there is, or the platform's default,
// rounded up.
func gibibytes(g gathered, was int64, platform *resource.Quantity, otherwise int64) int64 {
	switch {
	case g.spec.StorageSize != nil:
		return roundedUp(*g.spec.StorageSize)
	case was > 0:
		return was
	case platform != nil:
		return roundedUp(*platform)
	}
	return otherwise
}

func roundedUp(q resource.Quantity) int64 { return (q.Value() + gibibyte - 1) / gibibyte }

// storageGrows refuses less storage than there is. The path leads to a number of GiB.
func storageGrows(composed string, path ...string) compose.Gate[gathered] {
	return func(g gathered) compose.Verdict {
		was := g.state.Observed(composed).Int(path...)
		if g.spec.StorageSize == nil || roundedUp(*g.spec.StorageSize) >= was {
			return compose.Passed
		}
		return cannotShrink(fmt.Sprintf("%dGi", was))
	}
}

func cannotShrink(was string) compose.Verdict {
	return compose.Refuse("StorageCannotShrink", fmt.Sprintf("spec.storageSize: this database has %s, and storage only grows: ask for that or more", was))
}

// versionGrows refuses an earlier version than an object was made with. Later ones the
// backend upgrades to.
func versionGrows(composed string) compose.Gate[gathered] {
	return func(g gathered) compose.Verdict {
		was := madeWith(g, composed)
		if g.spec.Version == "" || was == "" || g.spec.Version >= was {
			return compose.Passed
		}
		return compose.Refuse("VersionCannotChange", fmt.Sprintf(
			"spec.version: this database runs PostgreSQL %s, whose data %s cannot read: set it back, or restore a backup into a new database", was, g.spec.Version))
	}
}

// regionKnown refuses a database that is nowhere.
func regionKnown(of func(g gathered) string) compose.Gate[gathered] {
	return func(g gathered) compose.Verdict {
		if of(g) != "" {
			return compose.Passed
		}
		return compose.Refuse("RegionMissing", "spec.region is required: this platform has no default")
	}
}
