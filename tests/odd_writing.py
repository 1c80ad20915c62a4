"""How the same word may be written, and what must find it. Run against several servers by tests/test_odd_writing.py:
which words a text has must not depend on the locale of Postgres."""

from news import article_page, open_data
from news.models import Article, Category, District
from news.search import excerpts, query
from tests.make import make_article

# (in the body of an article, typed into the search box): the first is found by the second, and the other way round
BOTH_WAYS = [
    ("Jum'at", "jumat"),
    ("Jum’at", "jum‘at"),
    ("Jumʼat", "jum`at"),
    ("Qur’an", "quran"),
    ("Al-Qur'an", "alquran"),
    ("Al-Qur‘an", "qur’an"),
    ("Ma’ruf", "maruf"),
    ("Jumʿat", "jumat"),
    ("Qurʾan", "quran"),
    ("Juma׳at", "jumaꞌat"),
    ("ʙᴀɴᴊɪʀ", "banjir"),
    ("ta'lim", "taklim"),
    ("ta’mir", "takmir"),
    ("ni'mat", "nikmat"),
    ("A’zhom", "azhom"),
    ("Al-A'zhom", "alazhom"),
    ("Mus\u00adren\u00adbang", "musrenbang"),
    ("mus\u200bren\u2060bang", "musren\ufeffbang"),
    ("anti\u2011korupsi", "anti-korupsi"),
    ("anti-korupsi", "antikorupsi"),
    ("ｃｏｖｉｄ", "covid"),
    ("𝐛𝐚𝐧𝐣𝐢𝐫", "banjir"),
    ("𝓫𝓪𝓷𝓳𝓲𝓻", "ⓑⓐⓝⓙⓘⓡ"),
    ("🄱🄰🄽🄹🄸🅁", "banjir"),
    ("ﬁlantropi", "filantropi"),
    ("Café", "cafe"),
    ("Cafe\u0301", "café"),
    ("Łódź", "lodz"),
    ("Ørsted", "orsted"),
    ("Encyclopædia", "encyclopaedia"),
    ("ŒUVRE", "oeuvre"),
    ("Đà Nẵng", "da nang"),
    ("Straße", "strasse"),
    ("Þingvellir", "thingvellir"),
    ("ıspanak", "ispanak"),
    ("ꦲꦏ꧀ꦱꦫ", "ꦲꦏ꧀ꦱꦫ"),
    ("हिन्दी", "हिन्दी"),
    ("ﷺ", "ﷺ"),
    ("covid-19", "covid19"),
    ("covid 19", "covid19"),
    ("e-KTP", "ektp"),
    ("rt05", "rt 05"),
    ("RT-05", "rt05"),
    ("RT 005", "rt5"),
    ("D.P.R.D.", "dprd"),
    ("S.Pd.", "spd"),
    ("S. Pd.", "s.pd"),
    ("M.Pd.I", "mpdi"),
    ("salat", "shalat"),
    ("bersalat", "sholat"),
    ("jemaah", "jamaah"),
    ("berjamaah", "jama’ah"),
    ("mengijinkan", "perizinan"),
    ("apotik", "apotek"),
    ("risiko", "beresiko"),
]
# (in the body, typed): found in this direction, phrases above all
PHRASES = [
    ("“Kami siap membantu,” kata camat.", '"kami siap membantu"'),
    ("“Kami siap membantu,” kata camat.", "“kami siap membantu”"),
    ("“Kami siap membantu,” kata camat.", "„membantu kata“"),
    ("“Kami siap membantu,” kata camat.", "«siap membantu»"),
    ("Jalur Batuceper–Benda dibuka.", '"batuceper benda"'),
    ("Jalur Batuceper—Benda dibuka.", '"batuceper benda"'),
    ("Air naik … lalu surut.", '"naik lalu surut"'),
    ("‘Siap’, katanya.", '"siap katanya"'),
    ("Ibu Ma’ruf Amin", '"maruf amin"'),
    ("Ibu-ibu dan anak-anak", "ibu2 anak2nya"),
    ("Taman kupu-kupu", "kupu2"),
    ("Warga rt05 rw02", '"rt 05 rw 02"'),
]
# (in the body, typed): not found
OTHERS = [
    ("Kami siap membantu", "“membantu kami”"),
    ("RT 03 dan nomor 05", "rt05"),
    ("Pasar Anyar", "antikorupsi"),
    ("08.00 s.d. 12.00", "sd"),
    ("Kode 021", "21"),
    ("Gas karbon", "co2"),
]
# Names as lists show them
SORTED = ["air bersih", "apel", "Apel merah", "Banjir", "e-KTP", "kota Baru", "kota-kota", "kotak", "Zakat", "Éclair"]


def check() -> int:
    """Makes the articles and searches for them; returns the number of searches. Raises AssertionError."""
    check_order()
    cases = [*BOTH_WAYS, *((asked, written) for written, asked in BOTH_WAYS), *PHRASES]
    for written, asked in cases:
        article = make_article(title="Kabar hari ini", body=f"<p>Warga {written} kemarin.</p>")
        found = Article.objects.filter(pk=article.pk).search(asked)
        assert found == [article], (written, asked)
        shown = excerpts.excerpt(f"Warga {written} kemarin.", query.parse(asked).stems)
        assert any(is_marked for _, is_marked in shown), (written, asked, shown)
    for written, asked in OTHERS:
        article = make_article(title="Kabar hari ini", body=f"<p>Warga {written} kemarin.</p>")
        assert not Article.objects.filter(pk=article.pk).search(asked), (written, asked)
    return len(cases) + len(OTHERS)


def check_order() -> None:
    """Names are listed by letter. Raises AssertionError."""
    article = make_article(tags=reversed(SORTED))
    assert [tag.name for tag in article_page.around(article.pk).tags] == SORTED
    assert [tag.name for tag in article.tags.all()] == SORTED
    assert open_data._tags([article.pk])[article.pk] == SORTED
    for model in (Category, District):
        for number, name in enumerate(reversed(SORTED)):
            model.objects.create(name=name, slug=f"urutan-{number}")
        names = model.objects.filter(slug__startswith="urutan-").values_list("name", flat=True)
        assert list(names) == SORTED
