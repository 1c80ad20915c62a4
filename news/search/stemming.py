"""Indonesian stems, so that menulis, ditulis and tulisan match each other (docs/decisions.md, 5).

The roots are PySastrawi's, the algorithm is our own. PySastrawi takes the first root it finds while removing affixes
(pengerukan: eru + kan). This module tries every way to remove them and takes the one that removes least and in which
prefix and suffix go together (peN- occurs with -an, not with -kan: keruk). Fast enough at 10 us a word.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from Sastrawi.Stemmer.StemmerFactory import StemmerFactory
from Sastrawi.StopWordRemover.StopWordRemoverFactory import StopWordRemoverFactory

from news.search.spellings import STANDARD
from news.words import bare, joined, split, words

_VOWELS = "aiueo"
_GLOTTAL_STOP = re.compile(r"(?<=[aiueo])'(?=[b-df-hj-np-tv-z])")
_ZEROS = re.compile("00?([1-9])")  # RT 005 and RT 05 are RT 5; longer numbers may be codes (021)
_TWICE = re.compile(r"([^\W\d_]{3,})2(?:nya|an|ku|mu)?")
_PARTICLES = ("lah", "kah", "tah", "pun")
_POSSESSIVES = ("", "nya", "ku", "mu")
_SUFFIXES = ("", "kan", "an", "i", "isasi", "isme")
# The prefixes that may directly follow each prefix: di-pe-lajar-i, ke-ber-lanjut-an.
_INSIDE = {
    "di": {"ke", "per", "ber", "ter", "se", "pe"},
    "me": {"ke", "per", "ber", "ter", "se", "pe"},
    "pe": {"ber", "per", "se", "ke", "me", "ter"},
    "ke": {"ber", "ter", "se", "per", "pe"},
    "se": {"per", "ber", "ke", "pe", "ter"},
    "ber": {"ke", "pe", "se", "per"},
    "ter": {"per", "ke", "se", "pe"},
    "per": {"se", "ke", "ber"},
    "ketidak": {"ber", "ter", "se", "per", "pe", "me"},  # ketidakadilan, from tidak adil
    "ku": {"per", "ke", "se"},
    "kau": {"per", "ke"},
}
_VERBAL = {"di", "me", "ku", "kau"}
_PREFIXES_AT_MOST = 3
_UNLIKELY = 10.0  # letters: the penalty for a prefix and a suffix that do not occur together

# Roots that are missing from the dictionary.
_MORE_ROOTS = """
akomodir bulutangkis cek dapuk daring download gawai hadang hisap kinerja klik launching list
literasi luring meriah minimalisir offline online pak ponsel pemilu pilkada pilpres posting print pungkir rangsek
respon rinci swafoto unduh unggah upload validasi viral"""
# Rare or wrong roots in the dictionary that hide the right one: berupa comes from rupa, not upa.
_NOT_ROOTS = """
abar abur acik adakan aga agam ajuk akuan akui alami ambah ampas ampo ancang apuran asa awat bacak baran bawak
belian berik carik ecek eru garan jaran katak kawasan kece kecek keduduk kesah kupahan kura mada madam madu maka
manah mancur manggung mangkas mantik marut mastik mayung mendak menep mentas merang mesan meta mikat milu moles
mondok muas mungkir mungut mutih nali ngabur ngebut nipis nyarang nyaring nyepi obar okok ombak pejal pendak
perata perhati petan raguk rasan sahan sahkan segani siak temak tiban unjung untun upa usak"""
# Forms of meN- and peN-: the nasal, the initial consonant of a root that it replaces, the cost of restoring that, and
# the consonants that stay in place after the nasal.
_NASALS = [("ng", "k", 1.6, "ghkqlr"), ("ny", "s", 0.9, ""), ("m", "p", 1, "bfpv"), ("n", "t", 1, "cdjstz")]
# Remainders of roots that lost a k after meng- and peng-: mengemas comes from kemas, though emas is a root as well.
_HAD_A_K = ("acau", "aji", "antuk", "arang", "awin", "ekang", "emas", "encang", "ering", "etik", "urung")
# Roots of one syllable, before which meN- and peN- are menge- and penge-, though there is a longer root with ke-:
# mengelas comes from las and not from kelas, while mengeras comes from keras.
_NOT_WITH_KE = {"cap", "cek", "lap", "las", "lem", "pak", "pel", "pos", "rap", "rem", "set", "tes", "tip"}
_ONE_SYLLABLE = re.compile(r"[^aiueo]+[aiueo][^aiueo]*")
# Question words that are missing from the list of stop words.
# Of the package's list, what people look for: ibu hamil, tahun baru, lowongan kerja, tablet tambah darah, rumah kedua
_SUBJECTS = """
    asal bapak baru bekerja besar bulan dini guna hari ibu jumlah kasus kecil kedua kerja luar masa masalah masuk
    mata naik orang panjang pertama salam tambah tempat
"""
_QUESTION_WORDS = """
adakah apa apakah bagaimana bagaimanakah berapa berapakah dimana dimanakah kapan kapankah kenapa mana manakah mengapa
mengapakah siapa siapakah sebutkan"""
# Forms that the rules get wrong.
_IRREGULAR = {
    "dimengerti": "erti",
    "kedelapan": "delapan",
    "seseorang": "orang",
    "berisikan": "isi",
    "meniti": "titi",
    "mengawal": "kawal",
    "pengawal": "kawal",
    "mengawali": "awal",
    "peradangan": "radang",
    "perinci": "rinci",
    "belajar": "ajar",
    "pelajar": "ajar",
    "vaksinasi": "vaksin",
}
# Verbs formed from loanwords, recognised by endings that only loanwords have: memitigasi, diintervensikan.
_LOAN = re.compile(
    r"(?:di|me(?:m(?=[bfpv])|n(?=[cdjstz])|ng(?=[aiueoghkq])|(?=[lrwymn])))"
    r"([a-z]{3,}(?:asi|isi|usi|ensi|ansi|isir))(?:kan)?"
)


@cache
def _roots() -> dict[str, str]:
    """Maps every root and every irregular form to its stem. Read on first use: many processes never need it."""
    roots = {root: root for root in [*StemmerFactory().get_words(), *_MORE_ROOTS.split()] if root}
    return roots | _IRREGULAR | STANDARD


@cache
def _inner_roots() -> dict[str, str]:
    """The roots to look for inside a word: without those derived from others (belian, from beli)."""
    roots, not_roots = _roots(), set(_NOT_ROOTS.split())
    return {
        form: root
        for form, root in roots.items()
        if len(form) > 2
        and form not in not_roots
        and not (len(form) > 6 and form.endswith("an") and form[:-2] in roots)
        and not (len(form) > 6 and form.endswith("kan") and form[:-3] in roots)
    }


@cache
def stop_words() -> frozenset[str]:
    """Words too common to search for."""
    return frozenset([*StopWordRemoverFactory().get_stop_words(), *_QUESTION_WORDS.split()]) - {*_SUBJECTS.split()}


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The root of one folded word (news.words) without accents, in its standard spelling, or of a short number what is
    left without zeros before it; the word itself if no root is found."""
    word = bare(word)
    if word in STANDARD:
        return STANDARD[word]
    if number := _ZEROS.fullmatch(word):
        return number[1]
    if not 5 <= len(word) <= 40 or not word.isascii() or not word.isalpha():
        return word
    if word in _roots():
        return _roots()[word]
    best = min(_analyses(word), default=None)
    if best:
        return best[2]
    if word.endswith("nya") and len(word) > 7:
        return stem(word.removesuffix("nya"))  # websitenya: the dictionary has few foreign words
    loan = _LOAN.fullmatch(word)
    return loan[1] if loan else word


@lru_cache(maxsize=20_000)
def further_stems(token: str) -> tuple[str, ...]:
    """The stems of a token (news.words) beside those of its words, because others write it otherwise: in one word
    (e-ktp, anti-korupsi, covid-19), or a k for the apostrophe before a consonant (ta'lim, but not Ma'ruf). They are
    searched for, but not weighed with the stems of the text: there they would count some words twice."""
    own = [stem(word) for word in split(token)]
    found = [stem(form) for form in (*with_glottal_stop(token), joined(token)) if form]
    return tuple([each for each in dict.fromkeys(found) if each not in own])


def with_glottal_stop(token: str) -> list[str]:
    """The words of a token that have an apostrophe before a consonant, with a k in its place."""
    return [_GLOTTAL_STOP.sub("k", word).replace("'", "") for word in token.split("-") if _GLOTTAL_STOP.search(word)]


def doubled(token: str) -> str:
    """The stem of a root that is written once with a 2 for its repetition (anak2, buku2nya, kupu2); "" for other
    tokens."""
    found = _TWICE.fullmatch(token)
    root = stem(found[1]) if found else ""
    return root if is_root(root) or is_root(f"{root}-{root}") else ""


def is_root(word: str) -> bool:
    """Whether a folded word is a root in the dictionary, and so not a typing error."""
    return word in _roots()


def stems(text: str) -> str:
    """The stems of a plain text, in order, separated by spaces, as stored in the columns *_stems."""
    return " ".join(map(stem, words(text)))


# ---- Analyses of a word: cost in letters, tie-breaker, root


def _analyses(word: str) -> Iterator[tuple[float, int, str]]:
    for base, suffix, ending_cost in _endings(word):
        for root, rest, prefixes, prefix_cost in _prefixed(base):
            cost = len(word) - len(rest) + ending_cost + prefix_cost
            if not _go_together(prefixes, suffix):
                cost += _UNLIKELY
            if suffix == "i" and not prefixes:
                cost += 3
            if prefixes == ("per",) and not suffix and rest[0] in _VOWELS:
                cost += 1  # who does it is pe-: peramal comes from ramal, while memperoleh comes from oleh
            if len(rest) == 3:
                cost += 0.5
            yield round(cost, 2), -len(root), root


def _endings(word: str) -> Iterator[tuple[str, str, float]]:
    """Ways to remove a particle, a possessive and a suffix: what is left, the suffix, the cost."""
    for whole in [word, *(word.removesuffix(particle) for particle in _PARTICLES if word.endswith(particle))]:
        for possessive in _POSSESSIVES:
            if not whole.endswith(possessive):
                continue
            owned = whole.removesuffix(possessive)
            cost = (0.5 if whole is not word else 0) + (1.5 if possessive in ("ku", "mu") else 0)
            for suffix in _SUFFIXES:
                if owned.endswith(suffix) and len(owned) - len(suffix) > 2:
                    yield owned.removesuffix(suffix), suffix, cost


def _prefixed(
    word: str, outer: tuple[str, ...] = (), cost: float = 0.0
) -> Iterator[tuple[str, str, tuple[str, ...], float]]:
    """Ways to remove prefixes until a root is left: the root, its form, the prefixes (outermost first), their cost."""
    if word in _inner_roots():
        yield _inner_roots()[word], word, outer, cost
    elif len(word) > 7 and outer and _is_compound(word):
        yield word, word, outer, cost + _UNLIKELY  # tandatangan, tanggungjawab, salahguna
    if len(outer) == _PREFIXES_AT_MOST:
        return
    for prefix, rest, more in _prefixes(word):
        if len(rest) > 2 and (not outer or prefix in _INSIDE.get(outer[-1], ())):
            yield from _prefixed(rest, (*outer, prefix), cost + more + 0.1)


def _is_compound(word: str) -> bool:
    roots = _inner_roots()
    return any(word[:cut] in roots and word[cut:] in roots for cut in range(4, len(word) - 3))


def _go_together(prefixes: tuple[str, ...], suffix: str) -> bool:
    """Whether they occur together: meN- and di- do not with -an, nor peN-, per- and ke- with -kan or -i."""
    if not prefixes:
        return True
    if suffix == "kan":
        return bool(_VERBAL.intersection(prefixes)) or prefixes[0] in ("ter", "ber")
    if suffix == "i":
        return bool((_VERBAL | {"ter"}).intersection(prefixes))
    if suffix == "an":
        return prefixes[0] not in _VERBAL and prefixes[0] != "ter"
    return bool(suffix) or len(prefixes) == 1 or prefixes[0] != "ke"


def _prefixes(word: str) -> Iterator[tuple[str, str, float]]:
    """Possible first prefixes: the prefix, what is left, and the cost beside the letters removed.

    A consonant that meN- or peN- replaced (tulis: menulis) is restored; it costs a letter, as it is not in the word.
    """
    first = word[0]
    if word[1:2] == "e" and word[2:3] == first and len(word) > 5:
        yield "re", word[2:], 0  # reduplication: pepohonan, reruntuhan
    if word.startswith("ketidak"):
        yield "ketidak", word[7:], -5
    if word.startswith(("di", "ke", "se")):
        yield word[:2], word[2:], 0
    elif word.startswith(("kau", "ku")):
        prefix = "kau" if word.startswith("kau") else "ku"
        yield prefix, word.removeprefix(prefix), 3
    if word.startswith(("ber", "per", "ter")):
        yield word[:3], word[3:], 0
        yield word[:3], word[2:], 1.8 if word[3:4] in _VOWELS else 0.6  # beranak is ber-anak, berencana be-rencana
    elif re.match(r"[bpt]e[^aiueor][aiueo]r[^aiueo]", word):
        yield f"{word[:2]}r", word[2:], 0.2  # bekerja, tepercaya
    if word.startswith(("me", "pe")):
        for rest, cost in _after_nasal(word[2:], verb=first == "m"):
            yield word[:2], rest, cost


def _after_nasal(rest: str, *, verb: bool) -> Iterator[tuple[str, float]]:
    """What may follow meN- or peN-, and its cost. `rest`: the word without me or pe."""
    if rest[:1] in tuple("lrwymn"):
        if verb or rest[:1] != "r":  # pe-r is covered by the prefix per-
            yield rest, 0
    elif not verb and rest[:1] not in _VOWELS:
        yield rest, 0.3  # petani, pejabat
    for nasal, swallowed, cost, followers in _NASALS:
        if not rest.startswith(nasal):
            continue
        inner = rest.removeprefix(nasal)
        if inner[:1] in tuple(_VOWELS) or (inner[:1] == "r" and nasal in ("m", "ng")):  # pemrosesan, mengritik
            yield f"{swallowed}{inner}", cost
        if inner[:1] in tuple(_VOWELS):
            if nasal == "ng":
                yield from _after_ng(inner)
        elif inner[:1] in tuple(followers):
            yield inner, 0


def _after_ng(rest: str) -> Iterator[tuple[str, float]]:
    """What may follow ng if a vowel comes next: a root with that vowel, or a short one after menge- or penge-."""
    if not any(rest == root or rest in (f"{root}kan", f"{root}an", f"{root}i") for root in _HAD_A_K):
        yield rest, 0
    if rest[0] == "e" and _ONE_SYLLABLE.fullmatch(rest, 1):
        yield rest[1:], -2 if rest[1:] in _NOT_WITH_KE else 0.2  # mengecat, pengesahan
