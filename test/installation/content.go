package installation

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

const (
	fewUsers    = 5
	fewChannels = 3
	fewPosts    = 8
	page        = 200
)

// Content is what a server keeps for its users, as its API tells it. Keys are ids
// unless they say otherwise.
type Content struct {
	Users, Teams, Channels map[string]string
	Posts                  map[string]Post
	// Preferences of the session's user, by category and name.
	Preferences map[string]string
}

// Post is what was said, and what belongs to it.
type Post struct {
	Channel, User, Message string
	Created                int64
	// Reactions as user and emoji, sorted; Files as digests of what is in them.
	Reactions, Files []string
}

// Populate a server with users, teams, channels, posts with files, reactions and
// preferences. The session's user makes them all, and is in all of them.
func (s *Session) Populate(ctx context.Context) error {
	users, err := s.addUsers(ctx)
	if err != nil {
		return err
	}
	for t := range 2 {
		name := fmt.Sprintf("team-%d", t)
		team, _, err := s.client.CreateTeam(ctx, &model.Team{Name: name, DisplayName: name + ` "quoted" \ 団`, Type: model.TeamOpen})
		if err != nil {
			return errors.Wrap(err, "cannot create a team")
		}
		for c := range fewChannels {
			if err := s.addChannel(ctx, team, users, c); err != nil {
				return err
			}
		}
	}
	me, _, err := s.client.GetMe(ctx, "")
	if err != nil {
		return errors.Wrap(err, "cannot read the session's user")
	}
	_, err = s.client.UpdatePreferences(ctx, me.Id, model.Preferences{
		{UserId: me.Id, Category: "display_settings", Name: "use_military_time", Value: "true"},
		{UserId: me.Id, Category: "theme", Name: "", Value: `{"sidebarBg":"#123456","note":"it's 5 o'clock"}`},
	})
	return errors.Wrap(err, "cannot set preferences")
}

func (s *Session) addUsers(ctx context.Context) ([]*model.User, error) {
	var out []*model.User
	for i := range fewUsers {
		user, _, err := s.client.CreateUser(ctx, &model.User{
			Username: fmt.Sprintf("user-%d", i), Email: fmt.Sprintf("user-%d@example.com", i), Password: newPassword(),
			FirstName: "Zoë", LastName: "O'Neil\\", Nickname: "🦊",
		})
		if err != nil {
			return nil, errors.New("cannot create a user")
		}
		out = append(out, user)
	}
	return out, nil
}

func (s *Session) addChannel(ctx context.Context, team *model.Team, users []*model.User, n int) error {
	kind := model.ChannelTypeOpen
	if n%2 == 1 {
		kind = model.ChannelTypePrivate
	}
	name := fmt.Sprintf("channel-%d", n)
	channel, _, err := s.client.CreateChannel(ctx, &model.Channel{TeamId: team.Id, Name: name, DisplayName: name, Type: kind, Purpose: "a\tb\nc"})
	if err != nil {
		return errors.Wrap(err, "cannot create a channel")
	}
	for _, u := range users {
		if _, _, err := s.client.AddTeamMember(ctx, team.Id, u.Id); err != nil {
			return errors.Wrap(err, "cannot add a member to a team")
		}
		if _, _, err := s.client.AddChannelMember(ctx, channel.Id, u.Id); err != nil {
			return errors.Wrap(err, "cannot add a member to a channel")
		}
	}
	in := &Session{client: s.client, channel: channel}
	for i := range fewPosts {
		if err := in.addPost(ctx, i); err != nil {
			return err
		}
	}
	return nil
}

// addPost with a file and a reaction. Some of what it says is hard to quote.
func (s *Session) addPost(ctx context.Context, n int) error {
	awkward := []string{"plain", `back\slash \N \.`, "tab\tand\nline", "it's; -- not /* a comment", "𝔘nicode 日本語 🎉", `{"json": "\u00e9"}`, "$$dollar$$ $1", "%s %d 100%"}
	id, err := s.Post(ctx, awkward[n%len(awkward)], fmt.Sprintf("file %d of %s\x00\xff", n, s.channel.Id))
	if err != nil {
		return err
	}
	me, _, err := s.client.GetMe(ctx, "")
	if err != nil {
		return errors.Wrap(err, "cannot read the session's user")
	}
	_, _, err = s.client.SaveReaction(ctx, &model.Reaction{UserId: me.Id, PostId: id, EmojiName: "smile"})
	return errors.Wrap(err, "cannot react")
}

// Content of the server, as far as the session's user sees it.
func (s *Session) Content(ctx context.Context) (*Content, error) {
	out := &Content{Users: map[string]string{}, Teams: map[string]string{}, Channels: map[string]string{}, Posts: map[string]Post{}, Preferences: map[string]string{}}
	users, _, err := s.client.GetUsers(ctx, 0, page, "")
	if err != nil {
		return nil, errors.Wrap(err, "cannot list users")
	}
	for _, u := range users {
		if u.IsBot {
			// The server makes some when it likes.
			continue
		}
		out.Users[u.Id] = fmt.Sprint(u.Username, u.Email, u.FirstName, u.LastName, u.Nickname, u.Roles, u.CreateAt)
	}
	teams, _, err := s.client.GetAllTeams(ctx, "", 0, page)
	if err != nil {
		return nil, errors.Wrap(err, "cannot list teams")
	}
	for _, t := range teams {
		out.Teams[t.Id] = fmt.Sprint(t.Name, t.DisplayName, t.Type, t.CreateAt)
		if err := s.readChannels(ctx, t.Id, out); err != nil {
			return nil, err
		}
	}
	me, _, err := s.client.GetMe(ctx, "")
	if err != nil {
		return nil, errors.Wrap(err, "cannot read the session's user")
	}
	preferences, _, err := s.client.GetPreferences(ctx, me.Id)
	for _, p := range preferences {
		out.Preferences[p.Category+"/"+p.Name] = p.Value
	}
	return out, errors.Wrap(err, "cannot read preferences")
}

func (s *Session) readChannels(ctx context.Context, team string, into *Content) error {
	me, _, err := s.client.GetMe(ctx, "")
	if err != nil {
		return errors.Wrap(err, "cannot read the session's user")
	}
	channels, _, err := s.client.GetChannelsForTeamForUser(ctx, team, me.Id, false, "")
	if err != nil {
		return errors.Wrap(err, "cannot list channels")
	}
	for _, c := range channels {
		into.Channels[c.Id] = fmt.Sprint(c.TeamId, c.Type, c.Name, c.DisplayName, c.Purpose, c.CreateAt)
		posts, _, err := s.client.GetPostsForChannel(ctx, c.Id, 0, page, "", false, false)
		if err != nil {
			return errors.Wrap(err, "cannot list posts")
		}
		for id, p := range posts.Posts {
			if into.Posts[id], err = s.readPost(ctx, p); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Session) readPost(ctx context.Context, p *model.Post) (Post, error) {
	out := Post{Channel: p.ChannelId, User: p.UserId, Message: p.Message, Created: p.CreateAt}
	reactions, _, err := s.client.GetReactions(ctx, p.Id)
	if err != nil {
		return out, errors.Wrap(err, "cannot read reactions")
	}
	for _, r := range reactions {
		out.Reactions = append(out.Reactions, r.UserId+" "+r.EmojiName)
	}
	slices.Sort(out.Reactions)
	for _, id := range p.FileIds {
		b, _, err := s.client.GetFile(ctx, id)
		if err != nil {
			return out, errors.Wrap(err, "cannot read a file")
		}
		sum := sha256.Sum256(b)
		out.Files = append(out.Files, id+" "+hex.EncodeToString(sum[:]))
	}
	return out, nil
}
