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

# Shows the count of packages on a terminal, pip's own words only when it fails.
pip_install() {
    local total=$1 log shown=/dev/null
    shift
    log=$(mktemp)
    [[ -t 1 ]] && shown=/dev/stdout
    if .venv/bin/python -m pip install --disable-pip-version-check "$@" 2>"$log" \
        | tee -a "$log" \
        | awk -v total="$total" '/^(Collecting|Processing) / { printf "\r  %d of %d", ++n, total; fflush() }
            /^Installing / { printf "\r  unpacking ...    "; fflush() }
            END { print "" }' >"$shown"; then
        rm -f "$log"
        return
    fi
    cat "$log" >&2
    rm -f "$log"
    echo "The installation failed; what pip said stands above." >&2
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
    echo "Installing $count pinned packages, half a minute to two minutes ..."
    pip_install "$count" --require-hashes -r requirements.lock
    echo "$sum" >.venv/.lock-sum
fi

# The build tools are pinned in the lock, so that this step fetches nothing.
echo "Installing Okno itself, editable ..."
pip_install 1 --no-deps --no-build-isolation --editable .
echo "Ready: .venv/bin/okno"
