package mattermost

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/mattermost/mattermost/server/public/model"
)

const secretToken = "token-that-nobody-may-see"

// maximumLoginAttempts is how many refused logins lock an account of a server with default
// settings.
const maximumLoginAttempts = 10

// server is a Mattermost server with one team, that speaks as much of the API as a
// client needs to be tested.
type server struct {
	mu sync.Mutex

	// accounts are the passwords by username, and administrator the first account.
	accounts      map[string]string
	administrator string

	// sessions that are valid. Logins counts the attempts to log in.
	sessions map[string]bool
	logins   int

	// failed logins since the last accepted one, by username. Too many of them lock the
	// account.
	failed map[string]int

	// withoutDatabase makes the server refuse every login and report the failure in its
	// health check.
	withoutDatabase bool

	// next answers requests for the team before the server does.
	next []http.HandlerFunc

	// asked counts requests for the team.
	asked int
}

func newServer(t *testing.T) (*server, string) {
	t.Helper()

	s := &server{accounts: map[string]string{}, failed: map[string]int{}, sessions: map[string]bool{secretToken: true}}
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)

	return s, h.URL
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()

	switch strings.TrimPrefix(r.URL.Path, "/api/v4") {
	case "/users/login":
		s.login(w, r)
	case "/users":
		s.signUp(w, r)
	case "/system/ping":
		_ = json.NewEncoder(w).Encode(map[string]string{"status": "OK", "database_status": map[bool]string{true: "UNHEALTHY", false: "OK"}[s.withoutDatabase]})
	case "/config/client":
		_ = json.NewEncoder(w).Encode(map[string]string{"NoAccounts": fmt.Sprint(len(s.accounts) == 0)})
	default:
		s.team(w, r)
	}
}

func (s *server) login(w http.ResponseWriter, r *http.Request) {
	s.logins++

	var said map[string]string

	_ = json.NewDecoder(r.Body).Decode(&said)

	user := said["login_id"]

	password, known := s.accounts[user]
	if known && !s.withoutDatabase && s.failed[user] >= maximumLoginAttempts {
		refuse(w, http.StatusUnauthorized, "api.user.check_user_login_attempts.too_many.app_error", "Your account is locked because of too many failed password attempts.")
		return
	}

	if !known || password != said["password"] || s.withoutDatabase {
		if !s.withoutDatabase {
			s.failed[user]++
		}

		refuse(w, http.StatusUnauthorized, "api.user.login.invalid_credentials_email_username", "Enter a valid email or username and/or password.")
		return
	}

	s.failed[user] = 0
	token := fmt.Sprintf("session-%d", s.logins)
	s.sessions[token] = true
	w.Header().Set(model.HeaderToken, token)
	_ = json.NewEncoder(w).Encode(s.user(user)) //nolint:gosec // It has no password.
}

func (s *server) signUp(w http.ResponseWriter, r *http.Request) {
	user := &model.User{}

	_ = json.NewDecoder(r.Body).Decode(user)

	if _, taken := s.accounts[user.Username]; taken {
		refuse(w, http.StatusBadRequest, "app.user.save.username_exists.app_error", "An account with that username already exists.")
		return
	}

	if len(s.accounts) == 0 {
		s.administrator = user.Username
	}

	s.accounts[user.Username] = user.Password

	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(s.user(user.Username)) //nolint:gosec // It has no password.
}

func (s *server) user(name string) *model.User {
	roles := model.SystemUserRoleId
	if name == s.administrator {
		roles += " " + model.SystemAdminRoleId
	}

	return &model.User{Id: model.NewId(), Username: name, Roles: roles}
}

func (s *server) team(w http.ResponseWriter, r *http.Request) {
	s.asked++

	if len(s.next) > 0 {
		s.next[0](w, r)
		s.next = s.next[1:]

		return
	}

	token := strings.TrimPrefix(r.Header.Get(model.HeaderAuth), model.HeaderBearer+" ")
	if !s.sessions[token] {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = fmt.Fprintf(w, `{"id":%q,"message":"Invalid or expired session.","detailed_error":"token=%s","request_id":"r%d","status_code":401}`, sessionExpired, token, s.asked) //nolint:gosec // No browser reads it.

		return
	}

	body, _ := io.ReadAll(r.Body)
	_ = json.NewEncoder(w).Encode(model.Team{Id: "team", Description: string(body)})
}

func refuse(w http.ResponseWriter, status int, id, message string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(model.AppError{Id: id, Message: message, StatusCode: status})
}

// fast is an endpoint whose rate does not slow a test down.
func fast(url string, c Credentials) Endpoint {
	return Endpoint{URL: url, Credentials: c, RequestsPerSecond: 1000, Burst: 1000}
}

// connect returns a client of e.
func connect(t *testing.T, e Endpoint) *model.Client4 {
	t.Helper()

	c, err := NewClient(e, NewRequests())
	if err != nil {
		t.Fatal(err)
	}

	return c
}
