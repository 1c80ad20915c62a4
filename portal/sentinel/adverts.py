"""How adverts of gambling sites speak."""

import re
import unicodedata

from comments.spam.folding import fold

# News about raids has one of them now and then, so a long text needs two.
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
    """The phrases of gambling adverts in a text, each once and in small letters: as it stands there, and as it reads
    below a disguise (at the beginning of a long text)."""
    plain = "".join(each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf")
    readings = [plain.casefold(), fold(text).text]
    return list(dict.fromkeys(match[0] for each in readings for match in _ADVERT.finditer(" ".join(each.split()))))
