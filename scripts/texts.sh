#!/usr/bin/env bash
# Collects the texts marked for translation, merges them into the catalogues and compiles those.
set -euo pipefail
cd "$(dirname "$0")/.."

template=$(mktemp)
trap 'rm -f "$template"' EXIT
babel=.venv/bin/pybabel

$babel --quiet extract --no-default-keywords --keywords 'say mark template Phrase many:1,2' --add-comments 'Translators:' \
    --project okno --no-location --sort-output --output-file "$template" bot connectors sandbox inbox storage
for language in ru en; do
    catalogue=bot/locales/$language/LC_MESSAGES/okno.po
    if [[ -f $catalogue ]]; then
        $babel --quiet update --no-fuzzy-matching --ignore-obsolete --no-wrap \
            --input-file "$template" --output-file "$catalogue" --locale "$language"
    else
        mkdir -p "$(dirname "$catalogue")"
        $babel --quiet init --no-wrap --input-file "$template" --output-file "$catalogue" \
            --locale "$language"
    fi
    $babel --quiet compile --input-file "$catalogue" --output-file "${catalogue%.po}.mo"
    echo "$catalogue: $(grep -c '^msgid' "$catalogue") texts"
done
