"""`manage.py periksa_tautan_lama` says which links to the earlier portal would die."""

import gzip
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from news import missing_paths
from news.models import Article, MissingPath, Page
from news.web import old_shapes
from portal.importers import address_lists
from portal.importers.old_addresses import remember
from tests.make import in_the_city, make_article, make_category, make_tag

pytestmark = pytest.mark.django_db

ALIVE = ["/2024/11/13/taman-kota/", "/?p=123", "/berita/detail/1000002/judul-lama", "/category/kota-kita/feed/"]
DEAD = ["/2023/1/2/lain-sekali/", "/?p=124", "/berita/detail/1000003/lain"]
SITE = "https://lama.example"


@pytest.fixture
def article():
    made = make_article(
        pk=1_000_002, title="Taman", published_at=in_the_city(2024, 11, 13), category=make_category("Kota Kita")
    )
    remember(made, ["/2024/11/13/taman-kota/", "/?p=123"])
    return made


@pytest.fixture
def check(tmp_path):
    """Checks the contents (bytes or text, by name); returns what the command wrote, and why it failed or ""."""

    def check(**files):
        for name, content in files.items():
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        out, fault = StringIO(), ""
        try:
            call_command("periksa_tautan_lama", *(tmp_path / name for name in files), stdout=out, stderr=StringIO())
        except CommandError as error:  # exit status 1
            fault = str(error)
        return out.getvalue(), fault

    return check


def sitemap(addresses, element="url"):
    locations = "".join(f"<{element}><loc>\n{SITE}{each}</loc></{element}>" for each in addresses)
    return f'<?xml version="1.0"?><{element}set xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{locations}'


def log(addresses, status=200, method="GET"):
    return "".join(
        f'192.0.2.7 - - [13/Nov/2024:16:21:00 +0700] "{method} {each} HTTP/1.1" {status} 512 "-" "Mozilla/5.0"\n'
        for each in addresses
    )


@pytest.mark.parametrize("content", [
    "\n".join(SITE + each for each in [*ALIVE, *DEAD]),
    "# alamat lama\r\n" + "\r\n".join([*ALIVE, *DEAD]),
    "\ufeffHalaman,Klik\n" + "\n".join(f"{each},{number}" for number, each in enumerate([*ALIVE, *DEAD])),
    "judul;alamat\n" + "\n".join(f'"Satu, dua";{SITE}{each}' for each in [*ALIVE, *DEAD]),
    ("alamat\tkali\n" + "\n".join(f"{each}\t7" for each in [*ALIVE, *DEAD])).encode("utf-16"),
    sitemap([*ALIVE, *DEAD]),
    gzip.compress(sitemap([*ALIVE, *DEAD]).encode()),
    log([*ALIVE, *DEAD]) + log(["/dahulu-pun-tidak-ada"], 404) + log(["/kirim"], method="POST"),
])  # fmt: skip
def test_every_kind_of_list_is_read(article, check, content):
    out, fault = check(alamat=content)
    assert "7 alamat (7 kunjungan) diperiksa; 4 sampai di halamannya." in out
    assert fault.startswith("3 alamat tidak sampai ke mana pun.")
    assert all(f"    {each}" in out.replace(SITE, "") for each in DEAD)
    assert not any(f"    {each}\n" in out.replace(SITE, "") for each in ALIVE)


def test_the_sitemaps_of_an_index_are_read_beside_it(article, check):
    index = sitemap(["/peta/a.xml.gz", "/peta/tak-ada.xml"], "sitemap").replace("sitemapset", "sitemapindex")
    out, fault = check(**{"a.xml.gz": gzip.compress(sitemap(DEAD).encode()), "index.xml": index})
    assert "3 alamat (6 kunjungan)" in out  # named twice: by itself and by the index
    assert f"Dilewati: sitemap {SITE}/peta/tak-ada.xml tidak ada di samping index.xml (1 kali)." in out
    assert fault


def test_indexes_that_name_each_other_are_read_once(article, check):
    one, two = (
        sitemap([f"/{other}", "/a.xml"], "sitemap").replace("sitemapset", "sitemapindex")
        for other in ("2.xml", "1.xml")
    )
    out, _ = check(**{"a.xml": sitemap(ALIVE), "2.xml": two, "1.xml": one})
    assert f"sitemap {SITE}/1.xml menunjuk kembali ke 1.xml" in out


def test_what_would_die_is_grouped_by_shape_with_the_most_visited_first(article, check):
    lines = ["/profil-dinas/", *["/2023/01/02/satu-dua/"] * 3, "/2022/05/06/tiga/", "/unduh.php?file=x&no=1"]
    out, _ = check(akses=log(lines))
    groups = [line for line in out.splitlines() if line.startswith("/")]
    assert groups == [
        "/9/9/9/…/: 1 alamat, 3 kunjungan",
        "/…/: 1 alamat, 1 kunjungan",
        "/9/9/9/tiga/: 1 alamat, 1 kunjungan",
        "/unduh.php?file=…&no=…: 1 alamat, 1 kunjungan",
    ]


def test_nothing_dies_quietly_and_nothing_is_written(article, check):
    before = MissingPath.objects.count()
    assert check(alamat="\n".join(ALIVE)) == ("4 alamat (4 kunjungan) diperiksa; 4 sampai di halamannya.\n", "")
    assert MissingPath.objects.count() == before
    check(alamat="\n".join(DEAD))
    assert MissingPath.objects.count() == before


@pytest.mark.parametrize("content", [
    "", "apa saja", b"\x1f\x8brusak", gzip.compress(log(ALIVE).encode())[:-9], b"\x00\xff\xfe", "<html></html>",
    "<sitemapindex><loc>https://x.example/alamat</loc>",
])  # fmt: skip
def test_what_is_no_list_is_refused_with_a_sentence(check, content):
    _, fault = check(alamat=content)
    assert "tidak memuat alamat" in fault or "tidak dapat dibaca" in fault


def test_reasons_are_told_in_indonesian(tmp_path):
    (tmp_path / "kutip.csv").write_text('alamat,isi\n/a,"' + "x" * 200_000)
    for name, reason in (("", "ini folder"), ("tak-ada", "berkas itu tidak ada"), ("kutip.csv", "tanda kutip")):
        with pytest.raises(address_lists.Unreadable, match=reason):
            list(address_lists.read(tmp_path / name))


def test_lines_that_are_no_address_are_told(article, check):
    out, fault = check(alamat="/berita\nmailto:a@b.id\n/" + "x" * 3_000)
    assert "Dilewati: baris tanpa alamat (1 kali)." in out
    assert "Dilewati: alamat yang terlalu panjang (1 kali)." in out
    assert not fault


def test_the_command_and_the_portal_never_differ(client, article):
    """Each address as the command judges it and as a reader gets it."""
    Page.objects.create(slug="profil", title="Profil", body="<p>a</p>")
    make_article(tags=["banjir"])
    make_tag("tanpa-berita")
    gone = make_article()
    gone.withdraw("Keliru.")
    draft = make_article(status=Article.Status.DRAFT, published_at=None)
    MissingPath.objects.create(path="/topik", target="/tag/banjir")
    addresses = [
        *ALIVE, *DEAD, gone.get_absolute_url(), gone.short_url, draft.get_absolute_url(), draft.short_url,
        "/", "/index.php", "/?fbclid=x", "/profil", "/profil/", "/Profil.html", "/tak-ada/", "/feed/", "/cari?q=x",
        "/tag/banjir/feed/", "/tag/tanpa-berita/", "/topik/?x=1", "/topik/amp", "/2024/11/13/taman-kota/…",
        "/berita/detail/1000002/x).", "/arsip/2024/11", "/arsip/1990/1", "/admin/",
        "/wp-content/uploads/2024/11/x.jpg", "/media/foto/x.jpg",
        "/author/admin", "/%00", "/a%2Fb", "/sitemap.xml", "/robots.txt", "/?feed=rss2", "/page/2", "/2024/11/13/",
    ]  # fmt: skip
    for address in addresses:
        if address == "/?p=124":  # the home page, which is not what it named
            continue
        response = client.get(address, follow=not address.startswith("/admin"))
        path = old_shapes.path_and_query(address)
        found = response.status_code in (200, 410)
        assert missing_paths.leads_somewhere(*path) == found, address
        assert list(missing_paths.leading_nowhere([address])) == ([] if found else [address])
        assert len(getattr(response, "redirect_chain", [])) <= 1 or address.endswith("/"), address


@pytest.mark.parametrize(
    "address", ["/2023/1/9/judul-berita-panjang/", "/?p=77", "/?id=77", "/judul-berita/", "/x/y/z.html"]
)
def test_an_address_costs_few_queries(address, django_assert_max_num_queries):
    """100,000 are to take less than two minutes."""
    path = old_shapes.path_and_query(address)
    with django_assert_max_num_queries(3):
        assert not missing_paths.leads_somewhere(*path)


def test_addresses_of_articles_are_checked_many_at_once(article, django_assert_num_queries):
    remember(article, [f"/lama/{number}" for number in range(50)])
    with django_assert_num_queries(6):
        assert not list(missing_paths.leading_nowhere([f"/lama/{number}/amp" for number in range(50)]))


@pytest.mark.parametrize(
    "shape",
    ["/?id={}",
     "/2023/1/9/judul-{}/", "/2023/11/judul-{}", "/?p={}", "/judul-{}/", "/x/y/z-{}.html", "/category/a/b-{}/feed/",
     "/tag/x-{}", "/x/../judul-{}", "/berita/detail/77{}/x", "/Judul-{}/amp", "/wp-content/uploads/x-{}-300x200.jpg"],
)  # fmt: skip
def test_dead_addresses_are_checked_many_at_once(db, shape, django_assert_max_num_queries):
    with django_assert_max_num_queries(7):
        assert len(list(missing_paths.leading_nowhere([shape.format(number) for number in range(40)]))) == 40


@pytest.fixture
def redirect(tmp_path):
    def redirect(table, *options):
        path, out, fault = tmp_path / "tabel.csv", StringIO(), ""
        path.write_bytes(table if isinstance(table, bytes) else table.encode())
        try:
            call_command("alihkan_tautan_lama", str(path), *options, stdout=out, stderr=StringIO())
        except CommandError as error:
            fault = str(error)
        return out.getvalue(), fault

    return redirect


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_of_the_operator_redirects_addresses(article, redirect, client, separator):
    rows = ["alamat lama|alamat baru", f"{SITE}/profil-lama.php?id=3|/berita", "/taman|/berita/detail/1000002/x", "",
            "/luar|https://lain.example/x"]  # fmt: skip
    table = "\r\n".join(rows).replace("|", separator)
    assert redirect(table, "--coba") == ("Hanya dicoba: 3 dialihkan.\n", "")
    assert not MissingPath.objects.filter(path="/taman").exists()
    assert redirect(table.encode("utf-8-sig")) == ("3 dialihkan.\n", "")
    assert client.get("/profil-lama.php?id=3")["Location"] == "/berita"
    assert client.get("/taman")["Location"] == article.get_absolute_url()
    assert client.get("/luar")["Location"] == "https://lain.example/x"
    remember(article, ["/profil-lama.php?id=3"])  # no import takes it back
    assert client.get("/profil-lama.php?id=3")["Location"] == "/berita"
    assert redirect(table) == ("3 tidak berubah.\n", "")


def test_rows_that_lead_nowhere_or_back_are_refused_with_their_lines(article, redirect):
    out, fault = redirect("/a,/b\n/b,/a\n/c,/tak-ada\n/d,\ne,/berita\n/f,/f\n/g,/berita\n")
    assert "1 dialihkan, 6 ditolak." in out
    assert fault == "6 baris ditolak; alasannya tertulis di atas."
    assert "baris 3" in out
    assert "“/tak-ada” tidak ada di portal ini" in out
    assert "baris 6: Alamat tujuan itu mengarah kembali" in out
    assert MissingPath.objects.filter(path="/g", imported=False).exists()


@pytest.mark.parametrize("table", ["/a,/b\n/b,/c\n/c,/berita\n", "/c,/berita\n/b,/c\n/a,/b\n"])
def test_rows_may_lead_to_other_rows_in_any_order_and_a_trial_knows(article, redirect, table):
    assert redirect(table, "--coba") == ("Hanya dicoba: 3 dialihkan.\n", "")
    assert not MissingPath.objects.filter(path__in=["/a", "/b", "/c"]).exists()
    assert redirect(table) == ("3 dialihkan.\n", "")
    assert redirect(table) == ("3 tidak berubah.\n", "")
    assert redirect("/d,/e\n/e,/d\n", "--coba")[0].endswith("Hanya dicoba: 2 ditolak.\n")


@pytest.mark.parametrize("table", ["", "lama,baru\n", b"\x1f\x8brusak"])
def test_a_table_without_addresses_is_refused_with_a_sentence(redirect, table):
    assert "tidak memuat alamat" in redirect(table)[1] or "tidak dapat dibaca" in redirect(table)[1]


def test_a_sitemap_whose_elements_are_never_closed_takes_no_longer(check):
    assert "tidak memuat alamat" in check(peta="<urlset>" + "<loc> " * 100_000)[1]


@pytest.mark.parametrize(
    "content",
    [
        '{"request": "GET /mati/ HTTP/1.1", "status": "200"}\n{"request": "GET /tiada/ HTTP/1.1", "status": "404"}\n',
        '{"request": {"method": "GET", "host": "k.example", "uri": "/mati/"}, "status": 200}\n',
        '{"method": "GET", "path": "/mati/", "status": 200}\n{"method": "POST", "path": "/tiada/", "status": 200}\n',
        '{"log": "192.0.2.7 - - [13/Nov/2024:16:21:00 +0700] \\"GET /mati/ HTTP/1.1\\" 200 5\\n"}\n',
        (
            "#Version: 1.0\n#Fields: date c-ip cs-method cs-uri-stem cs-uri-query sc-status\n"
            "2024-11-13 192.0.2.7 GET /mati/ - 200\n2024-11-13 192.0.2.7 GET /tiada/ - 404\n"
        ),
        "www.lama.example/mati/\n",
    ],
    ids=["nginx", "Caddy", "parts", "of a container", "IIS", "without a scheme"],
)
def test_logs_with_named_parts_and_addresses_without_a_scheme(check, content):
    said, fault = check(log=content)
    assert "1 alamat (1 kunjungan) diperiksa; 0 sampai" in said
    assert "/mati/" in said
    assert fault


@pytest.mark.parametrize(
    "start",
    [b'\xff\xd8\xff\xe0\0\x10JFIF\0"', b'PK\x03\x04\0\0"', gzip.compress(b'a\0b"', mtime=0)],
    ids=["picture", "zip", "gzip"],
)
def test_what_is_no_text_is_called_that(check, tmp_path, start):
    """A quotation mark among its bytes made "tanda kutip tidak ditutup" of it."""
    assert "bukan teks, melainkan misalnya gambar atau arsip" in check(berkas=start)[1]
    (tmp_path / "tabel").write_bytes(start)
    with pytest.raises(CommandError, match="bukan teks"):
        call_command("alihkan_tautan_lama", tmp_path / "tabel")


def test_a_log_that_was_emptied_while_it_was_written_is_read(check):
    line = '1.2.3.4 - - [13/Nov/2024:16:21:00 +0700] "GET /hilang HTTP/1.1" 200 1 "-" "M"\n'
    assert "/hilang" in check(log=b"\0" * 3000 + line.encode())[0]
