package image

import (
	"context"
	_ "embed" // The entrypoint.
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/crossplane/crossplane-runtime/v2/pkg/errors"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

const (
	// officialVersion is the default version of the product's own databases.
	officialVersion = "17"
	// officialAccount is the id of the official image's postgres account.
	officialAccount = 999
)

//go:embed postgres-entrypoint.sh
var postgresEntrypoint string

// Postgres is a PostgreSQL server of the major version that this machine's
// Debian suite has. It runs as the numeric user in its configuration, with a
// volume at /var/lib/postgresql/data and what postgres-entrypoint.sh reads
// from the environment. Its root may be read-only if /tmp, where the socket is,
// is a volume too. It stands in for the official image, of which it has the account
// and the programs, though not the version that the tag says: Debian has one only.
func Postgres() (Image, error) {
	root, major, err := artifact.PostgreSQL()
	if err != nil {
		return Image{}, err
	}
	return Image{
		Names: []string{"test/postgres:" + major, "library/postgres:" + major, "library/postgres:" + officialVersion},
		describe: func(ctx context.Context, b Builder) (description, error) {
			return describePostgres(ctx, b, root, major)
		},
	}, nil
}

func describePostgres(ctx context.Context, b Builder, root artifact.RootFS, major string) (description, error) {
	server, err := b.debian(ctx, root)
	if err != nil {
		return description{}, err
	}
	postgres, err := findAccount(server.passwd, "postgres")
	if err != nil {
		return description{}, err
	}

	f := files{}
	f.text("etc/passwd", modeFile, fmt.Sprintf("%sofficial:x:%d:%d::/tmp:/usr/sbin/nologin\n", server.passwd, officialAccount, officialAccount))
	f.text("usr/local/bin/postgres-entrypoint", modeProgram, postgresEntrypoint)
	// Writable for whoever a pod runs as, like the directories of a volume.
	f.dir("var/lib/postgresql/data", fs.ModeSticky|0o777, postgres)
	f.dir("tmp", fs.ModeSticky|0o777, owner{})
	return description{
		layers: []layer{server.layer, f},
		config: v1.Config{
			Entrypoint: []string{"postgres-entrypoint"},
			Env: []string{
				postgresPath(major),
				"LANG=C.UTF-8",
				"PGDATA=/var/lib/postgresql/data/pgdata",
				"PGHOST=/tmp",
			},
			User:         fmt.Sprintf("%d:%d", postgres.uid, postgres.gid),
			ExposedPorts: map[string]struct{}{"5432/tcp": {}},
			StopSignal:   "SIGINT",
		},
	}, nil
}

// postgresPath finds the server's programs, which Debian has in a folder of their own.
func postgresPath(major string) string {
	return fmt.Sprintf("PATH=/usr/lib/postgresql/%s/bin:/usr/local/bin:/usr/bin:/bin", major)
}

// findAccount returns the user name of a passwd file.
func findAccount(passwd, name string) (owner, error) {
	for line := range strings.Lines(passwd) {
		fields := strings.Split(line, ":")
		if len(fields) < 4 || fields[0] != name {
			continue
		}
		uid, uidErr := strconv.Atoi(fields[2])
		gid, gidErr := strconv.Atoi(fields[3])
		return owner{uid: uid, gid: gid}, errors.Wrapf(errors.Join(uidErr, gidErr), "cannot read account %s", name)
	}
	return owner{}, errors.Errorf("cannot find account %s", name)
}
