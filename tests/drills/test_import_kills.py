"""Kills `import_articles` at random moments: the next run brings the rest, nothing is there twice, and files that no
photo knows are swept."""

import io
import os
import random
import re
import subprocess
import sys
import time

import psycopg
import pytest
from PIL import Image

from portal.run import postgres
from tests.test_import_comments import comment
from tests.test_import_pictures import UPLOADS, attachment, put
from tests.test_import_wordpress import FOOT, HEAD, post
from tests.test_serve import PROJECT, manage

pytestmark = pytest.mark.drill
KILLS = 12
ARTICLES, PICTURES = 120, 60
SWEEP = """
import os, time
import django
django.setup()
from pathlib import Path
from django.conf import settings
from news.models import Photo, photo_use
for path in settings.MEDIA_ROOT.rglob("*.*"):
    os.utime(path, (time.time() - 90_000,) * 2)
print("swept", photo_use.delete_orphans())
names = {str(path.relative_to(settings.MEDIA_ROOT)).rpartition("-")[0] for path in settings.MEDIA_ROOT.rglob("*.*")}
assert names == set(Photo.objects.values_list("name", flat=True))
assert all(photo.is_stored for photo in Photo.objects.all())
"""


def items():
    for number in range(1, ARTICLES + 1):
        picture = number % PICTURES
        lead = f"<wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>{10_000 + picture}</wp:meta_value>"
        inside = (
            f'Awal.\n\n<img src="{UPLOADS}/2024/11/g-{(number + 7) % PICTURES}.jpg" alt="Warga">\n\nAkhir {number}.'
        )
        extra = f"<wp:postmeta>{lead}</wp:postmeta>{comment(number)}"
        yield post(number, extra=extra, title=f"Berita nomor {number}", **{"content:encoded": inside})
    yield from (attachment(10_000 + number, f"2024/11/g-{number}.jpg") for number in range(PICTURES))


def start(data_dir, *arguments):
    return subprocess.Popen(
        [sys.executable, "manage.py", "import_articles", *map(str, arguments)],
        cwd=PROJECT,
        env=os.environ | {"DATA_DIR": str(data_dir)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_an_import_killed_at_any_moment_is_completed_by_the_next(tmp_path):
    data_dir, export = tmp_path / "var", tmp_path / "ekspor.xml"
    for number in range(PICTURES):
        file = io.BytesIO()
        Image.new("RGB", (900, 600), (number, 90, 90)).save(file, "JPEG")
        put(tmp_path / "uploads", f"2024/11/g-{number}.jpg", file.getvalue())
    export.write_text(HEAD + "".join(items()) + FOOT)
    arguments = (export, "--gambar", tmp_path / "uploads")
    assert manage("migrate", data_dir=data_dir).returncode == 0
    with postgres.running(data_dir), connected(data_dir) as server:
        seen = []
        for _ in range(KILLS):
            process = start(data_dir, *arguments)
            until = time.monotonic() + 60
            goal = count(server, "news_article") + random.randint(0, 12)
            while process.poll() is None and count(server, "news_article") < goal and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(random.uniform(0, 0.1))
            process.kill()
            process.communicate()
            seen.append(count(server, "news_article"))
        said, _ = start(data_dir, *arguments).communicate()
        last, _ = start(data_dir, *arguments).communicate()
        assert re.search(rf"tidak berubah\s+{ARTICLES}\n", last), last
        assert count(server, "news_article") == ARTICLES, said
        assert count(server, "news_photo") == PICTURES
        assert count(server, "comments_comment") == ARTICLES
        assert count(server, "news_article WHERE photo_id IS NULL OR body NOT LIKE '%<img%'") == 0
        done = subprocess.run(
            [sys.executable, "-c", SWEEP],
            cwd=PROJECT,
            env=os.environ | {"DATA_DIR": str(data_dir), "DJANGO_SETTINGS_MODULE": "portal.settings"},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
    print(f"killed {KILLS} times, with {seen[0]} to {seen[-1]} articles of {ARTICLES}; {done.stdout.strip()} files")


def connected(data_dir):
    host = postgres.connection_settings(data_dir)["HOST"]
    return psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True)


def count(server, table):
    return server.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
