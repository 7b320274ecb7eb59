// Package discretion proves that nobody said a secret: it learns the secrets of a cluster
// while tests run, keeps the logs of containers that go meanwhile, and looks for the ones
// in the others.
package discretion

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// shortestSecret is how long in bytes a value has to be at least to be looked for. What is
// shorter is said by chance.
const shortestSecret = 8

// A Find is a secret that was said. It does not repeat it.
type Find struct {
	// Secret is what the secret is called.
	Secret string
	// Form that it was said in, such as base64.
	Form string
	// Offset in bytes in what was searched.
	Offset int
}

func (f Find) String() string {
	return fmt.Sprintf("%s is said as %s at byte %d", f.Secret, f.Form, f.Offset)
}

// Secrets to look for. The zero value has none.
type Secrets struct {
	// names of the secrets by their value.
	names map[string]string
	// forms of all of them, by how these begin.
	forms map[uint64][]form
}

type form struct {
	text   []byte
	secret string
	name   string
}

// Add a secret. What is in it that is a secret by itself is added as well: the password
// and the last part of a URL, and the lines of a text.
func (s *Secrets) Add(name, value string) {
	value = strings.TrimSpace(value)
	if s.names == nil {
		s.names, s.forms = map[string]string{}, map[uint64][]form{}
	}
	if _, known := s.names[value]; known || len(value) < shortestSecret {
		return
	}
	s.names[value] = name
	for form, text := range forms(value) {
		s.put(name, form, text)
	}
	for part, text := range parts(value) {
		s.Add(name+", "+part, text)
	}
}

func (s *Secrets) put(name, as, text string) {
	if len(text) < shortestSecret {
		return
	}
	begin := binary.LittleEndian.Uint64([]byte(text))
	s.forms[begin] = append(s.forms[begin], form{text: []byte(text), secret: name, name: as})
}

// Len is how many secrets there are.
func (s *Secrets) Len() int { return len(s.names) }

// In are the secrets that are said in a text, each where it is said first in a form.
func (s *Secrets) In(text []byte) []Find {
	var out []Find
	for i := range max(0, len(text)-shortestSecret+1) {
		for _, f := range s.forms[binary.LittleEndian.Uint64(text[i:])] {
			known := func(o Find) bool { return o.Secret == f.secret && o.Form == f.name }
			if bytes.HasPrefix(text[i:], f.text) && !slices.ContainsFunc(out, known) {
				out = append(out, Find{Secret: f.secret, Form: f.name, Offset: i})
			}
		}
	}
	return out
}

// parts of a value that are secrets by themselves.
func parts(value string) map[string]string {
	out := map[string]string{}
	if u, err := url.Parse(value); err == nil && u.Scheme != "" && u.Host != "" {
		if password, set := u.User.Password(); set {
			out["password"] = password
		}
		// That of a webhook is what makes it one. That of a database is its name.
		if strings.HasPrefix(u.Scheme, "http") {
			out["last part"] = u.Path[strings.LastIndex(u.Path, "/")+1:]
		}
		return out
	}
	// MySQL's connection strings are no URLs.
	if login, _, found := strings.Cut(value, "@tcp("); found {
		_, out["password"], _ = strings.Cut(login, ":")
	}
	if lines := strings.Fields(value); strings.Contains(value, "\n") {
		for i, line := range lines {
			if !strings.HasPrefix(line, "-----") && !strings.HasSuffix(line, "-----") {
				out["line "+strconv.Itoa(i)] = line
			}
		}
	}
	return out
}

// forms that programs say a value in, by name.
func forms(value string) map[string]string {
	quoted := strconv.Quote(value)
	out := map[string]string{
		"it is":           value,
		"a quoted text":   quoted[1 : len(quoted)-1],
		"a URL's query":   url.QueryEscape(value),
		"a URL's path":    url.PathEscape(value),
		"a URL's user":    strings.TrimPrefix(url.UserPassword("", value).String(), ":"),
		"hexadecimal":     hex.EncodeToString([]byte(value)),
		"a list of bytes": strings.Trim(fmt.Sprintf("%d", []byte(value)), "[]"),
	}
	if b, err := json.Marshal(value); err == nil {
		out["JSON"] = string(b[1 : len(b)-1])
	}
	for shift := range 3 {
		out["base64, "+strconv.Itoa(shift)] = encoded(base64.RawStdEncoding, value, shift)
		out["base64 for URLs, "+strconv.Itoa(shift)] = encoded(base64.RawURLEncoding, value, shift)
	}
	for name, text := range out {
		if name != "it is" && text == value {
			delete(out, name)
		}
	}
	return out
}

// encoded value, as it is encoded when a number of bytes come before it and any after it.
// The characters that those have a part in are left out.
func encoded(e *base64.Encoding, value string, before int) string {
	const bits, character = 8, 6
	all := e.EncodeToString(append(make([]byte, before), value...))
	first := (before*bits + character - 1) / character
	last := (before + len(value)) * bits / character
	return all[min(first, last):last]
}
