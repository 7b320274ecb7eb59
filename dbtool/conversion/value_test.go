package conversion

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAppendValue(t *testing.T) {
	text := column{name: "c", kind: kindText, limit: 3}
	for _, tc := range []struct {
		reason  string
		column  column
		value   []byte
		want    string
		cleaned bool
		wrong   fault
	}{
		{reason: "NULL", column: text, want: `\N`},
		{reason: "what looks like NULL", column: column{kind: kindText}, value: []byte(`\N`), want: `\\N`},
		{reason: "what ends rows and values", column: column{kind: kindText}, value: []byte("a\tb\nc\rd\\."), want: `a\tb\nc\rd\\.`},
		{reason: "empty text", column: text, value: []byte{}, want: ""},
		{reason: "characters are counted, not bytes", column: text, value: []byte("üöä"), want: "üöä"},
		{reason: "too long", column: text, value: []byte("abcd"), wrong: faultLong},
		{reason: "the character 0 is left out", column: text, value: []byte("a\x00b\x00c"), want: "abc", cleaned: true},
		{reason: "not in UTF-8", column: text, value: []byte("\xff"), wrong: faultUTF8},
		{reason: "a word that an enumeration does not have", column: column{kind: kindText, enum: true}, value: []byte{}, want: `\N`},
		{reason: "true", column: column{kind: kindBool}, value: []byte("1"), want: "t"},
		{reason: "true, otherwise", column: column{kind: kindBool}, value: []byte("10"), want: "t"},
		{reason: "false", column: column{kind: kindBool}, value: []byte("0"), want: "f"},
		{reason: "a bit", column: column{kind: kindBool}, value: []byte{1}, want: "t"},
		{reason: "bytes", column: column{kind: kindBytes}, value: []byte("\x00\\\xff"), want: `\\x005cff`},
		{reason: "no bytes", column: column{kind: kindBytes}, value: []byte{}, want: `\\x`},
		{reason: "a day that is none", column: column{kind: kindTime}, value: []byte("0000-00-00 00:00:00"), want: `\N`},
		{reason: "a day", column: column{kind: kindTime}, value: []byte("2026-01-02"), want: "2026-01-02"},
		{reason: "a number", column: column{kind: kindOther}, value: []byte("-12"), want: "-12"},
		{reason: "JSON", column: column{kind: kindJSON}, value: []byte(`{"a":"b\n"}`), want: `{"a":"b\\n"}`},
		{reason: "no JSON", column: column{kind: kindJSON}, value: []byte(`{`), wrong: faultJSON},
		{reason: "JSON that is empty", column: column{kind: kindJSON}, value: []byte{}, want: `\N`},
		{reason: "an array", column: column{kind: kindArray}, value: []byte(`["a","b,\"c\"\\",""]`), want: `{"a","b,\\"c\\"\\\\",""}`},
		{reason: "an empty array", column: column{kind: kindArray}, value: []byte(`[]`), want: `{}`},
		{reason: "no array", column: column{kind: kindArray}, value: []byte(`{"a":1}`), wrong: faultArray},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			got, cleaned, wrong := appendValue(nil, tc.value, tc.column)
			if string(got) != tc.want || cleaned != tc.cleaned || wrong != tc.wrong {
				t.Errorf("want %q, %t, %q; got %q, %t, %q", tc.want, tc.cleaned, tc.wrong, got, cleaned, wrong)
			}
		})
	}
}

func TestCleanJSON(t *testing.T) {
	for _, tc := range []struct {
		reason, value, want string
	}{
		{"an escaped 0", `{"a":"x\u0000y\u0000"}`, `{"a":"xy"}`},
		{"a backslash before what looks like one", `{"a":"\\u0000"}`, `{"a":"\\u0000"}`},
		{"a backslash before one", `{"a":"\\\u0000"}`, `{"a":"\\"}`},
		{"other escapes", `{"a":"\u00e9\n\"\/"}`, `{"a":"\u00e9\n\"\/"}`},
		{"a character of two halves", `"\ud83d\ude00"`, `"\ud83d\ude00"`},
		{"the first half alone", `"\ud83dx"`, `"\ufffdx"`},
		{"the first half twice", `"\ud83d\ud83d\ude00"`, `"\ufffd\ud83d\ude00"`},
		{"the second half alone", `"\ude00"`, `"\ufffd"`},
		{"in capitals", `"\uD83D\uDE00\uD83D"`, `"\uD83D\uDE00\ufffd"`},
		{"at the end", `"\u00`, `"\u00`},
	} {
		t.Run(tc.reason, func(t *testing.T) {
			got, cleaned := cleanJSON([]byte(tc.value))
			if string(got) != tc.want || cleaned != (tc.value != tc.want) {
				t.Errorf("want %s, got %s, cleaned %t", tc.want, got, cleaned)
			}
		})
	}
}

// collected rows of COPY.
type collected []string

func (c *collected) write(table string, columns []string, row []byte) error {
	*c = append(*c, table+"("+strings.Join(columns, ",")+")="+string(row))
	return nil
}

func TestConverter(t *testing.T) {
	target := tables{
		"systems":       {name: "systems", columns: map[string]column{"name": {name: "name"}, "value": {name: "value", limit: 3}}},
		"threads":       {name: "threads", columns: map[string]column{"postid": {name: "postid"}}},
		"db_migrations": {name: "db_migrations", columns: map[string]column{"version": {name: "version", kind: kindOther}}},
		"ir_playbook":   {name: "ir_playbook", columns: map[string]column{"id": {name: "id"}}},
	}
	rows := collected{}
	c := newConverter(target, &rows, false)
	for _, step := range []struct {
		table   string
		columns []string
		values  [][]byte
	}{
		{"Systems", []string{"Name", "Value"}, [][]byte{[]byte(""), []byte("ok")}},
		{"Systems", []string{"Value", "Name"}, [][]byte{nil, []byte("b")}},
		{"Threads", []string{"TeamId", "PostId"}, [][]byte{[]byte("stale"), []byte("p")}},
		{"db_migrations", []string{"Version"}, [][]byte{[]byte("1")}},
		{"IR_Playbook", []string{"ID"}, [][]byte{[]byte("x")}},
		{"elsewhere", []string{"a"}, [][]byte{[]byte("x")}},
		{"Systems", []string{"Name", "Value"}, [][]byte{[]byte("c"), []byte("long")}},
	} {
		if err := c.addTable(step.table, step.columns); err != nil {
			t.Fatal(err)
		}
		if err := c.addRow(step.table, step.columns, step.values); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(collected{"systems(name,value)=\tok\n", "systems(value,name)=\\N\tb\n", "threads(postid)=p\n"}, rows[:3]); diff != "" {
		t.Errorf("rows: -want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"IR_Playbook", "elsewhere"}, c.leftOutTables()); diff != "" {
		t.Errorf("left out: -want +got:\n%s", diff)
	}
	if err := c.verdict(); err == nil || !strings.Contains(err.Error(), "systems.value is longer than PostgreSQL's column takes (values: 1)") {
		t.Errorf("verdict: %v", err)
	}
	if err := c.addTable("Systems", []string{"Name", "New"}); err == nil || !strings.Contains(err.Error(), `column "New"`) {
		t.Errorf("a column that the installation has not: %v", err)
	}
}

func TestConverterIsStrict(t *testing.T) {
	rows := collected{}
	c := newConverter(tables{"a": {name: "a", columns: map[string]column{"b": {name: "b", limit: 1}}}}, &rows, true)
	if err := c.addRow("A", []string{"B"}, [][]byte{[]byte("long")}); err == nil || len(rows) > 0 {
		t.Errorf("a value that does not fit: %v, rows %v", err, rows)
	}
}
