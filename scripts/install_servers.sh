#!/usr/bin/env bash
# Installs Dovecot, Postfix, PostgreSQL, Prometheus and Chromium for the tests, where we are root and
# have apt. Elsewhere the tests that need them are skipped and say so. No service is left running.
set -euo pipefail

packages=(
    chromium dovecot-imapd dovecot-lmtpd fonts-dejavu-core fonts-liberation
    fonts-noto-color-emoji openssl postfix postgresql prometheus
)

missing=()
for package in "${packages[@]}"; do
    state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
    [[ $state == installed ]] || missing+=("$package")
done

if ((${#missing[@]} == 0)); then
    echo "All are installed."
    exit 0
fi
if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
    echo "Missing: ${missing[*]}. Only root with apt installs them; tests that need them are skipped."
    exit 0
fi

# The tests start their own instances: forbid the distribution's during the installation.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
fi

echo "Installing ${missing[*]} ..."
log=$(mktemp)
export DEBIAN_FRONTEND=noninteractive
install() {
    apt-get update -qq
    echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
    apt-get install --yes --quiet --no-install-recommends "${missing[@]}"
}
if ! install >"$log" 2>&1 </dev/null; then
    tail -n 40 "$log"
    exit 1
fi
rm -f "$log"

# They would start at the next boot.
if [[ -d /run/systemd/system ]]; then
    systemctl disable --quiet dovecot postfix postgresql prometheus || true
fi
