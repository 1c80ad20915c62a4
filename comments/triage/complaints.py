"""Whether a comment complains about a city service; its author is then offered the channel for complaints.

A thing and a problem must occur close together in a sentence that is not thanks, a question, a supposition or a report
of repairs. Precision matters more than recall: a missed complaint is simply treated as a comment.
"""

import re

from news.search.stemming import stem
from news.words import words


def _split(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_BEFORE, _AFTER = 2, 9  # words: how far before and after the thing its problem may be
_BRIEF = 14  # words: a longer sentence is a report or an opinion, unless it mentions the author's own surroundings

# Things : what can be wrong with them; words or stems. "-" means that "tidak" or "belum" precedes the word.
_LEXICON = """
jalan jalanan aspal trotoar jembatan jpo paving gang flyover gorong tanggul turap : ambles amblas ambrol ambruk becek
    bolong gelap genang hancur jebol licin lobang longsor lubang retak rusak -aspal -baik -mulus
lampu pju penerangan : gelap kedip mati padam redup rusak -hidup -nyala
sampah limbah puing : bau busuk cecer gunung luber numpuk sengat serak sumbat tumpuk -ambil -angkut
got selokan drainase saluran parit sungai gorong : bau cemar dangkal luap mampet sumbat -keruk -lancar
air pdam ledeng : bau keruh kuning mati -alir -bersih -jalan -keluar -ngalir -nyala
listrik : mati padam -nyala
banjir genang : langgan masuk selutut sedada sepinggang -surut
akta akte bansos berkas blt bpjs ektp imb izin kartu kia kis ktp pbg pkh : belit lambat pingpong ribet sulit -cair
    -cetak -dapat -jadi -kelar -keluar -proses -selesai -terima
antre antri layan loket : lama
antre antri aplikasi disdukcapil dukcapil kecamatan kelurahan layan loket pegawai petugas puskesmas rsud website :
    buruk error galak jelek judes jutek kacau lambat lelet lemot ribet semrawut -buka -datang -layan -ramah -respon
    -respons -tanggap
parkir pkl : ganggu liar semrawut sembarang trotoar
angkot bus truk : bahaya debu ganggu ngebut ngetem ugal
macet : parah tiap
pohon : keropos lapuk rawan tumbang
atap fasilitas halte makam pagar pasar posyandu rambu sekolah taman terminal toilet wc : ambruk bau bengkalai bocor
    jorok kotor kumuh lapuk rusak telantar -rawat -urus
asap bengkel karaoke pabrik proyek : bau berisik bising cemar ganggu polusi resah sengat"""
_FEES = re.compile(
    r"\b(?<!tidak )(?:ada|masih|banyak|kena) (?:pungli|pungutan liar|calo)\b"
    r"|\b(?<!tidak ada )(?<!bebas )(?:pungli|calo)(?:nya)? (?:di|oleh|masih|marak)\b"
    r"|\b(?:diminta|dimintai|disuruh|minta) (?:bayar |uang |duit )+.*"
    r"\b(?:kecamatan|kelurahan|ktp|oknum|parkir|pegawai|petugas|puskesmas|rt|rw|samsat|sekolah)\b"
)
_SPELLINGS = {
    short: word
    for word, shorts in {
        "hancur": "ancur",
        "belum": "belom blm blom blum",
        "kalau": "kalo kl klo klu",
        "jalan": "jl jln",
        "kenapa": "knapa knp mengapa",
        "mohon": "mhn",
        "sudah": "dah sdh udah udh",
        "sulit": "susah",
        "terimakasih": "makasih thanks tq trims",
        "tidak": "engga enggak ga gak gk kaga kagak ngga nggak tak tanpa tdk",
        "tolong": "tlg tlong",
    }.items()
    for short in shorts.split()
}
_NEGATIONS = {"anti", "bebas", "belum", "bukan", "jangan", "tidak"}
_OWN_PLACE = _split("""
admin aku banget blok daerah dekat depan dong gue gang hari kami kampung kapan kok kompleks komplek lagi masih min
minggu mohon nih pak parah perumahan rt rumah rw saya sampai selalu sering setiap sini tiap tolong wilayah""")
_PLEAS = _split("kapan kok masih mohon namun sayangnya tapi tetapi tolong")
# Words that speak against a complaint: thanks, pity and hearsay; repairs and rules; suppositions
_PEACEFUL = _split("""
alhamdulillah apresiasi bagus bangga berita cerita doa duka hebat kasihan keren kutip mantap mudahan prihatin salut
selamat semangat semoga setuju sukses terimakasih turut ujar ungkap
anggar antisipasi atasi baik bangun benah berantas bina buang cegah daur denda dibersihkan edukasi gotong janji
kebersihan kelola korupsi larang membersihkan milik normalisasi olah pilah program rencana sanksi sosialisasi tangan
target tertib tindak upaya
agar akibat andai bila dulu gara jika kalau meski misal saat seandainya supaya takut waspada""")
_QUESTIONS = _split("adakah apa apakah bagaimana berapa bolehkah dimana gimana kenapa mana siapa")
_WEATHER = {"hujan", "malam"}  # "kalau hujan" is not a supposition
_SENTENCE = re.compile(r"[^.!?;\n]+[.!?;\n]*")


_PROBLEMS: dict[str, set[str]] = {}  # by thing
for _line in _LEXICON.replace("\n    ", " ").strip().splitlines():
    _things, _problems = _line.split(" : ")
    for _thing in _things.split():
        _PROBLEMS.setdefault(_thing, set()).update(_problems.split())


def is_complaint(text: str) -> bool:
    """Whether the text is a complaint. 0.1 ms for an ordinary comment, a few milliseconds for 2,000 characters."""
    plain = text.lower().replace("terima kasih", "terimakasih")
    return any(_complains(sentence) for sentence in _SENTENCE.findall(plain))


def _complains(sentence: str) -> bool:
    plain = [_SPELLINGS.get(word, word) for word in words(sentence) if word != "2"]  # bolong2
    stems = [stem(word) for word in plain]
    if len(plain) > _BRIEF and not _OWN_PLACE.intersection(plain):
        return False
    if not _PLEAS.intersection(plain) and (_asks(sentence, plain) or _is_peaceful(plain, stems)):
        return False
    return bool(_FEES.search(" ".join(plain))) or any(_has_problem(at, plain, stems) for at in range(len(plain)))


def _asks(sentence: str, plain: list[str]) -> bool:
    return sentence.rstrip().endswith("?") or bool(_QUESTIONS.intersection(plain[:3]))


def _is_peaceful(plain: list[str], stems: list[str]) -> bool:
    pairs = zip(plain, stems, ["", *plain], [*plain[1:], ""], strict=False)
    return any(
        not _PEACEFUL.isdisjoint((word, root)) and before not in _NEGATIONS and after not in _WEATHER
        for word, root, before, after in pairs
    )


def _has_problem(at: int, plain: list[str], stems: list[str]) -> bool:
    """Whether the word at this index is a thing with one of its problems nearby."""
    problems = _PROBLEMS.get(plain[at]) or _PROBLEMS.get(stems[at])
    if not problems or _is_negated(at, plain):
        return False
    if plain[at : at + 2] in (["air", "mata"], ["air", "minum"]):
        return False
    near = [each for each in range(max(0, at - _BEFORE), min(len(plain), at + _AFTER + 1)) if each != at]
    for each in near:
        negation = "-" if _is_negated(each, plain) else ""
        if f"{negation}{plain[each]}" in problems or f"{negation}{stems[each]}" in problems:
            return True
    return False


def _is_negated(at: int, plain: list[str]) -> bool:
    """Whether one of the two words before negates it: "tidak diangkut", "tidak pernah diangkut", "belum juga jadi"."""
    return bool(_NEGATIONS.intersection(plain[max(0, at - 2) : at]))
