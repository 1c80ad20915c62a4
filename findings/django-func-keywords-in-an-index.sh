#!/usr/bin/env bash
# Django 5.2.19 (Python 3.11), makemigrations with an index on an expression.
#
# An index on Func("name", function="upper", arg_joiner=" || ") is written to the migration with its keywords in
# alphabetical order: Func("name", arg_joiner=" || ", function="upper").
# Seen: the two are unequal, because Func compares its further keywords as a dict's items in the order in which they were
# given. So each makemigrations removes the index and adds it again, and `--check` never succeeds.
# One would have guessed: the order of keyword arguments means nothing.
# With the keywords in alphabetical order in the model all is well.
#
# Ends with status 0 while this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q sqlparse==0.6.1 asgiref==3.13.0 django==5.2.19 2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 2; }
"$folder/venv/bin/python" - <<'PYTHON'
from django.conf import settings

settings.configure()
from django.db.migrations.serializer import serializer_factory
from django.db.models import Func

typed = Func("name", function="upper", arg_joiner=" || ")
written, _ = serializer_factory(typed).serialize()
print(written)
assert written == "models.Func('name', arg_joiner=' || ', function='upper')"
assert typed != Func("name", arg_joiner=" || ", function="upper")
assert typed == Func("name", function="upper", arg_joiner=" || ")
PYTHON
