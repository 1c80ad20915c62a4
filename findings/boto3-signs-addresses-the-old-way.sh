#!/usr/bin/env bash
# boto3 1.44.8 (Python 3.11): a client of an S3 server of one's own signs requests by version 4, and addresses by version 2.
#
# `client("s3", endpoint_url=...)` with keys and a region, as every storage of photos has it; then `generate_presigned_url`.
# Seen: the requests of this client carry "AWS4-HMAC-SHA256"; the address that it signs has `AWSAccessKeyId`, `Signature` and
# `Expires` (version 2, HMAC-SHA1). A server that knows only version 4 takes the uploads and refuses every picture. With `Config(signature_version="s3v4")` both are of version 4.
# One would have guessed: one client signs everything in one way.
#
# Ends with status 0 while this is so.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q boto3==1.44.8 botocore==1.44.8 2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 2; }
cat > "$folder/signed.py" <<'PYTHON'
import boto3
from botocore.config import Config


class Sent(Exception):
    pass


def stop(request, **_):
    raise Sent(request.headers["Authorization"].decode() if isinstance(request.headers["Authorization"], bytes) else request.headers["Authorization"])


def client(**options):
    keys = {"aws_access_key_id": "KUNCI", "aws_secret_access_key": "rahasia", "region_name": "us-east-1"}
    return boto3.client("s3", endpoint_url="https://s3.example", **keys, **options)


plain = client()
plain.meta.events.register("before-send.s3", stop)
try:
    plain.get_object(Bucket="foto", Key="a.jpg")
except Sent as sent:
    print("request:", sent)
asked = {"Params": {"Bucket": "foto", "Key": "a.jpg"}}
print("address:", plain.generate_presigned_url("get_object", **asked))
print("named:", client(config=Config(signature_version="s3v4")).generate_presigned_url("get_object", **asked))
PYTHON
"$folder/venv/bin/python" "$folder/signed.py" | tee "$folder/said"
grep -q "^request: AWS4-HMAC-SHA256" "$folder/said"
grep -q "^address: .*AWSAccessKeyId=KUNCI&Signature=" "$folder/said"
grep -q "^named: .*X-Amz-Algorithm=AWS4-HMAC-SHA256" "$folder/said"
