"""Topics of the words in a text: games, stakes, winnings, ways to reach the seller, names of sites, and what speaks
against an advert.

An advert for gambling says "main, menang, 3 juta, cek bio" in a hundred words and three languages. Which topics occur
together is therefore a feature of its own (comments.spam.features); what each pair of them is worth is learned, not
written here. A word may belong to several topics.
"""

import re
from collections.abc import Iterator

_LEXICON = """
slot: slot slots scatter sceter spin spinnya spinan buyspin freespin maxwin mahjong zeus gates olympus starlight
    princess bonanza bandito turbo perkalian petir kakek gacor gacornya gecor rtp jepe jp jackpot jekpot rungkad
    rungkat sensational winrate pola polanya wild naga provider pragmatic pgsoft gulungan putaran spaceman aviator
    crash plinko mines roda wheel mesin mesinna mesine
lottery: togel toto totomacau 2d 3d 4d 5d bbfs sgp hk hkg sdy sydney macau hongkong singapore singapura cambodia
    kamboja taiwan pools colok ekor kepala syair prediksi jitu paito keluaran shio result rekap bocoran angka
    angkana pasaran ritual mbah ki eyang aki dukun tafsir togelan draw
sport: parlay parley mix odds handicap voor over under slip taruhan taruhannya sportbook sbo sbobet saba sabung tim
    1x2 ganjil genap bola liga balap taji ayam
table: casino kasino dealer bakarat baccarat bacarat roulette rolet sicbo poker domino qq qiu bandarq capsa ceme
    dadu blackjack gaple meja kartu tembak dragon tiger remi
stake: depo deposit depositnya bet betnya modal modalnya modalna taruh pasang pasangen masang titip top saldo
    saldonya chip koin receh minimal mulai asupkeun masukin
payout: wd withdraw tarik narik ditarik cair cairnya dibayar bayarna dibayarnya transfer tf rekening ovo dana gopay
    qris masuk asup mlebu
win: menang menangnya meunang kamenangan jp jepe maxwin pecah tembus cuan untung hoki hokinya meledak jebol dikasih
    dapet dapat entuk kengingna janten profit jackpot kaya sugih lunas berlipat gampang bocor panen murag turun
    ngalir wingi murah baik bageur apik sayang
bonus: freebet freechip bonus bonusnya bonusna cashback promo gratis gratisan klaim rollingan rolling komisi diskon
    garansi member anggota hadiah event voucher angpao kembali referral turnover to potongan
play: main maen maén maenna dolanan mainnya spin putar muter diputar login daftar gabung join rapat merapat coba
    nyoba nyobain nyobaan cobain gas gaskeun gass pindah klik ikut ikutan melu
contact: link linknya linkna linke tautan bio bionya profil profile profilku japri inbox dm pm wa whatsapp telegram
    tele chat cet story highlight google grup channel kontak hubungi telepon add kepo minat mau hoyong pengin
    penasaran keterangan playstore caranya
site: situs situsnya situsna tempat tempatnya server servernya akun akunnya id admin agen bandar web apk aplikasi
    wap cs vip pro alternatif nawala vpn resmi terpercaya logonya game permainan
hour: malam jam subuh pagi sore siang semalam tadi bengi wengi peuting bieu kamari hari harian tiap setiap saben
    unggal menit detik terus wae mulu nonstop
promise: terpercaya resmi dijamin jamin pasti mesti aman anti gampang mudah lancar langsung lunas asli nyata bukti
    buktikan buktiin percaya percoyo percanten serius bohong tipu ngapusi nyesel rugi instan cepat kilat yakin
    tenan
debt: utang hutang hutangku utangku cicilan kontrakan motor emas rumah umroh pinjol bayar beli tuku meuli spp istri
    suami bojoku pamajikan berkat mergo gara gaji
against: judi judol perjudian tangkap ditangkap nangkep polisi polisine satpol razia dirazia gerebek menggerebek
    digerebek berantas diberantas haram dosa korban tobat kapok kapokna miskin ditutup tutup blokir diblokir
    kecanduan pecandu merusak bandarnya kominfo komdigi dihapus hapus penipuan penipu jangan ojo ulah ludes
    ludesnya gadai digadai dijual adol habis entek béak beak rusak balangsak ngenes dipenjara hukum tertibkan
    ditertibkan sindikat spam iklan promosi kasihan karunya melarat bahaya
city: jalan jalannya dalan parkir parkiran banjir sampah pelayanan layanan puskesmas rsud sekolah kelurahan
    kecamatan camat lurah wali walikota ktp kk akte petugas dinas rt rw warga pasar taman bansos bpjs burung lomba
    juara vaksin antre antrean antri pendaftaran formulir pengaduan lapor tolong mohon tulung punten dishub
    dukcapil damkar umkm koperasi arisan loket kampung lampu air got trotoar halte bus stasiun perbaiki diperbaiki
    dibenerin jadwal acara tangerangkota anak guru
"""
_AMOUNT = re.compile(
    r"(?<!\w)(?<!\d[.,])\d+(?:[.,]\d+)* ?(?:rb|ribu|ribuan|rebu|ewu|k|jt|jeti|juta|jutaan|yuta|perak|persen|%)(?!\w)"
    r"|\b(?:sejuta|sajuta|sakjuta|sayuta|jutaan|puluhan juta|goceng|ceban|gocap|cepek|selawe|sepuluh (?:ribu|ewu|rebu)"
    r"|(?:dua|loro|rong|tilu|telung|tiga|lima|limang|pitung|sapuluh|patang) (?:juta|yuta|ribu|rebu|ewu))\b"
    r"|\bx ?\d{2,4}\b"
)
_WORD = re.compile(r"[^\W_]+")
# Names of sites: made of the trade's words ("contohtogel", "slotcontoh", "contohbet") or numbered ("contoh88")
_BRAND = re.compile(
    r"[^\W\d_]{3,}(?:slots?|togel|toto|gacor|jackpot|maxwin|[ck]asino|poker|mahjong|hoki|cuan|jitu|4d)\d*"
    r"|(?:slot|togel|gacor|jackpot|maxwin|[ck]asino|poker|mahjong|hoki|cuan|dewa|mpo)[^\W\d_]{3,}\d*"
    r"|[^\W\d_]{4,}(?:bet|play|win|jp)\d*|[^\W\d_]{5,}\d{2,3}"
)
BRAND = "brand"


def _read(lexicon: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for line in lexicon.replace("\n    ", " ").strip().splitlines():
        topic, _, words = line.partition(":")
        for word in words.split():
            found[word] = (*found.get(word, ()), topic)
    return found


_TOPICS_OF = _read(_LEXICON)
TOPICS = (*dict.fromkeys(topic for topics in _TOPICS_OF.values() for topic in topics), "amount", BRAND)


def topics(text: str) -> Iterator[tuple[str, int, int]]:
    """(topic, start, end) of each word of a folded text that has one."""
    for word in _WORD.finditer(text):
        if word[0] in _TOPICS_OF:
            for topic in _TOPICS_OF[word[0]]:
                yield topic, *word.span()
        elif _BRAND.fullmatch(word[0]):
            yield BRAND, *word.span()
    for amount in _AMOUNT.finditer(text):
        yield "amount", *amount.span()
