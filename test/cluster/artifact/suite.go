package artifact

import (
	"bufio"
	"os"
	"strings"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"
)

// HostSuite returns the code name of the Debian release this machine runs.
func HostSuite() (string, error) {
	release, err := os.ReadFile("/etc/os-release")
	if err != nil {
		return "", errors.Wrap(err, "cannot tell the Debian suite")
	}
	return suite(string(release))
}

func suite(release string) (string, error) {
	lines := bufio.NewScanner(strings.NewReader(release))
	for lines.Scan() {
		if name, ok := strings.CutPrefix(lines.Text(), "VERSION_CODENAME="); ok {
			return strings.Trim(name, `"`), nil
		}
	}
	return "", errors.New("cannot tell the Debian suite: os-release has no VERSION_CODENAME")
}

// PostgreSQL describes a root file system with the PostgreSQL server of this
// machine's Debian suite, and returns the server's major version.
func PostgreSQL() (r RootFS, major string, err error) {
	suite, err := HostSuite()
	if err != nil {
		return RootFS{}, "", err
	}
	majors := map[string]string{"bookworm": "15", "trixie": "17"}
	major, ok := majors[suite]
	if !ok {
		return RootFS{}, "", errors.Errorf("cannot tell which PostgreSQL Debian %q has", suite)
	}
	return RootFS{
		Name:     "postgresql",
		Packages: []string{"postgresql-" + major},
		Unwanted: []string{
			// The cluster that the package initialises while it is installed.
			"etc/postgresql/*", "var/lib/postgresql/*",
			// The JIT compiler: larger than all the rest, and optional.
			"usr/lib/postgresql/*/lib/bitcode", "usr/lib/postgresql/*/lib/llvmjit*",
			"usr/lib/*/libLLVM*", "usr/lib/*/libz3.so*", "usr/lib/llvm-*",
			// Perl runs Debian's wrappers, which the programs themselves do not need.
			"usr/share/perl/*", "usr/lib/*/perl/*", "usr/lib/*/libperl.so*",
		},
	}, major, nil
}

// MariaDB describes a root file system with the MariaDB server of this machine's Debian
// suite.
func MariaDB() RootFS {
	return RootFS{
		Name:     "mariadb",
		Packages: []string{"mariadb-server-core", "mariadb-client"},
		Unwanted: []string{"usr/share/mysql/mysql-test", "usr/share/perl/*", "usr/lib/*/perl/*"},
	}
}

// DatabaseClients describes a root file system with the client programs of PostgreSQL
// and of MariaDB that this machine's Debian suite has.
func DatabaseClients() RootFS {
	return RootFS{
		Name:     "database-clients",
		Packages: []string{"postgresql-client", "mariadb-client", "ca-certificates"},
	}
}

// Barman describes a root file system with the programs of Barman that copy a PostgreSQL
// server to an object store and back.
func Barman() RootFS {
	return RootFS{
		Name:     "barman",
		Packages: []string{"barman-cli-cloud", "ca-certificates"},
	}
}
