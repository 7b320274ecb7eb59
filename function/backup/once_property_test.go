package backup

import (
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/structpb"
	"pgregory.net/rapid"

	fnv1 "github.com/crossplane/function-sdk-go/proto/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/compose"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/function/preview"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

// TestTheOneBackupIsMadeOnce lets a Job run, be deleted and be out of sight, things that
// it rests on come and go, and the spec be edited, in any order. Once the function was
// told that the backup is complete, no Job is made any more, and what is there stays.
func TestTheOneBackupIsMadeOnce(t *testing.T) {
	specs := []string{once, once + "\nfiles: false", outside, "installation: chat", nativeOnce}
	rapid.Check(t, func(rt *rapid.T) {
		const steps = 30
		req := given{spec: once, required: there()}.request(t)
		composite := req.GetObserved().GetComposite().GetResource()
		told := false
		for range steps {
			composed := req.GetObserved().GetResources()
			switch rapid.IntRange(0, 6).Draw(rt, "event") {
			case 0:
				progress(rt, composed, succeeded)
			case 1:
				progress(rt, composed, failed)
			case 2:
				for name := range composed {
					delete(composed, name)
				}
			case 3:
				name := rapid.SampledFrom([]string{requirementInstallation, requirementBucket, requirementSecret}).Draw(rt, "lost")
				req.RequiredResources[name] = &fnv1.Resources{}
			case 4:
				req.RequiredResources = given{required: there()}.request(t).GetRequiredResources()
			case 5:
				composite.Fields["spec"] = structpb.NewStructValue(composetest.Document(t, rapid.SampledFrom(specs).Draw(rt, "spec")))
			}
			rsp, err := composetest.Asked(rt, req, func(s compose.State) (*fnv1.RunFunctionResponse, error) { return Compose(s, &v1beta1.Input{}) })
			if err != nil {
				rt.Fatal(err)
			}
			for name := range rsp.GetDesired().GetResources() {
				if _, there := composed[name]; !there && told {
					rt.Fatalf("%s is made again", name)
				}
			}
			for name := range composed {
				if _, stays := rsp.GetDesired().GetResources()[name]; !stays {
					rt.Fatalf("%s is deleted", name)
				}
			}
			apply(req, rsp)
			told = told || gatheredOf(rt, req).done()
		}
	})
}

func progress(t composetest.Test, composed map[string]*fnv1.Resource, status string) {
	for _, r := range composed {
		if compose.NewResource(r.GetResource()).Has("status", "conditions") {
			continue
		}
		r.GetResource().Fields["status"] = structpb.NewStructValue(composetest.Document(t, status))
	}
}

// apply what is desired, and the status.
func apply(req *fnv1.RunFunctionRequest, rsp *fnv1.RunFunctionResponse) {
	next := map[string]*fnv1.Resource{}
	for name, r := range rsp.GetDesired().GetResources() {
		next[name] = &fnv1.Resource{Resource: preview.Observed(req.GetObserved().GetResources()[name].GetResource(), proto.CloneOf(r.GetResource()))}
	}
	req.Observed.Resources = next
	if status := rsp.GetDesired().GetComposite().GetResource().GetFields()["status"]; status != nil {
		req.GetObserved().GetComposite().GetResource().Fields["status"] = status
	}
}

func gatheredOf(rt *rapid.T, req *fnv1.RunFunctionRequest) gathered {
	g, err := gather(compose.NewState(req), &v1beta1.Input{})
	if err != nil {
		rt.Fatal(err)
	}
	return g
}
