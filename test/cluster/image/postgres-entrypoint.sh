#!/bin/bash
# Runs PostgreSQL in the foreground and initialises its data directory first if
# there is none. The environment says how:
#   POSTGRES_PASSWORD  password of the superuser, mandatory for initialising
#   POSTGRES_USER      the superuser, default postgres
#   POSTGRES_DB        a database to create, default the superuser's name
#   PGDATA             data directory, strictly below the volume
# Arguments are passed to the server.
set -euo pipefail

user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
: "${PGDATA:?}"

initialise() {
	local password=${POSTGRES_PASSWORD:?must be set to initialise $PGDATA}
	local new=$PGDATA.incomplete
	rm -rf "$new"
	# The shell itself feeds the password to initdb, through a pipe: it is in no
	# file and in no argument. Nothing is synced: a crash of the machine costs no
	# more than the test it happens in.
	initdb --pgdata="$new" --username="$user" --pwfile=<(printf '%s\n' "$password") \
		--no-sync --encoding=UTF8 --locale=C.UTF-8 --auth-local=scram-sha-256 --auth-host=scram-sha-256
	echo 'host all all all scram-sha-256' >>"$new/pg_hba.conf"
	if [ "$database" != postgres ]; then
		printf 'CREATE DATABASE "%s"\n' "${database//\"/\"\"}" | postgres --single -D "$new" postgres
	fi
	# Only a complete directory gets the final name, so that a pod killed here
	# starts over.
	mv --no-target-directory "$new" "$PGDATA"
}

[ -s "$PGDATA/PG_VERSION" ] || initialise
unset POSTGRES_PASSWORD

[ "${1:-}" != postgres ] || shift
exec postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/tmp "$@"
