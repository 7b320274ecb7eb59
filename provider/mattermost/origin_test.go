package mattermost

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestDigestTellsLoginsApart asserts what makes logins different, and that the digest does
// not contain them.
func TestDigestTellsLoginsApart(t *testing.T) {
	digest := func(change func(e *Endpoint)) string {
		t.Helper()

		e := fast("https://chat.example.org", Credentials{Username: "admin", Password: "password"})
		e.Origin = Origin{UID: "uid"}
		change(&e)

		d, err := e.digest()
		if err != nil {
			t.Fatal(err)
		}

		return d
	}

	was := digest(func(*Endpoint) {})

	if diff := cmp.Diff(was, digest(func(e *Endpoint) { e.Burst, e.Origin.Name = 7, "renamed" })); diff != "" {
		t.Errorf("what does not matter to the server changes the digest:\n%s", diff)
	}

	for name, change := range map[string]func(e *Endpoint){
		"Configuration":      func(e *Endpoint) { e.Origin.UID = "another" },
		"Retry":              func(e *Endpoint) { e.Origin.Retry = "1" },
		"URL":                func(e *Endpoint) { e.URL = "https://other.example.org" },
		"Username":           func(e *Endpoint) { e.Credentials.Username = "other" },
		"Password":           func(e *Endpoint) { e.Credentials.Password = "other" },
		"Boundary":           func(e *Endpoint) { e.Credentials = Credentials{Username: "adminp", Password: "assword"} },
		"Authorities":        func(e *Endpoint) { e.CertificateAuthorities = "other" },
		"FirstAdministrator": func(e *Endpoint) { e.FirstAdministrator = "admin@example.org" },
	} {
		if digest(change) == was {
			t.Errorf("%s: another login has the same digest", name)
		}
	}
}
