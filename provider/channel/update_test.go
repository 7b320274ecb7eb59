package channel

import (
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

func TestUpdate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err     error
		calls   []string
		patched *model.ChannelPatch
	}

	cases := map[string]struct {
		reason string
		server *fake
		spec   v1alpha1.ChannelParameters
		want   want
	}{
		"Patch": {
			reason: "properties are patched, and those that are not declared are left alone",
			server: &fake{channel: existing()},
			spec:   v1alpha1.ChannelParameters{Name: "alerts", DisplayName: ptr.To("New"), Header: ptr.To("")},
			want: want{
				calls:   []string{"GetChannel", "PatchChannel"},
				patched: &model.ChannelPatch{Name: ptr.To("alerts"), DisplayName: ptr.To("New"), Header: ptr.To("")},
			},
		},
		"Privacy": {
			reason: "privacy has a request of its own",
			server: &fake{channel: existing()},
			spec:   v1alpha1.ChannelParameters{Name: "alerts", Type: ptr.To("P")},
			want:   want{calls: []string{"GetChannel", "UpdateChannelPrivacy"}},
		},
		"Rename": {
			reason: "what is renamed stays the same",
			server: &fake{channel: existing()},
			spec:   v1alpha1.ChannelParameters{Name: "renamed"},
			want: want{
				calls:   []string{"GetChannel", "PatchChannel"},
				patched: &model.ChannelPatch{Name: ptr.To("renamed")},
			},
		},
		"Scheme": {
			reason: "a scheme has a request of its own",
			server: &fake{channel: existing()},
			spec:   v1alpha1.ChannelParameters{Name: "alerts", SchemeID: ptr.To("scheme")},
			want:   want{calls: []string{"GetChannel", "UpdateChannelScheme"}},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{channel: existing()},
			spec:   v1alpha1.ChannelParameters{Name: "alerts", DisplayName: ptr.To("Alerts"), Type: ptr.To("O")},
			want:   want{calls: []string{"GetChannel"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{channel: existing(), Record: kindtest.Fails("GetChannel", boom)},
			want:   want{err: boom, calls: []string{"GetChannel"}},
		},
		"CannotUpdatePrivacy": {
			reason: "an error ends the update",
			server: &fake{channel: existing(), Record: kindtest.Fails("UpdateChannelPrivacy", boom)},
			spec:   v1alpha1.ChannelParameters{Name: "alerts", Type: ptr.To("P"), DisplayName: ptr.To("New")},
			want:   want{err: boom, calls: []string{"GetChannel", "UpdateChannelPrivacy"}},
		},
		"CannotUpdateScheme": {
			reason: "an error ends the update",
			server: &fake{channel: existing(), Record: kindtest.Fails("UpdateChannelScheme", boom)},
			spec:   v1alpha1.ChannelParameters{Name: "alerts", SchemeID: ptr.To("scheme"), DisplayName: ptr.To("New")},
			want:   want{err: boom, calls: []string{"GetChannel", "UpdateChannelScheme"}},
		},
		"CannotPatch": {
			reason: "an error is passed on",
			server: &fake{channel: existing(), Record: kindtest.Fails("PatchChannel", boom)},
			spec:   v1alpha1.ChannelParameters{Name: "alerts", DisplayName: ptr.To("New")},
			want:   want{err: boom, calls: []string{"GetChannel", "PatchChannel"}, patched: &model.ChannelPatch{Name: ptr.To("alerts"), DisplayName: ptr.To("New")}},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mg := declared(named(id))
			mg.Spec.ForProvider = tc.spec
			mg.Spec.ForProvider.TeamID = ptr.To(team)

			_, err := (&external{server: tc.server}).Update(t.Context(), mg)
			got := want{err: err, calls: tc.server.Calls, patched: tc.server.patched}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nUpdate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
