"""Formats that `manage.py import_articles` reads, and how it knows them."""

import csv
import gzip
import io
import json
import os
import re
import zipfile
from datetime import UTC, datetime
from threading import Thread

import pytest
from django.core.management import CommandError, call_command

from comments.models import Comment
from news.models import Article, MissingPath
from portal.importers import elements, feeds, fields, formats, json_lists, jsonl, saving, tables
from portal.importers.record import Record, Refusal
from tests.make import in_the_city
from tests.test_import_articles import make_row, run_files

COLUMNS = [
    "Judul",
    "Isi Berita",
    "Tanggal",
    "Jam",
    "Kategori",
    "Tag",
    "Penulis",
    "Dibaca",
    "ID",
    "Alamat",
    "Ringkasan",
]
ROW = [
    "Taman “Kita” dibuka; gratis",
    'Baris satu.\nKata "dua", tiga.',
    "Rabu, 13 November 2024",
    "16.21 WIB",
    "Lingkungan",
    "taman, karawaci",
    "Rina",
    "1.056",
    "77",
    "/berita/lama/77",
    "Singkatnya.",
]


def table(rows, separator=",", quoting=csv.QUOTE_MINIMAL):
    text = io.StringIO()
    csv.writer(text, delimiter=separator, quoting=quoting).writerows(rows)
    return text.getvalue()


@pytest.fixture
def write(tmp_path):
    def write(content, name="berkas.dat"):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


@pytest.mark.django_db
@pytest.mark.parametrize("separator", tables.SEPARATORS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_tables_of_any_separator_and_encoding(write, separator, encoding, quoting):
    path = write(table([COLUMNS, ROW], separator, quoting).encode(encoding))
    assert run_files(path)[:4] == (1, 0, 0, 0)
    article = Article.objects.published().get()
    assert (article.pk, article.title, article.summary) == (77, "Taman “Kita” dibuka; gratis", "Singkatnya.")
    assert article.body == '<p>Baris satu.</p><p>Kata "dua", tiga.</p>'
    assert (article.published_at, article.time_known) == (datetime(2024, 11, 13, 9, 21, tzinfo=UTC), True)
    assert (article.category.name, article.author, article.views.imported) == ("Lingkungan", "Rina", 1056)
    assert {tag.name for tag in article.tags.all()} == {"taman", "karawaci"}
    assert MissingPath.objects.get(path="/berita/lama/77").target == article.short_url
    assert run_files(path)[:4] == (0, 0, 1, 0)


@pytest.mark.django_db
def test_a_table_in_which_encodings_mix_with_excels_hint(write):
    lines = [b"sep=;", b"title;content", "Café lama;Isi".encode("cp1252"), "Café baru;Isi".encode(), b";;", b""]
    assert run_files(write(b"\r\n".join(lines)))[:4] == (2, 0, 0, 0)
    assert {article.title for article in Article.objects.all()} == {"Café lama", "Café baru"}


@pytest.mark.django_db
def test_rows_of_a_table_with_too_few_or_too_many_columns_are_refused_with_their_lines(write):
    path = write('judul,isi\n"Satu","a\nb"\nDua\nTiga,c,d\nEmpat,e,,\nLima,f\n')
    *counts, said = run_files(path)
    assert counts == [3, 0, 0, 2]
    assert f"{path}:4: 1 kolom, seharusnya 2 seperti baris pertama" in said
    assert f"{path}:5: 3 kolom, seharusnya 2" in said


def test_a_quotation_mark_that_is_never_closed_does_not_swallow_the_file(write, monkeypatch):
    monkeypatch.setattr(tables, "_LARGEST_CELL", 1000)
    path = write("judul,isi\n" + '"Rusak,a\n' + "".join(f"Berita {number},isi\n" for number in range(200)))
    read = [record for _, record in tables.read(path)]
    assert any(isinstance(each, Refusal) and "tanda kutip" in str(each) for each in read)
    assert sum(isinstance(each, Record) for each in read) > 100
    assert csv.field_size_limit() > 1000  # that of the process stays


def read_rows(path, read=tables.read):
    """Title or reason by line."""
    return [(line, str(each) if isinstance(each, Refusal) else each.title) for line, each in read(path)]


@pytest.mark.parametrize("heading", ["\rid,judul\n", "sep=,\rid,judul\n", "\r\r\nid,judul\r"])
def test_ends_of_lines_of_old_macs_above_and_behind_the_heading(write, heading):
    path = write(heading + "1,Satu\n2,Dua\n")
    assert formats.of(path).name == "CSV"
    assert [title for _, title in read_rows(path)] == ["Satu", "Dua"]


def test_a_quotation_mark_that_is_closed_in_another_row_costs_its_own_row_only(write):
    path = write('id,judul,isi\n8731,"tak tutup,isi\n8732,lain,isi\n8733,"ok",isi\n')
    assert read_rows(path) == [(2, tables._NOT_CLOSED), (3, "lain"), (4, "ok")]
    path = write('id,judul,isi\n"1","tak tutup","isi\n"2","lain","isi"\n')
    assert read_rows(path) == [(2, tables._NOT_CLOSED), (3, "lain")]


def test_a_table_of_headings_only_says_so(write):
    assert "tanpa berita" in read_rows(write("id,judul,isi\n"))[0][1]


def test_lines_of_a_text_that_look_like_rows_stay_in_it(write):
    path = write('id,judul,isi\n1,Satu,"Daftar:\n8732,lain,isi\n""8733"",b,c"\n2,Dua,"a ""b"" c\n\nd, e, f"\n')
    assert read_rows(path) == [(4, "Satu"), (7, "Dua")]


def test_of_a_table_that_was_cut_off_no_half_text_is_taken(write):
    for end in ("", "\n", "\nSatu, dua, tiga\n"):
        (_, whole), (_, cut) = read_rows(write(f'id,judul,isi\n8901,Utuh,"isi"\n8902,Putus,"isi putus di te{end}'))
        assert (whole, cut[:9]) == ("Utuh", "terpotong")
    (_, cut), (line, other) = read_rows(write('id,judul,isi\n8901,Rusak,"isi\n8902,Lain,isi'))
    assert (cut, line, other) == (tables._NOT_CLOSED, 3, "Lain")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("publish", "published"),
        ("draft", "draft"),
        ("pending", "draft"),
        ("0", "draft"),
        ("1", "published"),
        ("x", "draft"),
    ],
)
def test_what_the_source_does_not_show_stays_a_draft_even_with_a_date(write, status, expected):
    path = write(f"judul,isi,tanggal,status\nSatu,isi,2024-11-13,{status}\n")
    said = run_files(path)[4]
    assert Article.objects.get().status == expected
    assert ("status “x” tidak dikenal" in said) == (status == "x")
    assert run_files(path)[:4] == (0, 0, 1, 0)


@pytest.mark.parametrize(
    ("row", "is_draft"),
    [
        ({"state": "1"}, False),  # Joomla: shown, not shown, in the archive, in the trash
        ({"state": "0"}, True),
        ({"state": 2}, True),
        ({"state": "-2"}, True),
        ({"active": "N"}, True),
        ({"status": "publish", "deleted_at": "2023-05-01 10:00:00"}, True),  # Laravel
        ({"status": "publish", "deleted_at": ""}, False),
        ({"status": "publish", "deleted_at": None}, False),
        ({"status": "publish", "deleted_at": "0000-00-00 00:00:00"}, False),
        ({"published": 1, "trash": 1}, True),  # Joomla's K2
        ({"published": 1, "trash": 0}, False),
        ({"is_deleted": False}, False),
        ({"is_deleted": True}, True),
    ],
)
def test_what_the_source_hid_or_threw_away_is_a_draft(row, is_draft):
    record = fields.record({"judul": "Satu", "isi": "isi", "tanggal": "2024-11-13"} | row)
    assert record.is_draft == is_draft
    assert ("dibuang di situs asal; disimpan sebagai draf" in record.remarks) == (
        is_draft and not {"state", "active"} & row.keys()
    )


@pytest.mark.django_db
def test_an_unreadable_date_makes_a_draft_that_keeps_it_for_the_editor(write):
    path = write("judul,isi,tanggal\nSatu,isi,13/25/2021\nDua,isi,2021-00-00\nTiga,isi,0000-00-00 00:00:00\n")
    *counts, said = run_files(path)
    assert counts == [3, 0, 0, 0]
    assert f"{path}:2: tanggal “13/25/2021” tidak terbaca; disimpan sebagai draf" in said
    one, two, three = Article.objects.order_by("pk")
    assert {one.status, two.status, three.status} == {Article.Status.DRAFT}
    assert one.is_handed_back
    assert "“13/25/2021”" in one.review_note
    assert "“2021-00-00”" in two.review_note
    assert not three.review_note
    Article.objects.update(review_note="")
    assert run_files(path)[:4] == (0, 0, 3, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize(
    "wrap",
    [
        lambda rows: rows,
        lambda rows: {"status": "ok", "kategori": [{"nama": "Warta"}], "data": rows, "jumlah": 2},
        lambda rows: {"hasil": {"berita": rows}},
        lambda rows: [{"type": "header", "version": "5"}, {"type": "database"}, {"type": "table", "data": rows}],
    ],
    ids=["list", "object", "nested", "phpMyAdmin"],
)
def test_documents_with_a_list_of_articles(write, wrap, indent):
    rows = [make_row(id=7, tags=["a", "b"]), {"judul": "Dua", "isi": "x", "hits": "12", "tgl": "13 Nop 2024"}]
    path = write(json.dumps(wrap(rows), indent=indent, ensure_ascii=False))
    assert run_files(path)[:4] == (2, 0, 0, 0)
    assert Article.objects.get(title="Dua").published_at == in_the_city(2024, 11, 13)
    assert run_files(path)[:4] == (0, 0, 2, 0)


def test_a_document_is_read_in_pieces_wherever_they_end(write, monkeypatch):
    rows = [make_row(id=number, title=f"Berita “{number}”", reads=number) for number in range(1, 60)]
    path = write(json.dumps({"n": 12345, "data": rows}, ensure_ascii=False))
    for size in (3, 64, 1000):
        monkeypatch.setattr(json_lists, "_PIECE", size)
        assert [record.id for _, record in json_lists.read(path)] == list(range(1, 60))


def test_of_a_document_that_was_cut_off_what_is_whole_is_read(write):
    text = json.dumps([make_row(id=number) for number in range(1, 30)])
    path = write(text[: len(text) // 2])
    *records, (_, refusal) = json_lists.read(path)
    assert [record.id for _, record in records] == list(range(1, len(records) + 1))
    assert len(records) > 10
    assert "rusak atau terpotong" in str(refusal)


def test_a_document_without_articles_says_so(write):
    ((_, refusal),) = json_lists.read(write('{"kategori": [{"nama": "Warta"}]}'))
    assert "tidak ada daftar berita" in str(refusal)


RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Kabar</title>
<item><title>Satu &amp; dua</title><link>https://kabar.example/1</link><dc:creator>Rina</dc:creator>
<pubDate>Wed, 13 Nov 2024 16:21:00 +0700</pubDate><category>Warta</category><category>banjir</category>
<description>Singkat.</description><content:encoded><![CDATA[<p>Isi <b>penuh</b>.</p>]]></content:encoded></item>
<item><title>Tiga</title><guid>urn:3</guid><description>&lt;p&gt;Hanya ini.&lt;/p&gt;</description></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Kabar</title>
<entry><title type="html">Satu &amp;amp; dua</title><link rel="alternate" href="https://kabar.example/1"/><id>urn:1</id>
<author><name>Rina</name></author><published>2024-11-13T09:21:00Z</published><updated>2024-11-14T09:21:00Z</updated>
<category term="Warta"/><category term="banjir"/><summary>Singkat.</summary>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Isi <b>penuh</b>.</p></div></content></entry>
<entry><title>Tiga</title><id>urn:3</id><content>1 &lt; 2</content></entry></feed>"""


@pytest.mark.parametrize(
    ("feed", "second"), [(RSS, "<p>Hanya ini.</p>"), (ATOM, "<p>1 &lt; 2</p>")], ids=["RSS", "Atom"]
)
def test_feeds(write, feed, second):
    (_, first), (_, other) = feeds.read(write(feed))
    assert (first.title, first.url, first.author) == ("Satu & dua", "https://kabar.example/1", "Rina")
    assert (first.summary, first.body) == ("Singkat.", "<p>Isi <strong>penuh</strong>.</p>")
    assert (first.category, first.tags) == ("Warta", ["banjir"])
    assert first.published_at == datetime(2024, 11, 13, 9, 21, tzinfo=UTC)
    assert (other.key, other.body, other.published_at) == ("urn:3", second, None)


def test_of_a_feed_that_was_cut_off_only_whole_articles_are_read(write):
    for end in range(RSS.index("<channel>"), len(RSS) - 3, 11):
        *records, (_, refusal) = feeds.read(write(RSS[:end]))
        assert len(records) == RSS[:end].count("</item>")
        assert "rusak atau terpotong" in str(refusal)


@pytest.mark.parametrize("feed", [RSS, ATOM], ids=["RSS", "Atom"])
@pytest.mark.parametrize("raw", ["Tom & Jerry", "5 < 6", "&#xD800;Tom & Jerry", "R&eacute;publik"])
def test_a_careless_article_of_a_feed_costs_no_other_one(write, feed, raw):
    records = [
        record
        for _, record in feeds.read(write(feed.replace("Satu &amp;amp; dua", raw).replace("Satu &amp; dua", raw)))
    ]
    told = {"5 < 6": "5 < 6", "R&eacute;publik": "Républik"}.get(raw, "Tom & Jerry")
    assert [record.title for record in records] == [told, "Tiga"]


@pytest.mark.parametrize("feed", [RSS, ATOM], ids=["RSS", "Atom"])
def test_a_stylesheet_and_comments_around_a_feed_do_no_harm(write, feed):
    start = max(feed.find("?>") + 2, 0) if feed.startswith("<?xml") else 0
    text = f'{feed[:start]}<!-- a --><?xml-stylesheet type="text/xsl" href="x.xsl"?><!-- b -->{feed[start:]}<!-- c -->'
    assert [record.title for _, record in feeds.read(write(text))] == ["Satu & dua", "Tiga"]


def test_a_feed_without_articles_says_so(write):
    [(number, refusal)] = feeds.read(write("<rss><channel><title>Kabar</title></channel></rss>"))
    assert (number, str(refusal)) == (1, "umpan ini tidak memuat berita")


def test_an_article_of_a_feed_that_is_too_large_costs_only_itself(write, monkeypatch):
    monkeypatch.setattr(elements, "MAX_ITEM", 100_000)
    text = RSS.replace("<item>", f"<item><title>{'x' * 300_000}</title></item><item>", 1)
    refusal, *records = [row for _, row in feeds.read(write(text))]
    assert "satu butir lebih dari" in str(refusal)
    assert [record.title for record in records] == ["Satu & dua", "Tiga"]


def test_entities_in_a_feed_read_no_file_and_do_not_explode(write):
    (write("rahasia", "rahasia.txt"))
    outside = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{write("rahasia", "rahasia.txt")}">]>'
    bomb = "<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'>" + "".join(
        f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 20}'>" for n in range(9)
    )
    for head, entity in ((outside, "x"), (f"{bomb}]>", "j")):
        path = write(f"{head}<rss><channel><item><title>Satu &{entity};</title></item></channel></rss>")
        assert "rahasia" not in str([getattr(record, "title", record) for _, record in feeds.read(path)])


def archive(*names):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name in names:
            file.writestr(name, "isi")
    return packed.getvalue()


FOREIGN = [
    (b"", "berkas kosong"),
    (b"\xef\xbb\xbf \n", "berkas kosong"),
    (gzip.compress(b""), "berkas kosong"),
    (gzip.compress(gzip.compress(b"{}")), "gzip di dalam gzip"),
    (archive("berita.csv"), "arsip ZIP; ekstrak dahulu"),
    (
        archive("[Content_Types].xml", "xl/workbook.xml"),
        "Excel (.xlsx); buka di Excel atau LibreOffice, lalu simpan sebagai CSV",
    ),
    (b"%PDF-1.7\n%\xe2", "PDF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel atau Word lama"),
    (b"-- MySQL dump 10.13\nCREATE TABLE `berita` (\n", "cadangan SQL"),
    (b"INSERT INTO `berita` (`judul`, `isi`) VALUES ('a', 'b');\n", "cadangan SQL"),
    (b"\x89PNG\r\n\x1a\n", "gambar PNG"),
    (b"\x7fELF\x00\x01", "berkas biner yang tidak dikenal"),
    (b"<?xml version='1.0'?><pma_xml_export><database/></pma_xml_export>", "XML yang bukan RSS atau Atom"),
    (b"<table><tr><td>judul</td></tr></table>", "tabel HTML; buka di Excel atau LibreOffice"),
    (b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><body><table></table></body></html>', "lembar Excel"),
    (archive("word/document.xml"), "Word (.docx)"),
    (b"{\\rtf1\\ansi Berita}", "dokumen RTF"),
    (b"halo, dunia\nini, surat\n", "baris pertamanya harus menamai kolom, di antaranya judul"),
]


@pytest.mark.parametrize(
    ("content", "reason"), FOREIGN, ids=[f"{n} {reason}" for n, (_, reason) in enumerate(FOREIGN)]
)
def test_what_cannot_be_read_is_refused_at_once_by_what_it_is(write, content, reason):
    with pytest.raises(CommandError) as refused:
        call_command("import_articles", str(write(content, "berita.jsonl")))
    assert reason in str(refused.value)
    assert str(refused.value).count(".\n") == 0


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (json.dumps(make_row()), "JSON Lines"),
        (json.dumps(make_row()) + "\n{rusak\n", "JSON Lines"),
        ("{rusak\n" + json.dumps(make_row()), "JSON Lines"),
        (json.dumps(make_row(body="a" * 400_000)), "JSON Lines"),
        (json.dumps([make_row()]), "JSON"),
        (json.dumps({"data": [make_row(body="a" * 400_000)]}), "JSON"),
        (json.dumps({"status": 1, "data": [make_row()]}), "JSON"),
        (json.dumps({"status": 1, "data": [make_row()]}, indent=1), "JSON"),
        (RSS, "RSS atau Atom"),
        (ATOM, "RSS atau Atom"),
        ("Judul\tIsi\n", "CSV"),
        ("set,judul\n", "CSV"),
        ("judul\n", "CSV"),
    ],
)
@pytest.mark.parametrize("pack", [str.encode, lambda text: gzip.compress(text.encode())], ids=["plain", "gzip"])
def test_the_format_is_known_by_the_first_bytes(write, content, name, pack):
    assert formats.of(write(pack(content))).name == name


@pytest.mark.django_db
def test_a_pipe_is_read_once(tmp_path):
    path = tmp_path / "pipa"
    os.mkfifo(path)
    writer = Thread(target=path.write_text, args=["judul;isi\nSatu;a\nDua;b\n"])
    writer.start()
    assert run_files(path)[:4] == (2, 0, 0, 0)
    writer.join()


TWO = "judul;isi\nSatu;a\nDua;b\n"


@pytest.mark.parametrize(
    "content",
    [
        TWO.encode("utf-16-le"),
        TWO.encode("utf-16-be"),
        TWO.replace("\n", "\r").encode(),
        TWO.replace("\n", "\r").encode("utf-16"),
        b"\xef\xbb\xbf" + TWO[:17].encode() + b"\xef\xbb\xbf" + TWO[:10].encode() + b"Dua;b\n",
        ("judul;isi\nSatu;a\n" + "judul;isi\nDua;b\n").encode(),
        ("judul;isi\nSatu;a\0\n" + "Dua;b\n" * 40 + "x").replace("Dua;b\n" * 40 + "x", "Dua;b\n").encode(),
        "sep=;\r\njudul;isi\r\nSatu;a\r\nDua;b\r\n".encode("utf-16"),
        gzip.compress(TWO.encode("utf-16")),
        b'[{"judul":"Satu","isi":"a"}][{"judul":"Dua","isi":"b"}]',
        b'{"data":[{"judul":"Satu","isi":"a"}]}\n\xef\xbb\xbf{"data":[{"judul":"Dua","isi":"b"}]}',
        b'{"judul":"Satu","isi":"a"}{"judul":"Dua","isi":"b"}',
        b'{"judul":"Satu","isi":"a"}\xef\xbb\xbf{"judul":"Dua","isi":"b"}\n',
        '[{"judul":"Satu","isi":"a"},{"judul":"Dua","isi":"b"}]'.encode("utf-16"),
        '[{"judul":"Satu","isi":"a"},{"judul":"Dua","isi":"b"}]'.encode("utf-16-le"),
        '{"judul":"Satu","isi":"a"}\n{"judul":"Dua","isi":"b"}\n'.encode("utf-16-be"),
        b'{"judul":"Sa\0tu","isi":"a"}\n{"judul":"Dua","isi":"b"}\n' + b" " * 200,
    ],
    ids=range(17),
)  # fmt: skip
def test_the_same_articles_in_many_bytes(write, content):
    path = write(content)
    records = [record for _, record in formats.of(path).read(path, lambda position: None)]
    assert [(record.title, record.body) for record in records] == [("Satu", "<p>a</p>"), ("Dua", "<p>b</p>")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
@pytest.mark.parametrize("feed", [RSS, ATOM], ids=["RSS", "Atom"])
@pytest.mark.parametrize("times_", [1, 2, 3])
def test_feeds_that_were_joined_in_any_encoding(write, feed, encoding, times_):
    feed = feed.replace('encoding="UTF-8"', f'encoding="{encoding[:6].upper()}"' if encoding != "utf-8" else "")
    path = write("\n".join([feed] * times_).encode(encoding))
    assert formats.of(path).name == "RSS atau Atom"
    assert [record.title for _, record in feeds.read(path)] == ["Satu & dua", "Tiga"] * times_


def test_tables_as_mysql_writes_them(write):
    path = write('"id","judul","isi","tanggal"\n"7","Kata \\"dua\\"; tiga",NULL,"2024-11-13"\n"8","Satu",\\N,\\N\n')
    (_, first), (_, second) = tables.read(path)
    assert (first.id, first.title, first.body, second.published_at) == (7, 'Kata "dua"; tiga', "", None)


def test_dates_as_numbers_and_reads_beside_the_date(write):
    path = write(json.dumps([
        {"judul": "Satu", "tanggal": 1731489660},
        {"judul": "Dua", "tanggal": "13 Nop 2024 16:21 WIB | Dibaca : 1.056"},
    ]))  # fmt: skip
    (_, first), (_, second) = json_lists.read(path)
    assert first.published_at == second.published_at == datetime(2024, 11, 13, 9, 21, tzinfo=UTC)
    assert second.reads == 1056


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([{"judul": "Satu", "isi": "BODY"}]),
        json.dumps({"judul": "Satu", "isi": "BODY"}),
        "judul;isi\nSatu;BODY\n",
        RSS.replace("<p>Isi <b>penuh</b>.</p>", "BODY"),
    ],
    ids=["JSON", "JSON Lines", "CSV", "RSS"],
)
def test_every_format_knows_shortcodes_and_the_lines_at_a_texts_foot(write, content):
    body = "<p>Isi.</p>[gallery ids=1]<p>(Reporter/Foto: Budi, Editor: Ani)<br>Dibaca : 1.234 kali</p>"
    path = write(content.replace("BODY", body))
    record = next(record for _, record in formats.of(path).read(path, lambda position: None))
    assert (record.body, record.reporter, record.editor, record.reads) == ("<p>Isi.</p>", "Budi", "Ani", 1234)


def test_a_list_in_windows_1252_is_read_as_a_table_is(write):
    path = write('[{"judul": "Café “Kita”"}, {"judul": "Lain"}]'.encode("cp1252"))
    assert read_rows(path, json_lists.read) == [(1, "Café “Kita”"), (2, "Lain")]


def test_a_number_of_thousands_of_digits_costs_its_own_article_only(write):
    rows = '{"judul": "Satu", "dibaca": %s}', '{"judul": "Dua"}'
    for reader, text in ((json_lists.read, f"[{','.join(rows)}]"), (jsonl.read, "\n".join(rows))):
        assert read_rows(write(text % ("9" * 5000)), reader)[1] == (2, "Dua")


def test_joined_objects_and_texts_that_look_like_joints_are_told_apart(write):
    path = write('{"judul": "a", "isi": "}{\\"x}{ \\""}{"judul": "b"}\ufeff{"judul": "c"} \n{"judul": "d"}{rusak}{"\n')
    assert [title for _, title in read_rows(path, jsonl.read)] == ["a", "b", "c", "d", "bukan JSON yang utuh"]


@pytest.mark.parametrize(
    "content",
    [
        '{"judul": "a", "x": ["' + '","'.join(["}{"] * 60_000) + '"]}',
        '{"judul": "a", "isi": "%s"}' % ("[caption]" * 60_000),
        '{"judul": "a", "isi": "%s"}' % ("[caption " * 60_000),
        '{"judul": "a", "isi": "<ul><li>a%sb</li></ul>"}' % (" " * 290_000),
        '{"judul": "a", "isi": "<div>a%sb\\n\\nc</div>"}' % (" " * 290_000),
        '{"judul": "a", "isi": "[a %s"}' % ("=" * 200_000),
        '{"judul": "a", "isi": "[youtube %s"}' % (" " * 200_000),
        '{"judul": "a", "isi": "[caption]<img src=x>%sb[/caption]"}' % (" " * 200_000),
        '{"judul": "a", "isi": "<p>%s</p>"}' % ("penulis/" * 30_000),
    ],
    ids=["joints", "captions", "open captions", "spaces", "spaces and lines", "equals", "video", "caption", "roles"],
)
def test_texts_of_one_sign_again_and_again_take_no_longer_than_others(write, content):
    assert len(list(jsonl.read(write(content)))) == 1  # at the square of their length: after minutes


@pytest.mark.parametrize(
    ("written", "reads"),
    [
        ("1.234 kali", 1234),
        ("1,234", 1234),
        ("Dibaca : 56", 56),
        ("1,2 rb", 1200),
        ("3k", 3000),
        ("2 juta", 2_000_000),
        (12.0, 12),
        ("-", None),
        ("", None),
    ],
)
def test_counts_written_for_people_are_read(written, reads):
    record = fields.record({"judul": "a", "dibaca": written})
    assert (record.reads, record.remarks) == (reads, ())


@pytest.mark.parametrize("written", ["banyak", "1.5", 1.5, True, "-3", "9" * 5000])
def test_what_is_no_count_costs_only_itself(written):
    record = fields.record({"judul": "a", "dibaca": written})
    assert record.reads is None
    assert "tidak dipakai" in record.remarks[0]


def test_numbers_of_rows_elsewhere_are_dropped_with_one_remark():
    row = {"title": {"rendered": "a"}, "categories": [4], "tags": [2, 3], "author": 1, "date": "2024-11-13T16:21:00"}
    record = fields.record(row)
    assert (record.title, record.category, record.tags, record.author) == ("a", "", [], "")
    assert record.remarks == (fields._NUMBERS_ONLY,)


def test_names_in_lists_and_objects_are_taken():
    record = fields.record({"judul": 12345, "kategori": ["Kota", {"nama": "Sosial"}], "tags": [{"name": "a"}, "b"]})
    assert (record.title, record.category, record.tags) == ("12345", "Kota", ["a", "b", "Sosial"])
    record = fields.record({"judul": "a", "kategori": {"name": "Kota"}, "author": {"name": "Rina"}})
    assert (record.category, record.author, record.remarks) == ("Kota", "Rina", ())


@pytest.mark.parametrize(
    "written",
    [
        20241113,
        {"date": "2024-11-13 00:00:00.000000", "timezone_type": 3, "timezone": "Asia/Makassar"},
        {"date": "2024-11-12 16:00:00.000000", "timezone_type": 3, "timezone": "UTC"},
        {"date": "2024-11-13 00:00:00.000000", "timezone_type": 1, "timezone": "+08:00"},
        {"date": "2024-11-13 00:00:00.000000"},
    ],
)
def test_dates_as_programs_write_them(written):
    assert fields.record({"judul": "a", "tanggal": written}).published_at == in_the_city(2024, 11, 13)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("kota.go.id/berita/1", "https://kota.go.id/berita/1"),
        ("www.kota.go.id", "https://www.kota.go.id"),
        ("berita/4.html", ""),
        ("berita.html", ""),
        ("lihat https://kabar.example/", ""),
        ("-", ""),
        ("#", ""),
    ],
)
def test_a_poor_address_costs_only_itself(written, kept):
    record = fields.record({"judul": "a", "url": written})
    assert (record.url, len(record.remarks)) == (kept, not kept)


def test_json_lines_in_windows_1252_are_read_as_tables_are(write):
    path = write('{"judul": "Café “Kita”"}\n{"judul": "b"}{"judul": "é"}\n'.encode("cp1252"))
    assert [title for _, title in read_rows(path, jsonl.read)] == ["Café “Kita”", "b", "é"]


def test_a_table_that_ends_within_a_letter_was_cut_off(write):
    path = write("judul,isi\nKafé,a\nTaman,Warga é".encode()[:-1])
    assert read_rows(path) == [(2, "Kafé"), (3, "berkas rusak atau terpotong; mulai di sini tidak terbaca")]
    assert [title for _, title in read_rows(write("judul,isi\nKafé,a\nTaman,é".encode("cp1252")))] == ["Kafé", "Taman"]


def test_columns_that_nobody_reads_are_told_once(write):
    (_, first), (_, second) = tables.read(write("judul,alias,hari\na,b,c\nd,e,f\n"))
    assert first.remarks == ("kolom yang tidak dikenal, isinya tidak ikut: “alias”, “hari”",)
    assert second.remarks == ()


@pytest.mark.parametrize(
    ("row", "date", "is_draft", "remarks"),
    [
        ({"published": "1", "publish_up": "2015-03-04 05:06:07", "created": "2014-01-01"}, (2015, 3, 4), False, 0),
        ({"published": "0", "publish_up": "2015-03-04 05:06:07"}, (2015, 3, 4), True, 0),
        ({"published": "2015-03-04"}, (2015, 3, 4), False, 0),
        ({"status": "10", "tanggal": "2015-03-04"}, (2015, 3, 4), True, 1),  # a number of the portal's own: told
        ({"created_at": "2015-03-04"}, (2015, 3, 4), False, 1),
        ({"published_at": None, "created_at": "2015-03-04"}, None, False, 0),  # it was never published
        ({"tanggal": 43952}, None, False, 0),
    ],
)
def test_columns_that_say_whether_and_when_it_was_published(row, date, is_draft, remarks):
    record = fields.record({"judul": "a"} | row)
    at = record.published_at
    assert at and (at.year, at.month, at.day) == date if date else at is None
    assert (record.is_draft, len(record.remarks)) == (is_draft, remarks)


def test_the_beginning_of_a_text_in_a_column_of_its_own_and_several_categories():
    row = {
        "title": "a",
        "introtext": "<p>Awal.</p>",
        "fulltext": "<p>Lanjutan.</p>",
        "category": "Seni &amp; Budaya; Kota",
    }
    record = fields.record(row)
    assert record.body == "<p>Awal.</p><p>Lanjutan.</p>"
    assert (record.category, record.tags) == ("Seni & Budaya", ["Kota"])


@pytest.mark.parametrize(
    "document",
    [
        {"version": "https://jsonfeed.org/version/1.1", "title": "Kabar", "items": [make_row()]},
        {"db": [{"meta": {}, "data": {"tags": [{"name": "t"}], "posts": [make_row()]}}]},
        {"data": [{"id": 1, "attributes": make_row()}], "meta": {}},
    ],
    ids=["JSON Feed", "Ghost", "Strapi"],
)
def test_lists_of_articles_wherever_systems_put_them(write, document):
    path = write(json.dumps(document))
    ((_, record),) = formats.of(path).read(path, lambda position: None)
    assert (record.title, record.published_at) == (make_row()["title"], datetime(2024, 11, 13, 9, 21, tzinfo=UTC))


NESTED = "<div>" * 150


@pytest.mark.django_db
def test_a_caption_that_nobody_can_read_costs_its_article_alone(write):
    rows = [make_row(gambar="a.jpg", caption=NESTED), make_row(title="Taman lain")]
    (_, refusal), (_, record) = jsonl.read(write("\n".join(map(json.dumps, rows))))
    assert "bersarang" in str(refusal)
    assert record.title == "Taman lain"


def of_blogger(number, kind, *, more="", draft=""):
    scheme = "http://schemas.google.com/g/2005#kind"
    control = f'<app:control xmlns:app="http://purl.org/atom/app#"><app:draft>{draft}</app:draft></app:control>'
    return f"""<entry><id>tag:blogger.com,1999:blog-1.post-{number}</id>
<published>2012-05-01T10:00:00+07:00</published>
<category scheme="{scheme}" term="http://schemas.google.com/blogger/2008/kind#{kind}"/>
{control if draft else ""}
<title>{kind} {number}</title><content type="html">Isi {number}</content>
<author><name>Rina</name></author>{more}</entry>"""


def test_of_a_blog_texts_are_taken_with_their_comments_and_no_settings(write):
    answered = (
        '<t:in-reply-to xmlns:t="http://purl.org/syndication/thread/1.0" ref="tag:blogger.com,1999:blog-1.post-1"/>'
    )
    related = '<link rel="related" href="http://www.blogger.com/feeds/1/1/comments/default/5"/>'
    link = '<link rel="alternate" href="http://kota.example/2012/05/taman.html"/><category term="Warta"/>'
    entries = [
        of_blogger(8, "template"),
        of_blogger(9, "settings"),
        of_blogger(1, "post", more=link),
        of_blogger(2, "post", draft="yes"),
        of_blogger(3, "page"),
        of_blogger(5, "comment", more=answered),
        of_blogger(6, "comment", more=answered + related),
    ]
    path = write(f'<feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>')
    rows = list(feeds.read(path))
    first, draft, page = (record for _, record in rows)
    assert [number for number, _ in rows] == [3, 4, 5]
    assert (first.title, first.category, first.old_paths) == ("post 1", "Warta", ("/2012/05/taman.html",))
    assert [(each.text, each.name, each.is_public) for each in first.comments] == [
        ("Isi 5", "Rina", True),
        ("Isi 6", "Rina", True),
    ]
    assert first.comments[1].answers == first.comments[0].key
    assert (draft.is_draft, draft.old_paths, page.kind) == (True, (), "page")


def test_of_a_blog_from_takeout_spam_and_trash_stay_out(write):
    def entry(number, kind, state, more=""):
        return f"""<entry><id>tag:blogger.com,1999:blog-1.post-{number}</id><b:type>{kind}</b:type>
<b:status>{state}</b:status><published>2012-05-01T10:00:00Z</published><title>{state}</title>
<content type="html">Isi {number}</content>{more}</entry>"""

    parent = "<b:parent>tag:blogger.com,1999:blog-1.post-1</b:parent>"
    states = ["LIVE", "PENDING", "SPAM", "EMPTIED", "SOFT_TRASHED"]
    entries = [entry(number, "POST", state) for number, state in enumerate(["LIVE", "DRAFT", "SCHEDULED"], 1)]
    entries += [entry(4, "POST", "SOFT_TRASHED"), entry(5, "PAGE", "SOFT_TRASHED")]
    entries += [entry(number, "COMMENT", state, parent) for number, state in enumerate(states, 6)]
    start = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:b="http://schemas.google.com/blogger/2018">'
    live, draft, scheduled, *trashed = (row for _, row in feeds.read(write(f"{start}{''.join(entries)}</feed>")))
    assert [each.is_draft for each in (live, draft, scheduled)] == [False, True, False]
    assert [str(each) for each in trashed] == ["di tempat sampah Blogger"] * 2
    assert [(each.text, each.is_public) for each in live.comments] == [("Isi 6", True), ("Isi 7", False)]


@pytest.mark.django_db
def test_comments_of_a_blog_without_a_number_or_a_possible_date(write):
    parent = (
        '<t:in-reply-to xmlns:t="http://purl.org/syndication/thread/1.0" ref="tag:blogger.com,1999:blog-1.post-1"/>'
    )
    old = of_blogger(5, "comment", more=parent).replace("2012-05-01", "0001-01-01")
    nameless = re.sub("<id>.*</id>", "", of_blogger(6, "comment", more=parent))
    path = write(f'<feed xmlns="http://www.w3.org/2005/Atom">{of_blogger(1, "post")}{old}{nameless}</feed>')
    ((_, record),) = feeds.read(path)
    saving.save(record)
    comment = Comment.objects.get()
    assert (comment.source_key, comment.created_at) == ("blogger?c=5", record.published_at)


@pytest.mark.parametrize("space", ["http://purl.org/atom/app#", "http://www.w3.org/2007/app"])
def test_a_draft_of_any_atom_feed_is_one(write, space):
    control = f'<x:control xmlns:x="{space}"><x:draft>yes</x:draft></x:control>'
    (_, first), (_, other) = feeds.read(write(ATOM.replace("<id>urn:1</id>", f"<id>urn:1</id>{control}")))
    assert (first.is_draft, other.is_draft) == (True, False)


def test_a_feed_whose_elements_have_a_prefix(write):
    text = '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>Taman</a:title></a:entry></a:feed>'
    path = write(text)
    assert formats.of(path).read is feeds.read
    assert read_rows(path, feeds.read) == [(1, "Taman")]


def test_a_time_of_change_in_a_feed_that_is_none_costs_only_itself(write):
    (_, first), _ = feeds.read(write(ATOM.replace("2024-11-14T09:21:00Z", "kemarin")))
    assert (first.published_at, first.updated_at) == (datetime(2024, 11, 13, 9, 21, tzinfo=UTC), None)
    assert first.remarks == ("waktu perubahan “kemarin” tidak terbaca; tidak dipakai",)
