package mysqldump

// key, or constraint.
func (d *definition) key() bool {
	d.about = "a key or a constraint"
	if d.words("constraint") && d.peek().kind == quoted {
		d.about = "constraint " + shown(d.peek().text)
		if !d.name() {
			return false
		}
	}
	switch {
	case d.words("foreign key"):
		return d.reference()
	case d.words("check"):
		return d.expression()
	case d.words("primary key"):
	case d.oneOf("unique key", "unique index", "unique", "fulltext key", "fulltext index", "fulltext", "key", "index"):
		if d.peek().kind == quoted {
			d.about = "key " + shown(d.peek().text)
			if !d.name() {
				return false
			}
		}
	default:
		return false
	}
	d.oneOf("using btree", "using hash")
	return d.parts() && d.keyOptions()
}

// keyOptions that come last.
func (d *definition) keyOptions() bool {
	for {
		ok := true
		switch {
		case d.oneOf("using btree", "using hash", "visible", "invisible"):
		case d.words("comment"):
			ok = d.kind(text)
		case d.words("key_block_size"):
			d.sign("=")
			ok = d.kind(number)
		case d.peek().sign(beginsComment):
			ok = d.conditional(func() bool { return d.words("invisible") || d.parser() })
		case d.match("with parser") > 0:
			ok = d.parser()
		default:
			return true
		}
		if !ok {
			return false
		}
	}
}

// parser of texts, of those that come with MySQL.
func (d *definition) parser() bool {
	if !d.words("with parser") {
		return false
	}
	t := d.peek()
	return (t.text == "ngram" || t.text == "mecab") && d.name()
}

// parts of a key: columns, or expressions.
func (d *definition) parts() bool {
	for ok := d.sign("("); ok; ok = d.sign(",") {
		if d.peek().sign("(") {
			if !d.expression() {
				return false
			}
		} else if !d.part() {
			return false
		}
		d.oneOf("asc", "desc")
		if d.sign(")") {
			return true
		}
	}
	return false
}

// part of a key that is a column, or the beginning of one.
func (d *definition) part() bool {
	return d.peek().kind == quoted && d.name() && (!d.peek().sign("(") || d.constants())
}

// reference to a table of the same database.
func (d *definition) reference() bool {
	if d.peek().kind == quoted && !d.name() {
		return false
	}
	if !d.parts() || !d.words("references") || d.peek().kind != quoted || !nameable.MatchString(d.peek().text) {
		return false
	}
	if !d.name() || !d.parts() {
		return false
	}
	for d.oneOf("on delete", "on update") {
		if !d.oneOf("restrict", "cascade", "set null", "no action", "set default") {
			return false
		}
	}
	return true
}
