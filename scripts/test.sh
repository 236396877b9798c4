#!/bin/bash
# Runs every test, also after one has failed, and ends with one line: passed, failed, skipped, minutes.
set -uo pipefail

cd "$(dirname "$0")/.."
folder="${CARGO_TARGET_DIR:-target}/tmp"
mkdir -p "$folder"
log="$folder/test.log"
export TOURNEE_SKIPPED
TOURNEE_SKIPPED="$(cd "$folder" && pwd)/skipped.txt"
: >"$TOURNEE_SKIPPED"

SECONDS=0
${CARGO:-cargo} test --release --locked --no-fail-fast "$@" 2>&1 | tee "$log"
code=$?

if [ "$code" -ne 0 ]; then
    echo
    sed -n 's/^test \(.*\) \.\.\. FAILED$/failed: \1/p' "$log"
    # What does not compile has no result line.
    grep -q '^test result:' "$log" || echo "the tests could not be built or run"
fi
sed 's/^/skipped: /' "$TOURNEE_SKIPPED"
# A skipped test counts as passed for the test program: it is taken off again.
skipped=$(wc -l <"$TOURNEE_SKIPPED")
awk -v skipped="$skipped" -v seconds="$SECONDS" '
    /^test result:/ { passed += $4; failed += $6; ignored += $8 }
    END { printf "%d passed, %d failed, %d skipped, %.1f minutes\n", passed - skipped, failed, ignored + skipped, seconds / 60 }
' "$log"
exit $code
