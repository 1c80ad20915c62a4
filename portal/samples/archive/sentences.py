"""The building blocks of generated articles as plain data: topics with their sentences, titles, names and places.

Slots in braces are filled once per article, so that its place, people and figures stay the same. Each is surrounded by
spaces or punctuation, because slots and sentences are stemmed separately. {Benda} is for the beginning of a sentence,
{Judul} for titles.
"""

# ruff: noqa: E501 (one topic per line is easiest to read)

from typing import NamedTuple


class Topic(NamedTuple):
    category: str
    office: str
    tags: list[str]  # the first names the topic
    things: list[str]
    sentences: list[str]


class Era(NamedTuple):
    first: int  # years ago
    last: int
    sentences: list[str]


# Each topic is a line "office | tags | things" followed by its own sentences.
_TOPICS = {
    "Layanan Publik": """
Disdukcapil | ktp elektronik, kependudukan, disdukcapil | KTP elektronik; kartu identitas anak; akta kelahiran; kartu keluarga; surat pindah; akta kematian
Pemohon cukup membawa kartu keluarga asli dan mengambil nomor antrean lewat aplikasi.
Blangko {benda} tersedia untuk {banyak} pemohon sampai akhir {bulan}.
Petugas mendatangi rumah warga lanjut usia dan penyandang disabilitas untuk perekaman.
DPMPTSP | perizinan, mal pelayanan publik, investasi | izin usaha mikro; persetujuan bangunan gedung; izin praktik dokter; izin reklame; nomor induk berusaha; sertifikat laik fungsi
Berkas {benda} diperiksa secara daring dan pemohon menerima pemberitahuan di telepon genggamnya.
Sebanyak {banyak} permohonan masuk sejak loket pendampingan dibuka.
Pelaku usaha tidak perlu membayar jasa perantara karena seluruh biaya tertera di laman resmi.
Dinas Sosial | bantuan sosial, dinas sosial, keluarga harapan | bantuan pangan; santunan lansia; bantuan tunai; paket sembako; kursi roda; rehabilitasi rumah tidak layak huni
Data penerima dicocokkan kembali oleh kader {rw} sebelum {benda} disalurkan.
Warga yang merasa berhak tetapi belum terdata dapat mengajukan sanggahan di kantor kelurahan.
Penyaluran dilakukan bertahap kepada {banyak} keluarga penerima manfaat.
Dinas Perhubungan | transportasi umum, dinas perhubungan, bus kota | rute angkutan pengumpan; halte bus; jadwal bus malam; kartu langganan bus; jalur sepeda; parkir elektronik
Penumpang membayar dengan kartu atau kode pindai, dan pelajar mendapat potongan tarif.
Bus berangkat setiap {n} menit pada jam sibuk pagi dan sore.
Survei penumpang menunjukkan waktu tunggu di {jalan} berkurang hampir separuh.
BPBD | siaga bencana, bpbd, kebakaran | posko siaga; layanan darurat 112; mobil pemadam; latihan evakuasi; perahu karet; peringatan dini
Regu jaga terdiri atas {n} petugas yang bergantian selama dua puluh empat jam.
Panggilan darurat dari {tempat} diterima pukul {jam} dan regu tiba sebelas menit kemudian.
Warga diminta menyimpan nomor darurat dan mematikan aliran listrik sebelum mengungsi.
""",
    "Kesehatan": """
Dinas Kesehatan | puskesmas, kesehatan, dinas kesehatan | layanan malam puskesmas; pemeriksaan gratis; poli lansia; klinik berhenti merokok; skrining jantung; antrean daring puskesmas
Dokter gigi dan bidan bertugas bergantian sehingga {benda} tidak mengganggu jadwal pagi.
Pasien dengan keluhan ringan dilayani paling lama {n} menit sejak pendaftaran.
Hasil pemeriksaan dikirim ke ponsel pasien dan tersimpan dalam rekam medis elektronik.
Dinas Kesehatan | imunisasi, posyandu, anak | imunisasi polio; vaksin campak; penimbangan balita; imunisasi kejar; vitamin A; imunisasi sekolah dasar
Kader posyandu {rw} mendata balita yang belum lengkap imunisasinya.
Cakupan {benda} di {tempat} mencapai {n} persen dari sasaran.
Orang tua diminta membawa buku kesehatan ibu dan anak setiap kali datang.
Dinas Kesehatan | demam berdarah, jentik nyamuk, kesehatan lingkungan | pengasapan nyamuk; pemeriksaan jentik; gerakan menguras bak; penaburan larvasida; penyuluhan demam berdarah; kader jumantik
Angka bebas jentik di {rw} naik setelah kader memeriksa bak mandi setiap pekan.
Pengasapan hanya membunuh nyamuk dewasa, sedangkan jentik harus diberantas dengan menguras wadah air.
Pasien demam tinggi lebih dari dua hari disarankan segera memeriksakan darah.
RSUD Kota Tangerang | rumah sakit, rsud, bpjs kesehatan | poliklinik sore; ruang rawat anak; layanan cuci darah; instalasi gawat darurat; apotek rawat jalan; kamar operasi
Rumah sakit menambah {n} tempat tidur dan {benda} dibuka untuk peserta jaminan kesehatan.
Pasien rujukan dapat melihat sisa kuota dokter spesialis sebelum berangkat dari rumah.
Waktu tunggu obat diturunkan dengan memisahkan resep racikan dan resep jadi.
Dinas Kesehatan | stunting, gizi, ibu hamil | pencegahan stunting; makanan tambahan balita; kelas ibu hamil; tablet tambah darah; dapur sehat; pendampingan keluarga
Balita dengan berat badan kurang mendapat menu telur, ikan, dan sayuran selama {n} minggu.
Pendamping keluarga mencatat tinggi dan berat anak langsung di posyandu.
Remaja putri di sekolah menerima tablet tambah darah setiap hari Jumat.
""",
    "Pendidikan": """
Dinas Pendidikan | penerimaan siswa baru, sekolah, dinas pendidikan | penerimaan murid baru; jalur zonasi; jalur afirmasi; verifikasi berkas siswa; daya tampung sekolah; posko aduan sekolah
Orang tua dapat memantau urutan pendaftar setiap saat melalui laman penerimaan.
Daya tampung sekolah negeri di {tempat} tahun ini {banyak} kursi.
Panitia menolak berkas yang kartu keluarganya terbit kurang dari setahun.
Dinas Pendidikan | sekolah dasar, rehabilitasi sekolah, gedung sekolah | ruang kelas baru; atap sekolah; perpustakaan sekolah; toilet sekolah; lapangan sekolah; meja dan kursi siswa
Perbaikan {benda} dikerjakan pada masa libur agar pelajaran tidak terganggu.
Selama pembangunan, {n} rombongan belajar menumpang di sekolah terdekat.
Bangunan lama didirikan pada tahun delapan puluhan dan beberapa kali terendam banjir.
Dinas Perpustakaan | perpustakaan, literasi, buku | perpustakaan keliling; pojok baca; lomba bercerita; koleksi buku anak; kelas menulis; ruang baca taman
Koleksi ditambah {banyak} judul, sebagian besar buku cerita anak dan pengetahuan populer.
Pengunjung boleh meminjam tiga buku selama dua pekan tanpa biaya.
Pustakawan membacakan dongeng setiap {hari} sore di halaman {tempat}.
Dinas Pendidikan | guru, pelatihan guru, kurikulum | pelatihan guru; insentif guru honorer; komunitas belajar; lokakarya kurikulum; seleksi kepala sekolah; guru penggerak
Guru peserta menyusun rencana ajar lalu mempraktikkannya di kelas masing-masing.
Tunjangan {benda} dibayarkan langsung ke rekening pada awal {bulan}.
Pengawas sekolah mendampingi guru muda selama satu semester.
Dinas Pendidikan | beasiswa, mahasiswa, tangerang cerdas | beasiswa kuliah; bantuan biaya sekolah; seragam gratis; tabungan pelajar; beasiswa penghafal Al-Quran; bantuan sekolah swasta
Penerima {benda} dipilih dari keluarga berpenghasilan rendah dengan nilai rapor yang baik.
Anggaran tahun ini {rupiah} untuk {banyak} pelajar dan mahasiswa.
Nama penerima diumumkan di sekolah dan dapat disanggah selama {n} hari.
""",
    "Infrastruktur": """
Dinas PUPR | jalan, perbaikan jalan, dinas pupr | perbaikan jalan; betonisasi gang; pengaspalan jalan; trotoar ramah difabel; penambalan lubang; pelebaran simpang
Lubang di {jalan} dilaporkan warga lewat aplikasi dan ditambal dalam dua hari.
Pekerjaan dilakukan malam hari mulai pukul {jam} untuk menghindari kemacetan.
Panjang ruas yang ditangani {banyak} meter dengan lebar rata-rata lima meter.
Dinas PUPR | banjir, drainase, normalisasi sungai | normalisasi kali; tandon air; pintu air; saluran drainase; tanggul sungai; pompa banjir
Pompa berkapasitas {banyak} liter per detik disiagakan di sekitar {jalan}.
Sedimen setebal satu meter diangkat dengan alat berat dari dasar kali.
Tinggi muka air di pintu air dipantau setiap jam selama hujan deras.
Dinas Perkimtan | taman kota, ruang terbuka hijau, dinas perkimtan | taman tematik; ruang terbuka hijau; taman bermain anak; kampung bekelir; jalur jogging; hutan kota
Taman dilengkapi {n} bangku, air minum, dan lampu tenaga surya.
Warga {rw} ikut menanam pohon peneduh dan merawat tanaman obat.
Area bermain memakai lantai karet supaya anak tidak terluka ketika jatuh.
Dinas PUPR | penerangan jalan, lampu jalan, listrik | lampu penerangan jalan; lampu hemat energi; tiang lampu; lampu lalu lintas; kabel bawah tanah; gardu penerangan
Sebanyak {banyak} titik lampu diganti dengan lampu hemat energi.
Jalan yang semula gelap di {tempat} kini lebih aman dilalui pejalan kaki.
Lampu padam dapat dilaporkan dengan menyebut nomor yang tertempel di tiang.
Perumda Tirta Benteng | air bersih, pdam, pipa air | jaringan pipa air bersih; sambungan rumah baru; meteran air; instalasi pengolahan air; perbaikan pipa bocor; hidran umum
Aliran air ke {tempat} dihentikan sementara mulai pukul {jam} selama penyambungan pipa.
Truk tangki disiapkan untuk rumah sakit, rumah ibadah, dan permukiman terdampak.
Kebocoran pipa ditemukan setelah tekanan air menurun selama {n} hari.
""",
    "Lingkungan": """
Dinas Lingkungan Hidup | sampah, bank sampah, dinas lingkungan hidup | bank sampah; pengangkutan sampah; pemilahan sampah; tempat pengolahan sampah; kompos rumah tangga; tebus sampah plastik
Warga menimbang botol dan kardus setiap {hari} lalu menukarnya dengan tabungan.
Volume sampah dari {tempat} turun {n} persen sejak pemilahan diwajibkan.
Sisa dapur diolah menjadi kompos untuk kebun bersama {rw}.
Dinas Lingkungan Hidup | sungai cisadane, kali, kualitas air | bersih sungai; susur Cisadane; uji kualitas air; penebaran benih ikan; pembersihan eceng gondok; jaring penahan sampah
Sampah yang terangkat dari aliran Cisadane mencapai {banyak} kilogram dalam sepekan.
Contoh air diambil di {n} titik dan hasilnya diumumkan secara terbuka.
Pabrik di bantaran diingatkan agar tidak membuang limbah tanpa pengolahan.
Dinas Lingkungan Hidup | polusi udara, uji emisi, penghijauan | uji emisi kendaraan; penanaman pohon; alat pantau udara; hari bebas kendaraan; penyiraman jalan; bibit pohon gratis
Kendaraan yang lulus {benda} menerima tanda yang berlaku setahun.
Kualitas udara pada pagi hari berada pada kategori sedang.
Bibit mangga, jambu, dan tabebuya dibagikan kepada {banyak} warga.
Dinas Ketahanan Pangan | pertanian perkotaan, ketahanan pangan, kelompok tani | kebun hidroponik; panen sayur; budidaya lele; pekarangan pangan lestari; benih cabai; kelompok wanita tani
Kelompok wanita tani {rw} memanen kangkung dan pakcoy dari lahan tidur.
Lele dalam ember memberi lauk sekaligus pupuk cair bagi tanaman.
Penyuluh mengajarkan pembuatan pestisida nabati dari daun pepaya.
Dinas Lingkungan Hidup | kampung iklim, adiwiyata, perubahan iklim | kampung iklim; sekolah adiwiyata; sumur resapan; lubang biopori; panen air hujan; panel surya
Setiap rumah membuat {n} lubang biopori agar air hujan meresap.
Penilaian kampung iklim mencakup pengelolaan air, sampah, dan penghematan energi.
Murid mematikan lampu kelas saat istirahat dan mencatat pemakaian listrik.
""",
    "Ekonomi": """
Dinas Indagkop UKM | umkm, koperasi, wirausaha | pelatihan UMKM; sertifikasi halal; kemasan produk; modal bergulir; pameran produk lokal; pemasaran digital
Pelaku usaha belajar memotret produk dan menghitung harga pokok.
Omzet peserta bazar mencapai {rupiah} dalam {n} hari.
Produk unggulan berupa keripik, batik, kerajinan bambu, dan sambal kemasan.
Dinas Indagkop UKM | harga pangan, pasar murah, inflasi | pasar murah; operasi pasar beras; harga cabai; stok minyak goreng; harga telur ayam; gerakan pangan murah
Harga beras medium di pasar {tempat} naik tipis dibanding pekan lalu.
Setiap pembeli dibatasi satu paket agar persediaan {banyak} paket merata.
Pedagang mengaku pasokan dari daerah terlambat karena cuaca.
Dinas Ketenagakerjaan | bursa kerja, lowongan kerja, pelatihan kerja | bursa kerja; pelatihan las; pelatihan barista; magang industri; kursus komputer; penyaluran kerja difabel
Sebanyak {n} perusahaan membuka {banyak} lowongan bagi lulusan baru.
Pelamar dapat menyerahkan berkas secara daring dan mengikuti wawancara di tempat.
Lulusan pelatihan menerima sertifikat kompetensi dan pendampingan mencari kerja.
Bapenda | pajak daerah, pbb, bapenda | pembayaran PBB; penghapusan denda pajak; pajak restoran; layanan pajak keliling; pajak kendaraan; taat pajak
Wajib pajak dapat membayar {benda} melalui bank, minimarket, dan dompet digital.
Realisasi penerimaan sampai {bulan} mencapai {n} persen dari target {rupiah}.
Denda dihapus bagi warga yang melunasi tunggakan sebelum akhir {bulan}.
Perumda Pasar | pasar tradisional, pasar anyar, pedagang | revitalisasi pasar; kios pedagang; penataan pedagang kaki lima; timbangan ukur ulang; pasar malam; kebersihan pasar
Pedagang menempati lapak sementara selama {benda} dikerjakan.
Pembeli mengharapkan lorong yang terang, kering, dan mudah dilalui kursi roda.
Undian pembagian kios disaksikan perwakilan paguyuban pedagang.
""",
    "Pemerintahan": """
Bappeda | musrenbang, perencanaan, bappeda | musrenbang kelurahan; rencana pembangunan daerah; usulan warga; forum perangkat daerah; rencana tata ruang; data kemiskinan
Usulan terbanyak dari {tempat} menyangkut saluran air dan lampu jalan.
Setiap {rw} mengajukan paling banyak lima usulan yang diberi peringkat bersama.
Hasil musyawarah dimuat di laman perencanaan dan dapat dipantau warga.
DPRD Kota Tangerang | dprd, peraturan daerah, apbd | rancangan peraturan daerah; pembahasan APBD; rapat paripurna; reses anggota dewan; pansus pendidikan; laporan pertanggungjawaban
Fraksi meminta penjelasan tentang belanja {benda} sebesar {rupiah}.
Rapat dimulai pukul {jam} dan disiarkan langsung melalui kanal daring.
Rancangan itu akan dibahas bersama panitia khusus selama {n} hari kerja.
Diskominfo | kota cerdas, tangerang live, diskominfo | aplikasi Tangerang Live; internet gratis taman; keamanan data; kamera lalu lintas; data terbuka; layanan aduan warga
Aplikasi menampung {banyak} laporan sepanjang {bulan} dan sebagian besar selesai ditangani.
Titik internet gratis ditambah di balai warga, taman, dan halte.
Petugas mengingatkan warga agar tidak membagikan kode sandi sekali pakai.
Inspektorat | antikorupsi, inspektorat, keterbukaan informasi | pencegahan gratifikasi; survei integritas; audit kinerja; pelaporan harta pejabat; zona integritas; keterbukaan informasi
Setiap pemberian yang berkaitan dengan jabatan wajib dilaporkan dalam {n} hari kerja.
Pemeriksaan menemukan {n} catatan administrasi yang segera diperbaiki.
Dokumen anggaran disajikan ringkas supaya mudah dipahami warga.
Satpol PP | ketertiban umum, satpol pp, penertiban | penertiban reklame liar; razia minuman keras; patroli malam; penataan trotoar; bangunan liar; parkir liar
Petugas menurunkan {n} reklame yang izinnya habis di {jalan}.
Pemilik bangunan diberi waktu membongkar sendiri sebelum ditertibkan.
Patroli gabungan berlangsung sejak pukul {jam} hingga dini hari.
""",
    "Budaya dan Olahraga": """
Disbudpar | festival cisadane, budaya, wisata | festival Cisadane; perahu naga; pawai budaya; pentas gambang kromong; lomba dayung; pasar seni
Penonton memenuhi tepian sungai sejak pukul {jam} meskipun langit mendung.
Sanggar dari {tempat} menampilkan tari cokek dan lenong.
Panitia menyiapkan {banyak} kursi dan jalur khusus kursi roda.
Disbudpar | cagar budaya, kota lama, sejarah | rumah cagar budaya; museum Benteng Heritage; tur kota lama; kelenteng tua; arsip kota; stasiun lama
Bangunan itu diperkirakan berumur lebih dari seabad dan masih dihuni keluarga.
Pemandu menceritakan kedatangan para pedagang lewat sungai Cisadane.
Kayu yang lapuk diganti dengan bahan sejenis supaya bentuk asli terjaga.
Dispora | sepak bola, persikota, olahraga | turnamen sepak bola; liga pelajar; latihan Persikota; lapangan sepak bola; sekolah sepak bola; futsal antarkampung
Gol kemenangan tercipta pada menit ke {n} melalui tendangan bebas.
Pertandingan di {tempat} disaksikan {banyak} pendukung.
Pelatih memuji pertahanan yang disiplin dan serangan balik yang cepat.
Dispora | atlet, porprov, koni | seleksi atlet; pekan olahraga pelajar; bonus atlet; pelatnas renang; kejuaraan pencak silat; lintasan atletik
Kontingen membawa pulang {n} medali emas dari nomor beregu dan perorangan.
Atlet muda berlatih dua kali sehari menjelang kejuaraan bulan {bulan}.
Bonus sebesar {rupiah} dibagikan kepada atlet dan pelatih.
Bagian Kesra | ramadan, kerukunan, keagamaan | pesantren kilat; bazar Ramadan; rumah ibadah; dialog kerukunan; jemaah haji; santunan anak yatim
Jadwal {benda} disusun bersama pengurus rumah ibadah di {tempat}.
Petugas mengatur lalu lintas di {jalan} menjelang waktu berbuka.
Anak yatim menerima tas sekolah, buku, dan uang saku.
""",
}

# What was written about for some years only: "first - last" (years ago), and its sentences.
_ERAS = """
10 - 9
Warga masih perlu membawa fotokopi berkas dan formulir kertas rangkap tiga.
Penyerahan mesin ketik bekas kepada karang taruna menutup acara.
9 - 7
Lomba menyambut Asian Games dimeriahkan maskot dan kirab obor.
Penataan kabel udara dan jargas menjadi bahan usulan tahun itu.
6 - 4
Peserta memakai masker dan menjaga jarak sesuai protokol kesehatan selama pandemi Covid-19.
Vaksinasi dan isolasi mandiri tetap menjadi perhatian Satgas.
Rapat digelar melalui Zoom karena pembatasan kegiatan masyarakat.
4 - 3
Minyak goreng langka dan harga kedelai ikut dibahas warga.
3 - 2
Siaran televisi analog dihentikan dan warga menerima dekoder gratis.
Kampanye damai menjelang pemilu ditandatangani semua peserta.
2 - 1
Makan bergizi gratis mulai diuji coba dengan dapur umum setempat.
1 - 0
Pembayaran dengan QRIS dan identitas kependudukan digital kini diterima di semua loket.
Kecerdasan buatan dipakai untuk menjawab pertanyaan warga.
"""

_TITLES = {
    "Layanan Publik": """
Urus {Judul} Kini Bisa di {tempat}
{dinas} Buka Loket {Judul} di {tempat}
{banyak} Warga {tempat} Terlayani {Judul}
Jadwal {Judul} di {tempat} Selama {bulan}
{Judul} Dipercepat Menjadi {n} Menit, Ini Syaratnya
Warga {tempat} Sambut Baik {Judul}
Mulai {tanggal}, {Judul} Tersedia Setiap {hari}
""",
    "Kesehatan": """
{dinas} Perluas {Judul} ke {tempat}
{Judul} di {tempat} Menjangkau {banyak} Warga
{n} Puskesmas Sediakan {Judul} Mulai {bulan}
Warga {tempat} Diajak Ikut {Judul}
{Judul} Digelar {hari}, Warga {tempat} Antre Sejak Pagi
Mengapa {Judul} Penting Menjelang {bulan}
Kader {rw} Jadi Ujung Tombak {Judul} di {tempat}
""",
    "Pendidikan": """
{dinas} Siapkan {Judul} untuk {banyak} Siswa
{Judul} di {tempat} Ditargetkan Selesai {bulan}
{n} Sekolah di {tempat} Dapat {Judul}
Siswa {tempat} Antusias Sambut {Judul}
Cara Mendaftar {Judul}, Dibuka Sampai {tanggal}
{Judul} Tahun Ini Lebih Mudah, Kata Orang Tua di {tempat}
Anggaran {rupiah} untuk {Judul}
""",
    "Infrastruktur": """
{Judul} di {jalan} Rampung {bulan}
{dinas} Kebut {Judul} di {tempat}
{n} Titik {Judul} Dikerjakan di {tempat}
Ada {Judul} di {jalan}, Pengendara Diminta Memutar
Warga {tempat} Minta {Judul} Dipercepat
{Judul} Senilai {rupiah} Dimulai {hari}
Setelah Hujan Deras, {Judul} di {tempat} Diperiksa
""",
    "Lingkungan": """
Warga {rw} {tempat} Kembangkan {Judul}
{Judul} di {tempat} Kumpulkan {banyak} Kilogram
{dinas} Gelar {Judul} di {jalan}
{n} RW Ikuti {Judul} Sepanjang {bulan}
Belajar {Judul} dari Warga {tempat}
{Judul} Tekan Pengeluaran Rumah Tangga di {tempat}
Lewat {Judul}, {tempat} Menuju Kampung Hijau
""",
    "Ekonomi": """
{Judul} di {tempat} Diserbu Warga
{dinas} Gelar {Judul} untuk {banyak} Peserta
{Judul}: Transaksi Tembus {rupiah}
Jelang {bulan}, {Judul} di {tempat} Dipantau
{n} Pelaku Usaha {tempat} Ikuti {Judul}
{Judul} Dibuka hingga {tanggal}, Catat Lokasinya
Cerita {warga} Merintis Usaha Lewat {Judul}
""",
    "Pemerintahan": """
{dinas} Bahas {Judul} Bersama Warga {tempat}
{Judul} Ditargetkan Tuntas {bulan}
{n} Usulan {tempat} Masuk {Judul}
{Judul} di {tempat} Digelar Terbuka
Anggaran {Judul} Disepakati {rupiah}
Warga {tempat} Pertanyakan {Judul}
{hari} Pagi, {dinas} Laksanakan {Judul} di {jalan}
""",
    "Budaya dan Olahraga": """
{Judul} Meriahkan {tempat} Akhir Pekan Ini
{banyak} Warga Padati {Judul} di {tempat}
{dinas} Siapkan {Judul} Menyambut {bulan}
{Judul} Kembali Digelar Setelah {n} Tahun
Mengenal {Judul} Bersama {warga}
Anak Muda {tempat} Hidupkan {Judul}
{Judul} Dimulai {tanggal}, Ini Jadwal Lengkapnya
""",
}

_LEADS = """
{dinas} memulai {benda} di {tempat}, {hari} ({tanggal}).
Warga {tempat} mulai merasakan manfaat {benda} yang dijalankan {dinas} sejak {bulan}.
Kegiatan {benda} berlangsung di {jalan}, {tempat}, {hari} ({tanggal}), dan diikuti {banyak} warga.
{dinas} menyatakan {benda} di {tempat} akan selesai sebelum akhir {bulan}.
Sebanyak {banyak} warga {tempat} mengikuti {benda} yang digelar {dinas}, {hari} ({tanggal}).
Pemerintah kota melalui {dinas} menambah anggaran {benda} menjadi {rupiah}.
"""

_GENERAL = """
{warga}, warga {rw}, mengaku terbantu karena tidak perlu lagi menempuh perjalanan jauh.
Menurut {warga}, yang berumur {umur} tahun, perubahan itu sudah lama dinantikan.
Kegiatan dimulai pukul {jam} dan berakhir menjelang siang.
{Benda} menjadi salah satu prioritas yang diusulkan warga dalam musyawarah tahun lalu.
Warga yang memerlukan keterangan lebih lanjut dapat menghubungi kantor kelurahan pada jam kerja.
Anggaran yang disediakan mencapai {rupiah} dan bersumber dari pendapatan daerah.
Pelaksanaan di {tempat} dibagi menjadi {n} tahap agar mudah diawasi.
Pengurus {rw} membantu mengatur antrean dan membagikan nomor urut.
{warga2} berharap kegiatan serupa rutin diadakan dan tidak berhenti di tengah jalan.
Laporan kemajuan akan diumumkan setiap {hari} melalui laman resmi.
Sampai {tanggal}, tercatat {banyak} orang telah mendaftar.
Petugas juga menyediakan layanan khusus bagi warga lanjut usia, ibu hamil, dan penyandang disabilitas.
Cuaca yang kurang bersahabat tidak mengurangi semangat peserta.
Sejumlah relawan muda ikut membantu menyiapkan tempat sejak malam sebelumnya.
Hasil evaluasi menunjukkan sebagian besar warga merasa puas, meski jadwalnya masih perlu diperjelas.
Kendala utama adalah keterbatasan lahan dan lalu lintas yang padat di sekitar {jalan}.
Pemerintah meminta masyarakat menjaga fasilitas yang sudah dibangun.
Dibandingkan dengan tahun sebelumnya, jumlah peserta meningkat {n} persen.
Lokasi di {jalan} dipilih karena mudah dijangkau angkutan umum.
Semua layanan tidak dipungut biaya, dan pungutan liar dapat dilaporkan.
Data lengkap tercatat dalam berkas nomor {kode} yang terbuka bagi umum.
Kelurahan sekitar menyatakan siap mengikuti langkah yang sama mulai {bulan}.
Seusai acara, warga dan petugas makan siang bersama dengan hidangan sederhana.
Ke depan, {benda2} akan digabungkan dalam kegiatan yang sama supaya lebih hemat.
Persiapan memakan waktu {n} hari, termasuk pelatihan bagi petugas lapangan.
{warga2}, seorang pedagang di {jalan}, menilai kegiatan itu menambah pembeli.
Beberapa warga menyampaikan keluhan tentang tempat parkir dan kebisingan.
Keluhan tersebut dicatat dan dijawab paling lambat tiga hari kerja.
Kegiatan serupa pernah diadakan pada {bulan} dengan peserta yang lebih sedikit.
Perangkat daerah lain turut mendukung dengan meminjamkan tenda dan kendaraan.
Pihak sekolah, pengurus masjid, dan karang taruna dilibatkan sejak perencanaan.
Informasi palsu yang beredar di media sosial mengenai {benda} sudah diluruskan.
Pendaftaran dapat dilakukan secara daring atau langsung di {tempat}.
Batas akhir pengajuan adalah {tanggal} pukul {jam}.
Seorang mahasiswa, {warga}, meneliti pengaruh kegiatan ini terhadap pengeluaran keluarga.
Tim teknis memeriksa ulang seluruh peralatan sebelum digunakan masyarakat.
Rencana lanjutan mencakup {n} lokasi lain yang tersebar di seluruh kota.
Pembiayaan dilakukan secara terbuka dan hasil lelang diumumkan.
{Benda} sebelumnya hanya tersedia di pusat kota sehingga warga harus berangkat pagi-pagi.
Dukungan dunia usaha datang dalam bentuk bibit, alat, dan hadiah bagi peserta.
Anak-anak tampak gembira mengikuti permainan yang disiapkan panitia.
Tokoh masyarakat mengingatkan pentingnya gotong royong dan saling menghormati.
Sebagian warga memilih berjalan kaki karena jaraknya dekat dari rumah.
Seluruh rangkaian kegiatan didokumentasikan untuk bahan perbaikan tahun berikutnya.
Petugas kebersihan mengangkut sisa bungkus makanan segera setelah acara selesai.
Pemantauan dilakukan bersama warga agar mutu pekerjaan tetap terjaga.
"""

_COMMENTS = """
Terima kasih, semoga {benda} juga ada di tempat kami.
Mohon diperhatikan juga jalan di sekitar {jalan}.
Kapan {tempat} mendapat giliran?
Sudah saya coba minggu lalu, pelayanannya ramah dan cepat.
Antreannya masih panjang, mohon ditambah petugas.
Alhamdulillah, sangat membantu warga {rw}.
Apakah bisa diwakilkan oleh anggota keluarga?
Jam bukanya tolong ditulis yang jelas.
Semoga tidak hanya ramai di awal saja.
Saya sudah melapor dua kali tetapi belum ada tanggapan.
Syaratnya apa saja ya, Pak, Bu?
Bagus sekali, anak saya senang ikut kegiatan ini.
Mohon lampu di {jalan} juga diperbaiki, gelap sekali kalau malam.
Setuju, asal anggarannya terbuka untuk umum.
Di {tempat} air masih menggenang kalau hujan lebat.
Info yang berguna, saya teruskan ke grup {rw}.
"""

# Tags for any article, most common first.
_TAIL_TAGS = """
pemkot tangerang, warga, gotong royong, pelayanan publik, ramah anak, lansia, difabel, karang taruna, pkk, relawan,
inovasi, aplikasi, aduan warga, anggaran, transparansi, musim hujan, musim kemarau, libur sekolah, hari jadi kota,
ramadan, lebaran, natal, imlek, kemerdekaan, hari pahlawan, hari ibu, hari guru, hari kesehatan, hari lingkungan hidup,
csr, media sosial, hoaks, keselamatan, lalu lintas, kemacetan, parkir, stasiun, bandara, terminal, angkutan kota,
ojek daring, sepeda, pejalan kaki, trotoar, halte, jembatan, flyover, bantaran, tandon, waduk, kali angke, kali sabi,
sungai, hujan deras, angin kencang, pohon tumbang, puting beliung, gempa, damkar, pmi, donor darah, ambulans, apotek,
dokter, bidan, perawat, obat, vaksin, gizi buruk, kanker, jantung, diabetes, tuberkulosis, hiv, kesehatan jiwa, remaja,
narkoba, rokok, tawuran, perlindungan anak, kekerasan, perempuan, kesetaraan, ibu menyusui, balita, paud, smp, sma,
smk, pesantren, madrasah, kampus, penelitian, sains, robotik, lomba, olimpiade, pramuka, paskibra, marching band, seni,
tari, musik, teater, film, fotografi, mural, batik, kuliner, laksa, kopi, kampung wisata, hotel, restoran, kafe, ekspor,
impor, industri, pabrik, buruh, upah minimum, pensiun, asuransi, bank, kredit, zakat, wakaf, haji, masjid, gereja,
vihara, pura, kelenteng, toleransi, pemilu, pilkada, kpu, bawaslu, tni, polri, kejaksaan, pengadilan, hukum, tanah,
sertifikat, rumah susun, kontrakan, permukiman kumuh, sanitasi, jamban, limbah, plastik, daur ulang, energi, gas,
internet, telepon, startup, gim, catur, bulu tangkis, voli, basket, renang, lari, senam, silat, panahan, tenis meja
"""

_PLACES = """
Tangerang: Sukasari, Babakan, Cikokol, Kelapa Indah, Sukaasih, Sukarasa, Tanah Tinggi, Buaran Indah
Jatiuwung: Keroncong, Jatake, Pasir Jaya, Gandasari, Manis Jaya, Alam Jaya
Batuceper: Batujaya, Batusari, Kebon Besar, Poris Gaga, Poris Jaya, Porisgaga Baru
Benda: Belendung, Jurumudi, Jurumudi Baru, Pajang
Cipondoh: Poris Plawad, Gondrong, Kenanga, Ketapang, Petir, Cipondoh Makmur, Cipondoh Indah
Ciledug: Sudimara Barat, Sudimara Timur, Paninggilan, Parung Serab, Tajur
Karawaci: Bojong Jaya, Bugel, Cimone, Gerendeng, Koang Jaya, Margasari, Nusa Jaya, Pabuaran, Sukajadi, Sumur Pacing
Periuk: Gebang Raya, Gembor, Sangiang Jaya, Periuk Jaya
Cibodas: Cibodasari, Jatiuwung Baru, Panunggangan Barat, Uwung Jaya
Neglasari: Karanganyar, Karangsari, Kedaung Baru, Kedaung Wetan, Mekarsari, Selapajang Jaya
Pinang: Cipete, Kunciran, Kunciran Indah, Kunciran Jaya, Nerogtog, Pakojan, Panunggangan, Sudimara Pinang
Karang Tengah: Karang Mulya, Karang Timur, Parung Jaya, Pedurenan, Pondok Bahar, Pondok Pucung
Larangan: Cipadu, Cipadu Jaya, Gaga, Kreo, Kreo Selatan, Larangan Indah
"""

_STREETS = """
Melati, Mawar, Kenanga, Cempaka, Anggrek, Flamboyan, Dahlia, Teratai, Merpati, Garuda, Rajawali, Kutilang, Cendrawasih,
Merak, Elang, Beringin, Mahoni, Jati, Akasia, Pinus, Cemara, Bambu, Kelapa, Durian, Rambutan, Manggis, Salak, Nangka,
Pahlawan, Veteran, Merdeka, Pemuda, Pelajar, Sudirman, Thamrin, Diponegoro, Kartini, Hasanudin, Imam Bonjol, Gatot Subroto
"""

_GIVEN_NAMES = """
Siti, Rina, Dewi, Ayu, Ratna, Lestari, Nur, Fitri, Wulan, Indah, Yuni, Tri, Endang, Sri, Ani, Rini, Maya, Sari, Nita, Lina,
Budi, Agus, Andi, Joko, Slamet, Bambang, Hendra, Dedi, Eko, Rudi, Ahmad, Yusuf, Rizki, Fajar, Bayu, Arif, Iwan, Hasan,
Usman, Maman, Asep, Ujang, Made, Wayan, Ketut, Maria, Yohanes, Markus, Stefanus, Robert, Meiling, Hendrik, Kevin, Dian
"""

CITY = "Tangerang"

# Family names are combined from these, to get the many rare words that a real archive has.
_NAME_HEADS = "Su Har Wi Pra Ku Ra Sas Mul Gun Set Han Ber Dar Kar Mar Nu Par Sur Tri Was Yan Sam Rus Bas Her"
_NAME_MIDDLES = "to ya ma di na ra wi jo ka ri la sa"
_NAME_TAILS = "wan no ti yah di ningsih man rta tono sari yanto dani"


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()


def _list(text: str) -> list[str]:
    return [name.strip() for name in text.replace("\n", " ").split(",")]


def _eras() -> list[Era]:
    eras: list[Era] = []
    for line in _lines(_ERAS):
        first, dash, last = line.partition(" - ")
        if dash:
            eras.append(Era(int(first), int(last), []))
        else:
            eras[-1].sentences.append(line)
    return eras


def _topics() -> list[Topic]:
    topics = []
    for category, text in _TOPICS.items():
        for line in _lines(text):
            if "|" in line:
                office, tags, things = (part.strip() for part in line.split("|"))
                topics.append(Topic(category, office, _list(tags), [thing.strip() for thing in things.split(";")], []))
            else:
                topics[-1].sentences.append(line)
    return topics


TOPICS = _topics()
ERAS = _eras()
CATEGORIES = list(_TOPICS)
TITLES = {category: _lines(text) for category, text in _TITLES.items()}
LEADS = _lines(_LEADS)
GENERAL = _lines(_GENERAL)
COMMENTS = _lines(_COMMENTS)
DISTRICTS = {district: _list(villages) for district, villages in (line.split(":") for line in _lines(_PLACES))}
SURNAMES = [
    head + middle + tail
    for head in _NAME_HEADS.split()
    for middle in _NAME_MIDDLES.split()
    for tail in _NAME_TAILS.split()
]
TAIL_TAGS = _list(_TAIL_TAGS)
STREETS = _list(_STREETS)
GIVEN_NAMES = _list(_GIVEN_NAMES)
