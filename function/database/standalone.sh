# Initialises the data directory when there is none, sets the password, and runs the
# server with the arguments.
new=$PGDATA.incomplete
single() { postgres --single -j -D "$1" postgres >/dev/null; }
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  rm -rf "$new"
  initdb --pgdata="$new" --username=postgres --encoding=UTF8 --locale=C.UTF-8 --auth-local=reject --auth-host=scram-sha-256 >/dev/null
  echo 'host all all all scram-sha-256' >>"$new/pg_hba.conf"
  printf 'CREATE ROLE "%s" LOGIN;\n\nCREATE DATABASE "%s" OWNER "%s";\n\n' "$DATABASE" "$DATABASE" "$DATABASE" | single "$new"
  # Only a complete directory gets the final name: a pod that is killed here starts over.
  mv --no-target-directory "$new" "$PGDATA"
fi
# A volume that was kept may have been made with another password. It is fed through a
# pipe: no other process can read it there.
printf "ALTER ROLE \"%s\" PASSWORD '%s';\n\n" "$DATABASE" "$PASSWORD" | single "$PGDATA"
unset PASSWORD
exec postgres -D "$PGDATA" -c listen_addresses='*' -c unix_socket_directories=/tmp "$@"
