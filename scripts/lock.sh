#!/usr/bin/env bash
# Pins all dependencies with hashes, for every platform and without a host's name in it.
# requirements.lock: everything (make setup). requirements-run.lock: what a server runs (Dockerfile).
set -euo pipefail
cd "$(dirname "$0")/.."

[[ -x .venv/bin/python ]] || scripts/setup.sh
[[ -x .venv/bin/uv ]] || .venv/bin/python -m pip install --quiet uv

export_lock() {
    local target=$1
    shift
    .venv/bin/uv export --quiet --format requirements-txt --no-emit-project --no-header \
        --no-annotate --output-file "$target" "$@"
    if grep -n '://' "$target"; then
        echo "$target holds an address; it must hold names, versions and hashes only." >&2
        exit 1
    fi
    echo "$target: $(grep -c '^[a-z]' "$target") packages"
}

.venv/bin/uv lock --quiet "$@"
export_lock requirements.lock --all-extras
export_lock requirements-run.lock --extra postgres --extra fast
