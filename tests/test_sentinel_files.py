"""The site sentinel finds files that the portal did not write, and changes of its own program."""

import os
import shutil
import time
from datetime import timedelta
from importlib.metadata import distributions
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image

from news import documents, photos
from news.models import Document, Finding, Photo, Scan
from portal.sentinel import files, release
from tests import pdfs
from tests.make import make_article

pytestmark = pytest.mark.django_db
LONG_AGO = time.time() - 30 * 86400


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.MEDIA_ROOT, settings.DOCUMENTS_ROOT = tmp_path / "media", tmp_path / "documents"
    return tmp_path


def put(path: Path, content: bytes = b"x", at: float = LONG_AGO) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (at, at))
    return path


def found(check):
    """Why, by file."""
    for _ in check():
        pass
    return {finding.place: finding.excerpt for finding in Finding.objects.all()}


def stored_photo() -> Photo:
    kept = photos.write(Image.new("RGB", (500, 400), "navy"))
    return Photo.objects.create(**kept._asdict(), alt_text="Taman kota")


def stored_document() -> Document:
    document = Document(article=make_article(), title="Surat edaran")
    document.put(documents.store(pdfs.upload(pdfs.pdf("Jam kerja"))))
    document.save()
    return document


# ---- Media and documents


def test_what_the_portal_stores_is_no_finding(folders):
    stored_photo()
    documents.write_cover(stored_document().file, files_of(folders / "media", "*-400.jpg")[0].read_bytes())
    for path in files_of(folders, "*.*"):
        os.utime(path, (LONG_AGO, LONG_AGO))
    assert found(files.check) == {}


def files_of(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.rglob(pattern))


@pytest.mark.parametrize(
    "name",
    ["x.php", "foto/2026/11/0123456789abcdef-400.php", "foto/2026/11/.htaccess", "judi/index.html", "kartu/1.svg"],
)
def test_a_file_that_the_portal_never_writes_is_found_at_once(folders, name):
    put(folders / "media" / name, b"<?php system($_GET['c']);", at=time.time())
    assert found(files.check) == {f"media/{name}": "portal tidak menulis berkas seperti ini, dan isinya program"}


@pytest.mark.parametrize(
    ("ending", "content", "why"),
    [
        ("jpg", b"<?php echo 1;", "isinya program"),
        ("jpg", b"GIF89a;<script>x</script>", "isinya program"),
        ("webp", b"\x89PNG\r\n", "isinya bukan"),
    ],
)
def test_a_photo_whose_content_was_replaced_is_found(folders, ending, content, why):
    path = folders / "media" / f"{stored_photo().name}-400.{ending}"
    path.write_bytes(content)
    ((place, excerpt),) = found(files.check).items()
    assert place == f"media/{path.relative_to(folders / 'media')}"
    assert excerpt.startswith(why)


@pytest.mark.parametrize("ending", ["jpg", "webp"])
def test_something_appended_to_a_photo_is_found(folders, ending):
    path = folders / "media" / f"{stored_photo().name}-500.{ending}"
    path.write_bytes(path.read_bytes() + b"PK\x03\x04 arsip")
    assert list(found(files.check).values()) == ["isinya bukan seperti yang ditulis portal"]


def test_a_photo_that_no_row_knows_is_found_after_two_days(folders):
    jpeg = (folders / "media" / f"{stored_photo().name}-400.jpg").read_bytes()
    put(folders / "media/foto/2026/11/00000000000000aa-400.jpg", jpeg, at=time.time())
    assert found(files.check) == {}
    put(folders / "media/foto/2026/11/00000000000000aa-400.jpg", jpeg)
    assert found(files.check) == {
        "media/foto/2026/11/00000000000000aa-400.jpg": "tidak ada foto atau dokumen yang memakai berkas ini"
    }


def test_links_to_other_places_are_found(folders):
    (folders / "media").mkdir()
    (folders / "media" / "etc").symlink_to("/etc")
    (folders / "media" / "sandi.jpg").symlink_to("/etc/passwd")
    assert set(found(files.check).values()) == {"tautan ke berkas di tempat lain"}
    assert Finding.objects.count() == 2


def test_a_document_of_another_size_or_kind_is_found(folders):
    changed, page = stored_document(), stored_document()
    documents.path(changed.file).write_bytes(pdfs.pdf("Jam kerja yang lain"))
    documents.path(page.file).write_bytes(b"<html>slot gacor</html>")
    put(folders / "documents" / "daftar.exe", b"MZ")
    assert found(files.check) == {
        f"documents/{changed.file}.pdf": "dokumen berubah sesudah diunggah",
        f"documents/{page.file}.pdf": "isinya program atau halaman, bukan gambar atau dokumen",
        "documents/daftar.exe": "portal tidak menulis berkas seperti ini",
    }


def test_a_document_of_the_same_size_is_found_by_its_checksum_until_it_is_mended():
    document = stored_document()
    whole = documents.path(document.file).read_bytes()
    assert found(files.check) == {}
    Scan.objects.begin().finish()
    documents.path(document.file).write_bytes(whole.replace(b"Jam kerja", b"Jam judol"))
    for _ in range(2):
        assert found(files.check) == {f"documents/{document.file}.pdf": "dokumen berubah sesudah diunggah"}
        Scan.objects.update(started_at=timezone.now() + timedelta(minutes=1))  # later scans see an old ctime
    documents.path(document.file).write_bytes(whole)
    Finding.objects.all().delete()
    assert found(files.check) == {}


def test_another_file_of_a_document_has_another_checksum():
    document = stored_document()
    assert found(files.check) == {}
    document.refresh_from_db()
    document.put(documents.store(pdfs.upload(pdfs.pdf("Jam kerja baru"))))
    document.save()
    assert found(files.check) == {}


def test_thousands_of_strange_files_are_a_hundred_findings_and_a_note(folders):
    for number in range(files.MOST + 5):
        put(folders / "media" / f"{number}.php")
    assert len(found(files.check)) == files.MOST + 1
    assert Finding.objects.get(place="media").excerpt == "dan lainnya: lebih dari 100 berkas"


def test_a_file_that_is_deleted_while_its_folder_is_read_is_no_obstacle(folders, monkeypatch):
    put(folders / "media" / "foto/2026/11/0123456789abcdef-400.jpg")
    shape = files._media_shape

    def deleted_now(name):
        (folders / "media" / name).unlink()
        return shape(name)

    monkeypatch.setattr(files, "_media_shape", deleted_now)
    assert found(files.check) == {}


def test_a_name_of_any_bytes_is_no_obstacle(folders):
    (folders / "media").mkdir()
    Path(os.fsdecode(os.fsencode(folders / "media") + b"/\xff\n.php")).write_bytes(b"x")
    assert list(found(files.check)) == ["media/\\udcff\n.php"]


# ---- The portal's own program


@pytest.fixture
def installed(settings, tmp_path, monkeypatch):
    """A portal with a few files in a folder of its own, and no packages."""
    monkeypatch.setattr(release, "distributions", list)
    settings.BASE_DIR, settings.DATA_DIR = tmp_path / "kode", tmp_path / "kode" / "data"
    settings.STATIC_ROOT = settings.DATA_DIR / "static"
    for name in ("manage.py", "pyproject.toml", "templates/base.html", "data/static/portal.css", ".venv/x.py"):
        put(settings.BASE_DIR / name, b"asli")
    release.record()
    return settings.BASE_DIR


def test_changed_templates_and_code_are_found(installed):
    assert found(release.check) == {}
    (installed / "templates/base.html").write_text("<script src=//jahat.example></script>")
    put(installed / "csp.py", b"import os")
    put(installed / "portal/__pycache__/x.pyc")
    put(installed / "data/static/iklan.html")
    (installed / "manage.py").unlink()
    put(installed / "data/kota.toml", b"pengaturan boleh berubah")
    put(installed / "portal.env", b"PORT=8001")
    put(installed / "docs/catatan.md", b"catatan operator")
    assert found(release.check) == {
        "templates/base.html": "isinya berubah",
        "csp.py": "berkas baru",
        "berkas statis: iklan.html": "berkas baru",
        "manage.py": "berkasnya hilang",
    }


def test_an_update_records_what_is_installed(installed):
    (installed / "templates/base.html").write_text("versi baru")
    release.record()
    assert found(release.check) == {}


def test_a_new_start_of_the_same_release_does_not_hide_a_change(installed):
    (installed / "templates/base.html").write_text("diubah penyusup")
    (installed / "data/static/logo.svg").write_text("logo baru dari kota.toml")
    release.record_if_new(static=True)
    assert found(release.check) == {"templates/base.html": "isinya berubah"}
    Finding.objects.all().delete()
    (installed / "pyproject.toml").write_text('version = "2.0"')
    release.record_if_new(static=False)
    assert found(release.check) == {}


def test_another_commit_is_another_release(installed):
    put(installed / ".git/HEAD", b"ref: refs/heads/main\n")
    put(installed / ".git/refs/heads/main", b"1111")
    release.record()
    (installed / "templates/base.html").write_text("dari git pull")
    put(installed / ".git/refs/heads/main", b"2222")
    release.record_if_new(static=False)
    assert found(release.check) == {}


def test_the_first_scan_records_what_it_finds(installed, settings):
    (settings.DATA_DIR / release.RECORD).unlink()
    assert found(release.check) == {}
    put(installed / "x.py")
    assert found(release.check) == {"x.py": "berkas baru"}


def test_a_changed_package_is_found_by_its_own_checksums(installed, monkeypatch, tmp_path):
    (axes,) = distributions(name="django-axes")
    site = tmp_path / "site-packages"
    own = Path(str(axes.locate_file("")))
    for name in {str(file).split("/")[0] for file in axes.files or []} - {".."}:
        shutil.copytree(own / name, site / name)
    (copied,) = distributions(name="django-axes", path=[str(site)])
    monkeypatch.setattr(release, "distributions", lambda: [copied])
    release.record()
    assert found(release.check) == {}
    (site / "axes/apps.py").write_text("import os")
    put(site / "masuk.pth", b"import os")
    assert found(release.check) == {
        "paket: axes/apps.py": "isinya berubah",
        "paket: masuk.pth": "berkas baru",
    }


def test_the_packages_of_this_machine_are_as_they_were_installed():
    changes = [change for package in distributions() for change in release._changes_of(package)]
    assert set(changes) == {None}
