package postgres

import (
	"bufio"
	"strconv"
	"strings"
)

// copied is a COPY whose rows follow. The command that loads them is built from names
// alone.
func copied(p place, c *cursor) statement {
	n, ok := c.name()
	var columns []string
	if ok && c.peek().sign("(") {
		columns, ok = c.identifiers()
	}
	ok = ok && c.words("from stdin") && c.end()
	s, home := p.atHome(n, ok)
	if !home {
		return s
	}
	s.verdict, s.sql = load, "COPY "+s.about.sql()
	for i, column := range columns {
		s.sql += map[bool]string{true: " (", false: ", "}[i == 0] + quote(column)
	}
	if len(columns) > 0 {
		s.sql += ")"
	}
	s.sql += " FROM STDIN"
	return s
}

// inserted is an INSERT of constant rows.
func inserted(p place, c *cursor) statement {
	n, ok := c.name()
	s, home := p.atHome(n, ok)
	if !home {
		return s
	}
	begin := c.at
	if c.peek().sign("(") {
		if _, ok := c.identifiers(); !ok {
			s.why = otherForm
			return s
		}
	}
	c.oneOf("overriding system value", "overriding user value")
	if !c.words("default values") {
		if !c.words("values") || !c.list(&s, n.local == migrations) {
			s.why = "has values that are not constants"
			return s
		}
		c.words("on conflict do nothing")
	}
	if !c.end() {
		s.why = otherForm
		return s
	}
	if s.why = p.strangers(c.tokens[begin:]); s.why != "" {
		return s
	}
	s.verdict, s.inserts = run, true
	s.sql = "INSERT INTO " + s.about.sql() + " " + render(c.tokens[begin:])
	return s
}

// list reads the rows of an INSERT. For table db_migrations it also reads the first value
// of each row.
func (c *cursor) list(s *statement, migrations bool) bool {
	for {
		if !c.sign("(") {
			return false
		}
		if t := c.peek(); migrations && t.kind == number {
			if v, err := strconv.ParseInt(t.text, 10, 64); err == nil {
				s.migration = max(s.migration, v)
			}
		}
		for {
			if !c.value() {
				return false
			}
			if c.sign(")") {
				break
			}
			if !c.sign(",") {
				return false
			}
		}
		if !c.sign(",") {
			return true
		}
	}
}

// value reads a constant.
func (c *cursor) value() bool {
	if c.sign("-") || c.sign("+") {
		return c.constant(number)
	}
	if _, ok := c.oneOf("null", "true", "false", "default"); ok {
		return true
	}
	if !c.constant(text) && !c.constant(number) && !c.constant(bits) {
		return false
	}
	return !c.sign("::") || c.returned()
}

// selected is a SELECT of pg_dump, which sets a sequence or the search path.
func selected(p place, c *cursor) statement {
	if c.sign("*") && c.words("from pg_catalog") && c.sign(".") {
		if called, _ := c.identifier(); called == "pg_restore_relation_stats" || called == "pg_restore_attribute_stats" || called == "pg_restore_extended_stats" {
			return statement{verdict: skip, what: "statistics"}
		}
		return refused("")
	}
	if c.words("pg_catalog") && !c.sign(".") {
		return refused("")
	}
	called, _ := c.oneOf("setval", "set_config")
	if called == "" || !c.sign("(") {
		return refused("")
	}
	if called == "setval" {
		return sequence(p, c)
	}
	return configured(c)
}

// sequence sets the next value of a sequence.
func sequence(p place, c *cursor) statement {
	of := c.peek().text
	if !c.constant(text) {
		return refused(otherForm)
	}
	if c.sign("::") {
		c.at += map[bool]int{true: 2}[c.peek().is("pg_catalog")]
		if !c.words("regclass") {
			return refused(otherForm)
		}
	}
	arguments := c.at
	ok := c.sign(",")
	c.sign("-")
	ok = ok && c.constant(number)
	if c.sign(",") {
		_, known := c.oneOf("true", "false")
		ok = ok && known
	}
	end := c.at
	ok = ok && c.sign(")") && c.end()
	n, named := parseName(of)
	s, home := p.atHome(n, ok && named)
	if home {
		s.verdict = run
		s.sql = "SELECT pg_catalog.setval(" + render([]token{{text, s.about.sql()}}) + " " + render(c.tokens[arguments:end]) + ")"
	}
	return s
}

// parseName parses a name in a text.
func parseName(in string) (name, bool) {
	// A dump may have many of them, so that each gets a small buffer.
	tokens, _, err := (&splitter{in: bufio.NewReader(strings.NewReader(in + ";")), comment: func(string) {}, utf8: true}).next()
	c := &cursor{tokens: tokens}
	n, ok := c.name()
	return n, err == nil && ok && c.end()
}

// configured sets the search path with set_config.
func configured(c *cursor) statement {
	setting := c.peek().text
	ok := c.constant(text) && c.sign(",")
	value := c.peek()
	ok = ok && c.constant(text) && c.sign(",")
	_, local := c.oneOf("true", "false")
	if !ok || !local || !c.sign(")") || !c.end() || setting != "search_path" {
		return refused(otherForm)
	}
	return searched(&cursor{tokens: []token{value}})
}

// noPath is the search path of the server while that of the dump is another schema than the
// one that is restored. Names without a schema in expressions and views are not judged by
// schema: with such a path they would mean somebody else's tables and functions.
const noPath = "SET LOCAL search_path = ''"

// searched sets the search path. The search path of a dump has at most one schema.
func searched(c *cursor) statement {
	all, ok := c.path()
	if !ok || !c.end() {
		return refused(otherForm)
	}
	path := ""
	for _, schema := range all {
		if schema != "" && schema != "pg_catalog" && schema != "$user" && path == "" {
			path = schema
		}
	}
	if isCatalog(path) {
		return refused("sets the search path to the server's catalog")
	}
	sql := noPath
	if path != "" {
		sql = "SET LOCAL search_path = " + quote(path)
	}
	return statement{verdict: understood, path: &path, sql: sql}
}

//nolint:gochecknoglobals // Constant sets.
var (
	// obeyed settings have no effect on data, or are set by this program.
	obeyed = set(`
		statement_timeout lock_timeout idle_in_transaction_session_timeout transaction_timeout check_function_bodies client_min_messages row_security
		default_tablespace default_table_access_method default_with_oids escape_string_warning xmloption bytea_output
		extra_float_digits synchronize_seqscans quote_all_identifiers default_toast_compression`)
	// encodings in which every byte below 128 is an ASCII character, so that a backslash or
	// a quote cannot be part of another character.
	encodings = set(`
		utf8 unicode sql_ascii latin1 latin2 latin3 latin4 latin5 latin6 latin7 latin8 latin9 latin10 iso_8859_5 iso_8859_6 iso_8859_7 iso_8859_8
		koi8r koi8u win866 win874 win1250 win1251 win1252 win1253 win1254 win1255 win1256 win1257 win1258 euc_cn euc_jp euc_kr euc_tw`)
)

// settings that pg_dump writes.
func settings(_ place, c *cursor) statement {
	c.words("session")
	setting, ok := c.identifier()
	if !ok || !c.sign("=") && !c.words("to") {
		return refused("")
	}
	if setting == "search_path" {
		return searched(c)
	}
	value := lower(c.peek().text)
	if c.end() || c.at+1 != len(c.tokens) {
		return refused(otherForm)
	}
	switch {
	case obeyed[setting]:
		return statement{verdict: understood}
	case setting == "client_encoding":
		if !encodings[strings.ReplaceAll(value, "-", "")] {
			return refused("sets an encoding whose bytes cannot be told from those of SQL: dump with --encoding=UTF8")
		}
		return statement{verdict: understood, encoding: strings.ReplaceAll(value, "-", "")}
	case setting == "standard_conforming_strings":
		off := value == "off" || value == "false" || value == "0"
		return statement{verdict: understood, backslashes: &off}
	}
	return refused("")
}
