"""Passwords that are guessed first: made of the user's own names, of words that everybody takes, or of a pattern.

Django's own list has what leaked abroad, and hardly anything of twelve characters; guessing programs put such words
together and add a year. So all of these are taken out of a password, and what is left must still be worth guessing."""

import re
from functools import cache
from unicodedata import normalize

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

MIN_LEFT = 5  # characters
MIN_DIFFERENT = 5  # characters in the whole password
SHORTEST_PART = 3  # characters of a name that count as part of it
RUN = 4  # characters in the order of the alphabet or of a keyboard

_ROWS = ("abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1qaz2wsx3edc4rfv5tgb")
# Words in leaked Indonesian passwords, and those of an office like ours
_COMMON = """
admin administrator aku alhamdulillah allahuakbar anakku andi anjing berita bismillah bola budi cantik cinta
cintaku daerah dinas diskominfo doraemon garuda ganteng gubernur halo humas ibuku indonesia indonesiaku jakarta
jaya kabar kabupaten kantor kata keluarga kemerdekaan kepala kita kominfo komputer kota kucing login manchester
masuk merdeka monyet muhammad naruto negara opd operator pancasila password passwordku pemda pemerintah pemkab
pemkot persib persija portal rahasia rahasiaku redaksi redaktur root sandi sandiku sayang sayangku sayangkamu
semangat sekretariat server sukses terserah test user walikota wartawan website
arema arsenal asn assalamualaikum badan bagian bapenda bappeda barcelona bidang bkpsdm bpbd bpkad bupati camat
chelsea covid dinkes dinsos disdik disdukcapil dishub disnaker dispora disperindag dprd hut idulfitri imlek
inspektorat juventus kecamatan kelurahan korpri lebaran liverpool lurah madrid mudik natal nyepi pns ppid psm psis
ptsp puasa puskesmas ramadan ramadhan rsud satpol selamat datang pagi siang sore malam sekda setda sriwijaya
terima kasih timnas united upacara
senin selasa rabu kamis jumat sabtu minggu januari februari pebruari maret april mei juni juli agustus september
oktober november nopember desember
aceh ambon balikpapan bandung banjarmasin banten batam bekasi bengkulu bogor cirebon denpasar depok gorontalo
jambi jawa jayapura kalimantan kendari kupang lampung madiun makassar malang manado mataram medan nusantara
padang palembang palu papua pekanbaru pontianak samarinda semarang serang solo sulawesi sumatera surabaya
surakarta tangsel tegal yogyakarta
"""
_LEET = str.maketrans("013457@$!", "oieastasi")


class GuessableValidator:
    """For AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password, user=None):
        text = _folded(password)
        if len(set(text)) < MIN_DIFFERENT or _repeats(text):
            raise ValidationError("Kata sandi ini hanya mengulang sedikit huruf atau bagian yang sama.")
        plain = text.translate(_LEET)
        if min(_left(text, _names(user)), _left(plain, _names(user))) < MIN_LEFT or _bare(text) in _leaked():
            raise ValidationError(
                "Kata sandi ini mudah ditebak: isinya nama Anda, nama kota, kata yang sering dipakai, atau urutan. "
                "Pakai beberapa kata yang tidak berhubungan, misalnya empat kata acak."
            )

    def get_help_text(self):
        return "Jangan memakai nama Anda, nama kota, kata yang sering dipakai, pengulangan, atau urutan seperti 1234."


def _folded(text: str) -> str:
    return normalize("NFKC", text).casefold()


def _repeats(text: str) -> bool:
    """Whether the text is one part repeated, the last time perhaps not to its end: opd2opd2opd2."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, len(text) // 2 + 1))


def _left(text: str, names: set[str]) -> int:
    """How many characters are left without names, common words and runs. Digits and signs that follow each other, such
    as a year, count as one."""
    known = sorted({*names, *_COMMON.split(), *_site()}, key=len, reverse=True)
    text = re.sub("|".join(map(re.escape, known)), "\0", text)
    text = _without_runs(text)
    return len(re.sub(r"[\W\d_]+", "-", text.replace("\0", "")))


def _without_runs(text: str) -> str:
    rows = [*_ROWS, *(row[::-1] for row in _ROWS)]
    kept, at = "", 0
    while at < len(text):
        run = max(_run_length(text[at:], row) for row in rows)
        if run < RUN:
            kept, run = kept + text[at], 1
        at += run
    return kept


def _run_length(text: str, row: str) -> int:
    length = 0
    while length < len(text) and text[: length + 1] in row:
        length += 1
    return length


def _names(user) -> set[str]:
    values = (getattr(user, name, "") or "" for name in ("username", "first_name", "last_name", "email"))
    return {part for value in values for part in _parts(value)}


@cache
def _site() -> frozenset[str]:
    return frozenset(_parts(f"{settings.CITY_NAME} {settings.SITE_NAME}"))


def _parts(text: str) -> list[str]:
    folded = _folded(text)
    return [part for part in (folded, *re.split(r"[\W_]+", folded)) if len(part) >= SHORTEST_PART]


def _bare(text: str) -> str:
    """The text without digits and signs before and behind."""
    return re.sub(r"^[\W\d_]+|[\W\d_]+$", "", text)


@cache
def _leaked() -> set[str]:
    return CommonPasswordValidator().passwords
