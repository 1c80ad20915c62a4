#!/usr/bin/env bash
# Django 6.1.3 with psycopg 3.3.9 and PostgreSQL as the database, on Python 3.12 or newer; compared with 5.2.19.
#
# A model with a GeneratedField that is stored (db_persist=True), and no database server anywhere.
# Seen: on 5.2.19 `check` and `makemigrations --check` answer without a server: "System check identified no issues". On
# 6.1.3 both connect to it and fail with OperationalError: GeneratedField.check() reads
# `connection.features.supports_virtual_generated_columns`, which asks the server for its version, although the field
# is not virtual.
# One would have guessed: as before, since neither command was told to look at a database (`check --database` is the
# option for that). A build that runs `check` or `makemigrations --check` needs a server from 6.1 on.
#
# Needs python3.12 or newer as $PYTHON (default: python3). Ends with status 0 while this is so.
set -euo pipefail
PYTHON=${PYTHON:-python3}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir shop
touch shop/__init__.py
cat > shop/models.py <<'MODELS'
from django.db import models
from django.db.models.functions import Lower

class Item(models.Model):
    name = models.TextField()
    low = models.GeneratedField(expression=Lower("name"), output_field=models.TextField(), db_persist=True)
MODELS
cat > settings.py <<'SETTINGS'
SECRET_KEY = "x" * 50
INSTALLED_APPS = ["shop"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "none", "HOST": "/nonexistent"}}
SETTINGS

answer() {  # of `check`, with this version of Django: its first words, or the name of the error
  "$PYTHON" -m venv "venv-$1" && "venv-$1/bin/pip" install -q "django==$1" "psycopg[binary]==3.3.9" 2>/dev/null
  PYTHONPATH=. DJANGO_SETTINGS_MODULE=settings "venv-$1/bin/python" -m django check 2>&1 | tail -n 3 \
    | grep -oE "no issues|OperationalError" | head -n 1
}

old=$(answer 5.2.19 || true)
new=$(answer 6.1.3 || true)
echo "5.2.19: $old"
echo "6.1.3: $new"
[ "$old" = "no issues" ] && [ "$new" = "OperationalError" ]
