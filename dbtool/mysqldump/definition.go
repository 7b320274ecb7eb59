package mysqldump

import (
	"regexp"
	"slices"
	"strings"

	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/failure"
	"github.com/crossplane-mattermost/crossplane-mattermost/dbtool/job"
)

// definition of a table, or of what is added to one, while it is read. A dump is data, not
// a program: what is not read as one of the shapes that mysqldump writes for Mattermost's
// tables is refused, and a server gets what was read, written anew, never the dump's text.
type definition struct {
	tokens  []token
	at      int
	out     strings.Builder
	columns []string
	// engine says whether the table names its engine.
	engine bool
	// about is where the definition is at, for errors.
	about string
	why   string
}

// define is the SQL of a CreateTable and its columns.
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

// complete is the SQL of an AlterTable, which adds keys and constraints.
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

// refused is the error of what was not read. It has nothing of the dump but plain names.
func (d *definition) refused(table string) error {
	why := d.why
	if why == "" {
		why = "is not of the form that mysqldump writes for Mattermost's tables"
	}
	return failure.Errorf(job.ReasonInvalid, "the definition of table %s in the dump %s (%s)", shown(table), why, d.about)
}

// nameable are names that tables may have: a server takes some others for paths.
var nameable = regexp.MustCompile(`^[A-Za-z0-9_$][A-Za-z0-9_$-]{0,63}$`)

// showable names may be in messages; others may be data.
var showable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_$]{0,63}$`)

// shown is a name as messages may have it.
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

// addColumn, which no other may be called like.
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

// encryption of a table is a matter of the place that the dump comes from. It is left out.
func (d *definition) encryption() bool {
	if d.peek().sign(beginsComment) {
		return d.conditional(func() bool { return d.skip("encryption") && d.encryption() })
	}
	if d.peek().sign("=") {
		d.at++
	}
	return d.peek().kind == text && (d.peek().text == "Y" || d.peek().text == "N") && d.pass()
}

// pass over the next token.
func (d *definition) pass() bool {
	d.at++
	return true
}

// conditional reads what MySQL writes as a comment to old servers. It is kept without that.
func (d *definition) conditional(read func() bool) bool {
	return d.peek().sign(beginsComment) && d.pass() && read() && d.peek().sign(endsComment) && d.pass()
}

// end says whether nothing is left.
func (d *definition) end() bool { return d.at >= len(d.tokens) }

// peek at the next token; one that is nothing at the end.
func (d *definition) peek() token { return d.ahead(0) }

func (d *definition) ahead(by int) token {
	if d.at+by >= len(d.tokens) {
		return token{kind: symbol}
	}
	return d.tokens[d.at+by]
}

// keep the next token. Calls have no space before their parenthesis.
func (d *definition) keep() bool {
	if d.out.Len() > 0 && !d.peek().sign("(") {
		d.out.WriteByte(' ')
	}
	d.peek().write(&d.out)
	d.at++
	return true
}

// words are kept if all of them come next.
func (d *definition) words(of string) bool {
	n := d.match(of)
	for range n {
		d.keep()
	}
	return n > 0
}

// skip words if all of them come next.
func (d *definition) skip(of string) bool {
	n := d.match(of)
	d.at += n
	return n > 0
}

// match is the number of words, if all of them come next.
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

// oneOf some phrases is kept, the first that fits.
func (d *definition) oneOf(phrases ...string) bool { return slices.ContainsFunc(phrases, d.words) }

// sign is kept if it comes next.
func (d *definition) sign(of string) bool { return d.peek().sign(of) && d.keep() }

// kind is kept if one of it comes next.
func (d *definition) kind(of kind) bool { return !d.end() && d.peek().kind == of && d.keep() }

// name that comes next is kept in quotes.
func (d *definition) name() bool {
	if t := d.peek(); d.end() || t.kind != quoted && t.kind != word || t.text == "" {
		return false
	}
	d.tokens[d.at].kind = quoted
	return d.keep() && !d.peek().sign(".")
}
