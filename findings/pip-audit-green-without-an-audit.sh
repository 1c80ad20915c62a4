#!/usr/bin/env bash
# pip-audit 2.10.1 (Python 3.11): an audit of nothing ends like an audit that found nothing.
#
# A requirements file names one package that the service does not know: a typing error, a package of a private index, or every
# package where the service is a mirror that offers files only, and answers 404 to questions about weaknesses.
# Seen: "No known vulnerabilities found", exit status 0. Only a table below it, or `skip_reason` in JSON, says that the package
# "could not be audited"; with `--format=json --output=FILE` in CI nobody sees it, however many packages it concerns.
# One would have guessed: a failure, or at least another sentence, when not one package was audited. `--strict` fails, but
# for every single unknown package, too.
#
# Ends with status 0 while this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pip-audit==2.10.1 2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 2; }
echo "paket-yang-tidak-ada==1.0" > "$folder/requirements.txt"
audit=("$folder/venv/bin/pip-audit" -r "$folder/requirements.txt" --disable-pip --no-deps --progress-spinner=off)
"${audit[@]}" --format=json --output="$folder/report.json" 2>&1 | tee "$folder/said"  # pipefail: status 0
grep -q "No known vulnerabilities found" "$folder/said"
grep -q "could not be audited" "$folder/report.json"
! "${audit[@]}" --strict > "$folder/strict" 2>&1
