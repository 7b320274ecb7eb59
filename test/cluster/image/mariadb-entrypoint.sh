#!/bin/bash
# Runs MariaDB in the foreground and initialises its data directory first if
# there is none. The environment says how:
#   MARIADB_ROOT_PASSWORD  password of root, mandatory for initialising
#   MARIADB_DATA           data directory, strictly below the volume; default
#                          /data/mariadb
# Arguments are passed to the server.
set -euo pipefail

data=${MARIADB_DATA:-/data/mariadb}

# What a server of Mattermost asks for. Names are case-sensitive on Linux, as
# its statements are.
options=(--no-defaults --datadir="$data" --socket=/tmp/mariadb.sock --pid-file=/tmp/mariadb.pid
	--character-set-server=utf8mb4 --collation-server=utf8mb4_general_ci)

initialise() {
	local password=${MARIADB_ROOT_PASSWORD:?must be set to initialise $data}
	local new=$data.incomplete
	rm -rf "$new"
	# --force: the pod's own name need not be known.
	mariadb-install-db --no-defaults --datadir="$new" --auth-root-authentication-method=normal \
		--force --skip-test-db --skip-name-resolve
	# The shell itself feeds the password to the server, through a pipe: it is in no
	# file and in no argument.
	printf "%s\n" "DELETE FROM mysql.global_priv WHERE User = '' OR User = 'root' AND Host <> 'localhost';" \
		"FLUSH PRIVILEGES;" \
		"CREATE USER root@'%' IDENTIFIED BY '${password//\'/\'\'}';" \
		"GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;" |
		mariadbd --no-defaults --datadir="$new" --bootstrap --skip-networking
	# Only a complete directory gets the final name, so that a pod killed here
	# starts over.
	mv --no-target-directory "$new" "$data"
}

[ -d "$data/mysql" ] || initialise
unset MARIADB_ROOT_PASSWORD

# Nothing is synced: a crash of the machine costs no more than the test it happens in.
exec mariadbd "${options[@]}" --innodb-flush-log-at-trx-commit=0 --skip-log-bin --skip-name-resolve "$@"
