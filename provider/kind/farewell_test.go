package kind

import (
	"strings"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/event"
	"github.com/crossplane/crossplane-runtime/v2/pkg/logging"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
)

// TestFarewellIsShort leaves an object whose annotation and condition are as long as an
// object allows. The event is in a namespace of the platform.
func TestFarewellIsShort(t *testing.T) {
	long := strings.Repeat("x", 200<<10)
	told := &events{}

	mg := &v1alpha1.Team{}
	meta.SetExternalName(mg, long)
	mg.SetConditions(xpv2.ReconcileError(errors.New(long)))

	farewell{kind: "Team", record: event.NewAPIRecorder(told), log: logging.NewNopLogger()}.tell(mg, 10, true)

	if len(told.told) != 1 || len(told.told[0]) > 2*maxError {
		t.Errorf("want an event of at most %d bytes, got %d", 2*maxError, len(strings.Join(told.told, "")))
	}
}
