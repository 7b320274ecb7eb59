package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestJudge(t *testing.T) {
	cases := map[string]struct {
		reason, report, want string
	}{
		"Enough":   {reason: "A test that does not end notices a mutant. A mutant that does not compile does not count.", report: mutants("KILLED", 5, "TIMED OUT", 1, "LIVED", 1, "NOT VIABLE", 9)},
		"Reached":  {reason: "What no test reaches counts.", report: mutants("KILLED", 8, "NOT COVERED", 2), want: "80.0 %"},
		"Survived": {reason: "What tests do not notice counts.", report: mutants("KILLED", 8, "LIVED", 2), want: "80.0 %"},
		"None":     {reason: "Nothing was proved.", report: `{"files":[]}`, want: "it has no mutants"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "report.json")
			if err := os.WriteFile(file, []byte(tc.report), 0o600); err != nil {
				t.Fatal(err)
			}
			err := judge("a", file)
			if (err == nil) != (tc.want == "") || err != nil && !strings.Contains(err.Error(), tc.want) {
				t.Errorf("%s\ngot %v, want %q", tc.reason, err, tc.want)
			}
		})
	}
}

// mutants of a report: a status and how many there are, and so on.
func mutants(of ...any) string {
	var all []string
	for i := 0; i+1 < len(of); i += 2 {
		status, _ := of[i].(string)
		n, _ := of[i+1].(int)
		for range n {
			all = append(all, `{"type":"X","status":"`+status+`","line":1,"column":1}`)
		}
	}
	return `{"files":[{"file_name":"a.go","mutations":[` + strings.Join(all, ",") + `]}]}`
}
