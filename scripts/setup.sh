#!/usr/bin/env bash
# Makes .venv and installs what requirements.lock pins, then the project itself, editable.
set -euo pipefail
cd "$(dirname "$0")/.."

works() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    local candidate
    for candidate in python3.13 python3.12 python3.11 python3; do
        if works "$candidate"; then
            echo "$candidate"
            return
        fi
    done
    echo "Okno needs Python 3.11 or newer with its venv module, and none was found." >&2
    echo "On Debian or Ubuntu: apt install python3 python3-venv" >&2
    exit 1
}

if ! works .venv/bin/python; then
    python=$(find_python)
    echo "Making .venv with $("$python" --version) ..."
    "$python" -m venv --clear .venv
fi

sum=$(.venv/bin/python -c '
import hashlib, pathlib
print(hashlib.sha256(pathlib.Path("requirements.lock").read_bytes()).hexdigest())')
if [[ "$(cat .venv/.lock-sum 2>/dev/null)" != "$sum" ]]; then
    count=$(grep -c '^[a-z]' requirements.lock)
    echo "Installing $count pinned packages, a minute or two the first time ..."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --progress-bar on \
        --require-hashes -r requirements.lock
    echo "$sum" >.venv/.lock-sum
fi

# The build tools are pinned in the lock, so that this step fetches nothing.
.venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --no-deps --no-build-isolation --editable .
echo "Ready: .venv/bin/okno"
