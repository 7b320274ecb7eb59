// Package filestore is where an installation keeps its files: in a bucket that it claims, in
// one that exists, or on a volume.
package filestore

import (
	"fmt"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/claim"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/composed"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/decision"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/facts"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation/feature"
)

// Feature is the installation's file store.
//
//nolint:gochecknoglobals // A table.
var Feature = feature.Feature{
	Require: require,
	Secrets: secrets,
	Rules: []feature.Chapter{
		{Condition: feature.ConditionFileStore, Gates: []feature.Gate{named, secretComplete, externalVolumeUsable, localVolumeKept, claim.Bucket.Kept, claim.Bucket.There, claim.Bucket.Possible}},
		{Condition: feature.ConditionAccepted, Gates: []feature.Gate{claimedSecretComplete, dataUnhidden}},
	},
	Waits:      claim.Bucket.Waits,
	Server:     part,
	Claim:      composeClaim,
	Compose:    composeVolume,
	Conditions: conditions,
	Status:     reportDataSource,
}

func require(a *compose.Answer, f *facts.Facts, d *decision.Decisions) {
	if fs := f.Spec.FileStore; fs != nil && fs.ExternalVolume != nil {
		a.Require(facts.RequirementVolume, "v1", "PersistentVolumeClaim", fs.ExternalVolume.VolumeClaimName)
	}
	claim.Bucket.RequireVanished(a, f, d)
}

// named refuses an installation without a file store, or with several. The API refuses both
// first.
func named(f *facts.Facts, _ *decision.Decisions) compose.Verdict {
	n := 0
	if fs := f.Spec.FileStore; fs != nil {
		for _, chosen := range []bool{fs.Claim != nil, fs.External != nil, fs.ExternalVolume != nil, localChosen(f)} {
			if chosen {
				n++
			}
		}
	}
	if n == 1 {
		return compose.Passed
	}
	return compose.Refuse("FileStoreMissing", fmt.Sprintf(
		"spec.fileStore names %d file stores: set exactly one of claim, external, externalVolume or local with enabled: true", n))
}

// part of the server's pods: the variables that lead to a bucket or to a directory, and the
// volume that is mounted there.
func part(f *facts.Facts) decision.Part {
	if s3, ok := s3Of(f); ok {
		return decision.Part{Env: s3.env()}
	}
	return volumePart(f)
}

func conditions(f *facts.Facts, _ *decision.Decisions) []compose.Condition {
	c := compose.Condition{Type: feature.ConditionFileStore, Status: compose.True, Reason: "SecretComplete"}
	fs := f.Spec.FileStore
	switch {
	case fs == nil:
		return nil
	case fs.Claim != nil:
		c = claim.Bucket.Readiness(f)
	case fs.External != nil && fs.External.UseServiceAccount:
		c.Reason = "ServiceAccountIdentity"
	case fs.External != nil:
	case volume(f).String("status", "phase") == "Bound":
		c.Reason = "ClaimBound"
	default:
		c.Status, c.Reason, c.Waiting = compose.False, "ClaimPending", true
		c.Message = fmt.Sprintf("waiting for PersistentVolumeClaim %q to be bound: it needs a volume or a storage class that offers its access modes", claimName(f))
	}
	return []compose.Condition{c}
}

// reportDataSource adds to where the server keeps its data, in an accepted installation.
func reportDataSource(f *facts.Facts, d *decision.Decisions, to *v1alpha1.MattermostInstallationStatus) {
	if d.Stage != decision.Accepted || to.DataSource == nil {
		return
	}
	to.DataSource.VolumeClaimName = claimName(f)
	bucket := connection(f)
	if bucket == nil {
		return
	}
	users := usersOf(f)
	if users.unknown {
		to.DataSource = nil
		return
	}
	to.DataSource.Bucket, to.DataSource.FilesPrefix = users.applied(*bucket), users.prefix
}

// volume that files are on, as it is observed.
func volume(f *facts.Facts) compose.Resource {
	if f.Spec.FileStore.ExternalVolume != nil {
		out, _ := f.State.Required(facts.RequirementVolume)
		return out
	}
	return f.Observed(composed.Volume)
}
