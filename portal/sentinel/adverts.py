"""Recognises adverts of gambling sites."""

import re
import unicodedata

from comments.spam.folding import fold

# News about police raids contains one now and then, so a long text needs two.
_ADVERT = re.compile(
    r"\b(?:(?:situs|link|slot|agen|bandar|daftar|akun|info|bocoran|pola|main|game|rtp|judi)"
    r" ?(?:slots?|gacor|maxwin|togel|toto|judi|jp|zeus|mahjong|alternatif|terpercaya|resmi slot|online slot|live slot)"
    r"|gacor hari ini|anti ?rungkad|scatter hitam|mahjong ways|gates of olympus|rtp live|slot online"
    r"|slot (?:thailand|demo|qris|dana|pulsa|server)|togel (?:hongkong|singapore|sydney|hk|sgp|sdy)|toto macau|sbobet"
    r"|(?:data|keluaran|live draw) (?:hongkong|singapore|sydney|hk|sgp|sdy)|pragmatic play|pg ?soft|judi bola"
    r"|bonus new member|deposit (?:pulsa|dana|qris)|depo \d+ ?(?:k|rb)|auto maxwin|gampang menang|jp paus|slot\d{2,4}"
    r"|\w+(?:toto|slot|togel|jitu|bet)\d{2,4})\b"
)


def adverts_in(text: str) -> list[str]:
    """The distinct phrases of gambling adverts in a text, in lower case: in the text itself and with disguises such as
    look-alike characters undone (only for the beginning of a long text)."""
    plain = "".join(char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf")
    forms = [plain.casefold(), fold(text).text]
    return list(dict.fromkeys(match[0] for form in forms for match in _ADVERT.finditer(" ".join(form.split()))))
