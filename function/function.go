package function

import (
	"context"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/mattermost/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/backup"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/bucket"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/database"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/installation"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/restore"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// composer of the composites of one kind.
type composer struct {
	// answer for one of them.
	answer func(s compose.State, policy *v1beta1.Input) (*fnv1.RunFunctionResponse, error)
	// kinds of what is composed.
	kinds compose.Kinds
}

// legacy is the group of claims, for platforms that still hand them out.
//
//nolint:gochecknoglobals // A constant in all but syntax.
var legacy = schema.GroupVersion{Group: "claims." + v1alpha1.GroupVersion.Group, Version: v1alpha1.GroupVersion.Version}

// composers by the group, version and kind of the composite.
//
//nolint:gochecknoglobals // A table.
var composers = map[schema.GroupVersionKind]composer{
	v1alpha1.GroupVersion.WithKind(v1alpha1.MattermostInstallationKind): {installation.Compose, installation.Kinds()},
	legacy.WithKind("X" + v1alpha1.MattermostInstallationKind):          {installation.Compose, installation.Kinds()},
	v1alpha1.GroupVersion.WithKind(v1alpha1.MattermostDatabaseKind):     {database.Compose, database.Kinds()},
	v1alpha1.GroupVersion.WithKind(v1alpha1.MattermostBucketKind):       {bucket.Compose, bucket.Kinds()},
	v1alpha1.GroupVersion.WithKind(v1alpha1.MattermostBackupKind):       {backup.Compose, backup.Kinds()},
	v1alpha1.GroupVersion.WithKind(v1alpha1.MattermostRestoreKind):      {restore.Compose, restore.Kinds()},
}

// Function answers composition requests.
type Function struct {
	fnv1.UnimplementedFunctionRunnerServiceServer

	log logging.Logger
}

// New function that logs what it refuses.
func New(log logging.Logger) *Function { return &Function{log: log} }

// RunFunction answers one request. It never returns an error: what went wrong is a
// fatal result, because Crossplane then changes nothing, whereas it deletes what
// any other answer leaves out.
func (f *Function) RunFunction(_ context.Context, req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	rsp, err := run(req)
	if err != nil {
		f.log.Info("cannot compose", "tag", req.GetMeta().GetTag(), "error", err)
		return fatal(req, err), nil
	}
	return rsp, nil
}

func run(req *fnv1.RunFunctionRequest) (*fnv1.RunFunctionResponse, error) {
	s := compose.NewState(req)
	apiVersion, kind := s.Composite().String("apiVersion"), s.Composite().String("kind")
	composer, ok := composers[schema.FromAPIVersionAndKind(apiVersion, kind)]
	if !ok {
		return nil, errors.Errorf("cannot compose kind %q of %q: this function composes %s of %s",
			kind, apiVersion, strings.Join(kinds(), ", "), v1alpha1.GroupVersion)
	}
	policy := &v1beta1.Input{}
	if req.GetInput() != nil {
		if err := compose.NewResource(req.GetInput()).DecodeStrictly(policy); err != nil {
			return nil, errors.Wrap(err, "cannot read the function's input in the Composition")
		}
	}
	if err := composer.kinds.Check(s); err != nil {
		return nil, err
	}
	rsp, err := composer.answer(s, policy)
	if err != nil {
		return nil, err
	}
	return rsp, composer.kinds.CheckComposed(s, rsp.GetDesired().GetResources())
}

// kinds that are composed, sorted.
func kinds() []string {
	var out []string
	for k := range composers {
		if k.Group == v1alpha1.GroupVersion.Group {
			out = append(out, k.Kind)
		}
	}
	slices.Sort(out)
	return out
}

func fatal(req *fnv1.RunFunctionRequest, err error) *fnv1.RunFunctionResponse {
	message := err.Error()
	return &fnv1.RunFunctionResponse{
		Meta:    &fnv1.ResponseMeta{Tag: req.GetMeta().GetTag()},
		Desired: req.GetDesired(),
		Conditions: []*fnv1.Condition{{
			Type:    compose.ConditionStalled,
			Status:  fnv1.Status_STATUS_CONDITION_TRUE,
			Reason:  "FatalError",
			Message: &message,
			Target:  fnv1.Target_TARGET_COMPOSITE_AND_CLAIM.Enum(),
		}},
		Results: []*fnv1.Result{{
			Severity: fnv1.Severity_SEVERITY_FATAL,
			Message:  message,
			Target:   fnv1.Target_TARGET_COMPOSITE.Enum(),
		}},
	}
}
