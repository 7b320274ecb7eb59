package image

import (
	"context"
	_ "embed" // The entrypoint.
	"fmt"
	"io/fs"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/crossplane-mattermost/crossplane-mattermost/test/cluster/artifact"
)

// mariadbAccount is the id of the account mysql: the packages of the server's programs
// alone make none.
const mariadbAccount = 999

//go:embed mariadb-entrypoint.sh
var mariadbEntrypoint string

// MariaDB is a MariaDB server of the version that this machine's Debian suite has, for
// servers before Mattermost 11, which want MySQL and run on it as well. It takes a
// volume at /data and what mariadb-entrypoint.sh reads from the environment.
func MariaDB() Image {
	return Image{Names: []string{"test/mariadb:10"}, describe: describeMariaDB}
}

func describeMariaDB(ctx context.Context, b Builder) (description, error) {
	server, err := b.debian(ctx, artifact.MariaDB())
	if err != nil {
		return description{}, err
	}

	mysql := account{name: "mysql", id: mariadbAccount, home: "/data"}
	f := files{}
	f.text("etc/passwd", modeFile, fmt.Sprintf("%s%s:x:%d:%d::%s:/usr/sbin/nologin\n", server.passwd, mysql.name, mysql.id, mysql.id, mysql.home))
	f.text("usr/local/bin/mariadb-entrypoint", modeProgram, mariadbEntrypoint)
	// Writable for whoever a pod runs as, like the directory of a volume.
	f.dir("data", fs.ModeSticky|0o777, mysql.owner())
	f.dir("tmp", fs.ModeSticky|0o777, owner{})
	return description{
		layers: []layer{server.layer, f},
		config: v1.Config{
			Entrypoint:   []string{"mariadb-entrypoint"},
			Env:          []string{searchPath, "LANG=C.UTF-8"},
			User:         mysql.user(),
			ExposedPorts: map[string]struct{}{"3306/tcp": {}},
			StopSignal:   "SIGTERM",
		},
	}, nil
}
