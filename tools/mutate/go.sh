#!/bin/sh
# Stands in for the command go while mutants are tested. Property tests get few checks, because hundreds
# of mutants are tested. A mutant that does not compile is told from one that a test notices.
if [ "$1" != test ]; then
	exec "$MUTATE_GO" "$@"
fi
output=$("$MUTATE_GO" "$@" $MUTATE_FLAGS 2>&1)
code=$?
printf '%s\n' "$output"
case "$output" in
*'[build failed]'*) exit 2 ;;
esac
exit $code
