#!/usr/bin/env bash
# django-storages 1.14.6 with boto3 1.44.8 (Python 3.11): keys that are named in OPTIONS are signed with somebody else's session token.
#
# A site keeps photos on an S3 server of its own and names `access_key` and `secret_key` in STORAGES. In the environment of the
# process stands AWS_SESSION_TOKEN, as `aws sso login`, a CI job or a cloud machine leaves it there for other programs.
# Seen: each request and each signed address carries that token beside the site's own key (X-Amz-Security-Token). A token belongs
# to one temporary key, so the server refuses all of them, though both keys are right.
# One would have guessed: whoever names the keys is asked for nothing else; boto3 itself takes a token from the environment only
# together with the keys there. `"security_token": None` in OPTIONS ends it, as the second run shows.
#
# Ends with status 0 while this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q django==5.2.8 django-storages==1.14.6 boto3==1.44.8 2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 2; }
cat > "$folder/signed.py" <<'PYTHON'
import sys

import boto3
from django.conf import settings

settings.configure()
from storages.backends.s3 import S3Storage

own = {"access_key": "KUNCI", "secret_key": "rahasia", "bucket_name": "foto", "endpoint_url": "https://s3.example"}
more = {"security_token": None} if "without" in sys.argv else {}
print("storages", S3Storage(**own, **more, signature_version="s3v4").url("a.jpg"))
session = boto3.Session("KUNCI", "rahasia")
print("boto3", session.get_credentials().token)
PYTHON
export AWS_SESSION_TOKEN=of-another-program
"$folder/venv/bin/python" "$folder/signed.py" | tee "$folder/said"
grep -q "^storages .*X-Amz-Credential=KUNCI.*X-Amz-Security-Token=of-another-program" "$folder/said"
grep -q "^boto3 None" "$folder/said"
"$folder/venv/bin/python" "$folder/signed.py" without > "$folder/without"
! grep -q "Security-Token" "$folder/without"
