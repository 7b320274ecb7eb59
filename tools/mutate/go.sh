#!/bin/sh
# Stands in for the command go while mutants are tested. Property tests get few checks, because hundreds
# of mutants are tested. A mutant that does not compile is told from one that a test notices. Every line
# counts as covered: go does not count the conditions of a switch, and gremlins would not test their
# mutants.
if [ "$1" != test ]; then
	exec "$MUTATE_GO" "$@"
fi
output=$("$MUTATE_GO" "$@" $MUTATE_FLAGS 2>&1)
code=$?
printf '%s\n' "$output"
case "$output" in
*'[build failed]'*) exit 2 ;;
esac
while [ $# -gt 1 ]; do
	if [ "$1" = -coverprofile ]; then
		sed -n 's/^\(.*\.go\):.*/\1:1.1,1000000.1 1 1/p' "$2" | sort -u >"$2.whole" && cat "$2.whole" >>"$2" && rm "$2.whole"
	fi
	shift
done
exit $code
