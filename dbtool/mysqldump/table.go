package mysqldump

import (
	"bytes"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// Columns of the table that a CreateTable makes, in the order of its rows.
func (s Statement) Columns() ([]string, error) {
	open := bytes.IndexByte(s.Text, '(')
	if open < 0 || len(s.Text) > maxDefinition {
		return nil, malformed(s.Table)
	}
	var columns []string
	for _, part := range split(s.Text[open+1:]) {
		if len(part) == 0 || part[0] != '`' {
			// A key, or a constraint.
			continue
		}
		name, _, err := quotedName(part)
		if err != nil {
			return nil, malformed(s.Table)
		}
		columns = append(columns, name)
	}
	if len(columns) == 0 {
		return nil, malformed(s.Table)
	}
	return columns, nil
}

// split at commas that are in neither quotes nor parentheses, up to the parenthesis that
// closes what was opened before.
func split(text []byte) [][]byte {
	var parts [][]byte
	depth, start := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\'', '"', '`':
			i = closing(text, i)
		case '(':
			depth++
		case ')':
			if depth == 0 {
				return append(parts, bytes.TrimSpace(text[start:i]))
			}
			depth--
		case ',':
			if depth == 0 {
				parts = append(parts, bytes.TrimSpace(text[start:i]))
				start = i + 1
			}
		}
	}
	return parts
}

// closing is where the quote ends that begins at i.
func closing(text []byte, i int) int {
	quote := text[i]
	for i++; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote != '`':
			i++
		case text[i] == quote:
			if i+1 < len(text) && text[i+1] == quote {
				i++
				continue
			}
			return i
		}
	}
	return i
}

// quotedName at the beginning of text, and its length with quotes.
func quotedName(text []byte) (string, int, error) {
	end := closing(text, 0)
	if end >= len(text) {
		return "", 0, failure.New(job.ReasonCorrupt, "a name that no quote ends")
	}
	return identifier(text[1:end], nil), end + 1, nil
}

func malformed(table string) error {
	return failure.Errorf(job.ReasonCorrupt, "the dump has a statement about table %s that cannot be read", shown(table))
}
