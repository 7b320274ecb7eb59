package dbtool_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/location"
	"github.com/crossplane-mattermost/crossplane-mattermost/test/local"
)

const userPassword = "Pa55word-of-users"

var installMattermost = sync.OnceValues(func() (string, error) { return makeMattermost(context.Background()) })

// makeMattermost in the last version that runs on MySQL here, compiled if it is
// missing.
func makeMattermost(ctx context.Context) (string, error) {
	store, err := artifact.Open("")
	if err != nil {
		return "", err
	}
	repository, err := location.Repository()
	if err != nil {
		return "", err
	}
	builds, err := artifact.FindBuilds(repository)
	if err != nil {
		return "", err
	}
	tools := artifact.Toolchain{Store: store, Builds: builds, Step: func(name string, run func(context.Context) error) error {
		fmt.Fprintln(os.Stderr, name)
		return run(ctx)
	}}
	build := artifact.Mattermost(artifact.Mattermost9)
	binaries, err := tools.Build(ctx, build)
	if err != nil {
		return "", err
	}
	module, err := tools.ModuleDir(ctx, build)
	if err != nil {
		return "", err
	}
	home := filepath.Join(here.Dir, "mattermost")
	for _, dir := range []string{"bin", "config", "data", "logs", "plugins", "client/plugins"} {
		if err := os.MkdirAll(filepath.Join(home, dir), 0o700); err != nil {
			return "", err
		}
	}
	for _, dir := range []string{"i18n", "templates", "fonts"} {
		if err := os.Symlink(filepath.Join(module, dir), filepath.Join(home, dir)); err != nil {
			return "", err
		}
	}
	return home, os.Symlink(binaries["mattermost"], filepath.Join(home, "bin", "mattermost"))
}

// program of the server, with a database.
func program(t *testing.T, url string, args ...string) *exec.Cmd {
	t.Helper()
	home, err := installMattermost()
	if err != nil {
		t.Fatal(err)
	}
	driver, source := "postgres", url
	if dsn, ok := strings.CutPrefix(url, "mysql://"); ok {
		driver, source = "mysql", dsn
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(home, "bin", "mattermost"), args...) //nolint:gosec // A program of this test's own.
	cmd.Dir = home
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Env = append(os.Environ(), "MM_CONFIG="+url, "MM_SQLSETTINGS_DRIVERNAME="+driver, "MM_SQLSETTINGS_DATASOURCE="+source,
		"MM_PLUGINSETTINGS_ENABLE=false", "MM_TEAMSETTINGS_ENABLEOPENSERVER=true", "MM_LOGSETTINGS_ENABLEFILE=false", "MM_SERVICESETTINGS_ENABLELOCALMODE=false",
		"MM_SERVICESETTINGS_ENABLESECURITYFIXALERT=false", "MM_LOGSETTINGS_ENABLEDIAGNOSTICS=false")
	return cmd
}

// migrate an empty database to what the server wants.
func migrate(t *testing.T, url string) {
	t.Helper()
	if out, err := program(t, url, "db", "migrate").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// serve a database until stop is called, or the test ends.
func serve(t *testing.T, url string) (client *model.Client4, stop func()) {
	t.Helper()
	port, err := local.FreePort(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cmd, said := program(t, url), &bytes.Buffer{}
	cmd.Env = append(cmd.Env, "MM_SERVICESETTINGS_LISTENADDRESS=127.0.0.1:"+port, "MM_SERVICESETTINGS_SITEURL=http://127.0.0.1:"+port)
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	t.Cleanup(stop)
	client = model.NewAPIv4Client("http://127.0.0.1:" + port)
	if err := local.Await(t.Context(), func() error {
		_, _, err := client.GetPing(t.Context())
		return err
	}); err != nil {
		stop()
		t.Fatalf("the server does not answer: %v\n%s", err, said)
	}
	return client, stop
}

// login as a user that populate made.
func login(t *testing.T, client *model.Client4, n int) *model.User {
	t.Helper()
	user, _, err := client.Login(t.Context(), fmt.Sprintf("user%d", n), userPassword)
	if err != nil {
		t.Fatal(err)
	}
	return user
}

// awkwardTexts are hard to quote, for somebody.
var awkwardTexts = []string{
	"plain", `back\slash \N \. \0 \Z`, "tab\tand\nline\r\n", "it's; -- no comment /*! nor this */", `"double" ''single''`,
	"𝔘nicode 日本語 🎉", `{"json": "\u00e9", "a": "\\u0000"}`, "$$dollar$$ %s 100%", "),('a','b'),(NULL", strings.Repeat("long ☃ ", 2000),
}

// populate a server: the first of three users makes it all.
func populate(t *testing.T, client *model.Client4) {
	t.Helper()
	ctx := t.Context()
	var users []*model.User
	for i := range 3 {
		user, _, err := client.CreateUser(ctx, &model.User{
			Username: fmt.Sprintf("user%d", i), Email: fmt.Sprintf("user%d@example.com", i), Password: userPassword,
			FirstName: "Zoë", LastName: `O'Neil\`, Nickname: "🦊", Position: "a\tb",
		})
		fatal(t, err)
		users = append(users, user)
	}
	login(t, client, 0)
	for i := range 2 {
		team, _, err := client.CreateTeam(ctx, &model.Team{Name: fmt.Sprintf("team-%d", i), DisplayName: `Team "Öne" \ 団`, Type: []string{model.TeamOpen, model.TeamInvite}[i]})
		fatal(t, err)
		for _, u := range users[1:] {
			_, _, err := client.AddTeamMember(ctx, team.Id, u.Id)
			fatal(t, err)
		}
		for c, kind := range []model.ChannelType{model.ChannelTypeOpen, model.ChannelTypePrivate} {
			channel, _, err := client.CreateChannel(ctx, &model.Channel{TeamId: team.Id, Name: fmt.Sprintf("channel-%d", c), DisplayName: "Chännel", Header: "it's", Type: kind})
			fatal(t, err)
			_, _, err = client.AddChannelMember(ctx, channel.Id, users[1].Id)
			fatal(t, err)
			speak(t, client, channel, users[0])
		}
	}
	_, _, err := client.CreateDirectChannel(ctx, users[0].Id, users[1].Id)
	fatal(t, err)
	_, _, err = client.CreateGroupChannel(ctx, []string{users[0].Id, users[1].Id, users[2].Id})
	fatal(t, err)
	_, err = client.UpdatePreferences(ctx, users[0].Id, model.Preferences{
		{UserId: users[0].Id, Category: "theme", Name: "", Value: `{"sidebarBg":"#123456","note":"it's 5 o'clock"}`},
	})
	fatal(t, err)
}

// speak in a channel: posts, answers, reactions and files.
func speak(t *testing.T, client *model.Client4, channel *model.Channel, me *model.User) {
	t.Helper()
	ctx := t.Context()
	file, _, err := client.UploadFile(ctx, []byte("content\x00\xff of "+channel.Id), channel.Id, `na"me'.txt`)
	fatal(t, err)
	for i, text := range awkwardTexts {
		post := &model.Post{ChannelId: channel.Id, Message: text}
		post.SetProps(model.StringInterface{"key": text, "n": i, "null": "a\x00b", "list": []any{true, nil, 1.5}})
		if i == 0 {
			post.FileIds = []string{file.FileInfos[0].Id}
		}
		post, _, err := client.CreatePost(ctx, post)
		fatal(t, err)
		_, _, err = client.SaveReaction(ctx, &model.Reaction{UserId: me.Id, PostId: post.Id, EmojiName: "smile"})
		fatal(t, err)
		_, _, err = client.CreatePost(ctx, &model.Post{ChannelId: channel.Id, RootId: post.Id, Message: "answer"})
		fatal(t, err)
	}
}

// told by the API of a server, to the first user. Characters that PostgreSQL
// does not store are left out.
func told(t *testing.T, client *model.Client4) map[string]any {
	t.Helper()
	ctx, me := t.Context(), login(t, client, 0)
	out := map[string]any{}
	users, _, err := client.GetUsers(ctx, 0, 200, "")
	fatal(t, err)
	for _, u := range users {
		// To log in changes both.
		u.LastActivityAt, u.UpdateAt = 0, 0
		// The server makes its own bot when it next has reminders to look for.
		if u.Username != model.BotSystemBotUsername {
			out["user "+u.Id] = *u
		}
	}
	teams, _, err := client.GetAllTeams(ctx, "", 0, 200)
	fatal(t, err)
	for _, team := range teams {
		out["team "+team.Id] = *team
		members, _, err := client.GetTeamMembers(ctx, team.Id, 0, 200, "")
		fatal(t, err)
		for _, m := range members {
			out["member "+m.TeamId+" "+m.UserId] = *m
		}
		channels, _, err := client.GetChannelsForTeamForUser(ctx, team.Id, me.Id, false, "")
		fatal(t, err)
		for _, c := range channels {
			out["channel "+c.Id] = *c
			heard(t, client, c, out)
		}
		threads, _, err := client.GetUserThreads(ctx, me.Id, team.Id, model.GetUserThreadsOpts{})
		fatal(t, err)
		out["threads "+team.Id] = threads.Total
		categories, _, err := client.GetSidebarCategoriesForTeamForUser(ctx, me.Id, team.Id, "")
		fatal(t, err)
		out["sidebar "+team.Id] = *categories
	}
	preferences, _, err := client.GetPreferences(ctx, me.Id)
	fatal(t, err)
	for _, p := range preferences {
		out["preference "+p.Category+" "+p.Name] = p.Value
	}
	return out
}

// heard in a channel.
func heard(t *testing.T, client *model.Client4, channel *model.Channel, out map[string]any) {
	t.Helper()
	list, _, err := client.GetPostsForChannel(t.Context(), channel.Id, 0, 200, "", false, false)
	fatal(t, err)
	for _, p := range list.Posts {
		reactions, _, err := client.GetReactions(t.Context(), p.Id)
		fatal(t, err)
		var emojis []string
		for _, r := range reactions {
			emojis = append(emojis, fmt.Sprint(r.UserId, r.EmojiName, r.CreateAt))
		}
		slices.Sort(emojis)
		var files []string
		for _, id := range p.FileIds {
			data, _, err := client.GetFile(t.Context(), id)
			fatal(t, err)
			files = append(files, string(data))
		}
		props := fmt.Sprintf("%q", p.GetProps())
		out["post "+p.Id] = []any{p.ChannelId, p.UserId, p.RootId, p.Message, p.Type, p.CreateAt, p.UpdateAt, p.ReplyCount, strings.ReplaceAll(props, `\x00`, ""), emojis, files}
	}
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
