package tool

import (
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
	"github.com/crossplane-mattermost/crossplane-mattermost/input/v1beta1"
)

func TestPodsMeetRestricted(t *testing.T) {
	for _, of := range []func() (v1beta1.Input, Run){full, bare} {
		policy, run := of()
		t.Run(run.Name, func(t *testing.T) {
			pod := Job(policy, run).Spec.Template.Spec
			composetest.Restricted(t, pod)
			composetest.Sealed(t, pod)
			for _, v := range pod.Volumes {
				if v.EmptyDir == nil && v.PersistentVolumeClaim == nil {
					t.Errorf("volume %s is of a kind that is not expected", v.Name)
				}
			}
		})
	}
}
