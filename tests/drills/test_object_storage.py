"""Photos in a bucket of a real S3 server (SeaweedFS): all that the portal does with them on a disk, with a key that
may do no more than the guide says, and while the server is away. Packages: tests/s3.py."""

import errno
import hashlib
import io
import json
import os
import re
import shutil
import sys
import time
import urllib.error
import urllib.request
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image
from pyrage import x25519

from bench import nginx as nginx_files
from news import cards, existing, photos
from news.models import Finding, Photo, Scan, photo_use
from portal.backup import encryption
from portal.backup import folder as backup_folder
from portal.backup.wal import archiving
from portal.backup.wal.copies import Copies
from portal.hosts import differences, marks
from portal.hosts.models import Host
from portal.run import postgres
from portal.sentinel import files as sentinel
from tests import s3
from tests.conftest import free_port, require_program, wait_until
from tests.make import make_article, make_person
from tests.test_hosts import be_host
from tests.test_nginx import insert
from tests.test_serve import manage
from tests.test_wal import QUICK, add, archived, make_portals_own
from tests.web_servers import Gunicorn, Nginx, get, status

pytestmark = pytest.mark.drill
NAME = "foto/2026/11/0123456789abcdef"
NAMES = (NAME, "foto/2026/11/fedcba9876543210")
RENDITIONS = ("400.jpg", "400.webp", "800.jpg", "800.webp", "900.jpg", "900.webp")


@pytest.fixture(scope="module")
def weed(tmp_path_factory):
    server = s3.Weed(tmp_path_factory.mktemp("weed") / "s3")
    try:
        yield server.start()
    finally:
        server.kill()


_number = iter(range(1, 1000))


@pytest.fixture
def place(weed):
    return weed.make(f"foto-berita-{next(_number)}")


def use(settings, place: s3.Place):
    settings.STORAGES = settings.STORAGES | place.storages
    settings.MEDIA_S3_URL = (place.endpoint, place.bucket)
    return storages["default"]


@pytest.fixture
def bucket(place, settings, tmp_path):
    """This process keeps its photos there."""
    settings.MEDIA_ROOT, settings.DOCUMENTS_ROOT = tmp_path / "media", tmp_path / "documents"
    return use(settings, place)


def names(weed, place: s3.Place) -> dict[str, int]:
    found = weed.client("s3").get_paginator("list_objects_v2").paginate(Bucket=place.bucket)
    return {each["Key"]: each["Size"] for page in found for each in page.get("Contents", ())}


def photos_in(weed, place: s3.Place) -> dict[str, int]:
    return {name: size for name, size in names(weed, place).items() if name.startswith("foto/")}


def picture(width=900, height=600, colour="navy") -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    out.seek(0)
    return out


def body(response) -> bytes:
    return b"".join(response.streaming_content)


def refused(address: str) -> int:
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(address, timeout=10)
    error.value.close()
    return error.value.code


# ---- Photos


@pytest.mark.django_db
def test_a_photo_uploaded_by_an_editor_is_in_the_bucket_and_shown_from_the_portals_own_address(
    client, admin_client, weed, place, bucket, settings, django_capture_on_commit_callbacks
):
    client.force_login(make_person("Penulis"))
    form = {"upload": SimpleUploadedFile("foto.jpg", picture().read()), "alt_text": "Taman kota"}
    assert client.post("/admin/news/photo/add/", form).status_code == 302
    photo = Photo.objects.get()
    assert {name for name in names(weed, place) if name.startswith(photo.name)} == {
        f"{photo.name}-{each}" for each in (*RENDITIONS, *(f"{crop}.jpg" for crop in photos.CROPS))
    }
    page = client.get(make_article(photo=photo).get_absolute_url()).content.decode()
    assert f"/media/{photo.name}-800.webp 800w" in page
    assert weed.endpoint not in page
    assert not settings.MEDIA_ROOT.exists()
    head = weed.client("s3").head_object(Bucket=place.bucket, Key=photo.largest_file)
    assert head["ContentType"] == "image/jpeg"
    photo_page = client.get(f"/admin/news/photo/{photo.pk}/change/")
    assert photo_page.status_code == 200
    form = {"upload": SimpleUploadedFile("foto.jpg", picture(500).read()), "alt_text": "Pasar"}
    assert client.post("/admin/news/photo/add/", form).status_code == 302
    unused = Photo.objects.get(alt_text="Pasar")
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(f"/admin/news/photo/{unused.pk}/delete/", {"post": "yes"})
    assert Photo.objects.get() == photo
    assert {name.rpartition("/")[0] for name in names(weed, place)} == {photo.name.rpartition("/")[0]}
    assert not [name for name in names(weed, place) if name.startswith(unused.name)]


@pytest.mark.django_db
def test_the_view_answers_as_from_a_disk(client, bucket):
    for width in (400, 800, 1600):
        for kind in ("jpg", "webp"):
            default_storage.save(f"{NAME}-{width}.{kind}", ContentFile(f"{kind} {width}".encode() * width))
    response = client.get(f"/media/{NAME}-1600.webp")
    assert (response.status_code, body(response)) == (200, b"webp 1600" * 1600)
    assert response["Content-Type"] == "image/webp"
    assert response["Content-Length"] == str(len(b"webp 1600" * 1600))
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    for validators in (
        {"If-None-Match": response["ETag"]},
        {"If-Modified-Since": response["Last-Modified"]},
    ):
        assert client.get(f"/media/{NAME}-1600.webp", headers=validators).status_code == 304
    assert body(client.get(f"/media/{NAME}-1600.jpg", headers={"Save-Data": "on"})) == b"jpg 400" * 400
    default_storage.delete(f"{NAME}-1600.webp")
    response = client.get(f"/media/{NAME}-1600.webp")
    assert (response["Content-Type"], response["Cache-Control"]) == ("image/jpeg", "public, max-age=3600")
    default_storage.save(".id", ContentFile(b"x"))
    for missing in ("foto/x.jpg", "../secret_key", "%2e%2e/x", "a" * 5000, "foto", "foto/", "", ".id"):
        assert client.get(f"/media/{missing}").status_code == 404, missing


@pytest.mark.django_db
def test_worker_and_importer_do_with_the_bucket_what_they_do_with_a_disk(weed, place, bucket, monkeypatch):
    kept = photos.keep(photos.renditions(photos.read(picture()), quickly=True))
    photo = Photo.objects.create(**kept._asdict(), alt_text="Taman")
    default_storage.save(f"{kept.name}-400.webp", ContentFile(b"RIFF"))  # torn, as no bucket leaves it
    assert cards.complete_photos() == 1
    with default_storage.open(f"{kept.name}-400.webp") as file, Image.open(file) as rendition:
        assert rendition.size[0] == 400
    make_article(title="Taman kota dibuka")
    assert cards.draw_missing() == 1
    assert [name for name in names(weed, place) if re.fullmatch(r"kartu/\d+-[0-9a-f]{16}\.jpg", name)]
    before = names(weed, place)
    lost = photos.store(picture(500))
    monkeypatch.setattr(photos, "ORPHANS_KEPT", timedelta(0))
    assert photo_use.delete_orphans() == 0
    assert [name for name in names(weed, place) if name.startswith(lost.name)]
    assert set(before) < set(names(weed, place))
    assert photo.is_stored
    assert existing.is_there(photo.largest_url)
    assert not existing.is_there("/media/foto/x.jpg")
    assert default_storage.listdir("foto") == ([kept.name.split("/")[1]], [])


def test_names_that_no_object_can_have_do_not_exist_and_say_nothing_about_the_server(bucket):
    bucket.save("foto/a.jpg", ContentFile(b"x"))
    for name in ("", ".", "/", "a/../"):
        assert not bucket.exists(name), name
        with pytest.raises(FileNotFoundError):
            bucket.open(name)
    assert bucket.open("foto/a.jpg").read() == b"x"


def test_what_is_saved_once_more_takes_the_place_of_what_was_there(weed, place, bucket):
    for content in (b"satu", b"dua"):
        assert bucket.save("foto/a.jpg", ContentFile(content)) == "foto/a.jpg"
        assert bucket.open("foto/a.jpg").read() == content
    assert set(names(weed, place)) == {"foto/a.jpg"}


def test_a_large_file_goes_in_parts_and_comes_back_as_it_was(weed, place, bucket):
    content = os.urandom(20 * 2**20)
    began = time.monotonic()
    bucket.save("foto/besar.jpg", ContentFile(content))
    seconds = time.monotonic() - began
    head = weed.client("s3").head_object(Bucket=place.bucket, Key="foto/besar.jpg")
    assert head["ETag"].strip('"').endswith("-3")
    with bucket.open("foto/besar.jpg") as file:
        assert hashlib.sha256(file.read()).digest() == hashlib.sha256(content).digest()
    print(f"20 MB in 3 parts: {seconds:.1f} s")


# ---- Rights


def test_the_key_may_do_that_and_nothing_else_and_nobody_reads_without_a_signature(weed, place, bucket):
    bucket.save("foto/a.jpg", ContentFile(b"x"))
    other = weed.make(f"foto-lain-{next(_number)}")
    weed.client("s3").put_object(Bucket=other.bucket, Key="foto/b.jpg", Body=b"y")
    mine = weed.client("s3", (place.key, place.secret))
    for forbidden in (
        lambda: mine.get_object(Bucket=other.bucket, Key="foto/b.jpg"),
        lambda: mine.put_object(Bucket=other.bucket, Key="foto/b.jpg", Body=b"z"),
        lambda: mine.list_objects_v2(Bucket=other.bucket),
        lambda: mine.create_bucket(Bucket="baru-sekali"),
        lambda: mine.delete_bucket(Bucket=place.bucket),
        lambda: mine.put_bucket_policy(Bucket=place.bucket, Policy="{}"),
        lambda: mine.put_bucket_acl(Bucket=place.bucket, ACL="public-read"),
    ):
        with pytest.raises(Exception, match="AccessDenied"):
            forbidden()
    for address in (f"{place.endpoint}/{place.bucket}/foto/a.jpg", f"{place.endpoint}/{place.bucket}/"):
        assert refused(address) == 403
    signed = mine.generate_presigned_url("get_object", {"Bucket": place.bucket, "Key": "foto/a.jpg"}, 60)
    assert urllib.request.urlopen(signed, timeout=10).read() == b"x"
    assert refused(signed.replace("Signature=", "Signature=0")) == 403


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"secret": "salah"}, "MEDIA_S3_SECRET bukan rahasia kunci itu"),
        ({"key": "TAKADA"}, "penyimpanan foto tidak mengenal MEDIA_S3_KEY"),
        ({"bucket": "tak-ada-sama-sekali"}, "tidak"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence_without_the_secret(
    client, admin_client, place, settings, tmp_path, caplog, change, reason
):
    wrong = place._replace(**change)
    bucket = use(settings, wrong)
    with pytest.raises(OSError, match=reason) as refusal:
        bucket.open("foto/a.jpg")
    assert client.get("/media/foto/a.jpg").status_code == 503
    failing = admin_client.get("/admin/sehat/", headers={"Accept": "application/json"}).json()["sebab"]
    [told] = [each for each in failing if each["bagian"] == "media"]
    assert refusal.value.strerror in told["sebab"]
    assert wrong.secret not in f"{refusal.value}{told}{caplog.text}"


# ---- Whose it is


NO_SERVER = "di alamat itu tidak ada penyimpanan S3"


class Website(BaseHTTPRequestHandler):
    """No S3 server: one page for every address, or, as a server of buckets elsewhere, a redirection."""

    status = 200

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b"<html><body>Situs kota</body></html>"
        if self.status != 200:
            code = b"PermanentRedirect" if self.status == 301 else b"NotFound"
            body = b"<Error><Code>" + code + b"</Code><Message>x</Message></Error>"
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = answer

    def log_message(self, *arguments):
        pass


@pytest.mark.parametrize(("status", "reason"), [(200, NO_SERVER), (301, "alamat atau wilayah lain")])
def test_an_address_where_no_s3_server_is_gives_one_sentence_and_no_empty_bucket(settings, status, reason):
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Site", (Website,), {"status": status})) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        store = use(settings, s3.Place(f"http://127.0.0.1:{server.server_port}", "foto", "KUNCI", "rahasia"))
        for ask in (lambda: list(store.entries()), lambda: marks.mark_bucket(store)):
            with pytest.raises(OSError, match=reason) as raised:
                ask()
            assert raised.value.errno == errno.EREMOTEIO
        server.shutdown()


def test_an_upload_to_an_address_that_knows_nothing_is_told(settings):
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Site", (Website,), {"status": 404})) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        store = use(settings, s3.Place(f"http://127.0.0.1:{server.server_port}", "foto", "KUNCI", "rahasia"))
        with pytest.raises(OSError, match=NO_SERVER):
            marks.mark_bucket(store)
        server.shutdown()


@pytest.mark.django_db
def test_hosts_with_one_bucket_fit_and_one_with_another_is_told(weed, place, settings, tmp_path, caplog):
    use(settings, place)
    be_host(settings, tmp_path / "balai")
    be_host(settings, tmp_path / "kedua")
    assert Host.objects.alive().count() == 2
    assert differences.find() is None
    use(settings, weed.make(f"foto-lain-{next(_number)}"))
    be_host(settings, tmp_path / "ketiga")
    assert "tidak di wadah yang sama" in caplog.text
    assert not (tmp_path / "balai" / "media").exists()


def test_a_bucket_of_another_portal_is_refused_and_one_with_a_new_key_or_a_new_site_is_not(bucket, settings):
    marks.mark_bucket(bucket)
    before = marks.owner_of(bucket)
    settings.SECRET_KEY = "k" * 60
    marks.mark_bucket(bucket)
    settings.SITE_URL = "https://berita.lain.go.id"
    marks.mark_bucket(bucket)
    assert marks.owner_of(bucket).id == before.id
    settings.SITE_URL, settings.SECRET_KEY = "https://asing.go.id", "m" * 60
    with pytest.raises(marks.Foreign, match="berisi foto portal lain"):
        marks.mark_bucket(bucket)
    assert marks.owner_of(bucket).site == "https://berita.lain.go.id"


@pytest.mark.django_db
def test_the_sentinel_finds_what_the_portal_did_not_write(weed, place, bucket, settings, tmp_path):
    def scan() -> dict[str, str]:
        scan = Scan.objects.begin()
        for _ in sentinel.check():
            pass
        scan.finish()
        return dict(Finding.objects.values_list("place", "excerpt"))

    settings.DATA_DIR = tmp_path
    marks.mark_bucket(bucket)
    kept = photos.store(picture())
    Photo.objects.create(**kept._asdict(), alt_text="Taman")
    assert scan() == {}
    foreign = weed.client("s3")
    foreign.put_object(Bucket=place.bucket, Key="judi/index.html", Body=b"<html>slot gacor</html>")
    foreign.put_object(Bucket=place.bucket, Key=f"{kept.name}-400.jpg", Body=b"<?php system($_GET['c']);")
    expected = {
        "media/judi/index.html": "portal tidak menulis berkas seperti ini, dan isinya program",
        f"media/{kept.name}-400.jpg": "isinya program atau halaman, bukan gambar atau dokumen",
    }
    assert scan() == expected
    note = settings.DATA_DIR / sentinel._LOOKED
    nothing_is_new = json.dumps(json.loads(note.read_text()) | {"sejak": time.time() + 2 * 86400})
    note.write_text(nothing_is_new)
    assert scan() == expected
    Finding.objects.all().delete()
    note.write_text(nothing_is_new)
    assert set(scan()) == {"media/judi/index.html"}  # by its name


# ---- Away


@pytest.mark.django_db
def test_pages_come_while_the_server_is_away_and_nobody_waits_long_for_a_photo(
    weed, place, bucket, client, admin_client, monkeypatch
):
    kept = photos.store(picture())
    photo = Photo.objects.create(**kept._asdict(), alt_text="Taman")
    address = make_article(photo=photo).get_absolute_url()
    photo_address = f"/media/{photo.name}-400.jpg"
    assert body(client.get(photo_address))

    def answered() -> float:
        began = time.monotonic()
        response = client.get(photo_address)
        assert (response.status_code, response["Cache-Control"]) == (503, "no-store")
        assert response["Retry-After"]
        return time.monotonic() - began

    def upload():
        form = {"upload": SimpleUploadedFile("foto.jpg", picture().read()), "alt_text": "Taman kota"}
        return admin_client.post("/admin/news/photo/add/", form)

    for away, back in ((weed.kill, weed.start), (weed.freeze, weed.thaw)):
        away()
        first, second = answered(), answered()
        began = time.monotonic()
        assert client.get(f"{address}?n={away.__name__}").status_code == 200
        page = time.monotonic() - began
        assert upload().status_code == 503
        bucket._silence.clear()  # so that it is asked once more
        began = time.monotonic()
        report = admin_client.get("/admin/sehat/", headers={"Accept": "application/json"}).json()
        health = time.monotonic() - began
        assert "media" in report["rusak"]
        print(
            f"{away.__name__}: first {first:.2f} s, second {second:.4f} s, a page {page:.3f} s, health {health:.2f} s"
        )
        assert health < 5
        assert first < 12
        assert second < 0.1
        back()
        began = time.monotonic()
        wait_until(lambda: client.get(photo_address).status_code == 200, seconds=60)
        print(f"back after {time.monotonic() - began:.1f} s")
        assert Photo.objects.count() == 1
    assert upload().status_code == 302


@pytest.mark.slow
def test_nginx_keeps_photos_also_while_the_bucket_is_away_and_forgets_a_deleted_one(
    weed, place, settings, migrated, tmp_path, embedded_postgres, static_files
):
    bucket = use(settings, place)
    for width in (400, 800):
        bucket.save(f"{NAME}-{width}.webp", ContentFile(f"webp {width}".encode()))
    bucket.save(f"{NAME}-800.jpg", ContentFile(b"jpg 800"))
    database = (
        f"postgres://postgres@/postgres?host={postgres.connection_settings(Path(os.environ['DATA_DIR']))['HOST']}"
    )
    with (
        Gunicorn(tmp_path / "var", database, **place.environment) as portal,
        CachingNginx(portal, tmp_path / "nginx") as nginx,
    ):

        def shown(path: str, headers: str = "") -> tuple[int, bytes]:
            answer = get(nginx.port, path, headers)
            return status(answer), answer.partition(b"\r\n\r\n")[2]

        assert shown(f"/media/{NAME}-800.webp") == (200, b"webp 800")
        assert shown(f"/media/{NAME}-800.webp", "Save-Data: on\r\n") == (200, b"webp 400")
        assert shown(f"/media/{NAME}-800.jpg") == (200, b"jpg 800")
        weed.freeze()
        try:
            assert shown(f"/media/{NAME}-800.webp") == (200, b"webp 800")  # from nginx
            time.sleep(2.5)  # the copies are old now
            assert shown(f"/media/{NAME}-800.webp", "Save-Data: on\r\n") == (200, b"webp 400")
            assert shown("/media/foto/lain.jpg")[0] == 503
            assert status(get(nginx.port, "/robots.txt")) == 200
        finally:
            weed.thaw()
        bucket.delete(f"{NAME}-800.jpg")
        wait_until(lambda: shown(f"/media/{NAME}-800.jpg")[0] == 404, seconds=60)
        assert shown(f"/media/{NAME}-800.webp") == (200, b"webp 800")
        head = get(nginx.port, f"/media/{NAME}-800.webp").partition(b"\r\n\r\n")[0]
        for line in (b"immutable", b"nosniff", b"default-src 'none'; sandbox"):
            assert head.count(line) == 1, line
        assert "Traceback" not in portal.log.read_text()


class CachingNginx(Nginx):
    """With the lines for a bucket, and copies that are old after two seconds."""

    def __init__(self, portal: Gunicorn, folder: Path):
        program = require_program("nginx", "apt-get install nginx-light")
        self.folder, self.port, self.log = folder, free_port(), folder / "error.log"
        main = nginx_files.configure(folder, port=self.port, portal=portal.port, data_dir=portal.folder)
        site = folder / "site.conf"
        (folder / "s3.conf").write_text(
            (nginx_files.ROOT / "deploy" / "nginx-media-s3.conf").read_text().replace("200 10m", "200 2s")
        )
        text = site.read_text().replace(
            "#proxy_cache_path /var/cache/nginx-portal", f"proxy_cache_path {folder}/photos"
        )
        site.write_text(re.sub(r"#include \S+nginx-media-s3\.conf", f"include {folder}/s3.conf", text))
        self.process = s3.subprocess.Popen([program, "-p", str(folder), "-c", str(main)], env=os.environ.copy())


# ---- Backups


@pytest.fixture
def data_dir(migrated, tmp_path):
    """A portal with an embedded database and two photos in its folder, which is about to move into a bucket."""
    folder = tmp_path / "var"
    folder.mkdir()
    (folder / "contoh-dimuat").touch()
    shutil.copytree(migrated / "postgres", folder / "postgres")
    make_portals_own(folder)
    for name in NAMES:
        for width in (400, 900):
            path = folder / "media" / f"{name}-{width}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(f"{name} {width}".encode() * 1000)
    with postgres.running(folder, QUICK), connected(folder) as server:
        for number, name in enumerate(NAMES, start=1):
            columns = {"id": number, "name": name, "width": 900, "height": 600, "edition": 1, "alt_text": "Taman"}
            insert(server, "news_photo", columns)
    return folder


def connected(folder: Path) -> psycopg.Connection:
    host = postgres.connection_settings(folder)["HOST"]
    return psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True)


def test_a_portal_moves_into_a_bucket_and_a_backup_fills_an_empty_one(weed, place, data_dir, tmp_path):
    own = {"data_dir": data_dir, **place.environment}
    done = manage("pindahkan_foto", **own)
    assert "4 berkas dikirim" in done.stdout, done.stderr
    assert "Semua foto ada di wadah" in done.stdout
    assert "0 berkas dikirim" in manage("pindahkan_foto", **own).stdout
    assert manage("worker", "--sekali", **own).returncode == 0
    assert [name for name in names(weed, place) if name.startswith("kartu/situs-")]
    before = photos_in(weed, place)
    assert set(before) == {
        path.relative_to(data_dir / "media").as_posix() for path in (data_dir / "media").rglob("*.jpg")
    }
    shutil.rmtree(data_dir / "media")
    began = time.monotonic()
    done = manage("backup", str(tmp_path / "b.tar"), **own)
    assert done.returncode == 0, done.stderr
    print(f"backup: {time.monotonic() - began:.1f} s")
    assert manage("restore", "--latihan", str(tmp_path / "b.tar"), **own).returncode == 0

    empty = weed.make(f"foto-kosong-{next(_number)}")
    weed.client("s3").put_object(Bucket=empty.bucket, Key="foto/2020/01/aaaaaaaaaaaaaaaa-400.jpg", Body=b"lama")
    weed.client("s3").put_object(Bucket=empty.bucket, Key=f"{NAME}-400.jpg", Body=b"terpotong")
    done = manage("restore", str(tmp_path / "b.tar"), data_dir=data_dir, **empty.environment)
    assert "Portal sudah dipulihkan" in done.stdout, done.stderr
    after = photos_in(weed, empty)
    assert after == before | {"foto/2020/01/aaaaaaaaaaaaaaaa-400.jpg": 4}
    assert not (data_dir / "media").exists()
    assert manage("restore", "--batal", data_dir=data_dir, **empty.environment).returncode == 0
    assert photos_in(weed, empty) == after

    # Back to a disk
    done = manage("restore", str(tmp_path / "b.tar"), data_dir=data_dir)
    assert done.returncode == 0, done.stderr
    assert len(list((data_dir / "media" / "foto").rglob("*.jpg"))) == 4

    foreign = weed.make(f"foto-asing-{next(_number)}")
    mark = "\n".join(("0" * 32, "https://asing.go.id", "x")).encode()
    weed.client("s3").put_object(Bucket=foreign.bucket, Key=".id", Body=mark)
    for command in (("restore", str(tmp_path / "b.tar")), ("pindahkan_foto",)):
        done = manage(*command, data_dir=data_dir, **foreign.environment)
        assert done.returncode
        assert "berisi foto portal lain (https://asing.go.id)" in done.stderr
        assert "Traceback" not in done.stderr
    assert set(names(weed, foreign)) == {".id"}


SWEEPS_AT_ONCE = """
import sys
from datetime import timedelta
import manage
from news import photos
photos.ORPHANS_KEPT = timedelta(0)
sys.argv.pop(0)
manage.main()
"""


def test_what_came_after_a_backup_is_there_when_its_restoration_is_undone(weed, place, data_dir, tmp_path):
    own = {"data_dir": data_dir, **place.environment}
    assert manage("pindahkan_foto", **own).returncode == 0
    shutil.rmtree(data_dir / "media")
    assert manage("backup", str(tmp_path / "b.tar"), **own).returncode == 0
    later = f"{timezone.localdate():foto/%Y/%m}/{'c' * 16}"
    for width in (400, 900):
        weed.client("s3").put_object(Bucket=place.bucket, Key=f"{later}-{width}.jpg", Body=b"baru")
    with postgres.running(data_dir, QUICK), connected(data_dir) as server:
        columns = {"id": 3, "name": later, "width": 900, "height": 600, "edition": 2, "alt_text": "Baru"}
        insert(server, "news_photo", columns)
    before = photos_in(weed, place)
    assert manage("restore", str(tmp_path / "b.tar"), **own).returncode == 0
    done = manage("worker", "--sekali", python=(sys.executable, "-c", SWEEPS_AT_ONCE), **own)
    assert done.returncode == 0, done.stderr
    assert set(before) <= set(photos_in(weed, place))
    assert manage("restore", "--batal", **own).returncode == 0
    assert set(before) <= set(photos_in(weed, place))


def test_while_the_server_is_away_no_half_backup_is_made_and_nothing_is_restored(weed, place, data_dir, tmp_path):
    own = {"data_dir": data_dir, **place.environment}
    assert manage("pindahkan_foto", **own).returncode == 0
    assert manage("backup", str(tmp_path / "b.tar"), **own).returncode == 0
    weed.kill()
    try:
        for command in (
            ("backup", str(tmp_path / "c.tar")),
            ("restore", str(tmp_path / "b.tar")),
            ("pindahkan_foto",),
        ):
            done = manage(*command, **own)
            assert done.returncode
            assert "penyimpanan foto tidak menjawab" in done.stderr, done.stderr
            assert "Traceback" not in done.stderr
    finally:
        weed.start()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("c.tar")]


def test_new_objects_only_are_copied_and_deleted_ones_are_kept_for_a_while(weed, place, bucket, tmp_path):
    marks.mark_bucket(bucket)
    month = timezone.localdate().strftime("foto/%Y/%m")
    first, later = f"{month}/{'a' * 16}-400.jpg", f"{month}/{'b' * 16}-400.jpg"
    for name in (first, "kartu/1-0123456789abcdef.jpg"):
        bucket.save(name, ContentFile(name.encode() * 50))
    weed.client("s3").put_object(Bucket=place.bucket, Key="foto/nama lain", Body=b"x")
    copies = Copies(tmp_path / "berkas")

    def update() -> list[int]:
        fetched: list[int] = []
        assert copies.update_objects("media", bucket, lambda size: fetched.append(size) or True) == 0
        return fetched

    assert len(update()) == 2
    assert update() == []
    bucket.save(later, ContentFile(b"baru"))
    bucket.delete(first)
    assert update() == [4]
    copy = tmp_path / "berkas" / "media" / later
    assert copy.read_bytes() == b"baru"
    assert int(copy.stat().st_mtime) == int(bucket.get_modified_time(later).timestamp())
    [deleted] = (tmp_path / "berkas" / "dihapus").rglob("*-400.jpg")
    assert deleted.name == Path(first).name
    identity = x25519.Identity.generate()
    copies.encrypt_for(identity.to_public())
    assert len(update()) == 2
    copies.seal_deleted()
    assert {path.suffix for path in (tmp_path / "berkas").rglob("*.*") if path.name != ".id" and path.is_file()} == {
        encryption.ENDING
    }
    target = tmp_path / "pulang"
    copies.complete("media", target, [identity], present={later})
    assert (target / first).read_bytes() == first.encode() * 50
    assert not (target / later).exists()
    # Another bucket is not one whose photos were all deleted.
    (tmp_path / "berkas" / "media" / ".id").write_text("0" * 32)
    copies.listed_until = 0
    bucket.delete(later)
    update()
    assert not copies.is_of("media", bucket)
    assert list((tmp_path / "berkas" / "media").rglob("*b-400.jpg.age"))


def test_a_moment_finds_the_photos_that_were_deleted_after_it(weed, place, bucket, data_dir, tmp_path, settings):
    settings.DATA_DIR = data_dir
    (tmp_path / "cadangan").mkdir()
    archive = archiving.Archiving(
        data_dir,
        tmp_path / "cadangan",
        budget=2**40,
        files={},
        photos=bucket,
        claim=backup_folder.claim,
        recipient=lambda: None,
    )
    own = {"data_dir": data_dir, **place.environment}
    assert manage("pindahkan_foto", **own).returncode == 0
    shutil.rmtree(data_dir / "media")
    before = names(weed, place)
    with postgres.running(data_dir, QUICK), connected(data_dir) as server:
        state = archived(archive)
        assert state["problem"] == state["base_problem"] == ""
        time.sleep(1.1)  # a base backup is good from the next second on
        moment = add(server, "satu")
        for width in (400, 900):
            bucket.delete(f"{NAME}-{width}.jpg")
        add(server, "dua")
        archive.copies.listed_until = 0
        archived(archive)
    own["BACKUP_DIR"] = str(archive.backup_dir)
    done = manage("restore", "--sampai", moment.isoformat(), **own)
    assert "Portal sudah kembali ke keadaan pada" in done.stdout, done.stderr
    assert "tidak ada lagi" not in done.stdout
    assert names(weed, place) == before
    assert not (data_dir / "media").exists()
