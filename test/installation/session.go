package installation

import (
	"context"
	"crypto/rand"
	"net/http"
	"strings"
	"time"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// first user of a server.
const first = "first"

// Session is a logged-in user of a server.
type Session struct {
	client  *model.Client4
	channel *model.Channel
	// password of the user.
	password string
}

func newPassword() string { return "Aa1!" + rand.Text() }

// FirstSession makes a new server's first user, who becomes its administrator, and
// a team, and logs in.
func (s *Server) FirstSession(ctx context.Context) (*Session, error) {
	c := model.NewAPIv4Client(s.address)
	password := newPassword()
	user := &model.User{Username: first, Email: "first@example.com", Password: password}
	if _, _, err := c.CreateUser(ctx, user); err != nil {
		return nil, errors.New("cannot create the first user")
	}
	if _, _, err := c.Login(ctx, user.Username, password); err != nil {
		return nil, errors.New("cannot log in as the first user")
	}
	team, _, err := c.CreateTeam(ctx, &model.Team{Name: "team", DisplayName: "Team", Type: model.TeamOpen})
	if err != nil {
		return nil, errors.Wrap(err, "cannot create a team")
	}
	channel, _, err := c.GetChannelByName(ctx, model.DefaultChannelName, team.Id, "")
	return &Session{client: c, channel: channel, password: password}, errors.Wrap(err, "cannot find the team's channel")
}

// LogIn as the user of a session that was begun at a server with the same data.
func (s *Server) LogIn(ctx context.Context, was *Session) (*Session, error) {
	c, err := s.Client(ctx, first, was.password)
	return &Session{client: c, channel: was.channel, password: was.password}, err
}

// Resume a session at a server that has the data of the one it was begun at.
func (s *Server) Resume(was *Session) *Session {
	c := model.NewAPIv4Client(s.address)
	c.SetToken(was.client.AuthToken)
	return &Session{client: c, channel: was.channel, password: was.password}
}

// Post a message with a file, and return the post's id.
func (s *Session) Post(ctx context.Context, message, file string) (string, error) {
	upload, _, err := s.client.UploadFile(ctx, []byte(file), s.channel.Id, "file.txt")
	if err != nil {
		return "", errors.Wrap(err, "cannot upload a file")
	}
	post, _, err := s.client.CreatePost(ctx, &model.Post{
		ChannelId: s.channel.Id,
		Message:   message,
		FileIds:   []string{upload.FileInfos[0].Id},
	})
	if err != nil {
		return "", errors.Wrap(err, "cannot post")
	}
	return post.Id, nil
}

// Say a message, without a file, and return the post's id.
func (s *Session) Say(ctx context.Context, message string) (string, error) {
	post, _, err := s.client.CreatePost(ctx, &model.Post{ChannelId: s.channel.Id, Message: message})
	if err != nil {
		return "", errors.Wrap(err, "cannot post")
	}
	return post.Id, nil
}

// Missing says whether the server knows no post of this id, or another message.
func (s *Session) Missing(ctx context.Context, id, message string) (bool, error) {
	post, response, err := s.client.GetPost(ctx, id, "")
	switch {
	case err == nil:
		return post.Message != message, nil
	case response != nil && response.StatusCode == http.StatusNotFound:
		return true, nil
	}
	return false, errors.Wrap(err, "cannot read the post")
}

// Read a post's message and its file.
func (s *Session) Read(ctx context.Context, id string) (message, file string, err error) {
	post, _, err := s.client.GetPost(ctx, id, "")
	if err != nil {
		return "", "", errors.Wrap(err, "cannot read the post")
	}
	content := &strings.Builder{}
	for _, f := range post.FileIds {
		b, _, err := s.client.GetFile(ctx, f)
		if err != nil {
			return "", "", errors.Wrap(err, "cannot read the post's file")
		}
		content.Write(b)
	}
	return post.Message, content.String(), nil
}

// over is the same session over connections of its own.
func (s *Session) over(transport *http.Transport) *Session {
	c := *s.client
	c.HTTPClient = &http.Client{Transport: transport, Timeout: patience}
	return &Session{client: &c, channel: s.channel, password: s.password}
}

// socket connects to the server's events, and returns when the server greets.
func (s *Session) socket() (*model.WebSocketClient, error) {
	c, err := model.NewWebSocketClient4("ws"+strings.TrimPrefix(s.client.URL, "http"), s.client.AuthToken)
	if err != nil {
		return nil, errors.Wrap(err, "cannot connect the websocket")
	}
	c.Listen()
	limit := time.After(patience)
	for {
		select {
		case e, open := <-c.EventChannel:
			switch {
			case !open:
				return nil, errors.New("cannot use the websocket: the server closed it before it greeted")
			case e.EventType() == model.WebsocketEventHello:
				return c, nil
			}
		case <-limit:
			hangUp(c)
			return nil, errors.New("cannot use the websocket: the server does not greet")
		}
	}
}

// hangUp closes a connection, and returns when nothing listens to it any more. The
// client's own Close panics when it meets a ping.
func hangUp(c *model.WebSocketClient) {
	_ = c.Conn.Close()
	for range c.EventChannel {
	}
}
