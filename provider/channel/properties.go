package channel

import (
	"cmp"

	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/utils/ptr"

	"github.com/crossplane-mattermost/crossplane-mattermost/apis/server/v1alpha1"
	"github.com/crossplane-mattermost/crossplane-mattermost/provider/drift"
)

// patched are the fields that a patch of a channel changes.
var patched = []string{"name", "displayName", "header", "purpose", "groupConstrained"} //nolint:gochecknoglobals // A constant in all but syntax.

// compare what is declared with the channel.
func compare(p v1alpha1.ChannelParameters, channel *model.Channel) drift.Drift {
	var d drift.Drift

	drift.Field(&d, "name", &p.Name, channel.Name)
	drift.Field(&d, "displayName", p.DisplayName, channel.DisplayName)
	drift.Field(&d, "type", p.Type, string(channel.Type))
	drift.Field(&d, "header", p.Header, channel.Header)
	drift.Field(&d, "purpose", p.Purpose, channel.Purpose)
	drift.Optional(&d, "groupConstrained", p.GroupConstrained, channel.GroupConstrained)
	drift.Optional(&d, "schemeId", p.SchemeID, channel.SchemeId)

	return d
}

// desired is a channel to create. What needs a license is set by an update, so that a
// server without one has the channel, and a condition that says what it lacks.
func desired(p v1alpha1.ChannelParameters) *model.Channel {
	return &model.Channel{
		TeamId:      ptr.Deref(p.TeamID, ""),
		Name:        p.Name,
		DisplayName: cmp.Or(ptr.Deref(p.DisplayName, ""), p.Name),
		Type:        model.ChannelType(ptr.Deref(p.Type, string(model.ChannelTypeOpen))),
		Header:      ptr.Deref(p.Header, ""),
		Purpose:     ptr.Deref(p.Purpose, ""),
	}
}

// patch of everything that is declared.
func patch(p v1alpha1.ChannelParameters) *model.ChannelPatch {
	return &model.ChannelPatch{
		Name:             &p.Name,
		DisplayName:      p.DisplayName,
		Header:           p.Header,
		Purpose:          p.Purpose,
		GroupConstrained: p.GroupConstrained,
	}
}

func observation(channel *model.Channel) v1alpha1.ChannelObservation {
	return v1alpha1.ChannelObservation{
		ID:               channel.Id,
		TeamID:           channel.TeamId,
		Name:             channel.Name,
		DisplayName:      channel.DisplayName,
		Type:             string(channel.Type),
		Header:           channel.Header,
		Purpose:          channel.Purpose,
		GroupConstrained: ptr.Deref(channel.GroupConstrained, false),
		SchemeID:         ptr.Deref(channel.SchemeId, ""),
		CreatorID:        channel.CreatorId,
		CreateAt:         channel.CreateAt,
		UpdateAt:         channel.UpdateAt,
		DeleteAt:         channel.DeleteAt,
	}
}
