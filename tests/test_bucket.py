"""Photos in a bucket: its settings, what happens without its packages, and what needs no disk. A real server, with all
the rest: tests/drills/test_object_storage.py."""

import errno
import io
import itertools
import json
import os
import re
import subprocess
import sys
import tarfile
import time
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Event
from typing import NamedTuple

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.utils._os import safe_join
from PIL import Image

from news import cards, existing, photos
from news.models import Finding, Photo, Scan, photo_use
from portal.backup import archive, folder, making
from portal.bucket import place
from portal.health import checks, parts
from portal.health.problems import Problem
from portal.hosts import marks
from portal.management.base import CommandError
from portal.sentinel import files
from tests import rooms, s3
from tests.conftest import PROJECT, child_environment
from tests.make import make_article
from tests.test_settings_file import read

NAME = "foto/2026/11/0123456789abcdef"
PACKAGES = ("boto3", "botocore", "s3transfer", "storages")
OWN = {
    "MEDIA_S3_URL": "https://s3.contoh.go.id/foto-berita",
    "MEDIA_S3_KEY": "kunci",
    "MEDIA_S3_SECRET": "sangat-rahasia/+",
}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "portal.env"


def run(program: str, **environment: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-c", program]
    own = child_environment() | environment
    return subprocess.run(command, cwd=PROJECT, env=own, capture_output=True, text=True, timeout=120)


# ---- Settings


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("https://s3.contoh.go.id/foto-berita", ("https://s3.contoh.go.id", "foto-berita")),
        ("http://10.0.0.9:9000/foto/", ("http://10.0.0.9:9000", "foto")),
        ("http://[::1]:9000/foto.kota.2026", ("http://[::1]:9000", "foto.kota.2026")),
        ("", None),
    ],
)
def test_the_address_names_the_server_and_the_bucket(file, text, meant):
    assert read(file, f"MEDIA_S3_URL={text}").bucket("MEDIA_S3_URL") == meant


@pytest.mark.parametrize(
    "text",
    [
        "foto-berita",
        "https://s3.contoh.go.id",
        "https://s3.contoh.go.id/",
        "https://s3.contoh.go.id/foto/berita",
        "https://s3.contoh.go.id/Foto",
        "https://s3.contoh.go.id/ab",
        "https://kunci:sangat-rahasia@s3.contoh.go.id/foto",
        "https://s3.contoh.go.id:99999/foto",
        "https://-/foto",
        "s3://foto-berita/x",
        "https://s3.contoh.go.id/foto?region=x",
    ],
)
def test_a_wrong_address_is_refused_in_a_sentence_that_does_not_repeat_it(file, text):
    with pytest.raises(ImproperlyConfigured, match="MEDIA_S3_URL harus alamat server dan nama wadah") as refusal:
        read(file, f"MEDIA_S3_URL={text}").bucket("MEDIA_S3_URL")
    assert "rahasia" not in str(refusal.value)
    assert str(file) in str(refusal.value)


def test_a_key_with_letters_that_no_header_can_have_is_refused_and_not_shown(file):
    assert read(file, "MEDIA_S3_KEY= a/+= ").key("MEDIA_S3_KEY") == "a/+="
    for text in ("sandi rahasia", "rahasiá", "“rahasia”"):
        with pytest.raises(ImproperlyConfigured, match="MEDIA_S3_SECRET berisi huruf") as refusal:
            read(file, f"MEDIA_S3_SECRET={text}").key("MEDIA_S3_SECRET")
        assert "rahasi" not in str(refusal.value).replace("MEDIA_S3_SECRET", "")


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("MEDIA_S3_KEY", "MEDIA_S3_URL memerlukan MEDIA_S3_KEY dan MEDIA_S3_SECRET."),
        ("MEDIA_S3_SECRET", "MEDIA_S3_URL memerlukan MEDIA_S3_KEY dan MEDIA_S3_SECRET."),
        ("MEDIA_S3_URL", "MEDIA_S3_KEY dan MEDIA_S3_SECRET memerlukan MEDIA_S3_URL"),
    ],
)
def test_half_of_the_settings_is_refused_at_the_start(missing, sentence):
    own = {name: value for name, value in OWN.items() if name != missing}
    done = run("import manage, sys; sys.argv[1:] = ['check']; manage.main()", **own)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert "sangat-rahasia" not in done.stderr


@pytest.mark.parametrize("package", ["boto3", "storages"])
def test_without_its_packages_the_setting_is_refused_with_what_to_install(package):
    program = f"import manage, sys; sys.modules['{package}'] = None; sys.argv[1:] = ['check']; manage.main()"
    done = run(program, **OWN)
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "Ada pengaturan yang keliru: MEDIA_S3_URL memerlukan paket tambahan: jalankan .venv/bin/pip install -q -r "
        "requirements-s3.txt"
    )


def test_without_the_setting_nothing_imports_its_packages():
    modules = sorted(name for name in rooms.modules() if name != "portal.bucket.storage")
    program = (
        "import importlib, sys, django; from portal.run import start, data_folder; "
        f"sys.modules.update(dict.fromkeys({PACKAGES!r})); "
        "data_folder.prepare(start.read_settings()); django.setup(); "
        f"[importlib.import_module(name) for name in {modules!r}]"
    )
    done = run(program)
    assert done.returncode == 0, done.stderr


def test_the_command_that_moves_photos_wants_the_setting(db):
    with pytest.raises(CommandError, match="Isilah dahulu MEDIA_S3_URL"):
        call_command("pindahkan_foto")


def test_its_lock_is_the_other_one_and_what_it_needs():
    pinned, with_s3 = (
        set(re.findall(r"^[\w.-]+(?:\[.*?\])?==\S+", (PROJECT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-s3.txt")
    )
    assert pinned < with_s3
    assert {each.partition("==")[0] for each in with_s3 - pinned} >= {"boto3", "botocore", "django-storages"}
    assert "!requirements-s3.txt\n" in (PROJECT / ".dockerignore").read_text()


def test_the_guide_gives_the_rights_with_which_the_drill_runs():
    guide = (PROJECT / "docs" / "panduan-operator.md").read_text()
    [shown] = [text for text in re.findall(r"(?ms)^ {7}\{\n.*?^ {7}\}$", guide) if "s3:GetObject" in text]
    assert json.loads(shown.replace("foto-berita", "WADAH")) == s3.POLICY


# ---- Names


@pytest.mark.parametrize(
    "name", [f"{NAME}-400.jpg", f"{NAME}-400.webp", "kartu/1-0123456789abcdef.jpg", "a" * 196 + ".jpg"]
)
def test_files_have_an_ending(name):
    assert place.is_file_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", ".id", "foto", "foto/", "/a.jpg", "a//b.jpg", "../a.jpg", "a/../b.jpg", "a.d/b.jpg", "a b.jpg"),
        *(
            "a.jpg/b",
            "ä.jpg",
            "a\n.jpg",
            "a" * 197 + ".jpg",
            "foto/.jpg",
            "a.",
            "arsip/pegawai.csv",
            "a.php.jpg",
            "a.jpg.svg",
        ),
    ],
)
def test_no_other_object_is_taken_for_a_photo(name):
    assert not place.is_file_name(name)


# ---- Without a disk


class Memory(InMemoryStorage):
    """Knows no paths, as a bucket; Django's has some, without files."""

    def path(self, name):
        raise NotImplementedError

    def get_available_name(self, name, max_length=None):
        return name

    def _open(self, name, mode="rb"):
        file = super()._open(name, mode)
        file.modified = self.get_modified_time(name)
        return file

    def _relative_path(self, name):
        return os.path.relpath(safe_join(self.location, name), self.location)


@pytest.fixture
def memory(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{__name__}.Memory"}}
    yield
    assert not (tmp_path / "media").exists()


def picture(width=900, height=600) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, "JPEG")
    out.seek(0)
    return out


def stored(name: str) -> list[str]:
    folder, _, first = name.rpartition("/")
    return sorted(each for each in default_storage.listdir(folder)[1] if each.startswith(first))


@pytest.mark.django_db
def test_a_photo_is_stored_completed_and_deleted_without_a_disk(memory):
    kept = photos.keep(photos.renditions(photos.read(picture()), quickly=True))
    Photo.objects.create(**kept._asdict(), alt_text="Taman")
    default_storage.save(f"{kept.name}-400.webp", ContentFile(b"RIFF"))
    assert cards.complete_photos() == 1
    assert len(stored(kept.name)) == 3 * 2 + len(photos.CROPS)
    with default_storage.open(f"{kept.name}-400.webp") as file, Image.open(file) as rendition:
        assert rendition.size == (400, 267)
    make_article(title="Taman kota dibuka")
    assert cards.draw_missing() == 1
    assert existing.is_there(f"/media/{kept.name}-400.jpg")
    assert not existing.is_there("/media/foto/x.jpg")
    photos.delete(kept.name, kept.width)
    assert stored(kept.name) == []


@pytest.mark.django_db
def test_files_that_no_photo_uses_stay_in_a_bucket(memory, settings, monkeypatch):
    settings.MEDIA_S3_URL = ("https://s3.contoh.go.id", "foto-berita")
    monkeypatch.setattr(photos, "ORPHANS_KEPT", timedelta(0))
    Photo.objects.create(**photos.store(picture())._asdict(), alt_text="Taman")
    other = photos.store(picture())  # of another portal, or of before a restoration
    assert photo_use.delete_orphans() == 0
    assert len(stored(other.name)) == 3 * 2 + len(photos.CROPS)


# ---- Whose it is


class Marked(Memory):
    bucket_name = "foto-berita"


@pytest.mark.django_db
def test_a_bucket_is_not_taken_over_from_a_portal_with_another_key_without_a_word(settings, caplog):
    bucket = Marked()
    marks.mark_bucket(bucket)
    marks.mark_bucket(bucket)
    assert caplog.text == ""
    settings.SECRET_KEY = "k" * 60
    marks.mark_bucket(bucket)
    [line] = caplog.messages
    assert "Wadah foto-berita tadinya milik portal dengan kunci rahasia lain" in line


# ---- Shown


@pytest.mark.django_db
def test_the_view_answers_from_a_storage_without_paths_as_from_a_disk(memory, client):
    for width in (400, 800):
        default_storage.save(f"{NAME}-{width}.jpg", ContentFile(f"jpg {width}".encode()))
    response = client.get(f"/media/{NAME}-800.jpg")
    assert b"".join(response.streaming_content) == b"jpg 800"
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Length"] == "7"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Vary"] == "Save-Data"
    assert client.get(f"/media/{NAME}-800.jpg", headers={"If-None-Match": response["ETag"]}).status_code == 304
    small = client.get(f"/media/{NAME}-800.jpg", headers={"Save-Data": "on"})
    assert b"".join(small.streaming_content) == b"jpg 400"
    response = client.get(f"/media/{NAME}-800.webp")
    assert (response["Content-Type"], response["Cache-Control"]) == ("image/jpeg", "public, max-age=3600")
    default_storage.save(".id", ContentFile(b"x"))
    for missing in ("foto/x.jpg", "../secret_key", "%2e%2e/x.jpg", "a" * 5000, "foto", "foto/", ".id"):
        assert client.get(f"/media/{missing}").status_code == 404, missing


# ---- Away


class Away(Memory):
    """A server that does not answer."""

    def _open(self, name, mode="rb"):
        raise OSError(errno.EREMOTEIO, "penyimpanan foto tidak menjawab", name)

    _save = exists = delete = _open


@pytest.fixture
def away(settings):
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{__name__}.Away"}}


@pytest.mark.django_db
def test_while_the_server_is_away_a_photo_is_a_short_503_and_pages_come(away, client, admin_client):
    response = client.get(f"/media/{NAME}-400.jpg")
    assert response.status_code == 503
    assert "sedang tidak dapat diambil" in response.content.decode()
    assert (response["Cache-Control"], response["Retry-After"]) == ("no-store", "10")
    photo = Photo.objects.create(name=NAME, width=900, height=600, edition=2, alt_text="Taman")
    page = client.get(make_article(photo=photo).get_absolute_url())
    assert page.status_code == 200
    assert f"/media/{NAME}-800.jpg" in page.content.decode()
    assert existing.is_there(f"/media/{NAME}-400.jpg")  # nobody can say that it is lost
    form = {"upload": SimpleUploadedFile("foto.jpg", picture().read()), "alt_text": "Taman"}
    response = admin_client.post("/admin/news/photo/add/", form)
    assert response.status_code == 503
    assert "Taman" in response.content.decode()


class Frozen(Marked):
    """It takes its time."""

    endpoint_url = "https://s3.contoh.go.id"
    it_answers = Event()

    def _open(self, name, mode="rb"):
        self.it_answers.wait(60)
        raise OSError(errno.EREMOTEIO, "penyimpanan foto tidak menjawab", name)


@pytest.mark.django_db
def test_health_waits_once_and_not_for_long(settings, monkeypatch):
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{__name__}.Frozen"}}
    settings.MEDIA_S3_URL = (Frozen.endpoint_url, Frozen.bucket_name)
    monkeypatch.setattr(folder, "PATIENCE", 0.3)
    began = time.monotonic()
    found = [each.part for each in parts.failures()]
    assert "media" in found
    assert "mesin" not in found
    assert time.monotonic() - began < 5
    Frozen.it_answers.set()


class Listed(NamedTuple):
    name: str
    size: int = 10
    modified: float = 1.0


class Read(NamedTuple):
    file: io.BytesIO


class Hiccup(Marked):
    """A server that does not answer the second request for names."""

    place = "https://s3.contoh.go.id/foto-berita"
    answers = False

    def entries(self):
        yield Listed("judi/index.html")
        if not self.answers:
            raise OSError(errno.EREMOTEIO, "penyimpanan foto tidak menjawab")
        yield Listed("judi/a.html")

    @contextmanager
    def opened(self, name):
        yield Read(io.BytesIO(b"<html>"))


@pytest.mark.django_db
def test_the_sentinel_goes_on_without_the_bucket_and_looks_again_at_the_next_scan(
    settings, tmp_path, caplog, monkeypatch
):
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{__name__}.Hiccup"}}
    settings.MEDIA_S3_URL = ("https://s3.contoh.go.id", "foto-berita")
    settings.DATA_DIR, settings.DOCUMENTS_ROOT = tmp_path, tmp_path / "documents"
    settings.DOCUMENTS_ROOT.mkdir()
    monkeypatch.setattr(files, "_BATCH", 1)
    (settings.DOCUMENTS_ROOT / "x.php").write_text("<?php")

    def scan() -> set[str]:
        scan = Scan.objects.begin()
        for _ in files.check():
            pass
        scan.finish()
        return {*Finding.objects.values_list("place", flat=True)}

    Finding.objects.note(Finding.Kind.FILE, "media/judi/z.html", "", "dari pemeriksaan sebelumnya")
    assert scan() == {"documents/x.php", "media/judi/index.html", "media/judi/z.html"}
    assert caplog.messages == ["Penjaga situs belum memeriksa semua foto: penyimpanan foto tidak menjawab."]
    assert not (tmp_path / files._LOOKED).exists()
    monkeypatch.setattr(Hiccup, "answers", True)
    assert scan() == {"documents/x.php", "media/judi/index.html", "media/judi/a.html"}
    assert (tmp_path / files._LOOKED).exists()


class Filled(Memory):
    bucket_name = "foto-berita"

    def entries(self):
        for prefix in ("", "foto/", f"{NAME.rpartition('/')[0]}/"):
            with suppress(FileNotFoundError):
                for name in self.listdir(prefix)[1]:
                    yield Listed(f"{prefix}{name}", self.size(f"{prefix}{name}"))


@pytest.fixture
def moving(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{__name__}.Filled"}}
    settings.MEDIA_S3_URL = ("https://s3.contoh.go.id", "foto-berita")
    settings.MEDIA_ROOT = tmp_path / "media"
    (tmp_path / "media" / NAME).parent.mkdir(parents=True)
    return tmp_path / "media"


@pytest.mark.django_db
def test_a_photo_that_a_worker_missed_before_it_came_is_completed(moving, capsys):
    for width in (400, 800, 900):
        (moving / f"{NAME}-{width}.jpg").write_bytes(picture(width).read())
    came = Photo.objects.create(name=NAME, width=900, height=600, edition=1, alt_text="Taman")
    lost = Photo.objects.create(name=f"{NAME[:-1]}0", width=900, height=600, edition=1, alt_text="Pasar")
    assert cards.complete_photos() == 2
    assert {*Photo.objects.values_list("edition", flat=True)} == {0}
    call_command("pindahkan_foto")
    assert "1 foto yang tadinya hilang kini ada" in capsys.readouterr().out
    assert cards.complete_photos() == 1
    assert dict(Photo.objects.values_list("pk", "edition")) == {came.pk: photos.EDITION, lost.pk: 0}
    call_command("pindahkan_foto")
    assert "hilang" not in capsys.readouterr().out


class NowAndThen(Filled):
    """Answers every other request, and one for names tells one."""

    largest = 1000
    number = itertools.count()

    def size(self, name):
        return 3

    def _open(self, name, mode="rb"):
        if next(self.number) % 2 == 0:
            raise OSError(errno.EREMOTEIO, "penyimpanan foto tidak menjawab", name)
        return super()._open(name, mode)

    def entries(self, after=""):
        for entry in sorted(super().entries()):
            if entry.name > after:
                yield entry
                raise OSError(errno.EREMOTEIO, "penyimpanan foto tidak menjawab")


def test_a_backup_outlasts_a_server_that_now_and_then_does_not_answer(moving, settings, monkeypatch):
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{__name__}.NowAndThen"}}
    expected = {f"{NAME}-{width}.jpg": str(width).encode() for width in (400, 800, 900)}
    for name, content in expected.items():
        default_storage.save(name, ContentFile(content))
    pauses = []
    monkeypatch.setattr(making.time, "sleep", pauses.append)
    file = io.BytesIO()
    with archive.Writer(file, lambda read: None) as writer:
        for entry in making._objects(making._PAUSES):
            assert making._add_object(writer, entry)
        assert not making._add_object(writer, Listed("foto/hapus.jpg"))
        writer.finish({}, 0)
    assert set(pauses) == {making._PAUSES[0]}
    file.seek(0)
    with tarfile.open(fileobj=file) as tar:
        found = {each.name: tar.extractfile(each).read() for each in tar if each.name.startswith("media/")}
    assert found == {f"media/{name}": content for name, content in expected.items()}
    with pytest.raises(OSError, match="tidak menjawab"):
        list(making._objects(()))


class OnlyRead(Marked):
    endpoint_url = "https://s3.contoh.go.id"
    takes = True

    def _save(self, name, content):
        if not self.takes:
            raise OSError(errno.EREMOTEIO, "kunci itu tidak diizinkan di penyimpanan foto", name)
        return super()._save(name, content)


@pytest.mark.django_db
def test_health_tells_of_a_key_that_may_only_read(settings, monkeypatch):
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": f"{__name__}.OnlyRead"}}
    settings.MEDIA_S3_URL = (OnlyRead.endpoint_url, OnlyRead.bucket_name)
    marks.mark_bucket(place.bucket())
    checks.media()
    monkeypatch.setattr(OnlyRead, "takes", False)
    checks.media()  # it has just written
    checks._put.clear()
    for _ in range(2):
        with pytest.raises(Problem, match="Foto tidak dapat disimpan di wadah foto-berita: kunci itu tidak diizinkan"):
            checks.media()


@pytest.mark.django_db
def test_a_folders_own_id_is_not_sent_into_the_bucket_and_links_are_told(moving, tmp_path, capsys):
    (tmp_path / "lain").mkdir()
    (tmp_path / "lain" / "c.jpg").write_text("x")
    (moving / ".id").write_text("x")
    (moving / "foto" / "a.jpg").write_text("x")
    (moving / "foto" / "b.jpg").symlink_to("/etc/passwd")
    (moving / "foto" / "putus.jpg").symlink_to("tidak-ada")
    (moving / "foto" / "tautan").symlink_to(tmp_path / "lain")
    call_command("pindahkan_foto")
    told = capsys.readouterr().out
    assert "1 berkas dikirim" in told
    assert (
        "3 berkas bukan foto portal, atau hanya tautan, dan tidak ikut: foto/b.jpg, foto/putus.jpg, foto/tautan."
        in told
    )
    assert default_storage.listdir("foto")[1] == ["a.jpg"]
