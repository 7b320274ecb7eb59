package postgres

import (
	"cmp"
	"strings"
)

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
	// harmless functions and types that expressions may use, in any schema that an
	// extension created them in. None of them reads files, runs its arguments, or changes
	// anything but a sequence. Functions of the dump are created after everything else, so
	// none of these names can mean one of them.
	harmless = set(`
		abs ceil ceiling floor round trunc mod power sqrt sign greatest least width_bucket div
		lower upper initcap length char_length character_length octet_length bit_length md5 sha224 sha256 sha384 sha512 ascii chr
		left right substr substring trim btrim ltrim rtrim lpad rpad replace translate reverse repeat split_part strpos position overlay
		concat concat_ws format quote_ident quote_literal quote_nullable starts_with to_hex encode decode
		regexp_replace regexp_match regexp_matches regexp_split_to_array regexp_split_to_table string_to_array string_to_table array_to_string
		coalesce nullif now clock_timestamp statement_timestamp transaction_timestamp timeofday current_date current_time current_timestamp localtime localtimestamp
		date_trunc date_part date_bin extract age make_date make_time make_timestamp make_timestamptz make_interval to_timestamp to_date to_char to_number timezone isfinite justify_days justify_hours
		nextval currval gen_random_uuid uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4 uuid_generate_v5 uuidv4 uuidv7 random
		to_tsvector to_tsquery plainto_tsquery phraseto_tsquery websearch_to_tsquery setweight strip ts_rank ts_rank_cd numnode array_to_tsvector
		json_to_tsvector jsonb_to_tsvector unaccent immutable_unaccent similarity word_similarity f_unaccent
		to_json to_jsonb row_to_json json_build_array json_build_object jsonb_build_array jsonb_build_object json_object jsonb_object
		json_agg jsonb_agg json_object_agg jsonb_object_agg json_array_length jsonb_array_length json_typeof jsonb_typeof
		json_each jsonb_each json_each_text jsonb_each_text json_object_keys jsonb_object_keys json_array_elements jsonb_array_elements
		json_array_elements_text jsonb_array_elements_text json_extract_path jsonb_extract_path json_extract_path_text jsonb_extract_path_text
		json_to_record jsonb_to_record json_to_recordset jsonb_to_recordset jsonb_set jsonb_insert jsonb_strip_nulls json_strip_nulls
		jsonb_path_exists jsonb_path_match jsonb_path_query jsonb_path_query_array jsonb_path_query_first json_value json_query json_exists
		count sum min max avg stddev stddev_pop stddev_samp variance var_pop var_samp array_agg string_agg bool_and bool_or every bit_and bit_or
		percentile_cont percentile_disc mode corr regr_slope row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
		array_length array_position array_positions array_append array_prepend array_cat array_remove array_replace array_upper array_lower array_ndims cardinality unnest generate_series generate_subscripts
		hashtext hashtextextended hashint8 num_nonnulls num_nulls cast row array
		varchar character char bpchar bit varbit numeric decimal float time timetz timestamp timestamptz interval
		vector halfvec sparsevec`)
	// phrases that may precede a parenthesis without being a call.
	phrases = set(`
		and or not in any all some exists between like ilike is when then else case if values select from join on using where having by over
		filter lateral union except intersect distinct within group partition range list hash check key unique include nulls with as check
		array row rows only precision varying zone exclude primary references default generated always stored virtual identity similar to
		btree hash gin gist spgist brin hnsw ivfflat bloom escape limit offset order symmetric materialized recursive grouping sets rollup cube`)
	// notInViews are words that start a command other than a query.
	notInViews = set(`into insert update delete merge call copy do execute prepare truncate drop alter create grant revoke set reset`)
)

// fault returns why an expression must not be run, or an empty string. An expression is
// anything that PostgreSQL evaluates: defaults, constraints, indexes, generated columns,
// partitions and queries of views.
func (p place) fault(tokens []token, query bool) string {
	for i, t := range tokens {
		before := token{kind: symbol}
		if i > 0 {
			before = tokens[i-1]
		}
		if t.kind == text && before.kind == text {
			return "has two texts in a row"
		}
		why := ""
		if t.kind == word {
			why = keywordFault(tokens[i:], before, query)
		}
		if why == "" && t.identifier() {
			why = cmp.Or(p.nameFault(tokens, i, before, query), p.sequenceFault(tokens[i:]))
		}
		if why != "" {
			return why
		}
	}
	return ""
}

// keywordFault returns what is wrong with the keyword that comes next.
func keywordFault(next []token, before token, query bool) string {
	switch t := next[0]; {
	case t.text == "operator" && !operatorOfCatalog(next):
		return "uses a user-defined operator"
	case t.text == "distinct" && len(next) > 1 && next[1].is("on"):
		// A call may follow its parenthesis.
		return "has DISTINCT ON"
	case t.text == "tablespace" && !before.sign(".") && !before.sign("(") && !before.sign(","):
		// pg_dump writes SET default_tablespace, which is passed over.
		return "names a tablespace"
	case query && notInViews[t.text] && !before.sign("."):
		return "has more than a query"
	case !query && t.text == "select":
		return "has a query where none belongs"
	}
	return ""
}

// nameFault returns what is wrong with an identifier.
func (p place) nameFault(tokens []token, i int, before token, query bool) string {
	if why := p.attributeFault(tokens, i, before); why != "" {
		return why
	}
	t, called := tokens[i], followed(tokens, i, "(")
	switch {
	case followed(tokens, i, ".") && p.isOthers(t.text):
		return strange(t.text)
	case p.isKept(tokens[i:], before):
		return ofExtension
	case t.text == "information_schema", strings.HasPrefix(t.text, "pg_") && t.text != "pg_catalog" && !called:
		return "refers to " + shown(t.text) + " of the server's catalog"
	case called && !mayPrecede(tokens, i, query):
		return "calls " + shown(t.text)
	}
	return ""
}

// strange returns what is wrong with a schema that does not belong to the dump.
func strange(schema string) string {
	return "refers to schema " + shown(schema) + ", which does not belong to the dump"
}

const ofExtension = "refers to what an extension keeps"

// isKept says whether the name of an extension's relation comes next. A schema may have
// other things of an extension that a dump needs, such as types.
func (p place) isKept(tokens []token, before token) bool {
	if followed(tokens, 0, ".") {
		return len(tokens) > 2 && p.ofExtensions[name{tokens[0].text, tokens[2].text}]
	}
	return !before.sign(".") && p.ofExtensions[p.resolve(name{local: tokens[0].text})]
}

// strangers returns what is wrong with the types that constants are cast to: those of others
// may have checks, which would be run.
func (p place) strangers(constants []token) string {
	for i, t := range constants {
		if t.identifier() && followed(constants, i, ".") && p.isOthers(t.text) {
			return strange(t.text)
		}
	}
	return ""
}

// attributeFault returns what is wrong with an identifier after a dot, which may be a call.
func (p place) attributeFault(tokens []token, i int, before token) string {
	t := tokens[i]
	switch {
	case !before.sign("."):
		return ""
	case i < 2 || !tokens[i-2].identifier():
		// PostgreSQL calls f(x) for (x).f, if x has no such column.
		return "has " + shown(t.text) + " of an expression, which may be a call"
	case followed(tokens, i, "(") || followed(tokens, i, "."):
		return ""
	case p.reachable[t.text] && (!harmless[t.text] || advancing[t.text]):
		// PostgreSQL calls f(v) for v.f, if a function in FROM returns v.
		return "may call " + shown(t.text)
	}
	return ""
}

// followed says whether a symbol follows a token.
func followed(tokens []token, i int, by string) bool {
	return i+1 < len(tokens) && tokens[i+1].sign(by)
}

// mayPrecede says whether an identifier may stand before a parenthesis.
func mayPrecede(tokens []token, i int, query bool) bool {
	t := tokens[i]
	begin := i
	for begin >= 2 && tokens[begin-1].sign(".") && tokens[begin-2].identifier() {
		begin -= 2
	}
	qualified := begin != i
	before := token{kind: symbol}
	if begin > 0 {
		before = tokens[begin-1]
	}
	phrase := t.kind == word && !qualified && phrases[t.text]
	return phrase || harmless[t.text] || before.is("references") || isClass(t, before) || query && !qualified && isColumns(tokens[:begin])
}

// isClass says whether an operator class with parameters comes next.
func isClass(t, before token) bool {
	return strings.HasSuffix(t.text, "_ops") && (before.sign(")") || before.identifier())
}

// isColumns says whether the column names of a function come next. What follows
// OPERATOR(pg_catalog.…) is an operand, and a name before a parenthesis is a call there.
func isColumns(before []token) bool {
	const operator = 6
	n := len(before)
	if n == 0 || n >= operator && before[n-operator].is("operator") {
		return false
	}
	return before[n-1].is("as") || before[n-1].sign(")")
}

// operatorOfCatalog says whether OPERATOR(pg_catalog.…) comes next.
func operatorOfCatalog(tokens []token) bool {
	if !followed(tokens, 0, "(") {
		return true
	}
	return len(tokens) > 5 && tokens[2].is("pg_catalog") && tokens[3].sign(".") && tokens[4].kind == symbol && tokens[5].sign(")")
}
