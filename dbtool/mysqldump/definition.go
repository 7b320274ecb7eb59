package mysqldump

import (
	"regexp"
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// definition parses the definition of a table, or the keys and constraints that are added to
// one. A dump is data, not a program: only the forms that mysqldump writes for Mattermost's
// tables are accepted. The server gets SQL that is written from the parsed tokens, never the
// dump's text.
type definition struct {
	tokens  []token
	at      int
	out     strings.Builder
	columns []string
	// engine says whether the table names its engine.
	engine bool
	// about is the part of the definition that is being parsed, for errors.
	about string
	why   string
}

// define returns the SQL of a CreateTable and its columns.
func (s Statement) define() (sql string, columns []string, err error) {
	d := &definition{about: "its head"}
	if !d.read(s, "create table") || !d.items() || !d.options() {
		return "", nil, d.refused(s.Table)
	}
	if !d.engine {
		d.out.WriteString(" ENGINE = InnoDB")
	}
	return d.out.String(), d.columns, nil
}

// complete returns the SQL of an AlterTable, which adds keys and constraints.
func (s Statement) complete() (string, error) {
	d := &definition{about: "its head"}
	ok := d.read(s, "alter table")
	for ok {
		d.about = "what is added"
		ok = d.words("add") && d.key()
		if d.end() {
			break
		}
		ok = ok && d.sign(",")
	}
	if !ok {
		return "", d.refused(s.Table)
	}
	return d.out.String(), nil
}

// maxDefinition and maxColumns are more than any table of a server has.
const (
	maxDefinition = 1 << 20
	maxColumns    = 4096
)

// read the head of a statement.
func (d *definition) read(s Statement, begin string) bool {
	if len(s.Text) > maxDefinition {
		d.why = "is longer than any of a server"
		return false
	}
	ok := false
	if d.tokens, ok = tokens(body(s.Text)); !ok {
		d.why = "has what no definition of a table has"
		return false
	}
	if !d.words(begin) {
		return false
	}
	d.skip("if not exists")
	if !nameable.MatchString(s.Table) || d.end() || d.peek().text != s.Table {
		return false
	}
	return d.name()
}

// refused returns the error for a definition that was not accepted. It contains only plain
// names of the dump.
func (d *definition) refused(table string) error {
	why := d.why
	if why == "" {
		why = "is not of the form that mysqldump writes for Mattermost's tables"
	}
	return failure.Errorf(job.ReasonInvalid, "the definition of table %s in the dump %s (%s)", shown(table), why, d.about)
}

// nameable names are allowed for tables. A server takes some other names for paths.
var nameable = regexp.MustCompile(`^[A-Za-z0-9_$][A-Za-z0-9_$-]{0,63}$`)

// showable names may appear in messages. Other names may be data.
var showable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_$]{0,63}$`)

// shown returns a name as messages may contain it.
func shown(name string) string {
	if showable.MatchString(name) {
		return `"` + name + `"`
	}
	return "(a name that is not shown)"
}

// items of a table: columns, keys and constraints.
func (d *definition) items() bool {
	if !d.sign("(") {
		return false
	}
	for {
		if d.peek().kind == quoted && !d.end() {
			d.about = "column " + shown(d.peek().text)
			if !d.addColumn(d.peek().text) || !d.name() || !d.column() {
				return false
			}
		} else if !d.key() {
			return false
		}
		if d.sign(")") {
			return len(d.columns) > 0
		}
		if !d.sign(",") {
			return false
		}
	}
}

// addColumn adds a column. Its name must be unique.
func (d *definition) addColumn(name string) bool {
	if len(d.columns) == maxColumns || slices.ContainsFunc(d.columns, func(c string) bool { return strings.EqualFold(c, name) }) {
		return false
	}
	d.columns = append(d.columns, name)
	return true
}

// formats of rows.
//
//nolint:gochecknoglobals // A constant list.
var formats = []string{"default", "dynamic", "compact", "compressed", "redundant", "fixed"}

// options of a table.
func (d *definition) options() bool {
	for d.about = "its options"; !d.end(); {
		ok := false
		switch {
		case d.words("engine"):
			d.sign("=")
			if ok = d.words("innodb"); !ok {
				d.why = "has another engine than InnoDB"
			}
			d.engine = true
		case d.oneOf("default charset", "default character set", "charset", "character set", "default collate", "collate"):
			d.sign("=")
			ok = d.kind(word)
		case d.oneOf("auto_increment", "key_block_size", "stats_persistent", "stats_auto_recalc", "stats_sample_pages"):
			d.sign("=")
			ok = d.kind(number)
		case d.words("row_format"):
			d.sign("=")
			ok = d.oneOf(formats...)
		case d.words("comment"):
			d.sign("=")
			ok = d.kind(text)
		case d.skip("encryption"), d.peek().sign(beginsComment):
			ok = d.encryption()
		}
		if !ok {
			return false
		}
	}
	return true
}

// encryption of a table depends on the server that the dump comes from. It is left out.
func (d *definition) encryption() bool {
	if d.peek().sign(beginsComment) {
		return d.conditional(func() bool { return d.skip("encryption") && d.encryption() })
	}
	if d.peek().sign("=") {
		d.at++
	}
	return d.peek().kind == text && (d.peek().text == "Y" || d.peek().text == "N") && d.pass()
}

// pass skips the next token.
func (d *definition) pass() bool {
	d.at++
	return true
}

// conditional parses what MySQL writes as a comment for old servers, and keeps it without the
// comment signs.
func (d *definition) conditional(read func() bool) bool {
	return d.peek().sign(beginsComment) && d.pass() && read() && d.peek().sign(endsComment) && d.pass()
}

// end says whether no token is left.
func (d *definition) end() bool { return d.at >= len(d.tokens) }

// peek returns the next token, or an empty one at the end.
func (d *definition) peek() token { return d.ahead(0) }

func (d *definition) ahead(by int) token {
	if d.at+by >= len(d.tokens) {
		return token{kind: symbol}
	}
	return d.tokens[d.at+by]
}

// keep writes the next token. A call has no space before its parenthesis.
func (d *definition) keep() bool {
	if d.out.Len() > 0 && !d.peek().sign("(") {
		d.out.WriteByte(' ')
	}
	d.peek().write(&d.out)
	d.at++
	return true
}

// words keeps some words if all of them come next.
func (d *definition) words(of string) bool {
	n := d.match(of)
	for range n {
		d.keep()
	}
	return n > 0
}

// skip skips words if all of them come next.
func (d *definition) skip(of string) bool {
	n := d.match(of)
	d.at += n
	return n > 0
}

// match returns the number of words if all of them come next, else 0.
func (d *definition) match(of string) int {
	n := 0
	for w := range strings.FieldsSeq(of) {
		if !d.ahead(n).is(w) {
			return 0
		}
		n++
	}
	return n
}

// oneOf keeps the first of some phrases that comes next.
func (d *definition) oneOf(phrases ...string) bool { return slices.ContainsFunc(phrases, d.words) }

// sign keeps a symbol if it comes next.
func (d *definition) sign(of string) bool { return d.peek().sign(of) && d.keep() }

// kind keeps the next token if it is of a kind.
func (d *definition) kind(of kind) bool { return !d.end() && d.peek().kind == of && d.keep() }

// name keeps the next name in quotes.
func (d *definition) name() bool {
	if t := d.peek(); d.end() || t.kind != quoted && t.kind != word || t.text == "" {
		return false
	}
	d.tokens[d.at].kind = quoted
	return d.keep() && !d.peek().sign(".")
}
