"""`manage.py import_articles` imports articles of another portal."""

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from news import reports
from news.models import Article, ArticleViews, Category, SummedDay, Tag
from portal.importers import jsonl, saving, times
from portal.importers.record import Record, Refusal
from portal.importers.saving import Result, save
from tests.conftest import PROJECT, from_a_terminal, read_rows
from tests.make import in_the_city, make_article, rewrite


@pytest.fixture
def run(tmp_path):
    """Imports rows (objects or raw bytes); returns (created, updated, unchanged, refused, output)."""

    def run(*rows, name="berita.jsonl"):
        path = tmp_path / name
        lines = (row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)
        path.write_bytes(b"".join(line + b"\n" for line in lines))
        return run_files(path)

    return run


def run_files(*paths, **options):
    said = StringIO()
    try:
        call_command("import_articles", *map(str, paths), stdout=said, **options)
        status = 0
    except CommandError as error:
        status = error.returncode
    counts = {}
    for name in ("dibuat", "diperbarui", "tidak berubah", "ditolak"):
        line = next(line for line in said.getvalue().splitlines() if line.strip().startswith(name))
        counts[name] = int(line.split()[-1])
    assert status == (1 if counts["ditolak"] else 0)
    return (*counts.values(), said.getvalue())


def make_row(**fields):
    return {
        "title": "Taman baru dibuka di Karawaci",
        "body": "Taman itu terbuka untuk warga.\nTanpa biaya.",
        "published_at": "2024-11-13T16:21:00+07:00",
    } | fields


@pytest.mark.django_db
def test_every_field_arrives(run):
    counts = run(
        make_row(
            category="Lingkungan",
            tags=["Taman Kota", "karawaci"],
            author="Rina",
            url="https://kabar.example/taman",
            source="kabar",
            id="taman-1",
            reads=56,
        )
    )
    assert counts[:4] == (1, 0, 0, 0)
    article = Article.objects.published().get()
    assert article.title == "Taman baru dibuka di Karawaci"
    assert article.body == "<p>Taman itu terbuka untuk warga.</p><p>Tanpa biaya.</p>"
    assert article.published_at == datetime(2024, 11, 13, 9, 21, tzinfo=UTC)
    assert article.time_known
    assert article.category.name == "Lingkungan"
    assert {tag.name for tag in article.tags.all()} == {"Taman Kota", "karawaci"}
    assert (article.author, article.source, article.source_key) == ("Rina", "kabar", "taman-1")
    assert article.source_url == "https://kabar.example/taman"
    assert article.views.imported == 56
    assert article.views.counted == 0


@pytest.mark.django_db
def test_an_address_with_spaces_is_stored_as_browsers_write_it(run):
    row = make_row(url=" https://kabar.example/pasar- malam \n")
    assert run(row)[:4] == (1, 0, 0, 0)
    assert Article.objects.get().source_url == "https://kabar.example/pasar-%20malam"
    assert run(row)[:4] == (0, 0, 1, 0)


@pytest.mark.django_db
def test_a_second_run_changes_nothing(run):
    rows = [
        make_row(id=7, reads=3, tags=["a"]),
        make_row(title="Dengan kunci", source="x", id="k-1"),
        make_row(title="Dengan alamat", url="https://kabar.example/2", category="Warta"),
        make_row(title="Hanya judul", published_at=None),
    ]
    assert run(*rows)[:4] == (4, 0, 0, 0)
    before = list(Article.objects.order_by("pk").values())
    assert run(*rows)[:4] == (0, 0, 4, 0)
    assert list(Article.objects.order_by("pk").values()) == before


@pytest.mark.django_db
def test_a_changed_row_updates_its_article(run):
    run(
        make_row(id=7),
        make_row(source="x", id="k", title="Dua"),
        make_row(url="https://kabar.example/3", title="Tiga"),
    )
    counts = run(
        make_row(id=7, title="Judul baru"),
        make_row(source="x", id="k", title="Dua", body="Isi baru.", tags="banjir, jalan"),
        make_row(url="https://kabar.example/3", title="Tiga diralat", published_at="2020-01-01"),
    )
    assert counts[:4] == (0, 3, 0, 0)
    assert Article.objects.get(pk=7).title == "Judul baru"
    assert Article.objects.get(source_key="k").body == "<p>Isi baru.</p>"
    assert Article.objects.get(source_key="k").tags.count() == 2
    third = Article.objects.get(source_url="https://kabar.example/3")
    assert (third.title, third.time_known) == ("Tiga diralat", False)


@pytest.mark.django_db
def test_fields_missing_in_a_row_stay_unchanged(run):
    run(make_row(id=7, tags=["banjir"], category="Warta", author="Rina", reads=9))
    assert run(make_row(id=7, tags=[], category=None, body=""))[:4] == (0, 0, 1, 0)
    assert Article.objects.get(pk=7).tags.count() == 1


@pytest.mark.django_db
def test_a_row_without_a_date_is_a_draft_until_a_later_row_has_one(run):
    run(make_row(published_at=None))
    assert Article.objects.get().status == Article.Status.DRAFT
    assert run(make_row())[:4] == (0, 1, 0, 0)
    assert Article.objects.published().count() == 1
    assert run(make_row(published_at=None))[:4] == (0, 0, 1, 0)
    assert Article.objects.published().count() == 1


@pytest.mark.django_db
def test_a_withdrawn_article_stays_withdrawn(run):
    run(make_row(id=7))
    Article.objects.get(pk=7).withdraw("Data keliru.")
    assert run(make_row(id=7, title="Judul baru"))[:4] == (0, 1, 0, 0)
    assert Article.objects.get(pk=7).status == Article.Status.WITHDRAWN


@pytest.mark.django_db
def test_overwriting_an_editors_change_is_reported(run, django_user_model):
    run(make_row(id=7))
    rewrite(
        Article.objects.get(), title="Judul redaktur", changed_by=django_user_model.objects.create(username="rini")
    )
    *_, said = run(make_row(id=7))
    assert "perubahan redaktur pada berita ini tertimpa" in said
    assert run(make_row(id=7))[:4] == (0, 0, 1, 0)


@pytest.mark.django_db
def test_an_article_with_a_future_date_is_published_then(run):
    run(make_row(published_at=(timezone.now() + timedelta(days=2)).isoformat()))
    assert Article.objects.get().status == Article.Status.PUBLISHED
    assert not Article.objects.published().exists()


@pytest.mark.parametrize(
    ("text", "moment", "time_known"),
    [
        ("2024-11-13T16:21:00+07:00", datetime(2024, 11, 13, 9, 21, tzinfo=UTC), True),
        ("2024-11-13T09:21:00Z", datetime(2024, 11, 13, 9, 21, tzinfo=UTC), True),
        ("2024-11-13 16:21", in_the_city(2024, 11, 13, 16, 21), True),
        ("2024-11-13", in_the_city(2024, 11, 13), False),
        (" 20241113 ", in_the_city(2024, 11, 13), False),
        ("20241113T162100", in_the_city(2024, 11, 13, 16, 21), True),
    ],
)
def test_dates_without_a_time_zone_are_in_the_citys(text, moment, time_known):
    record = jsonl.parse(json.dumps(make_row(published_at=text)).encode())
    assert (record.published_at, record.time_known) == (moment, time_known)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-11-20 08.45", in_the_city(2026, 11, 20, 8, 45)),
        ("2026-11-20T08.45", in_the_city(2026, 11, 20, 8, 45)),
        ("2026-11-20 8.45", in_the_city(2026, 11, 20, 8, 45)),
        ("2026-11-20 08.45.30", in_the_city(2026, 11, 20, 8, 45, 30)),
        ("2026-11-20 08.45 WIB", datetime(2026, 11, 20, 1, 45, tzinfo=UTC)),
        ("2026-11-20, 08.45 WITA", datetime(2026, 11, 20, 0, 45, tzinfo=UTC)),
        ("2026-11-20 08.45 wit", datetime(2026, 11, 19, 23, 45, tzinfo=UTC)),
        ("2026-11-20 08.45+08:00", datetime(2026, 11, 20, 0, 45, tzinfo=UTC)),
        ("2026-11-20 08:45:30.25", in_the_city(2026, 11, 20, 8, 45, 30, 250_000)),
        ("2026-11-20T08:45:30,123456789Z", datetime(2026, 11, 20, 8, 45, 30, 123_456, tzinfo=UTC)),
        ("2026-11-20T08:45:30-0330", datetime(2026, 11, 20, 12, 15, 30, tzinfo=UTC)),
        ("2026-11-20 08:45 +07", datetime(2026, 11, 20, 1, 45, tzinfo=UTC)),
    ],
)
def test_what_follows_the_dot_of_a_time_are_minutes(text, moment):
    assert times.moment(text) == (moment, True)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20 08.4",
        "2026-11-20 08.456",
        "2026-11-20 08.60",
        "2026-11-20 24.00",
        "2026-11-20 08:45.30",  # seconds, or half a minute?
        "2026-11-20 08",
        "2026-11-20 845",
        "2026-11-20 08.45 EST",
        "2026-11-20 08.45+25:00",
        "2026-1120",
        "11-20-2026",
        "2026-00-00",
        "31 Februari 2024",
        "Sumat, 20 November 2026",
        "2026-W47-5",
        "٢٠٢٦-١١-٢٠",
        "kemarin",
    ],
)
def test_a_time_that_cannot_be_read_for_certain_is_refused_with_a_sentence(text):
    with pytest.raises(Refusal, match="tidak ada atau tidak terbaca"):
        times.moment(text)


REFUSED = [
    (make_row(title=None), "judul kosong"),
    (make_row(title=" \u200b\t"), "judul kosong"),
    (make_row(title=True), "title harus berupa teks"),
    (make_row(title="a" * 301), "301 karakter; paling panjang 300"),
    (make_row(body="kata " * 1_000_000), "paling panjang 300000"),
    (make_row(body=["a"]), "body harus berupa teks"),
    (make_row(published_at="0001-01-01T00:00:00+14:00"), "terlalu lama; paling awal 2 Januari 1900"),
    (make_row(published_at="1900-01-01"), "tanggal terbit 1900-01-01 terlalu lama"),  # the year before, in London
    (make_row(published_at="9999-12-31T23:59:59-12:00"), "lebih dari setahun di depan"),
    (make_row(category="k" * 61), "kategori"),
    (make_row(category={"a": 1}), "category harus berupa teks"),
    (make_row(tags=["t" * 81]), "tag"),
    (make_row(tags=[["a"]]), "tags harus"),
    (make_row(tags={"a": 1}), "tags harus"),
    (make_row(url="javascript:alert(1)"), "bukan alamat"),
    (make_row(url="//jahat.example/"), "bukan alamat"),
    (make_row(url="/\\jahat.example/"), "bukan alamat"),
    (make_row(url="https:///jalan"), "bukan alamat"),
    (make_row(id=0), "di luar batas"),
    (make_row(id=-3), "di luar batas"),
    (make_row(id=2**63), "di luar batas"),
    (make_row(id="9" * 5000), "di luar batas"),
    (make_row(id=1.5), "id harus berupa"),
    (make_row(id=True), "id harus berupa"),
    (make_row(reads=-1), "di luar batas"),
    (b"{", "bukan JSON"),
    (b"[" * 100_000, "bukan JSON"),
    (b'{"title": "a", "id": ' + b"9" * 5000 + b"}", "di luar batas"),
    (b"[1]", "bukan objek JSON"),
]


@pytest.mark.parametrize("line", range(len(REFUSED)))
@pytest.mark.django_db
def test_invalid_rows_are_refused_with_line_number_and_reason(run, line):
    row, reason = REFUSED[line]
    *counts, said = run(make_row(title="Sebelumnya"), b"", row, make_row(title="Sesudahnya"))
    assert counts == [2, 0, 0, 1]
    assert any("berita.jsonl:3: " in each and reason in each for each in said.splitlines())
    assert {article.title for article in Article.objects.all()} == {"Sebelumnya", "Sesudahnya"}
    assert not Category.objects.exclude(name="Umum").exists()
    assert not Tag.objects.exists()


@pytest.mark.parametrize(
    ("value", "remark"),
    [
        ("kemarin", "waktu perubahan “kemarin” tidak terbaca; tidak dipakai"),
        ("2024-02-30", "waktu perubahan “2024-02-30” tidak terbaca; tidak dipakai"),
        (True, "waktu perubahan “True” tidak terbaca; tidak dipakai"),
        (["2024-11-14"], "updated_at harus berupa teks; tidak dipakai"),
        ("1899-12-31", "waktu perubahan 1899-12-31 terlalu lama; tidak dipakai"),
        ("0001-01-01T00:00+14:00", "waktu perubahan 0001-01-01 terlalu lama; tidak dipakai"),
    ],
)
@pytest.mark.django_db
def test_an_impossible_time_of_change_costs_only_itself_and_is_told(run, value, remark):
    row = make_row(updated_at=value)
    *counts, said = run(row)
    assert counts == [1, 0, 0, 0]
    assert remark in said
    assert Article.objects.get().text_changed_at is None
    assert run(row)[:4] == (0, 0, 1, 0)


@pytest.mark.django_db
def test_the_first_day_that_can_be_stored_is_imported(run):
    row = make_row(published_at="1900-01-02T00:00+14:00", updated_at="1900-01-02T00:00+14:00")
    assert run(row)[:4] == (1, 0, 0, 0)
    assert run(row)[:4] == (0, 0, 1, 0)


@pytest.mark.django_db
def test_marks_that_turn_the_direction_of_writing_are_no_change_in_the_second_run(run):
    turned = dict.fromkeys(["title", "author", "source", "category"], "Pasar \u202elama\u202c")
    row = make_row(tags=["pasar \u2066lama"], **turned)
    assert run(row)[:4] == (1, 0, 0, 0)
    assert run(row)[:4] == (0, 0, 1, 0)
    article = Article.objects.get()
    assert {article.title, article.author, article.source, article.category.name} == {"Pasar lama"}
    assert [tag.name for tag in article.tags.all()] == ["pasar lama"]


@pytest.mark.django_db
def test_what_readers_have_seen_is_not_scheduled_by_an_import(run, client):
    row = make_row(id=7)
    run(row)
    soon = (timezone.now() + timedelta(days=3)).isoformat()
    *counts, said = run(row | {"published_at": soon})
    assert counts == [0, 0, 0, 1]
    assert "berita ini pernah tampil; waktu terbitnya tidak dapat dipindah ke sesudah saat ini" in said
    Article.objects.get().withdraw("Keliru.")
    *counts, said = run(row | {"published_at": timezone.now().isoformat()})
    assert counts == [0, 0, 0, 1]
    assert "ke sesudah pencabutannya" in said
    assert client.get("/b/7").status_code == 410


@pytest.mark.django_db
def test_an_import_does_not_tell_the_title_of_what_was_withdrawn_before_its_time(run, client):
    row = make_row(id=7, published_at=(timezone.now() + timedelta(days=3)).isoformat())
    run(row)
    Article.objects.get().withdraw("Batal.")
    *counts, said = run(row | {"published_at": "2024-11-13"})
    assert counts == [0, 0, 0, 1]
    assert "dicabut sebelum tampil" in said
    assert client.get("/b/7").status_code == 404
    assert run(row)[:4] == (0, 0, 1, 0)


@pytest.mark.django_db
def test_null_characters_and_scripts_are_removed(run):
    run(
        make_row(
            title="Ju\x00dul", body="<p>Isi\x00</p><script>alert(1)</script>", tags=["ta\x00g"], author="\x01Rina"
        )
    )
    article = Article.objects.get()
    assert (article.title, article.body, article.author) == ("Judul", "<p>Isi</p>", "Rina")


@pytest.mark.django_db
def test_an_empty_body_is_imported(run):
    assert run(make_row(body=""))[:4] == (1, 0, 0, 0)


@pytest.mark.django_db
def test_tags_and_categories_are_matched_case_insensitively(run):
    run(make_row(tags=["Banjir", "banjir ", "BANJIR"], category="Warta"))
    run(make_row(title="Lain", tags=["bAnjir", "C++", "C#"], category="WARTA"))
    assert [tag.name for tag in Tag.objects.order_by("name")] == ["Banjir", "C#", "C++"]
    assert len({tag.slug for tag in Tag.objects.all()}) == 3
    assert [category.name for category in Category.objects.all()] == ["Warta"]


@pytest.mark.django_db
def test_imported_reads_do_not_change_the_counted_ones(run):
    run(make_row(id=7, reads=5))
    ArticleViews.objects.update(counted=11)
    assert run(make_row(id=7, reads=6))[:4] == (0, 1, 0, 0)
    assert ArticleViews.objects.values_list("counted", "imported").get() == (11, 6)


@pytest.mark.django_db
def test_a_new_article_gets_an_id_above_the_imported_ones(run):
    highest = make_article().pk + 70_000
    run(make_row(id=highest), make_row(id=str(highest - 5), title="Kedua"))
    assert set(Article.objects.values_list("pk", flat=True)) >= {highest, highest - 5}
    assert make_article().pk == highest + 1


@pytest.mark.django_db
def test_an_id_of_another_article_is_refused(run):
    taken = make_article().pk
    *counts, said = run(make_row(id=taken))
    assert counts == [0, 0, 0, 1]
    assert f"id {taken} sudah dipakai berita lain" in said
    number = taken + 100
    run(make_row(id=number))
    other = make_row(id=number, title="Berita portal lain", published_at="2019-05-05")
    assert run(other)[:4] == (0, 0, 0, 1)
    assert run(make_row(id=number, source="portal lain"))[:4] == (0, 0, 0, 1)


@pytest.mark.django_db
def test_two_rows_with_one_id_are_refused_unless_they_are_equal(run):
    *counts, said = run(
        make_row(id=7), make_row(id=7), make_row(id=7, title="Lain"), make_row(id="k"), make_row(id="k", body="x")
    )
    assert counts == [2, 0, 1, 2]
    assert "berita.jsonl:3: id 7 sudah dipakai" in said
    assert "berita.jsonl:5: id k sudah dipakai" in said


@pytest.mark.django_db
def test_of_two_rows_about_one_address_the_first_counts(run):
    rows = [make_row(url="https://kabar.example/1"), make_row(url="https://kabar.example/1", title="Versi lain")]
    *counts, said = run(*rows)
    assert counts == [1, 0, 0, 0]
    assert "berita.jsonl:2: berita yang sama dengan" in said
    assert run(*rows)[:4] == (0, 0, 1, 0)


@pytest.mark.django_db
def test_the_same_title_on_another_day_or_of_another_source_is_another_article(run):
    run(
        make_row(),
        make_row(published_at="2024-11-14T08:00:00+07:00"),
        make_row(source="lain"),
        make_row(url="/lama/9"),
    )
    assert Article.objects.count() == 3  # the address was added to the first, which had none


@pytest.mark.slow
@pytest.mark.django_db
def test_gzip_is_recognised_by_content_and_broken_gzip_is_refused_midway(tmp_path):
    rows = b"".join(json.dumps(make_row(id=n, body=os.urandom(900).hex())).encode() + b"\n" for n in range(1, 100))
    packed = gzip.compress(rows)
    (tmp_path / "utuh.data").write_bytes(packed)
    (tmp_path / "putus.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    *counts, said = run_files(tmp_path / "putus.jsonl.gz")
    assert counts[0] > 20
    assert counts[3] == 1
    assert "berkas rusak atau terpotong" in said
    assert run_files(tmp_path / "utuh.data")[:4] == (99 - counts[0], 0, counts[0], 0)


def test_a_long_line_is_refused_and_the_next_one_read(tmp_path, monkeypatch):
    monkeypatch.setattr(jsonl, "MAX_LINE", 1024)
    path = tmp_path / "panjang.jsonl"
    path.write_bytes(b"x" * 5000 + b"\n" + json.dumps(make_row()).encode())  # the last line has no line end
    (first, refusal), (second, record) = jsonl.read(path)
    assert (first, second) == (1, 2)
    assert isinstance(refusal, Refusal)
    assert isinstance(record, Record)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["tidak-ada.jsonl", "."])
def test_a_file_that_cannot_be_read_stops_before_anything_is_written(tmp_path, name):
    good = tmp_path / "berita.jsonl"
    good.write_text(json.dumps(make_row()))
    with pytest.raises(CommandError, match=r"tidak ditemukan|adalah folder"):
        call_command("import_articles", str(good), str(tmp_path / name))
    assert not Article.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_importers_at_once_create_each_article_once():
    records = [Record(title=f"Berita {n}", url=f"https://kabar.example/{n}", tags=["t"], id=None) for n in range(30)]
    results = []

    def work():
        try:
            results.extend(save(record).result for record in records)
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count(Result.CREATED) == 30
    assert results.count(Result.UNCHANGED) == 60
    assert Article.objects.count() == 30


@pytest.mark.django_db(transaction=True)
def test_ctrl_c_reports_what_was_imported_and_keeps_it(tmp_path):
    path = tmp_path / "banyak.jsonl"
    body = " ".join(f"kata{n}" for n in range(2_000))
    path.write_text("".join(json.dumps(make_row(id=n, body=body)) + "\n" for n in range(1, 5_000)))
    database = connection.settings_dict
    address = f"postgres://{database['USER']}@/{database['HOST']}/{database['NAME']}"
    process = subprocess.Popen(
        [sys.executable, PROJECT / "manage.py", "import_articles", path],
        env=os.environ | {"DATABASE_URL": address},
        preexec_fn=from_a_terminal,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while Article.objects.count() < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Dihentikan" in out
    assert "Traceback" not in err
    assert f"dibuat{Article.objects.count():>16}" in out


@pytest.mark.django_db
@pytest.mark.parametrize(("presses", "saved"), [(1, 1), (2, 0)])
def test_ctrl_c_lets_the_record_in_hand_be_saved_and_counted_unless_repeated(tmp_path, monkeypatch, presses, saved):
    def save_while_interrupted(record, written, **options):
        for _ in range(presses):
            signal.raise_signal(signal.SIGINT)
        return save(record, written, **options)

    monkeypatch.setattr(saving, "save", save_while_interrupted)
    path, said = tmp_path / "dua.jsonl", StringIO()
    path.write_text("".join(json.dumps(make_row(id=number)) + "\n" for number in (1, 2)))
    with pytest.raises(CommandError, match="Dihentikan"):
        call_command("import_articles", str(path), stdout=said)
    assert f"dibuat{saved:>16}" in said.getvalue()
    assert Article.objects.count() == saved


COLLECTIONS = (
    "news_indosum", "news_detik_aspect", "news_detik_tempo_tags", "news_ciletuh", "news_lampung_full",
    "news_lampung_brief",
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", COLLECTIONS)
def test_real_articles_are_imported(portal_data, run, name):
    """Forty of each collection; tests/drills imports all."""
    rows = read_rows(portal_data, name)
    rows = rows[:: len(rows) // 40 + 1]
    untitled = sum(not row.get("title") for row in rows)
    created, updated, unchanged, refused, said = run(*rows)
    assert (updated, unchanged, refused) == (0, 0, untitled)
    assert ("judul kosong" in said) == bool(untitled)
    assert run(*rows)[:4] == (0, 0, created, untitled)


# ---- What other portals write into their texts


@pytest.mark.django_db
def test_encoded_characters_and_markup_in_names_are_read_as_readers_see_them(run):
    run(
        make_row(
            title="Pemkot &amp; DPRD &#8211; <em>sepakat</em>",
            body="Tarif &lt; 5 &amp; naik.",
            category="Seni &amp; Budaya",
            tags=["UMKM &amp; koperasi"],
            author="Rina &quot;Ri&quot; Sari",
        )
    )
    article = Article.objects.get()
    assert (article.title, article.slug) == ("Pemkot & DPRD – sepakat", "pemkot-dprd-sepakat")
    assert article.body == "<p>Tarif &lt; 5 &amp; naik.</p>"
    assert (article.category.name, article.author) == ("Seni & Budaya", 'Rina "Ri" Sari')
    assert [tag.name for tag in article.tags.all()] == ["UMKM & koperasi"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a &amp;amp; b", "a & b"),
        ("&lt;b&gt;Penting&lt;/b&gt;", "Penting"),
        ("Satu<br>Dua", "Satu Dua"),
        ("Isi <span style='display:none'>slot</span> saja", "Isi saja"),
        ("a < b dan c > d", "a < b dan c > d"),
        ("R&D dan P&Lama &notis", "R&D dan P&Lama &notis"),
        ("tekan <Enter>", "tekan <Enter>"),
        ("Q&A;", "Q&A;"),
    ],
)
def test_what_only_looks_like_markup_in_a_title_stays(written, read):
    assert Record(title=written).title == read


@pytest.mark.django_db
def test_an_article_that_a_former_version_imported_with_encoded_characters_is_found_again(run):
    article = make_article(title="Pemkot &amp; DPRD", published_at=datetime(2024, 11, 13, 9, 21, tzinfo=UTC))
    run(make_row(title="Pemkot &amp; DPRD"))
    assert Article.objects.get().pk == article.pk
    assert Article.objects.get().title == "Pemkot & DPRD"


@pytest.mark.django_db
def test_the_run_names_hidden_texts_and_counts_what_was_left_out(run):
    *counts, said = run(
        make_row(body="<p>Isi <span style='display:none'>slot gacor maxwin</span> berita.</p>"),
        make_row(title="Dua", body="<p><a href=x.jpg><img src=x.jpg></a></p><iframe src=x></iframe>"),
        make_row(title="Tiga", body="<p>Isi<img src=x.jpg></p><video></video>"),
    )
    assert counts == [3, 0, 0, 0]
    assert "berita.jsonl:1: teks tersembunyi dibuang: “slot gacor maxwin”" in said
    assert (
        "Tidak ikut masuk: 2 gambar; 2 bingkai (video, peta, halaman lain); teks tersembunyi di 1 berita.\n"
        "Tanpa isi di berkas impor: 1 berita.\n"
    ) in said
    assert said.splitlines()[-1].split() == ["ditolak", "0"]


# ---- The run as a whole


@pytest.mark.django_db
def test_equal_refusals_are_told_once_with_their_number_and_first_places(run, tmp_path):
    rows = [make_row(title=f"Berita {number}") for number in range(3)]
    *counts, said = run(*rows, *[b"{rusak"] * 12, make_row(url="salah:1 1"), make_row(url="salah:2"))
    assert counts == [3, 0, 0, 14]
    path = tmp_path / "berita.jsonl"
    assert f"{path}:4, {path}:5, {path}:6 dan 9 lagi: bukan JSON yang utuh" in said.splitlines()
    assert f"{path}:16: alamat asal “salah:1%201” bukan alamat: awalnya harus http://, https:// atau /" in said
    assert said.count("bukan JSON") == 1


@pytest.mark.django_db
def test_a_report_file_names_every_place(run, tmp_path):
    path, report = tmp_path / "berita.jsonl", tmp_path / "laporan.txt"
    run(make_row(), *[b"{rusak"] * 5)
    with pytest.raises(CommandError, match="5 berita ditolak"):
        call_command("import_articles", str(path), laporan=report, stdout=StringIO())
    lines = report.read_text().splitlines()
    assert [line for line in lines if "bukan JSON" in line] == [
        f"{path}:{n}: bukan JSON yang utuh" for n in range(2, 7)
    ]
    assert f"  ditolak{5:>15}" in lines
    with pytest.raises(CommandError, match="tidak dapat ditulis"):
        call_command("import_articles", str(path), laporan=tmp_path / "tidak" / "ada", stdout=StringIO())


@pytest.mark.django_db
def test_a_report_replaces_an_earlier_one_and_no_other_file(run, tmp_path):
    path, report = tmp_path / "berita.jsonl", tmp_path / "laporan.txt"
    run(make_row())
    for _ in range(2):
        call_command("import_articles", str(path), laporan=report, stdout=StringIO())
    assert report.read_text().splitlines()[0] == "Laporan impor"
    before = path.read_bytes()
    with pytest.raises(CommandError, match="bukan laporan impor"):
        call_command("import_articles", str(path), laporan=path, stdout=StringIO())
    assert path.read_bytes() == before


@pytest.mark.django_db
def test_a_run_in_which_everything_is_refused_for_one_reason_stops_early_unless_told(tmp_path):
    path = tmp_path / "salah.jsonl"
    path.write_text("".join(json.dumps({"isi": f"Isi {number}", "title": ""}) + "\n" for number in range(300)))
    said = StringIO()
    with pytest.raises(CommandError, match="200 berita pertama ditolak karena sebab yang sama"):
        call_command("import_articles", str(path), stdout=said)
    assert f"ditolak{200:>15}" in said.getvalue()
    with pytest.raises(CommandError, match="300 berita ditolak"):
        call_command("import_articles", str(path), teruskan=True, stdout=said)


@pytest.mark.django_db
def test_a_rehearsal_tells_what_the_run_will_do_and_leaves_nothing(tmp_path):
    taken = make_article(title="Sudah ada")
    number = taken.pk + 50
    rows = [
        make_row(id=number, tags=["baru"], category="Baru", reads=5, url="/lama/1"),
        make_row(id=number),  # again
        make_row(id=number, title="Lain", published_at="2020-01-01"),
        make_row(title="Tanpa nomor"),
        make_row(title="Tanpa nomor", body="Versi lain."),
        make_row(id=taken.pk),
        make_row(title="Sudah ada", published_at=taken.published_at.isoformat(), author="Rina"),
        make_row(title=""),
    ]
    path, said = tmp_path / "berita.jsonl", StringIO()
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    with pytest.raises(CommandError, match="3 berita ditolak"):
        call_command("import_articles", str(path), coba=True, stdout=said)
    assert "hanya dicoba, tidak ada yang disimpan" in said.getvalue()
    assert [article.pk for article in Article.objects.all()] == [taken.pk]
    assert not Tag.objects.filter(name="baru").exists()
    assert not Category.objects.filter(name="Baru").exists()
    rehearsed = said.getvalue().splitlines()[-5:]
    assert run_files(path)[4].splitlines()[-5:] == rehearsed
    next_one = make_article()
    assert next_one.pk == number + 2  # the article without a number came between; the rehearsal took none


@pytest.mark.django_db
def test_numbers_can_be_kept_as_keys_only(run, tmp_path):
    taken = make_article(title="Milik portal ini")
    path = tmp_path / "berita.jsonl"
    run(make_row(id=taken.pk))
    for counts in ("1", "0"):
        said = StringIO()
        call_command("import_articles", str(path), nomor_baru=True, stdout=said)
        assert f"dibuat{counts:>16}" in said.getvalue()
    article = Article.objects.exclude(pk=taken.pk).get()
    assert (article.source_key, article.title) == (str(taken.pk), make_row()["title"])
    path.write_text(json.dumps(make_row(id=taken.pk, title="Portal ketiga", published_at="2019-01-01")))
    with pytest.raises(CommandError, match="1 berita ditolak"):
        call_command("import_articles", str(path), nomor_baru=True, stdout=said)
    assert f"nomor {taken.pk} sudah menjadi penanda berita lain" in said.getvalue()


@pytest.mark.django_db
def test_after_an_import_the_database_knows_how_many_articles_there_are(run):
    run(*(make_row(title=f"Berita {number}") for number in range(7)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'news_article'")
        assert cursor.fetchone()[0] == 7


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "leads"),
    [
        ({}, True),
        ({"source": "Antara"}, False),  # the address of another site's article
        ({"source": "Antara", "url": "http://127.0.0.1:8000/2019/taman-dibuka"}, True),
        ({"status": "draft"}, False),
    ],
)
def test_the_address_of_an_old_portal_at_another_host_leads_to_its_article(run, client, settings, fields, leads):
    settings.SITE_URL = "http://127.0.0.1:8000"
    run(make_row(**({"url": "https://lama.example/2019/taman-dibuka"} | fields)))
    assert client.get("/2019/taman-dibuka").status_code == (301 if leads else 404)


@pytest.mark.django_db
def test_reports_have_what_was_imported_at_once(run):
    def published_in_2024():
        return reports.make(in_the_city(2024, 1, 1), in_the_city(2025, 1, 1)).total.articles

    run(make_row())
    reports.add_up_days()
    SummedDay.objects.create(day="2024-07-01")
    run(make_row(title="Taman lain dibuka", published_at="2024-07-01T08:00:00+07:00"))
    assert published_in_2024() == 2
