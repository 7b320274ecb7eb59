package database

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
)

// leading are options of a PostgreSQL data source that lead to another database or schema, sorted.
//
//nolint:gochecknoglobals // A table.
var leading = []string{"dbname", "host", "hostaddr", "options", "port", "search_path"}

// place of a database: its host with port, its name, and options that lead elsewhere, by a URL of
// PostgreSQL or MySQL or by a data source of their drivers. It has no credentials. It is nil for a data
// source that cannot be read: nothing that may be a password becomes part of it.
func place(source string) []string {
	scheme, rest, found := strings.Cut(source, "://")
	switch {
	case source == "":
		return nil
	case found && scheme == schemeMySQL && strings.Contains(rest, "("):
		return placeMySQL(rest)
	case found:
		return placeURL(source)
	case strings.Contains(source, "host="):
		return placeKeywords(source)
	}
	return placeMySQL(source)
}

func placeURL(source string) []string {
	u, err := url.Parse(source)
	if err != nil {
		return nil
	}
	parts := []string{strings.ToLower(u.Host), strings.TrimPrefix(u.Path, "/")}
	if u.Host != "" && u.Scheme != schemeMySQL {
		parts[0] = withPort(parts[0], "5432")
	}
	query := u.Query()
	for _, option := range leading {
		for _, value := range query[option] {
			parts = append(parts, option+"="+value)
		}
	}
	if u.Host == "" && query.Get("host") == "" && query.Get("hostaddr") == "" {
		return nil
	}
	return parts
}

// placeKeywords reads words such as host=db1. Values with spaces are not read.
func placeKeywords(source string) []string {
	if strings.ContainsAny(source, `'\`) {
		return nil
	}
	var parts []string
	for word := range strings.FieldsSeq(source) {
		if option, _, _ := strings.Cut(word, "="); slices.Contains(leading, option) {
			parts = append(parts, word)
		}
	}
	slices.Sort(parts)
	return parts
}

func placeMySQL(source string) []string {
	c, err := mysql.ParseDSN(source)
	if err != nil {
		return nil
	}
	return []string{strings.ToLower(c.Net + "(" + c.Addr + ")"), c.DBName}
}

// withPort returns a host with its port, or with the default one.
func withPort(host, port string) string {
	if _, _, err := net.SplitHostPort(host); err == nil {
		return host
	}
	return host + ":" + port
}
