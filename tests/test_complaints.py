"""Which comments count as complaints about a city service; their authors are offered the complaint channel."""

import pytest

from comments.triage.complaints import is_complaint

COMPLAINTS = """
Jalan rusak.
Sampah menumpuk
Lampu jalan mati
Air PDAM mati
Banjir belum surut
KTP belum jadi sudah sebulan
Jalan di depan SD Negeri 3 Karawaci berlubang, motor sering jatuh.
Sudah tiga bulan jalan kampung kami rusak parah dan belum diperbaiki.
jln rusak parah pak dari cipondoh ke poris
Jalan Merdeka bolong2 min
Trotoar di depan pasar hancur
aspal jalan Hasyim Ashari banyak yg berlubang
Jembatan kecil di RT 04 ambrol sejak hujan kemarin.
Jalan rusak di gang kami kapan diperbaiki?
Kapan jalan rusak di Periuk diperbaiki?
Tolong jalan di RW 05 diaspal, sudah becek dan berlubang
Jalan licin dan gelap kalau malam, lampunya mati
Kalau hujan jalan depan rumah saya tergenang
PJU di gang saya padam sudah dua minggu
Lampu penerangan jalan tidak menyala sejak Lebaran.
lampu merah perempatan mati pak dishub
Lampu jalan di Cibodas gak nyala2, gelap banget
Mohon lampu jalan yang mati di Jatiuwung segera diganti
sampah di TPS dekat sekolah menggunung dan bau
Sampah di komplek kami belum diangkut sudah seminggu
sampah numpuk di pinggir jalan, baunya menyengat
Sudah 5 hari sampah tidak diambil petugas
Bau sampah menyengat sampai ke rumah
sampah berserakan di bantaran kali Cisadane
Got di depan rumah mampet
Selokan tersumbat, kalau hujan airnya meluap ke jalan
Drainase di perumahan kami dangkal dan mampet, tiap hujan banjir
Saluran air tersumbat sampah, sudah lapor RT tidak ada hasil
Air PDAM keruh dan bau sudah tiga hari
air ledeng ga ngalir dari pagi
PDAM mati terus tiap malam
Airnya keruh pak, tidak bisa dipakai mandi
Air bersih tidak mengalir di Batuceper
Listrik padam terus di Neglasari
Banjir di perumahan kami belum juga surut
Banjir masuk rumah, tolong bantuan
di sini langganan banjir tiap tahun
e-KTP saya belum jadi padahal sudah rekam tiga bulan lalu
Ngurus KTP lama dan ribet di kelurahan
akta anak saya belum keluar juga, sudah dua bulan
Kartu keluarga belum jadi, disuruh bolak-balik
Bansos saya belum cair dari bulan Juli
Izin usaha dipersulit, berkas bolak balik
Pelayanan di kelurahan lambat sekali
Petugas loket puskesmas judes dan tidak ramah
Antrean di puskesmas lama sekali, dari jam 6 sampai siang
Aplikasi antrean error terus, tidak bisa daftar
petugas kecamatan tidak melayani setelah jam 2
Ada pungli di kelurahan
masih ada pungutan liar waktu urus surat tanah
Saya diminta uang 50 ribu oleh petugas untuk cetak KTP
Parkir liar di depan stasiun mengganggu jalan
PKL semrawut, trotoar tidak bisa dipakai
Angkot ngetem sembarangan di depan pasar, macet
Macet parah tiap pagi di Jalan Daan Mogot
Pohon besar di depan sekolah rawan tumbang
Toilet terminal kotor dan bau
Atap kelas SD kami bocor
Taman kota tidak terawat, bangku rusak semua
Asap pabrik mengganggu warga, bau tiap malam
Terima kasih beritanya, tapi jalan di depan rumah saya masih rusak.
Kok sampah di Pasar Anyar tidak diangkut?
Pak, jembatan penghubung kampung sudah mau ambruk, belum ada yang lihat
jalanan di Pinang ancur banget
di tempat saya sampah tidak pernah diangkut
KIA anak saya belum selesai-selesai
banjir lagi banjir lagi, tiap hujan pasti masuk rumah
jalan rusak bertahun-tahun dibiarkan saja
diminta bayar 100 ribu waktu bikin KK di kelurahan
tolong selokan di RT 3 dikeruk, sudah dangkal
""".strip().splitlines()

OTHERS = """
Terima kasih, jalan di kampung kami sudah mulus.
Terima kasih, jalan rusak di depan rumah sudah diperbaiki.
Alhamdulillah lampu jalan sudah nyala semua
Mantap, sampah sudah diangkut
Jalan yang rusak sudah diperbaiki, keren Pak Wali
Pemkot hebat, memperbaiki jalan rusak dengan cepat
Semoga jalan rusak segera tertangani di seluruh kota
Semoga tidak ada lagi sampah menumpuk
Semangat terus petugas kebersihan
Apakah jalan rusak termasuk program tahun ini?
Berapa anggaran untuk memperbaiki jalan yang rusak?
Apa syarat membuat KTP?
Di mana tempat mengurus KTP yang hilang?
Bagaimana cara melapor kalau lampu jalan mati?
Kapan pendaftaran dibuka?
Kapan KTP keliling ada di Ciledug?
Jam berapa puskesmas buka?
Siapa yang boleh ikut lomba?
Program pengelolaan sampah ini bagus
Jangan buang sampah di sungai
Mari kita buang sampah pada tempatnya
Kerja bakti membersihkan selokan supaya tidak mampet
Warga harus ikut menjaga agar selokan tidak tersumbat
Perbaikan jalan rusak di Ciledug dimulai besok
Setuju, pungli harus diberantas
Pungli memang harus dihapus dari kota ini
Saya setuju dengan program ini
Saya kurang setuju dengan kenaikan tarif parkir.
Menurut saya bansos sebaiknya berupa uang
Kebijakan ini tidak tepat, seharusnya dibicarakan dulu dengan warga
Berita yang menarik, terima kasih
Kasihan korban banjir, semoga cepat surut
Turut prihatin atas banjir di Jakarta
Banjir sudah surut, alhamdulillah
Alhamdulillah tahun ini tidak banjir
Kota kita bebas banjir
Jalan-jalan ke taman kota enak sekali
Saya suka jalan pagi di sini
Jalan keluar dari masalah ini ada di tangan kita
Jalan hidup orang beda-beda
Lampu hias di taman bagus sekali malam hari
Air mata saya mengalir membaca ini
Sudah bikin KTP, cepat dan gratis
Pelayanan kelurahan cepat, petugasnya ramah
Pelayanan di puskesmas tidak lambat lagi sekarang
Antre sebentar saja, petugasnya baik
Aplikasinya mudah dipakai
Sampah plastik bisa didaur ulang
Pilah sampah dari rumah
Konten sampah
Lampu hijau dari DPRD untuk rencana ini
Wali kota turun ke jalan
Terminal baru ini bersih dan nyaman
Macet di Jakarta bukan urusan kita
Parkirnya luas
Pohon rindang membuat sejuk
Kalau jalan rusak, lapor ke mana?
Kalau sampah menumpuk pasti datang penyakit
Dulu jalan ini rusak, sekarang sudah bagus
Dulu sampah menumpuk di sini, sekarang jadi taman
Listrik dan air sudah masuk ke desa
Selamat ulang tahun Kota Tangerang
Sukses selalu untuk Pemkot
Semoga acaranya lancar
Mantap
Ikut lomba ini harus punya KTP Tangerang?
Pagar sekolahnya dicat warna-warni, lucu
Akta kelahiran bisa diurus dari rumah sekarang
Saya dapat bansos bulan ini, terima kasih
Setuju parkir liar ditertibkan
Tidak ada pungli di kelurahan kami, petugas ramah
Jalan yang rusak itu milik provinsi, bukan kota
Mudah-mudahan jalan yang rusak cepat diaspal
Sudah tidak ada lampu yang mati di gang kami
Di kampung saya jalan tidak pernah rusak
Kapan ya kota kita bebas sampah
Gempa di Cianjur, sekolah rusak, semoga warga diberi kesabaran
""".strip().splitlines()


@pytest.mark.parametrize("text", COMPLAINTS)
def test_a_complaint_is_recognised(text):
    assert is_complaint(text)


@pytest.mark.parametrize("text", OTHERS)
def test_thanks_questions_and_opinions_are_no_complaints(text):
    assert not is_complaint(text)
