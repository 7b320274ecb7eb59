package provision

import (
	"testing"

	"github.com/crossplane-mattermost/crossplane-mattermost/function/composetest"
)

func TestPodsMeetRestricted(t *testing.T) {
	for _, s := range []Server{full(), bare()} {
		t.Run(s.Name, func(t *testing.T) {
			pod := StatefulSet(s).Spec.Template.Spec
			composetest.Restricted(t, pod)
			composetest.Sealed(t, pod)
			for _, v := range pod.Volumes {
				if v.EmptyDir == nil {
					t.Errorf("volume %s is no scratch space", v.Name)
				}
			}
		})
	}
}
