package channelmember

import (
	"context"

	"github.com/crossplane/crossplane-runtime/v2/pkg/meta"
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
