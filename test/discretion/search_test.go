package discretion

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Secrets that are hard and easy to find.
const (
	hard = `Aa1!p&ss/w"rd+z`
	easy = "s3cretpassw0rd"
)

func TestWhatIsSaidIsFound(t *testing.T) {
	basic := base64.StdEncoding.EncodeToString([]byte("admin:" + hard))
	asJSON, err := json.Marshal(map[string]any{"data": map[string][]byte{"password": []byte(hard)}, "text": hard})
	if err != nil {
		t.Fatal(err)
	}

	cases := map[string]struct {
		reason string
		value  string
		said   string
		want   bool
	}{
		"AsItIs":       {reason: "the value itself", value: hard, said: "password is " + hard, want: true},
		"Quoted":       {reason: "as %q has it", value: hard, said: fmt.Sprintf("%q", hard), want: true},
		"Bytes":        {reason: "as %v has bytes", value: hard, said: fmt.Sprint(map[string][]byte{"a": []byte(hard)}), want: true},
		"Hexadecimal":  {reason: "as %x has it", value: hard, said: fmt.Sprintf("%x", hard), want: true},
		"Query":        {reason: "in a URL's query", value: hard, said: "https://x.example.org/?p=" + url.QueryEscape(hard), want: true},
		"Path":         {reason: "in a URL's path", value: hard, said: "https://x.example.org/" + url.PathEscape(hard) + "/a", want: true},
		"Userinfo":     {reason: "in a URL's user", value: "p-ssw*rd:long", said: (&url.URL{Scheme: "https", User: url.UserPassword("a", "p-ssw*rd:long"), Host: "x"}).String(), want: true},
		"Base64":       {reason: "as a Secret's data", value: hard, said: string(asJSON), want: true},
		"Basic":        {reason: "as the second half of a header", value: hard, said: "Authorization: Basic " + basic, want: true},
		"Base64Middle": {reason: "between anything", value: hard, said: base64.StdEncoding.EncodeToString([]byte("12345" + hard + "678")), want: true},
		"Base64URL":    {reason: "in the alphabet for URLs", value: "~~~???>>>~~~", said: base64.URLEncoding.EncodeToString([]byte("ab~~~???>>>~~~c")), want: true},
		"AtTheEnd":     {reason: "the last bytes of a log", value: "12345678", said: "12345678", want: true},
		"PasswordOfURL": {
			reason: "the password of a connection string", value: "postgres://user:" + easy + "@db:5432/mattermost?sslmode=disable",
			said: "cannot log in with " + easy, want: true,
		},
		"PasswordOfDSN": {reason: "the password of one of MySQL's", value: "user:" + easy + "@tcp(db:3306)/mattermost", said: easy, want: true},
		"Webhook": {
			reason: "the part of a webhook's URL that is secret", value: "http://chat:8065/hooks/xen3mcqfmbd8bpzzmryzuypqcr",
			said: "GET /api/v4/hooks/incoming/xen3mcqfmbd8bpzzmryzuypqcr", want: true,
		},
		"Line": {
			reason: "a line of a key", value: "-----BEGIN KEY-----\nMC4CAQAwBQYDK2VwBCIEIABC\nDEFGHIJKLMNOP\n-----END KEY-----\n",
			said: "MC4CAQAwBQYDK2VwBCIEIABC", want: true,
		},

		"Nothing":     {reason: "nothing", value: hard, said: "all is well"},
		"Beginning":   {reason: "the beginning of a secret is none", value: hard, said: hard[:len(hard)-1]},
		"Short":       {reason: "what is short is said by chance", value: "true", said: "true true true"},
		"Host":        {reason: "the rest of a connection string is no secret", value: "postgres://user:" + easy + "@database:5432/mattermost", said: "database:5432/mattermost"},
		"KeysBegin":   {reason: "all keys begin so", value: "-----BEGIN KEY-----\nMC4CAQAwBQYDK2VwBCIEIABC\n-----END KEY-----", said: "-----BEGIN KEY-----"},
		"NoURL":       {reason: "a part of what is no URL", value: "nothing/like-a-url", said: "like-a-url"},
		"EmptySearch": {reason: "an empty log", value: hard, said: ""},
	}

	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			s := &Secrets{}
			s.Add("it", tc.value)

			found := s.In([]byte(tc.said))
			if got := len(found) > 0; got != tc.want {
				t.Errorf("%s: found: %t, want %t", tc.reason, got, tc.want)
			}

			for _, f := range found {
				if strings.Contains(f.String(), tc.value) {
					t.Errorf("what is told of a find repeats it: %s", f)
				}
			}
		})
	}
}

// TestEncodedAnywhere has a secret encoded after and before any number of bytes.
func TestEncodedAnywhere(t *testing.T) {
	for length := 2 * shortestSecret; length < 40; length++ {
		secret := strings.Repeat("Xy7/+", 8)[:length]
		s := &Secrets{}
		s.Add("it", secret)

		for before := range 7 {
			for after := range 4 {
				said := base64.StdEncoding.EncodeToString([]byte("abcdefg"[:before] + secret + "hijk"[:after]))
				if len(s.In([]byte("{"+said+"}"))) == 0 {
					t.Errorf("%d bytes after %d and before %d others are not found in base64", length, before, after)
				}
			}
		}
	}
}

func TestEachIsToldOnce(t *testing.T) {
	s := &Secrets{}
	s.Add("one", "secret-number-one")
	s.Add("one again", "secret-number-one")
	s.Add("two", "secret-number-two")

	got := s.In([]byte("secret-number-one secret-number-two secret-number-one"))
	want := []Find{{Secret: "one", Form: "it is", Offset: 0}, {Secret: "two", Form: "it is", Offset: 18}}

	if diff := cmp.Diff(want, got); diff != "" || s.Len() != 2 {
		t.Errorf("of %d secrets: -want, +got:\n%s", s.Len(), diff)
	}
}
