package channelmember

import (
	"context"
	"testing"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
	"github.com/crossplane/crossplane-runtime/v2/pkg/reconciler/managed"
	xpv2 "github.com/crossplane/crossplane/apis/v2/core/v2"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/mattermost/mattermost/server/public/model"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/kindtest"
)

const (
	channelID = "tttttttttttttttttttttttttt"
	userID    = "uuuuuuuuuuuuuuuuuuuuuuuuuu"
	pair      = channelID + "/" + userID
)

// fake is a server with at most one membership, that records what it was asked.
type fake struct {
	kindtest.Record

	member *model.ChannelMember

	added string
	roles *model.SchemeRoles

	// channel is the name of the channel, or empty when it is gone.
	channel string
}

func (f *fake) GetChannelMember(_ context.Context, channelID, userID, _ string) (*model.ChannelMember, *model.Response, error) {
	if err := f.Call("GetChannelMember"); err != nil {
		return nil, nil, err
	}

	if f.member == nil || f.member.ChannelId != channelID || f.member.UserId != userID {
		return nil, nil, kindtest.NotFound()
	}

	return f.member, nil, nil
}

func (f *fake) AddChannelMember(_ context.Context, channelID, userID string) (*model.ChannelMember, *model.Response, error) {
	f.added = channelID + "/" + userID
	return nil, nil, f.Call("AddChannelMember")
}

func (f *fake) UpdateChannelMemberSchemeRoles(_ context.Context, _, _ string, roles *model.SchemeRoles) (*model.Response, error) {
	f.roles = roles
	return nil, f.Call("UpdateChannelMemberSchemeRoles")
}

func (f *fake) RemoveUserFromChannel(context.Context, string, string) (*model.Response, error) {
	return nil, f.Call("RemoveUserFromChannel")
}

func (f *fake) GetChannel(context.Context, string, string) (*model.Channel, *model.Response, error) {
	if err := f.Call("GetChannel"); err != nil {
		return nil, nil, err
	}

	if f.channel == "" {
		return nil, nil, kindtest.NotFound()
	}

	return &model.Channel{Name: f.channel}, nil, nil
}

// declared returns a ChannelMember, changed by change.
func declared(change ...func(mg *v1alpha1.ChannelMember)) *v1alpha1.ChannelMember {
	mg := &v1alpha1.ChannelMember{Spec: v1alpha1.ChannelMemberSpec{ForProvider: v1alpha1.ChannelMemberParameters{ChannelID: ptr.To(channelID), UserID: ptr.To(userID)}}}

	for _, c := range change {
		c(mg)
	}

	return mg
}

func named(mg *v1alpha1.ChannelMember) { meta.SetExternalName(mg, pair) }

func administrator(mg *v1alpha1.ChannelMember) { mg.Spec.ForProvider.SchemeAdmin = ptr.To(true) }

func deleted(mg *v1alpha1.ChannelMember) { mg.DeletionTimestamp = ptr.To(metav1.Now()) }

// existing returns the membership, changed by change.
func existing(change ...func(member *model.ChannelMember)) *model.ChannelMember {
	member := &model.ChannelMember{ChannelId: channelID, UserId: userID, Roles: "channel_user", SchemeUser: true}

	for _, c := range change {
		c(member)
	}

	return member
}

func TestObserve(t *testing.T) {
	boom := errors.New("boom")

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.ChannelMember
		want   kindtest.Observed
	}{
		"UpToDate": {
			reason: "a membership that is as declared costs one read",
			server: &fake{member: existing()},
			mg:     declared(named),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        []string{"GetChannelMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Undeclared": {
			reason: "who is an administrator is left one, if nothing else is declared",
			server: &fake{member: existing(func(member *model.ChannelMember) { member.SchemeAdmin = true })},
			mg:     declared(named),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        []string{"GetChannelMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Drift": {
			reason: "what differs is named",
			server: &fake{member: existing()},
			mg:     declared(named, administrator),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, Diff: "schemeAdmin"},
				Calls:        []string{"GetChannelMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Adopted": {
			reason: "a membership that exists is taken over, also when an interrupted creation never recorded it",
			server: &fake{member: existing()},
			mg:     declared(),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true, ResourceLateInitialized: true},
				Calls:        []string{"GetChannelMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Bot": {
			reason: "a bot may be a member",
			server: &fake{member: existing()},
			mg: declared(named, func(mg *v1alpha1.ChannelMember) {
				mg.Spec.ForProvider.UserID, mg.Spec.ForProvider.BotID = nil, ptr.To(userID)
			}),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        []string{"GetChannelMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"Another": {
			reason: "a membership does not become another, whose like nobody would remove",
			server: &fake{member: existing()},
			mg:     declared(named, func(mg *v1alpha1.ChannelMember) { mg.Spec.ForProvider.UserID = ptr.To("other") }),
			want:   kindtest.Observed{Err: cmpopts.AnyError, ExternalName: pair},
		},
		"NotFound": {
			reason: "a membership that is not there is to be created",
			server: &fake{},
			mg:     declared(named),
			want:   kindtest.Observed{Calls: []string{"GetChannelMember"}, ExternalName: pair},
		},
		"ToBeRemoved": {
			reason: "a member is there until it is removed",
			server: &fake{member: existing(), channel: "alerts"},
			mg:     declared(named, deleted),
			want: kindtest.Observed{
				Observation:  managed.ExternalObservation{ResourceExists: true, ResourceUpToDate: true},
				Calls:        []string{"GetChannel", "GetChannelMember"},
				ExternalName: pair,
				Ready:        xpv2.Available(),
			},
		},
		"DefaultChannel": {
			reason: "nobody can be removed from the default channel of a team, so that deletion leaves it as it is",
			server: &fake{member: existing(), channel: model.DefaultChannelName},
			mg:     declared(named, deleted),
			want:   kindtest.Observed{Calls: []string{"GetChannel"}, ExternalName: pair},
		},
		"ChannelIsGone": {
			reason: "a membership is gone with its channel",
			server: &fake{},
			mg:     declared(named, deleted),
			want:   kindtest.Observed{Calls: []string{"GetChannel"}, ExternalName: pair},
		},
		"CannotGetChannel": {
			reason: "an error keeps the object",
			server: &fake{Record: kindtest.Fails("GetChannel", boom)},
			mg:     declared(named, deleted),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetChannel"}, ExternalName: pair},
		},
		"Unreachable": {
			reason: "an error says nothing about the membership",
			server: &fake{Record: kindtest.Fails("GetChannelMember", boom)},
			mg:     declared(named),
			want:   kindtest.Observed{Err: boom, Calls: []string{"GetChannelMember"}, ExternalName: pair},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			kindtest.Observe(t, tc.reason, &external{server: tc.server}, &tc.server.Record, tc.mg, tc.want)
		})
	}
}

func TestCreate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err          error
		added        string
		externalName string
	}

	cases := map[string]struct {
		reason string
		server *fake
		want   want
	}{
		"Member":    {reason: "who is declared becomes a member", server: &fake{}, want: want{added: pair, externalName: pair}},
		"CannotAdd": {reason: "what fails has no external name", server: &fake{Record: kindtest.Fails("AddChannelMember", boom)}, want: want{err: boom, added: pair}},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			mg := declared()
			_, err := (&external{server: tc.server}).Create(t.Context(), mg)
			got := want{err: err, added: tc.server.added, externalName: meta.GetExternalName(mg)}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nCreate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestUpdate(t *testing.T) {
	boom := errors.New("boom")

	type want struct {
		err   error
		calls []string
		roles *model.SchemeRoles
	}

	cases := map[string]struct {
		reason string
		server *fake
		mg     *v1alpha1.ChannelMember
		want   want
	}{
		"Administrator": {
			reason: "a member becomes an administrator, and stays a user",
			server: &fake{member: existing()},
			mg:     declared(named, administrator),
			want: want{
				calls: []string{"GetChannelMember", "UpdateChannelMemberSchemeRoles"},
				roles: &model.SchemeRoles{SchemeAdmin: true, SchemeUser: true},
			},
		},
		"Guest": {
			reason: "a guest stays one",
			server: &fake{member: existing(func(member *model.ChannelMember) {
				member.SchemeAdmin, member.SchemeUser, member.SchemeGuest = true, false, true
			})},
			mg: declared(named, func(mg *v1alpha1.ChannelMember) { mg.Spec.ForProvider.SchemeAdmin = ptr.To(false) }),
			want: want{
				calls: []string{"GetChannelMember", "UpdateChannelMemberSchemeRoles"},
				roles: &model.SchemeRoles{SchemeGuest: true},
			},
		},
		"Nothing": {
			reason: "what does not differ is not written",
			server: &fake{member: existing()},
			mg:     declared(named),
			want:   want{calls: []string{"GetChannelMember"}},
		},
		"CannotGet": {
			reason: "nothing is written while it is unknown what is there",
			server: &fake{Record: kindtest.Fails("GetChannelMember", boom)},
			mg:     declared(named, administrator),
			want:   want{err: boom, calls: []string{"GetChannelMember"}},
		},
		"CannotUpdate": {
			reason: "an error is passed on",
			server: &fake{member: existing(), Record: kindtest.Fails("UpdateChannelMemberSchemeRoles", boom)},
			mg:     declared(named, administrator),
			want: want{
				err:   boom,
				calls: []string{"GetChannelMember", "UpdateChannelMemberSchemeRoles"},
				roles: &model.SchemeRoles{SchemeAdmin: true, SchemeUser: true},
			},
		},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			_, err := (&external{server: tc.server}).Update(t.Context(), tc.mg)
			got := want{err: err, calls: tc.server.Calls, roles: tc.server.roles}

			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(want{}), cmpopts.EquateErrors()); diff != "" {
				t.Errorf("\n%s\nUpdate(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}

func TestDelete(t *testing.T) {
	boom := errors.New("boom")

	cases := map[string]struct {
		reason string
		fails  error
		want   error
	}{
		"Remove":       {reason: "a member is removed"},
		"Gone":         {reason: "who is no member any more is removed", fails: kindtest.NotFound()},
		"CannotRemove": {reason: "an error keeps the object", fails: boom, want: boom},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			server := &fake{Record: kindtest.Fails("RemoveUserFromChannel", tc.fails)}
			kindtest.Delete(t, tc.reason, &external{server: server}, &server.Record, declared(named), kindtest.Deleted{Err: tc.want, Calls: []string{"RemoveUserFromChannel"}})
		})
	}
}
