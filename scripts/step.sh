#!/bin/bash
# step.sh NAME COMMAND...: runs a command and notes what it took, a line a step, in the file that TOURNEE_STEPS names.
# step.sh --table: prints that file as a table.
set -u

if [ "$1" = --table ]; then
    [ -s "${TOURNEE_STEPS:-/dev/null}" ] || exit 0
    echo
    printf '%-28s %9s %9s\n' "step" "minutes" "processor"
    awk -F '\t' '{ printf "%-28s %9.1f %9.1f%s\n", $1, $2 / 60, $3 / 60, $4 ? "  failed" : ""; all += $2; cpu += $3 }
        END { printf "%-28s %9.1f %9.1f\n", "all", all / 60, cpu / 60 }' "$TOURNEE_STEPS"
    exit 0
fi

name=$1
shift
begin=$(date +%s)
"$@"
code=$?
wall=$(($(date +%s) - begin))
# The second line of `times` is what the commands run from here took, user and system; in a subshell it would be nothing.
spent=$(mktemp)
times >"$spent"
processor=$(awk 'NR == 2 { gsub(/s/, ""); for (i = 1; i <= 2; i++) { split($i, t, "m"); sum += t[1] * 60 + t[2] } print sum }' "$spent")
rm -f "$spent"
printf '%s\t%s\t%s\t%s\n' "$name" "$wall" "$processor" "${code#0}" >>"${TOURNEE_STEPS:-/dev/null}"
exit $code
