"""Spellings that people mix: each line has the standard form (KBBI, the dictionary of the national language office),
then others that newspapers and citizens write. All words of a line find each other, with their inflected forms.

Kept short: a spelling belongs here if readers of a city's news type it and it has no other meaning. "koran" is a
newspaper and "rubah" a fox, so both are missing. Apostrophes, accents, hyphens, digits need no line (news.words)."""

_LINES = """
aktivitas aktifitas
alquran quran
analisis analisa
antre antri
apotek apotik
atlet atlit
azan adzan
cedera cidera
diagnosis diagnosa
duafa dhuafa
februari pebruari
fondasi pondasi
frekuensi frekwensi
hadis hadits hadist
hafiz hafidz
hakikat hakekat
imbau himbau
izin ijin
jadwal jadual
jemaah jamaah
jenderal jendral
kakbah kabah
karier karir
khotbah khutbah
kompleks komplek
komoditas komoditi
konkret konkrit
kualitas kwalitas
kuitansi kwitansi
kurban qurban
lembap lembab
magrib maghrib
majelis majlis
masjid mesjid
mikraj miraj
miliar milyar
mukjizat mujizat
musala mushala musholla mushola
nasihat nasehat
november nopember
objek obyek
paham faham
pikir fikir
praktik praktek
provinsi propinsi
proyek projek
ramadan ramadhan romadhon
risiko resiko
saksama seksama
salat shalat sholat solat
sedekah sadaqah shadaqah
sekadar sekedar
silaturahmi silaturahim silaturrahmi silaturrahim
sistem sistim
standar standard
subjek subyek
syakban syaban
takwa taqwa
taklim talim
tarawih taraweh teraweh
teknik tehnik
telepon telpon
terampil trampil
tsanawiah tsanawiyah
ustaz ustadz
utang hutang
wudu wudhu
zaman jaman
zikir dzikir
zuhur dzuhur
"""

STANDARD: dict[str, str] = {
    spelling: line.split()[0] for line in _LINES.strip().splitlines() for spelling in line.split()
}
