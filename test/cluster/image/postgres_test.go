package image

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFindAccount(t *testing.T) {
	const accounts = "root:x:0:0::/root:/bin/bash\npostgres:x:100:102:,,,:/var/lib/postgresql:/bin/bash\nbroken:x:a:b::/:/\n"
	cases := map[string]struct {
		reason  string
		account string
		want    owner
		ok      bool
	}{
		"Found":   {reason: "User and group are those of the account's line.", account: "postgres", want: owner{uid: 100, gid: 102}, ok: true},
		"Missing": {reason: "An account that is not there is an error, not root.", account: "postgre"},
		"Broken":  {reason: "A line without numbers is an error.", account: "broken"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := findAccount(accounts, tc.account)
			if diff := cmp.Diff(tc.ok, err == nil); diff != "" {
				t.Errorf("%s\nfindAccount(...): -want success, +got success:\n%s", tc.reason, diff)
			}
			if diff := cmp.Diff(tc.want, got, cmp.AllowUnexported(owner{})); diff != "" {
				t.Errorf("%s\nfindAccount(...): -want, +got:\n%s", tc.reason, diff)
			}
		})
	}
}
