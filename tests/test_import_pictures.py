"""`import_articles --gambar`: pictures and PDFs of the earlier portal become photos and documents."""

import io
import json
import os
import tarfile
import time
import zipfile
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from PIL import Image

from news import documents, photos
from news.models import Article, Document, MissingPath, Page, Photo, photo_use
from portal.importers import album, pictures, saving
from portal.importers.record import Record
from portal.importers.uploads import Missing, Uploads
from tests import pdfs
from tests.make import quietly
from tests.test_documents import content_of, status_of
from tests.test_import_articles import make_row, run_files
from tests.test_import_wordpress import FOOT, HEAD, post

UPLOADS = "https://kota.example/wp-content/uploads"
LETTER = "2024/11/SE-Walikota_12.pdf"
PATH = f"/wp-content/uploads/{LETTER}"
LINK = f'<p>Lihat <a href="{UPLOADS}/{LETTER}">Surat Edaran Jam Kerja</a>.</p>'


@pytest.fixture(autouse=True)
def _own_media(settings, tmp_path):
    settings.MEDIA_ROOT, settings.DOCUMENTS_ROOT = tmp_path / "media", tmp_path / "documents"


@pytest.fixture
def folder(tmp_path):
    """Like wp-content/uploads."""
    put(tmp_path / "uploads", "2024/11/taman.jpg", jpeg("green", 900))
    put(tmp_path / "uploads", LETTER, pdfs.pdf("Jam kerja selama Ramadan"))
    return tmp_path / "uploads"


def jpeg(colour="green", width=60, kind="JPEG"):
    file = io.BytesIO()
    Image.new("RGB", (width, width // 2), colour).save(file, kind)
    return file.getvalue()


def put(folder: Path, name: str | bytes, content: bytes) -> None:
    path = os.path.join(os.fsencode(folder), os.fsencode(name))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    Path(os.fsdecode(path)).write_bytes(content)


def attachment(number, name, *, caption="", alt="", parent=0):
    meta = f"<wp:meta_key>_wp_attachment_image_alt</wp:meta_key><wp:meta_value>{alt}</wp:meta_value>"
    extra = f"<wp:postmeta>{meta}</wp:postmeta>"
    fields = {"attachment_url": f"{UPLOADS}/{name}", "excerpt:encoded": caption, "post_parent": str(parent)}
    return post(number, extra=extra, status="inherit", post_type="attachment", **fields)


def with_lead(number, **fields):
    key = f"<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>{number}</wp:meta_value></wp:postmeta>"
    return post(extra=key, **fields)


@pytest.fixture
def run(tmp_path, folder):
    """Imports these items of WordPress; returns (created, updated, unchanged, refused, output)."""

    def run(*items, gambar=folder, **options):
        path = tmp_path / "ekspor.xml"
        path.write_text(HEAD + "".join(items) + FOOT)
        return run_files(path, gambar=gambar, **options)

    return run


def inside(html):
    return {"content:encoded": html}


def names(body):
    return pictures.markup.names_in(body)


def stored_files():
    root = Path(default_storage.location)
    return {str(path.relative_to(root)) for path in root.rglob("*.*")} if root.exists() else set()


def files_of(*photos):
    """JPEG only: the worker adds the others."""
    return {f"{photo.name}-{width}.jpg" for photo in photos for width in (400, 800, 900)}


@pytest.mark.django_db
@pytest.mark.parametrize("is_last", [False, True])
def test_a_featured_picture_becomes_the_photo_wherever_the_file_describes_it(run, is_last, client):
    described = attachment(8, "2024/11/taman.jpg", caption="Taman dari udara (Foto: Humas)", alt="Taman bulat")
    items = with_lead(8), described
    assert run(*(items if is_last else items[::-1]))[:4] == (1, 0, 0, 0)
    photo = Article.objects.published().get().photo
    assert (photo.caption, photo.credit) == ("Taman dari udara", "Foto: Humas")
    assert (photo.alt_text, photo.decorative) == ("Taman bulat", False)
    assert stored_files() == files_of(photo)
    old = client.get("/wp-content/uploads/2024/11/taman.jpg")
    assert (old.status_code, old["Location"]) == (301, photo.largest_url)


@pytest.mark.django_db
def test_a_picture_in_the_text_is_shown_in_full_size_with_its_caption(run, folder):
    html = f'''Pembukaan.

[caption id="attachment_8" width="300"]<a href="{UPLOADS}/2024/11/taman.jpg"><img
 src="{UPLOADS}/2024/11/taman-300x150.jpg"
 alt="Anak-anak berlari di taman" width="300" height="150" /></a> Anak bermain. (Foto/Rina)[/caption]

Penutup.'''
    assert run(post(**inside(html)))[:4] == (1, 0, 0, 0)
    photo, body = Photo.objects.get(), Article.objects.get().body
    assert body == (
        f'<p>Pembukaan.</p><figure><img src="/media/{photo.name}-800.jpg" alt="Anak-anak berlari di taman" '
        'width="900" height="450"><figcaption>Anak bermain. (Foto/Rina)</figcaption></figure><p>Penutup.</p>'
    )
    assert (photo.caption, photo.credit) == ("Anak bermain.", "Foto: Rina")


@pytest.mark.django_db
def test_the_largest_size_serves_where_the_original_is_missing(run, folder):
    for name, width in (("balai-150x75.jpg", 150), ("balai-600x300.jpg", 600), ("balai-300x150.jpg", 300)):
        put(folder, f"2024/11/{name}", jpeg("red", width))
    run(post(**inside(f'Awal.\n\n<img src="{UPLOADS}/2024/11/balai.jpg" alt="Balai kota dari depan">')))
    assert Photo.objects.get().width == 600


@pytest.mark.django_db
def test_a_picture_above_the_first_words_becomes_the_photo(run):
    run(post(**inside(f'<img src="{UPLOADS}/2024/11/taman.jpg" alt="Taman yang baru dibuka">\n\nIsi.')))
    article = Article.objects.get()
    assert (article.photo.alt_text, article.body) == ("Taman yang baru dibuka", "<p>Isi.</p>")


@pytest.mark.django_db
def test_a_description_that_nobody_can_read_costs_its_article_alone(run):
    nested = attachment(8, "2024/11/taman.jpg", caption="<div>" * 150)
    result = run(with_lead(8), post(9, title="Taman lain"), nested)
    assert (result[0], result[3]) == (1, 1)
    assert "bersarang" in result[4]


@pytest.mark.django_db
def test_a_featured_picture_is_not_shown_twice(run):
    html = f'<img src="{UPLOADS}/2024/11/taman-300x150.jpg" alt="Taman">\n\nIsi.'
    run(with_lead(8, **inside(html)), attachment(8, "2024/11/taman.jpg"))
    assert Article.objects.get().body == "<p>Isi.</p>"


@pytest.mark.django_db
@pytest.mark.parametrize("call", ["[gallery ids=&quot;8,9&quot;]", '[gallery ids="8,9"]', "[gallery]"])
def test_a_gallery_becomes_its_pictures(run, folder, call):
    put(folder, "2024/11/balai.jpg", jpeg("red", 500))
    described = (
        attachment(8, "2024/11/taman.jpg", caption="Warga di taman", parent=7),
        attachment(9, "2024/11/balai.jpg", alt="Balai kota", parent=7),
    )
    run(post(**inside(f"Awal.\n\n{call}\n\nAkhir.")), *described)
    body = Article.objects.get().body
    if "&quot;" in call:  # an entity in CDATA is text of WordPress's editor
        assert len(names(body)) in (0, 2)
    else:
        assert body.count("<figure>") == 2
        assert 'alt="Warga di taman"' in body
        assert 'alt="Balai kota"' in body


@pytest.mark.django_db
def test_articles_with_very_many_pictures_keep_few_of_them_in_memory(folder):
    most = album._MADE_AHEAD
    numbers = range(4 * most + 3)
    for number in numbers:
        put(folder, f"2024/11/{number}.jpg", jpeg() + number.to_bytes(4, "big"))

    def record(name, shown):
        tags = "".join(f'<p><img src="{UPLOADS}/2024/11/{number}.jpg" alt="Taman {number}"></p>' for number in shown)
        return Record(title=name, body=tags)

    halves = [record("Satu", numbers[: most // 2]), record("Dua", numbers[most // 2 : most])]
    rest = [record("Tiga", numbers[most : 4 * most]), record("Empat", numbers[4 * most :])]
    with Uploads(folder) as uploads, album.Album(uploads) as made:
        for _, each in made.ahead(enumerate(halves + rest)):
            assert len(made._making) <= most
            saving.save(each, album=made)
    assert Photo.objects.count() == len(numbers)
    assert [len(names(article.body)) for article in Article.objects.order_by("pk")] == [
        49,
        49,
        299,
        2,
    ]  # and a lead each


@pytest.mark.django_db
def test_a_picture_used_twice_is_one_photo(run, folder):
    put(folder, "2024/12/salinan.jpg", (folder / "2024/11/taman.jpg").read_bytes())
    run(
        with_lead(8),
        post(9, title="Lain", **inside(f'A.\n\n<img src="{UPLOADS}/2024/12/salinan.jpg">')),
        attachment(8, "2024/11/taman.jpg"),
    )
    photo = Photo.objects.get()
    assert Article.objects.filter(photo=photo).count() == 1
    assert names(Article.objects.get(title="Lain").body) == {photo.name}


ITEMS = (
    with_lead(8, **inside(f'A.\n\n<img src="{UPLOADS}/2024/12/rapat.jpg" alt="Rapat di balai kota">\n\nB.')),
    post(9, title="Profil", post_type="page", **inside(f'<img src="{UPLOADS}/2024/12/rapat.jpg">\n\nIsi.')),
    attachment(8, "2024/11/taman.jpg"),
)


@pytest.mark.django_db
@pytest.mark.parametrize("again", [{}, {"gambar": None}])
def test_a_second_run_changes_nothing_with_and_without_the_pictures(run, folder, again):
    put(folder, "2024/12/rapat.jpg", jpeg("blue", 900))
    assert run(*ITEMS)[:4] == (2, 0, 0, 0)
    before = Article.objects.get().body, Page.objects.get(title="Profil").body, stored_files()
    assert before[2] == files_of(*Photo.objects.all())
    assert run(*ITEMS, **again)[:4] == (0, 0, 2, 0)
    assert (Article.objects.get().body, Page.objects.get(title="Profil").body, stored_files()) == before
    assert Photo.objects.count() == 2


@pytest.mark.django_db
def test_pictures_may_come_in_a_later_run(run, folder):
    put(folder, "2024/12/rapat.jpg", jpeg("blue", 900))
    run(ITEMS[0], ITEMS[2], gambar=None)
    article = Article.objects.get()
    assert (article.photo, names(article.body)) == (None, set())
    assert run(ITEMS[0], ITEMS[2])[:4] == (0, 1, 0, 0)
    article.refresh_from_db()
    assert article.photo
    assert len(names(article.body)) == 1


@pytest.mark.django_db
def test_what_the_newsroom_made_of_a_photo_stays(run):
    items = with_lead(8), attachment(8, "2024/11/taman.jpg", alt="Taman kota")
    run(*items)
    Photo.objects.update(alt_text="Tiga anak di ayunan", caption="Diubah redaktur")
    assert run(*items)[:4] == (0, 0, 1, 0)
    assert Photo.objects.get().alt_text == "Tiga anak di ayunan"
    article = Article.objects.get()
    with quietly():
        article.photo = None
        article.save()
    assert run(*items)[:4] == (0, 0, 1, 0)
    assert Article.objects.get().photo is None


@pytest.mark.django_db
def test_a_rehearsal_counts_and_stores_nothing(run):
    html = f'A.\n\n<img src="{UPLOADS}/2024/11/hilang.jpg">'
    said = run(with_lead(8, **inside(html)), attachment(8, "2024/11/taman.jpg"), coba=True)[4]
    assert "Gambar: 1 foto baru, 0 sudah ada, 1 tidak ikut masuk." in said
    assert "gambar “https://kota.example/wp-content/uploads/2024/11/hilang.jpg” tidak ada" in said
    assert not Photo.objects.exists()
    assert stored_files() == set()


@pytest.mark.django_db
def test_a_refused_record_leaves_no_photo_and_no_file(run, monkeypatch):
    monkeypatch.setattr(Article, "save", _refuse)
    assert run(with_lead(8), attachment(8, "2024/11/taman.jpg"))[3] == 1
    assert not Photo.objects.exists()
    assert stored_files() == set()


def _refuse(*args, **kwargs):
    raise pictures.markup.ValidationError("tidak")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "tidak dapat dipakai: Jenis berkas ini tidak dikenali."),
        (b"<svg onload='alert(1)'/>", "tidak dapat dipakai: Jenis berkas ini tidak dikenali."),
        (jpeg("green", 900)[:300], "tidak dapat dipakai: Berkas foto ini rusak"),
        (b"\xff\xd8" + bytes(40 * 1024**2), "tidak dapat dipakai: Berkas foto paling besar 40 MB."),
    ],
)
def test_a_picture_that_cannot_be_used_is_told_and_the_article_comes_without_it(run, folder, content, reason):
    put(folder, "2024/11/rusak.jpg", content)
    counts = run(with_lead(8), attachment(8, "2024/11/rusak.jpg"))
    assert counts[:4] == (1, 0, 0, 0)
    assert f"gambar “{UPLOADS}/2024/11/rusak.jpg” {reason}" in counts[4]
    assert Article.objects.get().photo is None


@pytest.mark.django_db
def test_columns_and_feeds_name_their_pictures_too(tmp_path, folder):
    path = tmp_path / "berita.jsonl"
    path.write_text(json.dumps(make_row(gambar="taman.jpg", keterangan_foto="Taman kota. Foto: Dinas Kominfo")))
    run_files(path, gambar=folder)
    photo = Article.objects.get().photo
    assert (photo.caption, photo.credit) == ("Taman kota.", "Foto: Dinas Kominfo")
    feed = tmp_path / "umpan.xml"
    feed.write_text(
        "<rss><channel><item><title>Dari umpan</title><description>Isi.</description>"
        f'<enclosure url="{UPLOADS}/2024/11/taman.jpg" type="image/jpeg" length="1"/></item></channel></rss>'
    )
    run_files(feed, gambar=folder)
    assert Article.objects.get(title="Dari umpan").photo == photo


@pytest.mark.django_db
def test_a_picture_without_any_description_is_decoration_and_counted(run):
    said = run(with_lead(8), attachment(8, "2024/11/taman.jpg", alt="IMG_2231"))[4]
    assert Photo.objects.get().decorative
    assert "1 foto tanpa teks alternatif di situs lama" in said


# ---- Folders and archives


def packed(folder: Path, kind: str) -> Path:
    archive = folder.parent / f"arsip.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(archive, "w") as target:
            for path in folder.rglob("*.*"):
                target.write(path, f"wp-content/uploads/{path.relative_to(folder)}")
    else:
        with tarfile.open(archive, "w:gz" if kind.endswith("gz") else "w") as target:
            target.add(folder, "uploads")
    return archive


@pytest.mark.parametrize("kind", ["zip", "tar", "tar.gz"])
def test_archives_are_read_as_folders_are(folder, kind):
    content = (folder / "2024/11/taman.jpg").read_bytes()
    with Uploads(packed(folder, kind)) as uploads:
        for address in (
            f"{UPLOADS}/2024/11/taman.jpg",
            "/wp-content/uploads/2024/11/Taman-300x150.JPG?x=1",
            "taman.jpg",
        ):
            assert uploads.content(address) == content
        with pytest.raises(Missing):
            uploads.content(f"{UPLOADS}/2023/11/taman.jpg")  # another month: another picture


@pytest.mark.parametrize(
    "address",
    ["../rahasia.jpg", f"{UPLOADS}/../rahasia.jpg", "/etc/passwd", "2024/%2e%2e/%2e%2e/rahasia.jpg", "..\\rahasia.jpg",
     "https://[x", "", "/", "2024/11/", "\0", "2024/11/taut.jpg", "2024/12/rahasia.jpg"],
)  # fmt: skip
def test_nothing_outside_of_the_folder_is_read(folder, address):
    secret = folder.parent / "rahasia.jpg"
    secret.write_bytes(b"rahasia")
    (folder / "2024/11/taut.jpg").symlink_to(secret)
    (folder / "2024/12").symlink_to(folder.parent)
    with Uploads(folder) as uploads:
        assert uploads.left_out == 2
        with pytest.raises(Missing):
            uploads.content(address)


def test_names_in_archives_that_lead_elsewhere_are_only_names(tmp_path):
    archive = tmp_path / "jahat.tar"
    with tarfile.open(archive, "w") as target:
        for name, content in (("../../keluar.jpg", b"a"), ("/etc/mutlak.jpg", b"b")):
            member = tarfile.TarInfo(name)
            member.size = 1
            target.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("taut.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        target.addfile(link)
    with Uploads(archive) as uploads:
        assert uploads.content("keluar.jpg") == b"a"
        assert uploads.content("mutlak.jpg") == b"b"
        with pytest.raises(Missing):
            uploads.content("taut.jpg")
    assert [path.name for path in tmp_path.iterdir()] == ["jahat.tar"]


def test_of_a_bomb_no_more_is_unpacked_than_a_photo_may_have(tmp_path, folder):
    archive = tmp_path / "bom.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("bom.jpg", bytes(60 * 1024**2))
    with Uploads(archive) as uploads:
        assert len(uploads.content("bom.jpg")) == 40 * 1024**2 + 1


@pytest.mark.parametrize(
    "name", ["2024/11/taman-kota-é.jpg", "2024/11/taman-kota-e\u0301.jpg", b"2024/11/taman-kota-\xe9.jpg"]
)
def test_names_in_other_encodings_and_cases_are_found(folder, name):
    put(folder, name, b"x")
    with Uploads(folder) as uploads:
        assert uploads.content("/wp-content/uploads/2024/11/Taman-Kota-%C3%A9.JPG") == b"x"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"Rar!\x1a", "arsip RAR; ekstrak dahulu"),
        (b"PK\x03\x04rusak", "rusak"),
        (b"\x1f\x8brusak", "rusak"),
        (b"teks" * 200, "rusak"),
    ],
)
def test_what_is_no_archive_is_refused_before_anything_is_imported(tmp_path, content, reason):
    (tmp_path / "gambar").write_bytes(content)
    (tmp_path / "a.jsonl").write_text(json.dumps(make_row()))
    with pytest.raises(CommandError, match=reason):
        call_command("import_articles", str(tmp_path / "a.jsonl"), gambar=tmp_path / "gambar")
    with pytest.raises(CommandError, match="tidak dapat dibaca"):
        call_command("import_articles", str(tmp_path / "a.jsonl"), gambar=tmp_path / "tidak-ada")


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("Warga antre. (Foto: Humas)", "Warga antre.", "Foto: Humas"),
        ("Warga antre [foto/Rina W]", "Warga antre", "Foto: Rina W"),
        ("Warga antre. Foto: Rina", "Warga antre.", "Foto: Rina"),
        ("Foto: Diskominfo", "", "Foto: Diskominfo"),
        ("Warga antre (Dok. Humas)", "Warga antre", "Dok. Humas"),
        ("Warga antre (istimewa)", "Warga antre", "Istimewa"),
        ("Foto bersama Wali Kota (kiri) dan camat", "Foto bersama Wali Kota (kiri) dan camat", ""),
        ("Rapat di kantor (lantai 2)", "Rapat di kantor (lantai 2)", ""),
    ],
)
def test_a_credit_at_the_end_of_a_caption_is_told_apart(text, caption, credit):
    assert pictures.credited(text) == (caption, credit)


@pytest.mark.django_db
def test_an_editors_redirect_of_a_pictures_address_stays(run):
    MissingPath.objects.create(path="/wp-content/uploads/2024/11/taman.jpg", target="/tentang")
    run(with_lead(8), attachment(8, "2024/11/taman.jpg"))
    assert MissingPath.objects.target_of("/wp-content/uploads/2024/11/taman.jpg") == "/tentang"


# ---- Files without a photo


@pytest.mark.django_db
def test_files_of_a_killed_import_go_a_day_later_and_those_of_photos_stay(run):
    run(with_lead(8), attachment(8, "2024/11/taman.jpg"))
    kept = files_of(Photo.objects.get())
    killed = photos.keep(photos.renditions(photos.read(io.BytesIO(jpeg("red", 900)))))
    old = time.time() - 25 * 3600
    assert photo_use.delete_orphans() == 0  # too young
    for path in Path(default_storage.location).rglob("*.*"):
        os.utime(path, (old, old))
    assert photo_use.delete_orphans() == 6
    assert stored_files() == kept
    assert not default_storage.exists(f"{killed.name}-400.jpg")


@pytest.mark.django_db
def test_files_stay_where_the_folder_seems_to_be_another_portals():
    photos.keep(photos.renditions(photos.read(io.BytesIO(jpeg("red", 900)))))
    old = time.time() - 25 * 3600
    for path in Path(default_storage.location).rglob("*.*"):
        os.utime(path, (old, old))
    assert photo_use.delete_orphans() == 0
    Photo.objects.create(name="foto/2020/01/0123456789abcdef", width=900, height=450, decorative=True)
    assert photo_use.delete_orphans() == 0
    assert len(stored_files()) == 6


# ---- Told


@pytest.mark.django_db
def test_documents_that_are_still_at_the_old_portal_are_told(run):
    said = run(post(**inside(f'Lihat <a href="{UPLOADS}/2024/11/surat.pdf">surat edaran</a>.')))[4]
    assert f"berkas “{UPLOADS}/2024/11/surat.pdf” masih ditautkan ke situs lama" in said


def test_many_pictures_in_one_paragraph_take_no_time():
    html = "<p>" + "<img src='/a.jpg'> <br>" * 2_000 + "dan kata</p>"
    cleaned, shown = pictures.illustrated(html)
    assert len(shown.pictures) == 2_000
    assert cleaned.html == "<p>dan kata</p>"


# ---- Documents


def stored_documents():
    path = documents.path("x").parent
    return sorted(path.iterdir()) if path.exists() else []


def counts(result):
    return result[:4]


@pytest.mark.django_db
def test_a_pdf_becomes_a_document_under_its_old_address_too(run, client):
    result = run(post(**inside(LINK)))
    assert "PDF: 1 dokumen dilampirkan." in result[4]
    assert "masih ditautkan" not in result[4]
    document = Document.objects.get()
    article = Article.objects.get()
    assert (document.article, document.title) == (article, "Surat Edaran Jam Kerja")
    assert f'<a href="{PATH}"' in article.body
    answer = client.get(PATH)
    assert (answer.status_code, answer["Location"]) == (301, document.get_absolute_url())
    assert content_of(client.get(answer["Location"])).startswith(b"%PDF-")
    assert "Surat Edaran Jam Kerja" in client.get(article.get_absolute_url()).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("again", [{}, {"gambar": None}])
def test_a_second_run_changes_nothing(run, again):
    item = post(**inside(f'<p>Kata.</p><p><img src="{UPLOADS}/2024/11/taman.jpg"></p>{LINK}'))
    run(item)
    before = Article.objects.get().body, stored_documents()
    assert counts(run(item, **again)) == (0, 0, 1, 0)
    assert (Article.objects.get().body, stored_documents()) == before
    assert "<img" in before[0]


@pytest.mark.django_db
def test_a_run_with_the_files_adds_what_one_without_could_not(run):
    item = post(**inside(LINK))
    assert f"“{UPLOADS}/{LETTER}” masih ditautkan ke situs lama" not in run(item, gambar=None)[4]
    assert not Document.objects.exists()
    assert counts(run(item)) == (0, 1, 0, 0)
    assert Document.objects.count() == 1
    assert counts(run(item)) == (0, 0, 1, 0)


@pytest.mark.django_db
def test_what_the_newsroom_removed_stays_removed(run):
    item = post(**inside(LINK))
    run(item)
    Document.objects.get().delete()
    assert counts(run(item)) == (0, 0, 1, 0)
    assert not Document.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Unduh di sini", "SE Walikota 12"),
        ("disini", "SE Walikota 12"),
        ("dapat diunduh di sini.", "SE Walikota 12"),
        ("Lampiran", "SE Walikota 12"),
        ("Unduh: Surat Edaran Nomor 12", "Surat Edaran Nomor 12"),
        ("[Download] Buku Saku Warga (klik di sini)", "Buku Saku Warga"),
        (f"{UPLOADS}/{LETTER}", "SE Walikota 12"),
        ("<strong>Surat  Edaran</strong> &amp; Lampiran", "Surat Edaran & Lampiran"),
        ("Kata " * 100, None),
    ],
)
def test_a_document_is_called_what_its_link_says_or_else_as_its_file(run, text, title):
    run(post(**inside(f'<a href="{UPLOADS}/{LETTER}?ver=2">{text}</a>')))
    document = Document.objects.get()
    assert document.title == title if title else len(document.title) == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("potong.pdf", pdfs.pdf("Halaman")[:200], "PDF ini terpotong"),
        ("kunci.pdf", pdfs.encrypted(), "dikunci dengan kata sandi"),
        ("bukan.pdf", b"<html>404", "bukan PDF"),
        ("surat.docx", b"PK\x03\x04", "masih ditautkan ke situs lama"),
    ],
)
def test_what_cannot_be_a_document_is_told_and_its_link_stays(run, folder, name, content, reason):
    put(folder, f"2024/11/{name}", content)
    said = run(post(**inside(f'<a href="{UPLOADS}/2024/11/{name}">Surat edaran</a>')))[4]
    assert f"“{UPLOADS}/2024/11/{name}” " in said
    assert reason in said
    assert not Document.objects.exists()
    assert f'href="{UPLOADS}/2024/11/{name}"' in Article.objects.get().body


@pytest.mark.django_db
def test_a_refused_file_is_told_wherever_the_old_portal_had_it(run, folder):
    put(folder, "potong.pdf", pdfs.pdf("Halaman")[:200])
    said = run(post(**inside('<a href="https://kota.example/files/potong.pdf">Surat edaran</a>')))[4]
    assert "“https://kota.example/files/potong.pdf” tidak dapat dilampirkan: PDF ini terpotong" in said


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["https://kementerian.example/aturan/SE-Walikota_12.pdf", "https://[x/SE-Walikota_12.pdf"]
)
def test_a_file_of_another_site_stays_there(run, address):
    run(post(**inside(f'<a href="{address}">Peraturan menteri</a>')))
    assert not Document.objects.exists()


@pytest.mark.django_db
def test_two_articles_share_a_document_unless_one_is_a_draft(run, client):
    run(
        post(1, title="Pertama", status="draft", **inside(LINK)),
        post(2, title="Kedua", **inside(LINK)),
        post(3, title="Ketiga", **inside(LINK)),
    )
    assert sorted(Document.objects.values_list("article__title", flat=True)) == ["Kedua", "Pertama"]
    assert status_of(client, client.get(PATH)["Location"]) == 200
    assert len(stored_documents()) == 2


@pytest.mark.django_db
def test_a_record_that_is_refused_leaves_no_file(run):
    result = run(post(7, **inside("<p>Lain.</p>")), post(7, **inside(LINK)))
    assert counts(result) == (1, 0, 0, 1)
    assert "PDF:" not in result[4]
    assert stored_documents() == []
    assert not MissingPath.objects.target_of(PATH)


@pytest.mark.django_db
def test_a_rehearsal_counts_and_leaves_nothing(run):
    said = run(post(7, **inside(LINK)), post(8, title="Kedua", **inside(LINK)), coba=True)[4]
    assert "PDF: 1 dokumen dilampirkan." in said
    assert stored_documents() == []
    assert not Document.objects.exists()
