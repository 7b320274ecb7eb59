package e2e

import (
	"context"
	"path"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// foreign is what people on the server write where something else is declared.
const foreign = "from the server"

// lives of all kinds whose objects are made and deleted, by the kind.
func lives() map[string]life {
	return map[string]life{
		"Team": {
			manifest: "{kind: Team, metadata: {name: life}, spec: {forProvider: {name: life}}}",
			first:    "{displayName: Life, description: First., companyName: '', type: O, allowOpenInvite: true, allowedDomains: ''}",
			then:     "{displayName: Life 2, description: Then., companyName: Example, type: I, allowOpenInvite: false, allowedDomains: example.org}",
			restored: true,
			find: byID(func(ctx context.Context, c *model.Client4, id string) (any, error) {
				return answer(c.GetTeam(ctx, id, ""))
			}),
			meddle: changed(func(ctx context.Context, c *model.Client4, of *model.Team) error {
				_, _, err := c.PatchTeam(ctx, of.Id, &model.TeamPatch{Description: ptr.To(foreign), DisplayName: ptr.To(foreign)})
				return err
			}),
		},
		"Channel": {
			manifest: "{kind: Channel, metadata: {name: life}, spec: {forProvider: {teamRef: {name: engineering}}}}",
			first:    "{name: life, displayName: Life, type: O, header: '', purpose: First.}",
			then:     "{name: life-2, displayName: Life 2, type: P, header: '**Then.**', purpose: Then.}",
			identity: []string{"name"},
			restored: true,
			find: byID(func(ctx context.Context, c *model.Client4, id string) (any, error) {
				return answer(c.GetChannel(ctx, id, ""))
			}),
			meddle: changed(func(ctx context.Context, c *model.Client4, of *model.Channel) error {
				_, _, err := c.PatchChannel(ctx, of.Id, &model.ChannelPatch{Purpose: ptr.To(foreign), Header: ptr.To(foreign)})
				return err
			}),
		},
		"User": {
			manifest: "{kind: User, metadata: {name: life}, spec: {forProvider: {emailVerified: true}, writeConnectionSecretToRef: {name: life-login}}}",
			first:    "{username: life, email: life@example.org, nickname: '', firstName: First, lastName: Life, position: '', locale: en, roles: [system_user]}",
			then:     "{username: life.2, email: life-2@example.org, nickname: li, firstName: Then, lastName: Other, position: Head, locale: de, roles: [system_admin, system_user]}",
			identity: []string{"username"},
			regained: "{takeOver: true}",
			restored: true,
			find: byID(func(ctx context.Context, c *model.Client4, id string) (any, error) {
				return answer(c.GetUser(ctx, id, ""))
			}),
			meddle: changed(func(ctx context.Context, c *model.Client4, of *model.User) error {
				_, _, err := c.PatchUser(ctx, of.Id, &model.UserPatch{Nickname: ptr.To(foreign)})
				if err == nil {
					_, err = c.UpdateUserRoles(ctx, of.Id, "system_user")
				}
				return err
			}),
		},
		"Bot": {
			manifest: "{kind: Bot, metadata: {name: life}, spec: {forProvider: {}, writeConnectionSecretToRef: {name: life-token}}}",
			first:    "{username: life-bot, displayName: Life, description: First.}",
			then:     "{username: life-bot-2, displayName: Life 2, description: Then.}",
			identity: []string{"username"},
			regained: "{takeOver: true}",
			restored: true,
			find: byID(func(ctx context.Context, c *model.Client4, id string) (any, error) {
				return answer(c.GetBot(ctx, id, ""))
			}),
			meddle: changed(func(ctx context.Context, c *model.Client4, of *model.Bot) error {
				_, _, err := c.PatchBot(ctx, of.UserId, &model.BotPatch{Description: ptr.To(foreign)})
				return err
			}),
		},
		"IncomingWebhook": {
			manifest: "{kind: IncomingWebhook, metadata: {name: life}, spec: {forProvider: {channelRef: {name: alerts}}, writeConnectionSecretToRef: {name: life-url}}}",
			first:    "{displayName: Life, description: First., username: '', iconUrl: '', channelLocked: false}",
			then:     "{displayName: Life 2, description: Then., username: monitoring, iconUrl: 'https://example.org/i.png', channelLocked: true}",
			identity: []string{"displayName"},
			find: func(_ *unstructured.Unstructured, secret map[string][]byte) lookup {
				id := path.Base(string(secret["url"]))
				return func(ctx context.Context, c *model.Client4) (any, error) {
					return answer(c.GetIncomingWebhook(ctx, id, ""))
				}
			},
			meddle: changed(func(ctx context.Context, c *model.Client4, of *model.IncomingWebhook) error {
				of.Description = foreign
				_, _, err := c.UpdateIncomingWebhook(ctx, of)
				return err
			}),
		},
		"OutgoingWebhook": {
			manifest: "{kind: OutgoingWebhook, metadata: {name: life}, spec: {forProvider: {teamRef: {name: engineering}}, writeConnectionSecretToRef: {name: life-outgoing}}}",
			first: "{displayName: Life, description: First., username: '', iconUrl: '', callbackUrls: ['https://example.org/a'], " +
				"triggerWords: [life], triggerWhen: 0, contentType: application/x-www-form-urlencoded}",
			then: "{displayName: Life 2, description: Then., username: ci, iconUrl: 'https://example.org/i.png', callbackUrls: ['https://example.org/b'], " +
				"triggerWords: [then], triggerWhen: 1, contentType: application/json}",
			identity: []string{"displayName"},
			find: byID(func(ctx context.Context, c *model.Client4, id string) (any, error) {
				return answer(c.GetOutgoingWebhook(ctx, id))
			}),
			meddle: changed(func(ctx context.Context, c *model.Client4, of *model.OutgoingWebhook) error {
				of.Description = foreign
				_, _, err := c.UpdateOutgoingWebhook(ctx, of)
				return err
			}),
		},
		"Command": {
			manifest: "{kind: Command, metadata: {name: life}, spec: {forProvider: {teamRef: {name: engineering}}, writeConnectionSecretToRef: {name: life-command}}}",
			first: "{trigger: life, url: 'https://example.org/a', method: P, username: '', iconUrl: '', autoComplete: false, autoCompleteDesc: '', " +
				"autoCompleteHint: '', displayName: Life, description: First.}",
			then: "{trigger: life-2, url: 'https://example.org/b', method: G, username: ci, iconUrl: 'https://example.org/i.png', autoComplete: true, " +
				"autoCompleteDesc: Lives., autoCompleteHint: '[x]', displayName: Life 2, description: Then.}",
			identity: []string{"trigger"},
			find: byID(func(ctx context.Context, c *model.Client4, id string) (any, error) {
				return answer(c.GetCommandById(ctx, id))
			}),
			meddle: changed(func(ctx context.Context, c *model.Client4, of *model.Command) error {
				of.Description = foreign
				_, _, err := c.UpdateCommand(ctx, of)
				return err
			}),
		},
		"TeamMember": {
			manifest: "{kind: TeamMember, metadata: {name: life}, spec: {forProvider: {teamRef: {name: other}, userRef: {name: ann}}}}",
			first:    "{schemeAdmin: false}",
			then:     "{schemeAdmin: true}",
			restored: true,
			find: func(o *unstructured.Unstructured, _ map[string][]byte) lookup {
				team, user := parameter(o, "teamId"), parameter(o, "userId")
				return func(ctx context.Context, c *model.Client4) (any, error) {
					return answer(c.GetTeamMember(ctx, team, user, ""))
				}
			},
			meddle: changed(func(ctx context.Context, c *model.Client4, of *model.TeamMember) error {
				_, err := c.UpdateTeamMemberSchemeRoles(ctx, of.TeamId, of.UserId, &model.SchemeRoles{SchemeUser: true})
				return err
			}),
		},
		"ChannelMember": {
			manifest: "{kind: ChannelMember, metadata: {name: life}, spec: {forProvider: {channelRef: {name: alerts}, userRef: {name: ann}}}}",
			first:    "{schemeAdmin: false}",
			then:     "{schemeAdmin: true}",
			restored: true,
			find: func(o *unstructured.Unstructured, _ map[string][]byte) lookup {
				channel, user := parameter(o, "channelId"), parameter(o, "userId")
				return func(ctx context.Context, c *model.Client4) (any, error) {
					return answer(c.GetChannelMember(ctx, channel, user, ""))
				}
			},
			meddle: changed(func(ctx context.Context, c *model.Client4, of *model.ChannelMember) error {
				_, err := c.UpdateChannelMemberSchemeRoles(ctx, of.ChannelId, of.UserId, &model.SchemeRoles{SchemeUser: true})
				return err
			}),
		},
	}
}

// byID finds what an object stands for by its external name.
func byID(read func(ctx context.Context, c *model.Client4, id string) (any, error)) func(*unstructured.Unstructured, map[string][]byte) lookup {
	return func(o *unstructured.Unstructured, _ map[string][]byte) lookup {
		id := o.GetAnnotations()[externalName]
		return func(ctx context.Context, c *model.Client4) (any, error) { return read(ctx, c, id) }
	}
}

// answer of a server, without its headers.
func answer[T any](found T, _ *model.Response, err error) (any, error) { return found, err }

// changed is a change of what was found, by its type.
func changed[T any](change func(ctx context.Context, c *model.Client4, of T) error) func(context.Context, *model.Client4, any) error {
	return func(ctx context.Context, c *model.Client4, found any) error {
		of, ok := found.(T)
		if !ok {
			return errors.Errorf("cannot change a %T", found)
		}
		return change(ctx, c, of)
	}
}

// parameter of an object, as declared or filled in.
func parameter(o *unstructured.Unstructured, name string) string {
	out, _, _ := unstructured.NestedString(o.Object, "spec", "forProvider", name)
	return out
}

// allow what a server by default does not: bots, webhooks under other names, and tokens of
// people.
func allow(ctx context.Context, t *testing.T, in *inside) {
	t.Helper()
	_, _, err := in.admin.PatchConfig(ctx, &model.Config{ServiceSettings: model.ServiceSettings{
		EnablePostUsernameOverride: ptr.To(true),
		EnablePostIconOverride:     ptr.To(true),
		EnableUserAccessTokens:     ptr.To(true),
		EnableBotAccountCreation:   ptr.To(true),
	}})
	if err != nil {
		t.Fatal(err)
	}
}
