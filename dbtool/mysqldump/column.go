package mysqldump

import "strings"

// set of words.
func set(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

//nolint:gochecknoglobals // Constant sets.
var (
	types = set(`
		tinyint smallint mediumint int integer bigint decimal numeric float double real bit bool boolean
		date datetime timestamp time year char varchar binary varbinary tinyblob blob mediumblob longblob
		tinytext text mediumtext longtext json enum set uuid inet4 inet6`)
	// computing functions may be called in expressions. They read only their arguments, do
	// not wait, and change nothing.
	computing = set(`
		json_valid json_array json_object json_extract json_unquote json_quote json_value json_contains json_contains_path json_length json_type json_keys json_exists
		cast convert char binary lower lcase upper ucase concat concat_ws coalesce ifnull nullif if left right substr substring substring_index mid trim ltrim rtrim replace
		length octet_length char_length character_length locate instr hex unhex md5 sha sha1 sha2 crc32 abs ceil ceiling floor round truncate mod greatest least
		now current_timestamp localtimestamp localtime utc_timestamp curdate current_date curtime current_time unix_timestamp from_unixtime date year month day uuid
		in and or not when then else case is null`)
	// connecting words may appear in expressions, too.
	connecting = set(`
		and or not xor is null true false unknown in like between as case when then else end div mod regexp collate charset character set using
		signed unsigned integer char binary date datetime time decimal double json array interval day hour minute second
		_utf8mb4 _utf8mb3 _utf8 _latin1 _binary utf8mb4 utf8mb3 utf8 latin1 utf8mb4_bin utf8mb3_bin utf8_bin utf8mb4_general_ci utf8mb4_unicode_ci utf8mb4_0900_ai_ci
		current_timestamp current_date current_time localtimestamp localtime escape both leading trailing from`)
	// moments are functions for the time at which a row is written.
	moments = []string{"current_timestamp", "now", "localtimestamp", "localtime"}
	// operators that expressions may have.
	operators = set(`+ - * / % < > = ! & | ^ ~ <=> ->> <= >= <> != -> || && << >> ,`)
)

// column parses a column after its name.
func (d *definition) column() bool {
	if t := d.peek(); t.kind != word || !types[strings.ToLower(t.text)] {
		return false
	}
	d.keep()
	d.words("precision")
	if d.peek().sign("(") && !d.constants() {
		return false
	}
	for {
		if known, ok := d.attribute(); !known || !ok {
			return ok
		}
	}
}

// attribute parses an attribute of a column if one comes next. Known says whether one does,
// and ok is false if it has a form that is not accepted.
func (d *definition) attribute() (known, ok bool) {
	switch {
	case d.oneOf("unsigned", "signed", "zerofill", "not null", "null", "auto_increment", "unique key", "primary key", "visible", "invisible"):
		return true, true
	case d.oneOf("character set", "charset", "collate"):
		return true, d.kind(word)
	case d.words("default"):
		return true, d.value()
	case d.words("on update"):
		return true, d.moment()
	case d.words("comment"):
		return true, d.kind(text)
	case d.peek().sign(beginsComment):
		return true, d.conditional(func() bool { return d.words("invisible") })
	case d.words("check"):
		return true, d.expression()
	case d.words("generated always as"):
		ok = d.expression()
		d.oneOf("virtual", "stored", "persistent")
		return true, ok
	}
	return false, true
}

// constants parses constants in parentheses: a length, or the values of an enumeration.
func (d *definition) constants() bool {
	for ok := d.sign("("); ok; ok = d.sign(",") {
		if !d.kind(number) && !d.kind(text) {
			return false
		}
		if d.sign(")") {
			return true
		}
	}
	return false
}

// value parses the default of a column.
func (d *definition) value() bool {
	if d.peek().sign("(") {
		return d.expression()
	}
	if d.oneOf("null", "true", "false") || d.kind(text) {
		return true
	}
	if d.oneOf("_utf8mb4", "_utf8mb3", "_utf8", "_latin1", "_binary") {
		return d.kind(text) || d.kind(number)
	}
	if d.sign("-") || d.peek().kind == number {
		return d.kind(number)
	}
	if d.ahead(1).sign("(") && d.peek().kind == word && computing[strings.ToLower(d.peek().text)] {
		return d.keep() && d.expression()
	}
	return d.moment()
}

// moment parses the time at which a row is written.
func (d *definition) moment() bool {
	if !d.oneOf(moments...) {
		return false
	}
	if !d.sign("(") {
		return true
	}
	d.kind(number)
	return d.sign(")")
}

// expression parses an expression in parentheses. It may have columns, constants, and
// functions that only compute.
func (d *definition) expression() bool {
	depth := 0
	for !d.end() {
		t := d.peek()
		called := d.ahead(1).sign("(")
		switch {
		case t.sign("("):
			depth++
		case t.sign(")"):
			depth--
		case t.kind == symbol && !operators[t.text],
			t.kind == quoted && called,
			t.kind == word && called && !computing[strings.ToLower(t.text)],
			t.kind == word && !called && !connecting[strings.ToLower(t.text)]:
			d.why = "has an expression that definitions of Mattermost's tables do not have"
			return false
		}
		d.keep()
		if depth == 0 {
			return t.sign(")")
		}
	}
	return false
}
