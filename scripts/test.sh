#!/usr/bin/env bash
# Everything that must hold: style, layers, types, fast tests with coverage, then the real servers.
# Tests run on all processors; each process of theirs has servers of its own.
# The last lines are pytest's own summary.
set -euo pipefail
cd "$(dirname "$0")/.."

stage() {
    local name=$1 begun=$SECONDS
    shift
    printf '\n== %s\n' "$name"
    "$@"
    printf '== %s: %d s, %d s so far\n' "$name" $((SECONDS - begun)) "$SECONDS"
}

# Thousands of small databases are made and thrown away: in memory, where there is room, that is
# ten times as fast as on a disk.
memory=/dev/shm
if [[ -z ${TMPDIR:-} && -w $memory ]] && (($(df --output=avail -k $memory | tail -1) > 3000000)); then
    TMPDIR=$(mktemp -d $memory/okno-tests-XXXXXX)
    export TMPDIR
    chmod 755 "$TMPDIR" # servers run as somebody else
    trap 'rm -rf "$TMPDIR"' EXIT
fi

stage "servers for the tests" scripts/install_servers.sh
stage "style, layers, types" scripts/lint.sh
rm -f .coverage .coverage.*
# Counting lines makes tests half as fast again: only those of inbox/ are counted.
fast=(pytest -n auto -o faulthandler_timeout=300 -m "not real and not slow and not browser")
stage "fast tests of inbox/" .venv/bin/coverage run --source=inbox -m "${fast[@]}" tests/inbox
.venv/bin/coverage combine --quiet
stage "coverage of inbox/, which must be whole" \
    .venv/bin/coverage report --include='inbox/*' --show-missing --skip-covered --fail-under=100
stage "other fast tests" .venv/bin/python -m "${fast[@]}" --ignore=tests/inbox

printf '\n== real servers, slow tests, browser; %d s so far\n' "$SECONDS"
.venv/bin/python -m pytest -n auto --dist loadfile --no-loadscope-reorder \
    -m "real or slow or browser"
