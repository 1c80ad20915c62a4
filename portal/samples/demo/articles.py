"""The demo content as plain data: the present portal's article, and examples of what a city publishes.

Bodies are written as blocks between empty lines: a block that begins with `<` is HTML, any other is a paragraph.
Lines inside a block are joined by one blank. The examples name no official and state no figure as a fact.
"""

from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

EXAMPLE_NOTE = "Berita ini adalah contoh untuk mengisi portal yang baru dipasang."
CREDIT = "Ilustrasi contoh"

CATEGORIES = [
    ("Pemerintahan", "Kebijakan, rapat warga, dan kerja perangkat daerah."),
    ("Layanan Publik", "Cara mengurus keperluan warga dan perubahan jadwal layanan."),
    ("Kesehatan", "Puskesmas, posyandu, dan pencegahan penyakit."),
    ("Pendidikan", "Sekolah, perpustakaan, dan kegiatan belajar."),
    ("Infrastruktur", "Jalan, saluran air, taman, dan penerangan."),
    ("Budaya", "Festival, panggung seni, dan warisan kota."),
]


DISTRICTS = (
    "Batuceper", "Benda", "Cibodas", "Ciledug", "Cipondoh", "Jatiuwung", "Karangtengah", "Karawaci", "Larangan",
    "Neglasari", "Periuk", "Pinang", "Tangerang",
)  # fmt: skip
NOTICE = (
    "Isi portal ini masih contoh",
    "Berita, foto dan komentarnya dibuat untuk melihat-lihat. Pengelola menghapusnya dengan perintah hapus_contoh.",
)


class Story(NamedTuple):
    """One article. `published` is a date, or how long before loading: (days, "hh.mm" on that day's clock);
    with 0 days the clock tells hours and minutes ago. `picture` names a scene of portal.demo.pictures."""

    picture: str
    title: str
    category: str
    tags: list[str]
    published: datetime | tuple[int, str]
    summary: str
    alt_text: str
    caption: str
    body: str
    imported_reads: int = 0
    district: str = ""
    author: str = "Redaksi contoh"

    @property
    def is_example(self) -> bool:
        return not isinstance(self.published, datetime)

    def published_at(self, now: datetime) -> datetime:
        """The time of publication when the content is loaded at `now`, a time in the city's zone."""
        if isinstance(self.published, datetime):
            return self.published
        days, clock = self.published
        hours, minutes = map(int, clock.split("."))
        if days == 0:
            return (now - timedelta(hours=hours, minutes=minutes)).replace(second=0, microsecond=0)
        return (now - timedelta(days=days)).replace(hour=hours, minute=minutes, second=0, microsecond=0)

    def html(self) -> str:
        blocks = [" ".join(block.split()) for block in self.body.strip().split("\n\n")]
        if self.is_example:
            blocks.append(EXAMPLE_NOTE)
        return "\n".join(block if block.startswith("<") else f"<p>{block}</p>" for block in blocks)


SEED = Story(
    picture="balai-kota",
    author="",  # as on the page that this story comes from
    title="Kemenpan RB Apresiasi Penerapan SPBE di Kota Tangerang, Layak Jadi Role Model Nasional",
    category="Pemerintahan",
    tags=["kota tangerang"],
    published=datetime(2024, 11, 13, 16, 21, tzinfo=ZoneInfo("Asia/Jakarta")),
    imported_reads=56,
    summary=(
        "Kemenpan RB menilai Sistem Pemerintahan Berbasis Elektronik (SPBE) Kota Tangerang layak menjadi "
        "role model nasional."
    ),
    alt_text=("Gedung balai kota beratap genting merah dengan bendera Merah Putih, warga berjalan di halamannya."),
    caption="Balai kota dan halamannya pada pagi hari.",
    body="""
Pemerintah Kota (Pemkot) Tangerang kembali mendapatkan apresiasi luar biasa dalam bidang implementasi Sistem
Pemerintahan Berbasis Elektronik (SPBE) di Kota Tangerang. Tidak tanggung-tanggung, sistem SPBE Kota Tangerang
dinilai layak menjadi role model nasional.

Analis Kebijakan Pratama Kementerian Pendayagunaan Aparatur Negara dan Reformasi Birokasi (Kemenpan RB)
Republik Indonesia, Mugi Rohimah menuturkan, Pemkot Tangerang selama ini dinilai telah menerapkan kebijakan
SPBE secara maksimal. Kemenpan RB menilai bahwa Pemkot Tangerang telah menunjukkan langkah-langkah signifikan
dalam pengembangan digitalisasi layanan publik yang menunjang masyarakat dapat mengakses layanan pemerintah
secara cepat, mudah, dan transparan.

“Kami melihat penerapan SPBE di Kota Tangerang selama ini telah berjalan sangat baik, bisa dilihat dari peran
sistem tersebut dalam mendukung penerapan layanan publik yang berjalan secara efektif, efisien, dan
transparan,” ujar Mugi selepas kunjungan kerja bersama Dinas Komunikasi dan Informatika (Diskominfo) Kota
Tangerang, Rabu (13/11/24).

Ia melanjutkan, Kemenpan RB juga akan mendorong inovasi pengembangan SPBE di Kota Tangerang berjalan secara
lebih maksimal. Hal ini dilakukan untuk mendukung penerapan kebijakan nasional secara komprehensif mengenai
SPBE di seluruh daerah di Indonesia.

“Kami juga berharap inovasi-inovasi yang selama ini dilakukan tidak berhenti bahkan terus dikembangkan,
ditingkatkan, dan disempurnakan serta diharapkan mampu menjadi role model atau contoh bagi daerah-daerah lain
di Indonesia,” tambahnya.

Sebelumnya, Kemenpan RB baru saja melakukan kunjungan kerja ke Pemkot Tangerang untuk melakukan pengkajian
sekaligus persiapan dalam rangka revisi kebijakan SPBE secara nasional yang akan dilakukan dalam waktu dekat
ini.
""",
)

# Newest first.
STORIES = [
    Story(
        picture="pintu-air",
        title="Pintu Air dan Pompa Diperiksa agar Siap Menghadapi Hujan Lebat",
        category="Infrastruktur",
        tags=["kota tangerang", "banjir", "drainase", "sungai cisadane"],
        published=(0, "02.35"),
        summary=(
            "Petugas menguji pintu air, pompa, dan saringan sampah di sepanjang saluran utama. Warga diminta "
            "tidak membuang sampah ke selokan."
        ),
        alt_text=(
            "Tiga pintu air dari baja di tengah hujan; seorang petugas berpayung merah berdiri di jembatan "
            "kecil di atasnya."
        ),
        caption="Petugas memeriksa pintu air di tengah hujan.",
        body="""
Petugas dinas pekerjaan umum memeriksa pintu air dan rumah pompa di sejumlah titik yang langganan tergenang.
Setiap pintu air dibuka dan ditutup penuh, setiap pompa dinyalakan, dan saringan sampah di depannya
dibersihkan. Pemeriksaan ini dilakukan lebih awal supaya suku cadang yang aus masih sempat diganti sebelum
hujan lebat datang berturut-turut.

“Yang paling sering membuat pompa berhenti bukan mesinnya, melainkan sampah yang tersangkut di saringan.
Plastik, batang pisang, sampai kasur pernah kami angkat,” kata seorang petugas jaga rumah pompa.

<h2>Apa saja yang diperiksa</h2>

<ul>
<li>Roda pemutar dan rantai pintu air: dibersihkan dari karat, lalu diberi pelumas.</li>
<li>Mesin pompa dan sumber listrik cadangannya: dinyalakan dengan beban penuh.</li>
<li>Papan pengukur tinggi air: dicat ulang agar terbaca dari jauh, juga pada malam hari.</li>
<li>Saluran menuju Sungai Cisadane: lumpur dan sampah di mulut saluran diangkat.</li>
</ul>

Tinggi air di papan pengukur dicatat secara berkala oleh petugas jaga dan dikirim ke ruang pemantauan. Bila
air naik mendekati tanda merah, petugas kelurahan akan memberi tahu pengurus RT dan RW, yang meneruskannya
kepada warga melalui pengeras suara dan grup percakapan lingkungan.

Warga yang tinggal di dekat saluran dapat membantu dengan tiga hal sederhana: menyapu selokan di depan rumah,
tidak menutup lubang air dengan beton atau barang dagangan, dan melapor bila melihat pintu air tersumbat.
Dokumen penting sebaiknya disimpan dalam kantong kedap air di tempat yang tinggi, dan nomor telepon darurat
ditempel di tempat yang mudah terlihat oleh seluruh anggota keluarga.

“Dulu kami menunggu petugas datang. Sekarang setiap Minggu pagi kami membersihkan selokan bersama, jadi airnya
lebih cepat surut,” ujar seorang warga yang rumahnya berada di tepi saluran.

Pemeriksaan akan diulang secara rutin selama musim hujan. Bila ada pintu air yang harus diperbaiki lebih lama,
lokasi dan lama pekerjaannya akan diumumkan melalui kelurahan setempat.
""",
    ),
    Story(
        picture="loket",
        title="Loket Kependudukan Buka Sabtu Pagi, Warga yang Bekerja Tak Perlu Izin Kantor",
        category="Layanan Publik",
        tags=["kota tangerang", "administrasi kependudukan", "layanan digital"],
        published=(0, "07.20"),
        summary=(
            "Layanan Sabtu pagi dibuka untuk KTP elektronik, kartu keluarga, dan akta. Nomor antrean diambil "
            "dari rumah melalui laman layanan."
        ),
        alt_text=("Empat loket bernomor di ruang layanan; petugas duduk di balik meja dan warga berdiri di depannya."),
        caption="Ruang layanan dengan empat loket yang dibuka pada Sabtu pagi.",
        body="""
Warga yang pada hari kerja sulit meninggalkan pekerjaan kini dapat mengurus dokumen kependudukan pada Sabtu
pagi. Empat loket dibuka, masing-masing untuk satu jenis keperluan, supaya antrean tidak bercampur dan warga
langsung tahu meja mana yang dituju.

<table>
<caption>Pembagian loket pada Sabtu pagi</caption>
<thead>
<tr><th scope="col">Loket</th><th scope="col">Keperluan</th><th scope="col">Jam layanan</th></tr>
</thead>
<tbody>
<tr><th scope="row">1</th><td>Perekaman dan pencetakan KTP elektronik</td><td>08.00–11.30</td></tr>
<tr><th scope="row">2</th><td>Kartu keluarga dan pindah alamat</td><td>08.00–11.30</td></tr>
<tr><th scope="row">3</th><td>Akta kelahiran dan akta kematian</td><td>08.00–11.00</td></tr>
<tr><th scope="row">4</th><td>Kartu identitas anak dan tanya jawab</td><td>08.00–12.00</td></tr>
</tbody>
</table>

Nomor antrean diambil lebih dulu melalui laman layanan, paling lambat Jumat sore. Setelah mengisi nama dan
keperluan, pemohon menerima perkiraan jam dilayani, sehingga cukup datang sekitar lima belas menit sebelumnya.
Warga yang tidak memiliki telepon pintar tetap dilayani: sebagian nomor disisakan di meja penerima tamu, dan
lansia, ibu hamil, serta penyandang disabilitas didahulukan.

<h2>Yang perlu dibawa</h2>

<ul>
<li>Kartu keluarga asli dan satu lembar salinannya.</li>
<li>KTP lama, bila ada; bila hilang, surat kehilangan dari kepolisian.</li>
<li>Surat keterangan lahir untuk akta kelahiran.</li>
<li>Nomor telepon yang masih aktif.</li>
</ul>

“Kalau berkasnya lengkap, urusan di meja ini singkat saja. Yang lama itu kalau harus pulang dulu mengambil
salinan,” kata seorang petugas loket. Ia menyarankan warga membaca daftar syarat di laman layanan sebelum
berangkat.

Seluruh layanan ini tidak dipungut biaya. Bila ada orang yang menawarkan jasa percepatan dengan imbalan, warga
diminta menolak dan memberi tahu petugas keamanan di pintu masuk.

“Biasanya saya harus tukar giliran kerja dulu dengan teman. Hari ini saya datang sambil mengajak anak,
pulangnya masih sempat ke pasar,” ujar seorang warga yang mengurus kartu identitas anak.
""",
    ),
    Story(
        picture="puskesmas",
        title="Satu Keluarga Sekali Datang: Posyandu Kini Melayani dari Balita hingga Lansia",
        category="Kesehatan",
        tags=["kota tangerang", "posyandu", "puskesmas"],
        published=(1, "09.10"),
        summary=(
            "Penimbangan balita, pemeriksaan tekanan darah, dan konsultasi remaja digabung dalam satu hari "
            "layanan agar keluarga cukup datang sekali."
        ),
        alt_text=(
            "Bangunan puskesmas bercat putih hijau; ibu, ayah, anak, dan seorang lansia berjalan menuju pintunya."
        ),
        caption="Keluarga datang ke puskesmas bersama-sama.",
        body="""
Posyandu tidak lagi hanya tempat menimbang balita. Pada hari layanan terpadu, satu keluarga dapat datang
bersama: anak ditimbang dan diukur, ibu hamil diperiksa, remaja berkonsultasi, dan kakek-nenek dicek tekanan
darah serta gula darahnya. Semua dilakukan di satu tempat, dengan satu kali pendaftaran.

Petugas puskesmas menjelaskan, penggabungan ini berangkat dari keluhan yang sering didengar kader. Banyak ibu
harus datang dua atau tiga kali dalam sebulan karena jadwal anak dan jadwal orang tua berbeda. Akibatnya, yang
paling sering terlewat justru pemeriksaan untuk diri mereka sendiri.

<h2>Lima meja, satu alur</h2>

Setelah mendaftar, warga berpindah dari meja pengukuran ke meja pencatatan, lalu ke meja penyuluhan. Kader
mencatat hasilnya di buku kesehatan dan menjelaskan artinya dengan bahasa sehari-hari. Bila ada hal yang perlu
diperiksa lebih lanjut, petugas langsung membuatkan rujukan ke puskesmas.

<blockquote><p>Kami tidak hanya menyebut angka. Kami tanya makannya apa, tidurnya bagaimana, lalu kami cari
bersama apa yang bisa diubah minggu ini juga.</p></blockquote>

Begitu seorang kader menggambarkan cara kerjanya. Menurut dia, warga lebih mudah mengikuti saran yang kecil
dan jelas, misalnya menambah satu lauk hewani untuk anak atau berjalan kaki sebentar setiap pagi.

Warga diminta membawa buku kesehatan ibu dan anak, kartu identitas, dan obat yang sedang diminum. Anak yang
sedang demam sebaiknya tidak ikut mengantre di posyandu, tetapi langsung dibawa ke puskesmas agar cepat
ditangani.

Bagi lansia yang sulit berjalan, kader bersedia datang ke rumah. Keluarga cukup memberi tahu kader paling
lambat sehari sebelumnya. Hasil pemeriksaan di rumah dicatat dalam buku yang sama, sehingga dokter di
puskesmas dapat membacanya pada kunjungan berikutnya.

Jadwal setiap posyandu ditempel di balai warga dan dapat ditanyakan kepada kader. Layanan ini tidak dipungut
biaya.
""",
    ),
    Story(
        picture="perpustakaan-keliling",
        district="Karawaci",
        title="Mobil Perpustakaan Singgah di Sekolah, Jam Istirahat Jadi Jam Membaca",
        category="Pendidikan",
        tags=["perpustakaan", "literasi", "sekolah"],
        published=(2, "10.05"),
        summary=(
            "Perpustakaan keliling mendatangi sekolah yang koleksi bukunya masih sedikit. Murid boleh "
            "meminjam dan mengembalikannya pada kunjungan berikut."
        ),
        alt_text=(
            "Mobil berisi rak buku di bawah pohon rindang; murid memilih buku dan sebagian membaca di atas tikar."
        ),
        caption="Murid memilih buku dari rak mobil perpustakaan keliling.",
        body="""
Begitu mobil perpustakaan keliling berhenti di halaman, murid-murid langsung berkerumun di depan raknya. Pintu
samping dibuka, tikar digelar di bawah pohon, dan jam istirahat berubah menjadi jam membaca.

Perpustakaan keliling mendatangi sekolah dasar yang koleksi bukunya masih sedikit atau sudah lama tidak
bertambah. Setiap kunjungan membawa buku yang berbeda: cerita rakyat, pengetahuan alam, komik sejarah, dan
buku bergambar untuk kelas rendah. Guru boleh memesan tema, misalnya buku tentang air ketika kelas sedang
belajar daur hujan.

“Anak-anak paling cepat habis memilih buku tentang hewan dan luar angkasa. Yang tebal pun dipinjam asal banyak
gambarnya,” kata seorang pustakawan sambil mencatat nama peminjam.

Murid boleh membawa pulang satu buku dan mengembalikannya pada kunjungan berikutnya. Bila rusak, buku tidak
perlu diganti dengan uang; murid diajak memperbaikinya bersama pustakawan dengan lem dan kertas pelapis. Cara
itu, menurut petugas, membuat anak lebih menjaga buku daripada ancaman denda.

<h2>Membaca bergantian</h2>

Di sudut tikar, seorang relawan membacakan cerita dengan suara keras, lalu berhenti sebelum bagian akhir.
Murid diminta menebak kelanjutannya, baru kemudian membaca sendiri halaman terakhir. Kegiatan kecil ini
dipakai untuk mengenalkan membaca kepada murid yang belum lancar tanpa membuat mereka malu.

Seorang guru kelas menuturkan, setelah beberapa kali kunjungan, murid mulai bertanya kapan mobil datang lagi.
Pojok baca di kelas yang tadinya sepi pun mulai dipakai karena anak-anak ingin bertukar cerita tentang buku
pinjaman mereka.

Sekolah yang ingin dikunjungi dapat mengirim permohonan melalui perpustakaan kota. Warga yang ingin menjadi
relawan pembaca cerita juga dipersilakan mendaftar di tempat yang sama.
""",
    ),
    Story(
        picture="jalan-malam",
        district="Jatiuwung",
        title="Perbaikan Jalan Dikerjakan Malam Hari, Pengendara Diminta Mengikuti Rambu",
        category="Infrastruktur",
        tags=["kota tangerang", "perbaikan jalan", "transportasi umum"],
        published=(3, "19.30"),
        summary=(
            "Pengaspalan dilakukan setelah jam sibuk agar lalu lintas siang tidak terganggu. Satu lajur "
            "tetap dibuka selama pekerjaan berlangsung."
        ),
        alt_text="Ekskavator kuning, kerucut jingga, dan dua pekerja berhelm di ruas jalan pada malam hari.",
        caption="Pekerja dan alat berat di ruas jalan yang ditutup sebagian pada malam hari.",
        body="""
Perbaikan jalan di beberapa ruas yang padat dikerjakan pada malam hari, setelah arus kendaraan pulang kerja
berkurang. Lapisan aspal yang retak dikupas, lubang diratakan, lalu jalan dilapis kembali sebelum pagi. Dengan
cara ini ruas jalan dapat dipakai lagi pada jam berangkat sekolah dan kerja.

Selama pekerjaan berlangsung, satu lajur tetap dibuka dan dijaga petugas. Pengendara diminta mengurangi
kecepatan, mengikuti kerucut pembatas, dan memberi jalan kepada kendaraan proyek yang keluar masuk. Jarak
pandang pada malam hari lebih pendek daripada yang sering dikira, apalagi bila turun hujan.

“Kami minta satu hal saja: pelan. Di balik kerucut itu ada orang yang sedang bekerja,” kata seorang pengawas
lapangan.

<h2>Bus dan angkutan lingkungan</h2>

Bus malam yang melintasi ruas pekerjaan tetap beroperasi, tetapi dapat terlambat beberapa menit. Penumpang
yang biasa menunggu di halte dekat lokasi pekerjaan dipersilakan memakai halte sementara yang ditandai papan
berwarna jingga. Pengurus RT di sepanjang jalan sudah menerima jadwal pekerjaan agar warga dapat memindahkan
kendaraan yang biasa diparkir di bahu jalan.

Warga yang tinggal di tepi jalan mungkin akan mendengar suara mesin. Pekerjaan paling bising, seperti mengupas
aspal, diatur agar selesai sebelum larut malam; sesudahnya tinggal perataan dan pemadatan. Debu dikurangi
dengan menyiram permukaan jalan sebelum dikupas.

“Berisik dua malam tidak apa-apa, yang penting lubang di depan gang tidak menjebak sepeda motor lagi,” ujar
seorang warga yang membuka warung di dekat lokasi.

Lubang atau retakan di ruas lain dapat dilaporkan melalui kelurahan atau laman pengaduan dengan menyertakan
foto dan patokan lokasi. Laporan yang jelas, misalnya menyebut nomor tiang listrik atau nama toko terdekat,
mempercepat petugas menemukan tempatnya.
""",
    ),
    Story(
        picture="festival",
        title="Perahu Hias dan Lampion Sambut Malam di Tepi Cisadane",
        category="Budaya",
        tags=["kota tangerang", "festival budaya", "sungai cisadane", "umkm"],
        published=(5, "20.15"),
        summary=(
            "Warga memadati bantaran sungai untuk menonton lomba perahu, mendengar musik, dan mencicipi "
            "jajanan dari pedagang setempat."
        ),
        alt_text=(
            "Dua perahu naga berisi pendayung melaju di sungai pada waktu senja; lampion dan bendera hias "
            "bergantung di atasnya."
        ),
        caption="Dua regu pendayung berlomba di bawah lampion pada waktu senja.",
        body="""
Bunyi tambur terdengar lebih dulu, baru kemudian perahunya tampak. Dua perahu berkepala naga melaju
berdampingan di Sungai Cisadane, disambut sorak penonton yang memenuhi bantaran. Menjelang gelap, lampion di
sepanjang tepi sungai dinyalakan satu per satu.

Festival tepi sungai ini mempertemukan banyak kelompok: regu pendayung dari kampung-kampung, perajin lampion,
pemusik, juga pedagang makanan rumahan. Perahu hias dibuat sendiri oleh warga dengan kerangka bambu dan kertas
warna. Beberapa regu memilih bentuk ikan dan bunga, yang lain membuat tiruan rumah lama.

“Tiga minggu kami mengerjakannya sepulang kerja. Yang muda belajar melipat kertas, yang tua menceritakan
sungai ini pada zaman mereka kecil,” tutur seorang warga yang ikut menghias perahu.

<h2>Jajanan dari dapur tetangga</h2>

Di jalan setapak, pedagang menawarkan laksa, kue pepe, dan minuman jahe. Sebagian besar adalah usaha kecil
yang biasanya berjualan dari rumah. Panitia menata gerai sejajar agar pejalan kaki leluasa, dan menyediakan
tempat cuci piring supaya pedagang tidak memakai wadah sekali pakai.

<blockquote><p>Kalau piringnya bisa dicuci, sungai kita tidak ikut makan plastik.</p></blockquote>

Kalimat itu tertulis di papan dekat gerai, dan tampaknya dipatuhi: setelah acara usai, relawan hanya perlu
menyapu sebentar sebelum bantaran kembali bersih.

Demi keselamatan, anak-anak diminta selalu bersama orang tua dan tidak melewati pagar pembatas. Perahu
penolong berjaga di dua sisi lintasan, dan seluruh pendayung memakai rompi pelampung. Bila air sungai naik
karena hujan di hulu, lomba ditunda dan penonton diberi tahu melalui pengeras suara.

Festival ditutup dengan nyanyian bersama. Lampion terapung dilepas di dekat tepi, lalu diangkat kembali oleh
perahu petugas agar tidak menjadi sampah.
""",
    ),
    Story(
        picture="halte",
        title="Rute Bus Kota Disesuaikan, Waktu Kedatangan Bisa Dilihat dari Telepon",
        category="Layanan Publik",
        tags=["transportasi umum", "layanan digital", "perbaikan jalan"],
        published=(6, "07.45"),
        summary=(
            "Beberapa halte digeser mendekati pasar dan puskesmas. Penumpang dapat melihat perkiraan "
            "kedatangan bus di telepon atau di papan halte."
        ),
        alt_text=("Bus kota berwarna jingga berhenti di dekat halte; beberapa penumpang menunggu di bawah atap."),
        caption="Penumpang menunggu bus di halte yang sudah beratap.",
        body="""
Rute bus kota disesuaikan agar lebih banyak melewati tempat yang sering dituju warga: pasar, puskesmas,
sekolah, dan kantor kelurahan. Sebagian halte digeser beberapa puluh langkah supaya penumpang tidak perlu
menyeberang jalan besar. Perubahan ini juga menghindarkan bus dari ruas yang sedang diperbaiki.

Perkiraan kedatangan kini dapat dilihat melalui telepon. Penumpang cukup memilih nama halte, lalu muncul
daftar bus yang akan datang beserta perkiraan waktunya. Di halte yang ramai, keterangan yang sama ditampilkan
pada papan, sehingga penumpang tanpa telepon pintar pun terbantu.

“Dulu saya menebak-nebak, kadang bus baru saja lewat. Sekarang saya bisa menyelesaikan cucian dulu baru
berangkat,” kata seorang warga yang setiap hari naik bus ke pasar.

<h2>Yang berubah bagi penumpang</h2>

<ul>
<li>Naik dari pintu depan, turun dari pintu tengah, supaya tidak berdesakan.</li>
<li>Dua kursi di dekat pintu disediakan untuk lansia, ibu hamil, dan penyandang disabilitas.</li>
<li>Anak sekolah berseragam mendapat tarif pelajar.</li>
<li>Barang belanjaan besar diletakkan di ruang kosong dekat pintu tengah.</li>
</ul>

Petugas perhubungan mengingatkan bahwa waktu pada aplikasi adalah perkiraan. Hujan, perlintasan kereta, dan
pekerjaan jalan dapat membuat bus terlambat. Bila sebuah bus berhenti beroperasi di tengah jalan, penumpang
dipindahkan ke bus berikutnya tanpa membayar lagi.

Pengguna kursi roda dapat naik melalui pintu tengah yang dilengkapi bidang miring. Pengemudi akan turun
membantu dan menunggu sampai penumpang duduk dengan aman. Halte yang trotoarnya masih terlalu rendah ditandai
pada peta agar penumpang dapat memilih halte lain yang terdekat.

Masukan tentang letak halte masih dibuka. Warga dapat menuliskannya pada formulir di dalam bus atau di laman
layanan, dengan menyebut nama halte dan jam keberangkatan. Usulan dari beberapa RW tentang halte yang terlalu
gelap sudah ditindaklanjuti dengan pemasangan lampu.
""",
    ),
    Story(
        picture="kampung",
        district="Cipondoh",
        title="Cegah Demam Berdarah, Warga Menguras Bak Air dan Merapikan Selokan Bersama",
        category="Kesehatan",
        tags=["demam berdarah", "puskesmas", "drainase", "musyawarah warga"],
        published=(8, "08.30"),
        summary=(
            "Kerja bakti dimulai dari rumah masing-masing, lalu berlanjut ke selokan lingkungan. Kader "
            "membagikan lembar periksa jentik untuk diisi setiap pekan."
        ),
        alt_text=(
            "Warga menyapu gang, membersihkan selokan, dan menguras bak air di antara rumah-rumah pada pagi hari."
        ),
        caption="Kerja bakti di gang permukiman pada pagi hari.",
        body="""
Sapu lidi, ember, dan sikat sudah berjajar di mulut gang sejak pagi. Warga bersepakat mengerjakan satu hal
bersama sebelum memulai kegiatan masing-masing: menghilangkan tempat nyamuk bertelur. Kerja bakti itu
diputuskan dalam musyawarah RT setelah kader mendapati jentik di beberapa penampungan air.

Petugas puskesmas mengingatkan bahwa nyamuk penyebar demam berdarah berkembang biak di air bersih yang
tergenang, bukan di air kotor. Karena itu yang pertama diperiksa adalah bak mandi, tempat minum burung,
tatakan pot, dan penampung air di belakang lemari es.

<h2>Urutan yang disepakati</h2>

<ul>
<li>Menguras dan menyikat dinding bak air, paling sedikit sekali seminggu.</li>
<li>Menutup rapat penampung air yang tidak bisa dikuras.</li>
<li>Mengumpulkan kaleng, botol, dan ban bekas untuk didaur ulang.</li>
<li>Membersihkan selokan agar air mengalir dan tidak menggenang.</li>
</ul>

Menurut petugas, pengasapan bukan jawaban pertama. Asap hanya mematikan nyamuk dewasa, sedangkan jentik tetap
hidup dan menjadi nyamuk beberapa hari kemudian. Yang memutus daur hidupnya adalah kebiasaan menguras dan
menutup, dilakukan serempak oleh seluruh rumah.

“Kalau hanya satu rumah yang rajin, nyamuknya tinggal pindah. Makanya kami kerjakan serentak, dan hasilnya
ditempel di pos ronda,” kata seorang kader yang berkeliling membawa senter dan lembar periksa.

Lembar periksa jentik diisi sendiri oleh setiap keluarga dan dikumpulkan pada akhir pekan. Anak-anak sering
diberi tugas memegang senter, dan biasanya merekalah yang paling teliti menemukan jentik.

Warga yang mengalami demam tinggi mendadak, nyeri di belakang mata, atau bintik merah pada kulit diminta
segera datang ke puskesmas. Minum air yang cukup dan jangan menunggu sampai hari ketiga untuk memeriksakan
diri.
""",
    ),
    Story(
        picture="musyawarah",
        district="Neglasari",
        title="Dari Selembar Kertas Tempel Menjadi Rencana Kota: Sehari Mengikuti Musyawarah Warga",
        category="Pemerintahan",
        tags=["kota tangerang", "musyawarah warga", "drainase", "ruang terbuka hijau", "layanan digital"],
        published=(10, "13.40"),
        summary=(
            "Bagaimana sebuah usulan lahir di pendopo kelurahan, ditimbang bersama, dan diikuti sampai masuk "
            "ke rencana kerja. Laporan panjang tentang musyawarah warga."
        ),
        alt_text=(
            "Warga duduk melingkar di bawah atap pendopo; seorang perempuan menunjuk papan berisi kertas warna-warni."
        ),
        caption="Musyawarah warga di pendopo kelurahan; usulan ditulis pada kertas tempel.",
        body="""
Pukul delapan pagi, pendopo kelurahan masih lengang. Seorang perempuan menata kertas tempel warna-warni di
atas meja: kuning untuk jalan dan saluran, hijau untuk taman dan kebersihan, biru untuk layanan, merah muda
untuk pendidikan dan kesehatan. Setengah jam kemudian tikar sudah penuh. Ada pengurus RT, kader posyandu, guru
mengaji, pemuda karang taruna, pedagang kue, dan beberapa orang tua murid yang membawa anak mereka.

Mereka datang untuk musyawarah perencanaan, pertemuan tahunan tempat warga menyampaikan apa yang perlu
dikerjakan di lingkungan mereka. Pertemuan seperti ini sering dibayangkan kaku: pidato, makan siang, lalu
pulang. Yang terjadi hari itu lain. Hampir tidak ada pidato, dan yang paling banyak berbicara justru warga
yang duduk di barisan belakang.

<h2>Satu orang, dua kertas</h2>

Aturannya sederhana. Setiap orang mendapat dua lembar kertas. Pada lembar pertama ditulis masalahnya, pada
lembar kedua tempatnya. Belum boleh menulis jalan keluar. Alasannya, kata pemandu, orang sering datang membawa
jawaban padahal masalahnya belum tentu sama.

Contohnya segera muncul. Tiga orang menempelkan usulan “perbaikan jalan” untuk gang yang sama. Setelah ditanya
satu per satu, ternyata jalannya tidak rusak. Yang mereka keluhkan adalah genangan setiap kali hujan deras,
dan genangan itu terjadi karena selokan di ujung gang tertutup tanah. Usulan pun berganti: bukan mengecor
jalan, melainkan membuka dan memperlebar saluran.

“Kalau kami langsung menulis pengecoran, airnya malah masuk ke rumah karena jalannya jadi lebih tinggi,” ujar
seorang warga yang rumahnya berada di gang itu. Peserta lain tertawa, lalu mengangguk.

<h2>Menimbang dengan biji jagung</h2>

Setelah semua masalah tertempel, papan menjadi penuh dan tidak mungkin semuanya dikerjakan bersamaan. Maka
tibalah bagian yang paling ditunggu anak-anak: pemungutan suara dengan biji jagung. Setiap peserta menerima
lima biji dan bebas menaruhnya dalam mangkuk di bawah usulan yang dianggap paling mendesak. Lima biji boleh
ditaruh di satu mangkuk, boleh pula dibagi.

Cara ini dipilih supaya orang yang segan berbicara tetap ikut menentukan. Seorang nenek yang sejak pagi diam
ternyata menaruh kelima bijinya pada usulan lampu di jalan setapak menuju musala. Ketika diminta bercerita, ia
berkata pendek saja: ia ingin berjalan pulang tanpa takut tersandung. Beberapa peserta kemudian memindahkan
biji mereka.

<blockquote><p>Suara yang pelan pun harus terdengar. Itu sebabnya kami memakai biji jagung, bukan acungan
tangan.</p></blockquote>

Begitu pemandu menjelaskan kepada peserta yang baru pertama kali datang. Menjelang siang, hasilnya terlihat.
Saluran di ujung gang memperoleh biji terbanyak, disusul lampu jalan setapak, tempat duduk di taman
lingkungan, dan jam buka perpustakaan kelurahan pada sore hari.

<h2>Ukuran yang dipakai</h2>

Jumlah biji bukan satu-satunya penentu. Petugas perencanaan ikut duduk di tikar untuk memeriksa setiap usulan
dengan beberapa pertanyaan yang sama:

<ul>
<li>Apakah tempatnya milik umum, atau masih tanah perorangan?</li>
<li>Siapa yang paling terbantu, dan adakah yang dirugikan?</li>
<li>Dapatkah dikerjakan sendiri oleh warga dengan bantuan bahan, atau perlu alat berat?</li>
<li>Siapa yang merawatnya setelah selesai?</li>
</ul>

Pertanyaan terakhir paling sering membuat peserta terdiam. Taman kecil yang diusulkan para pemuda, misalnya,
baru disepakati setelah mereka menyusun giliran menyiram dan menyapu. Mereka juga meminta pohon peneduh yang
akarnya tidak merusak saluran, sebuah permintaan yang lahir dari pembicaraan tentang selokan sebelumnya.

Ada pula usulan yang dikembalikan. Permintaan memasang pagar di sebuah lahan kosong tidak dapat diteruskan
karena status tanahnya belum jelas. Petugas tidak sekadar menolak; ia menuliskan apa yang harus diurus lebih
dulu dan kantor mana yang dapat membantu. Kertas itu tidak dibuang, melainkan dipindahkan ke kolom “menunggu”
di sisi papan.

Sebaliknya, beberapa usulan dapat dikerjakan tanpa menunggu anggaran. Lampu pos ronda yang mati diganti malam
itu juga oleh seorang tukang listrik yang tinggal di gang yang sama. Jam buka perpustakaan kelurahan digeser
mulai pekan berikutnya, setelah dua relawan bersedia menjaga pada sore hari. Pemandu menandai usulan seperti
itu dengan titik hijau, dan peserta bertepuk tangan setiap kali sebuah titik ditempelkan.

<h2>Setelah tikar digulung</h2>

Bagi banyak warga, bagian tersulit bukan mengusulkan, melainkan menunggu tanpa kabar. Karena itu hasil
musyawarah ditulis dalam satu lembar ringkas, ditempel di papan pengumuman, dan dimuat di laman layanan.
Setiap usulan mendapat nomor. Dengan nomor itu warga dapat melihat usulannya sedang berada di mana: kelurahan,
kecamatan, atau sudah masuk rencana kerja dinas.

“Saya tidak menuntut semuanya jadi. Saya hanya ingin tahu kalau tidak jadi, sebabnya apa,” kata seorang
pengurus RT yang sudah beberapa kali mengikuti musyawarah.

Pemuda karang taruna menawarkan diri membantu tetangga yang belum terbiasa membuka laman tersebut. Mereka akan
membuka meja kecil di pendopo setiap Sabtu sore. Warga cukup menyebut nomor usulan, dan keadaannya dicetak
pada selembar kertas.

Dari kelurahan, usulan yang disepakati dibawa ke musyawarah kecamatan, lalu dipertemukan dengan rencana dinas.
Di situ usulan dari beberapa kelurahan sering digabung. Saluran di ujung gang tadi, misalnya, bersambung
dengan saluran kelurahan sebelah; memperbaikinya hanya setengah jalan tidak akan menghilangkan genangan.
Karena itu wakil kedua kelurahan diminta duduk bersama sebelum gambar rencananya dibuat.

Tidak semua yang dibawa ke kecamatan kembali dengan kabar baik. Dana terbatas, dan kelurahan lain juga
mempunyai daftar yang panjang. Yang dijanjikan hanyalah bahwa setiap usulan ditimbang dengan ukuran yang sama
dan alasannya ditulis. Usulan yang belum terpilih tidak hilang; ia tetap tersimpan dengan nomornya dan dapat
dibawa kembali pada musyawarah berikutnya tanpa harus ditulis ulang dari awal.

<h2>Yang dapat dilakukan warga</h2>

Musyawarah terbuka bagi siapa saja yang tinggal di kelurahan itu. Undangan memang diberikan kepada pengurus RT
dan RW, tetapi warga lain boleh hadir dan berbicara. Mereka yang tidak dapat datang boleh menitipkan kertas
kepada tetangga atau mengisi formulir di laman layanan sebelum hari pelaksanaan. Kelurahan juga menyediakan
penerjemah bahasa isyarat bila diminta beberapa hari sebelumnya.

Menjelang pukul satu siang, tikar digulung dan sisa kue dibagikan kepada anak-anak. Papan berisi kertas
warna-warni difoto dari dekat supaya tidak ada yang hilang. Nenek yang menaruh lima bijinya pada lampu jalan
setapak pulang paling akhir. Ia sempat bertanya kapan lampunya menyala. Pemandu tidak menjanjikan tanggal. Ia
menuliskan nomor usulan di secarik kertas, menjelaskan cara menanyakannya, dan mengantar nenek itu sampai ke
ujung jalan.
""",
    ),
    Story(
        picture="sekolah",
        title="Bank Sampah Sekolah: Botol Bekas Ditukar Buku Tulis",
        category="Pendidikan",
        tags=["sekolah", "pengelolaan sampah", "kota tangerang"],
        published=(13, "11.15"),
        summary=(
            "Murid memilah sampah sejak dari kelas. Hasil penjualan botol dan kertas dicatat dalam buku "
            "tabungan masing-masing."
        ),
        alt_text=(
            "Halaman sekolah dasar dengan tiang bendera; murid berseragam merah putih dan guru berdiri di "
            "dekat tiga tempat sampah berwarna."
        ),
        caption="Murid dan guru di dekat tempat sampah terpilah di halaman sekolah.",
        body="""
Di sudut halaman sekolah berdiri tiga tempat sampah berwarna: hijau untuk sisa makanan dan daun, kuning untuk
plastik dan kaleng, biru untuk kertas. Setiap Jumat, murid membawa isi tempat kuning dan biru ke meja timbang,
lalu beratnya dicatat dalam buku tabungan.

Itulah bank sampah sekolah. Botol dan kertas yang terkumpul dijual kepada pengepul, dan hasilnya menjadi
tabungan murid. Pada akhir semester tabungan boleh ditukar dengan buku tulis, pensil, atau bibit tanaman.
Sebagian kelas sepakat menggabungkan tabungan untuk membeli buku cerita bagi pojok baca.

“Awalnya anak-anak mengira ini lomba mengumpulkan botol sebanyak-banyaknya. Kami luruskan: yang terbaik justru
kelas yang sampahnya sedikit,” kata seorang guru pembina.

<h2>Belajar dari yang dibuang</h2>

Pelajaran berhitung mendapat bahan baru. Murid kelas tinggi menghitung berat rata-rata sampah kelas, membuat
grafik, dan membandingkannya dari pekan ke pekan. Murid kelas rendah belajar membedakan bahan dengan meraba
dan mendengar bunyinya ketika diketuk.

Sisa makanan dan daun tidak dijual, melainkan dimasukkan ke lubang kompos di belakang kelas. Kompos itu
dipakai untuk kebun kecil yang ditanami kangkung, cabai, dan bunga telang. Kantin ikut menyesuaikan diri
dengan menyediakan gelas yang dapat dicuci serta mengizinkan murid membawa wadah makan sendiri.

<blockquote><p>Sekarang di rumah saya yang menegur Ayah kalau botol dibuang ke tempat yang
salah.</p></blockquote>

Demikian ucapan seorang murid yang disambut tawa teman-temannya. Menurut guru, perubahan kebiasaan di rumah
seperti itulah tujuan sebenarnya.

Sekolah lain yang ingin memulai dapat meminta pendampingan dari petugas kebersihan di kecamatan. Perlengkapan
awalnya tidak banyak: tiga wadah, satu timbangan, buku catatan, dan jadwal pengambilan oleh pengepul yang
sudah disepakati.
""",
    ),
    Story(
        picture="pasar",
        district="Ciledug",
        title="Pasar Rakyat Ditata Ulang: Lorong Lebih Lapang, Sampah Diangkut Dua Kali Sehari",
        category="Layanan Publik",
        tags=["pasar rakyat", "umkm", "pengelolaan sampah"],
        published=(17, "09.50"),
        summary=(
            "Penataan membagi pasar menurut jenis dagangan dan memisahkan jalur bongkar muat dari jalur "
            "pembeli. Pedagang ikut menyusun denahnya."
        ),
        alt_text=(
            "Empat kios pasar beratap garis-garis menjual sayur, buah, kain, dan ikan; pembeli berjalan "
            "membawa keranjang."
        ),
        caption="Kios sayur, buah, kain, dan ikan setelah penataan.",
        body="""
Lorong pasar yang dulu hanya cukup untuk satu orang kini dapat dilalui dua pembeli yang berpapasan sambil
membawa keranjang. Penataan ulang pasar rakyat membagi kios menurut jenis dagangan: sayur dan buah di depan,
bahan kering di tengah, ikan dan daging di bagian yang lantainya mudah disiram.

Denahnya disusun bersama pedagang. Mereka berkeliling membawa gambar, menunjuk tiang yang menghalangi
pandangan, dan memilih letak keran air. Pedagang ikan meminta saluran pembuangan yang ditutup jeruji,
sedangkan penjual kain ingin berada jauh dari bagian yang basah.

“Yang paling terasa itu jalur barang. Dulu gerobak dan pembeli berebut lorong. Sekarang barang masuk dari
belakang sebelum jam enam,” ujar seorang pedagang sayur.

<h2>Bersih dari pagi sampai sore</h2>

Sampah diangkut dua kali sehari, pagi setelah bongkar muat dan sore sebelum pasar tutup. Sisa sayuran
dikumpulkan terpisah untuk dijadikan kompos. Pedagang menyapu bagian depan kiosnya sendiri, dan petugas
membersihkan lorong utama. Tempat cuci tangan tersedia di setiap pintu masuk.

<ul>
<li>Pembeli dianjurkan membawa tas belanja sendiri.</li>
<li>Timbangan pedagang diperiksa secara berkala; meja timbang ulang tersedia di dekat kantor pengelola.</li>
<li>Parkir sepeda diletakkan paling dekat dengan pintu masuk.</li>
</ul>

Pelaku usaha kecil yang belum mempunyai kios dapat memakai gerai bergilir di dekat pintu utama. Gerai itu
dipinjamkan untuk waktu pendek supaya pembuat kue, kerajinan, dan minuman rumahan dapat mencoba pasar tanpa
menyewa tempat sepanjang tahun.

Pengelola membuka kotak saran dan menjawabnya di papan pengumuman setiap awal pekan. Saran yang sudah
dilaksanakan, antara lain, adalah penambahan kipas di bagian tengah dan kursi tunggu bagi pembeli lanjut usia.
""",
    ),
    Story(
        picture="panggung",
        title="Panggung Akhir Pekan: Wayang, Keroncong, dan Dongeng di Taman Kota",
        category="Budaya",
        tags=["festival budaya", "ruang terbuka hijau", "umkm", "literasi"],
        published=(21, "18.20"),
        summary=(
            "Taman kota menjadi panggung terbuka pada akhir pekan. Pemain muda mendapat giliran tampil "
            "sebelum kelompok yang lebih berpengalaman."
        ),
        alt_text=(
            "Pertunjukan wayang di layar terang dengan gunungan di tengah; pemain gamelan dan penonton duduk "
            "di depannya pada malam hari."
        ),
        caption="Pertunjukan wayang pada panggung terbuka di taman kota.",
        body="""
Begitu lampu taman diredupkan, layar putih di panggung menyala dan gunungan wayang ditancapkan tepat di
tengahnya. Anak-anak yang tadi berlarian duduk bersila di barisan depan. Malam itu panggung akhir pekan dibuka
dengan lakon pendek yang dimainkan dalang remaja.

Panggung akhir pekan memberi tempat bagi kelompok seni dari kampung, sekolah, dan sanggar. Susunannya sengaja
dibuat berselang-seling: pemain muda tampil lebih dahulu, lalu kelompok yang lebih berpengalaman, kemudian
keduanya bermain bersama. Selain wayang, ada keroncong, gambang kromong, tari, dan pembacaan dongeng.

“Saya gemetar waktu pertama memegang wayang di depan orang banyak. Untung penontonnya mau tertawa,” kata
seorang dalang muda setelah turun dari panggung.

<h2>Bercerita sebelum dimulai</h2>

Supaya penonton yang belum mengenal lakonnya dapat mengikuti, seorang pencerita menjelaskan tokoh-tokohnya
selama beberapa menit. Ringkasan cerita juga dicetak dalam huruf besar dan dibagikan di pintu masuk. Bagi
anak-anak tersedia lembar mewarnai bergambar tokoh wayang.

<ul>
<li>Sore: dongeng anak dan permainan tradisional.</li>
<li>Petang: penampilan sekolah dan sanggar.</li>
<li>Malam: pertunjukan utama, selesai sebelum larut.</li>
</ul>

Pedagang makanan rumahan menempati sisi taman yang sudah disediakan lampu dan tempat sampah. Penonton diminta
membawa botol minum sendiri; air isi ulang tersedia di dekat panggung. Suara pengeras dijaga agar tidak
mengganggu rumah warga di sekitar taman.

Bila hujan turun, pertunjukan dipindahkan ke balai di sisi taman. Tempat duduk di barisan depan disediakan
bagi anak-anak dan pengguna kursi roda, sedangkan penonton yang datang belakangan dapat mengikuti pertunjukan
dari layar kedua.

Kelompok yang ingin tampil dapat mendaftar dengan mengirim rekaman pendek atau datang langsung pada hari
latihan terbuka. Panitia tidak mensyaratkan pakaian lengkap atau alat musik sendiri. Yang diutamakan, kata
seorang anggota panitia, adalah kesediaan berlatih bersama dan mengajar yang lebih muda.
""",
    ),
    Story(
        picture="taman",
        district="Batuceper",
        title="Taman Lingkungan Dirawat Bergiliran, Anak dan Lansia Punya Sudut Masing-Masing",
        category="Infrastruktur",
        tags=["ruang terbuka hijau", "musyawarah warga", "kota tangerang"],
        published=(25, "16.10"),
        summary=(
            "Lahan yang dulu menjadi tempat menumpuk puing kini menjadi taman. Warga menyusun jadwal "
            "menyiram dan memilih sendiri tanamannya."
        ),
        alt_text=(
            "Taman dengan pohon rindang, jalan setapak, perosotan merah, dan kolam; seorang anak "
            "menerbangkan layang-layang."
        ),
        caption="Taman lingkungan dengan pohon peneduh, perosotan, dan kolam kecil.",
        body="""
Lahan di tengah permukiman itu dulu menjadi tempat menumpuk puing dan barang bekas. Kini ada pohon peneduh,
jalan setapak, bangku, perosotan, dan kolam kecil tempat air hujan meresap. Yang merawatnya bukan petugas
tetap, melainkan warga dari empat RT yang bergiliran setiap pekan.

Perubahannya dimulai dari musyawarah. Warga diminta menggambar taman yang mereka inginkan, lalu gambar-gambar
itu digabung. Anak-anak menginginkan tempat memanjat, lansia meminta jalan yang rata dan bangku bersandaran,
sedangkan para ibu mengusulkan lampu dan pandangan yang terbuka dari segala sisi.

<blockquote><p>Taman yang ramai akan menjaga dirinya sendiri. Kalau sepi dan gelap, pagar setinggi apa pun
tidak menolong.</p></blockquote>

Kalimat seorang warga dalam musyawarah itu menjadi pegangan perancangnya. Semak dibuat rendah, lampu dipasang
di persimpangan jalan setapak, dan tempat bermain diletakkan di dekat bangku orang tua.

<h2>Memilih pohon</h2>

Jenis pohon dipilih bersama petugas pertamanan. Akarnya tidak boleh mengangkat jalan setapak dan daunnya tidak
boleh menyumbat saluran. Di bagian tepi ditanam tanaman obat dan bumbu yang boleh dipetik siapa saja
secukupnya.

Jadwal perawatan ditempel di papan dekat pintu masuk: menyiram, menyapu, memeriksa mainan, dan mengosongkan
tempat sampah. Bila ada yang rusak, pengurus mencatatnya dan melapor ke kelurahan. Kerusakan kecil diperbaiki
sendiri dengan peralatan yang disimpan di pos ronda.

“Saya menyiram sambil jalan pagi, jadi tidak terasa sebagai tugas. Cucu saya sudah hafal nama semua pohonnya,”
tutur seorang warga lanjut usia.

Pada Sabtu sore taman dipakai untuk senam bersama dan pertukaran bibit. Sampah daun dikumpulkan di kotak
kompos di sudut taman, lalu dikembalikan ke tanah sebagai pupuk.

Warga di lingkungan lain yang memiliki lahan kosong milik umum dapat mengusulkannya melalui musyawarah
kelurahan, disertai kesepakatan tentang siapa yang akan merawatnya.
""",
    ),
    Story(
        picture="cakrawala",
        title="Satu Pintu untuk Pengaduan: Setiap Laporan Warga Mendapat Nomor dan Batas Waktu",
        category="Pemerintahan",
        tags=["kota tangerang", "layanan digital", "administrasi kependudukan"],
        published=(29, "10.30"),
        summary=(
            "Laporan dari laman, telepon, dan loket digabung dalam satu daftar. Warga dapat mengikuti "
            "penanganannya dengan nomor laporan."
        ),
        alt_text=(
            "Deretan atap kota saat matahari terbit; titik-titik yang terhubung garis melambangkan jaringan layanan."
        ),
        caption="Ilustrasi kota yang terhubung dalam satu jaringan layanan.",
        body="""
Lampu jalan yang padam, pohon tumbang, berkas yang tidak kunjung selesai: semuanya kini dilaporkan melalui
satu pintu. Laporan yang masuk dari laman layanan, telepon, maupun loket kelurahan digabung dalam satu daftar,
sehingga warga tidak perlu menebak kantor mana yang berwenang.

Setiap laporan mendapat nomor. Dengan nomor itu pelapor dapat melihat apakah laporannya sudah dibaca,
diteruskan ke dinas yang mana, dan kapan harus dijawab. Bila batas waktunya lewat, laporan otomatis naik ke
atasan petugas yang bersangkutan.

“Dulu laporan yang salah alamat berhenti di meja pertama. Sekarang kewajiban meneruskannya ada pada kami,
bukan pada warga,” ujar seorang petugas penerima laporan.

<h2>Menulis laporan yang mudah ditangani</h2>

<ul>
<li>Satu laporan untuk satu masalah.</li>
<li>Sebutkan patokan tempat, bukan hanya nama jalan.</li>
<li>Sertakan foto bila aman mengambilnya.</li>
<li>Jangan menuliskan nomor induk kependudukan orang lain di ruang terbuka.</li>
</ul>

Nama pelapor tidak ditampilkan kepada umum. Untuk urusan administrasi kependudukan, data pribadi hanya dapat
dibuka oleh petugas yang menangani laporan itu, dan setiap pembukaan tercatat. Pelapor juga boleh meminta agar
jawabannya dikirim melalui surat.

Laporan serupa dari tempat yang sama digabung, tetapi setiap pelapor tetap menerima kabar. Daftar laporan yang
sudah selesai dapat dibaca siapa saja, lengkap dengan apa yang dikerjakan. Keterbukaan itu, menurut petugas,
membantu warga memahami mengapa sebuah pekerjaan memerlukan waktu.

Jawaban juga harus dapat dipahami. Petugas diminta menulis dengan kalimat biasa, tanpa singkatan, dan menyebut
langkah berikutnya. Bila laporan tidak dapat dikabulkan, alasannya dijelaskan beserta jalan lain yang mungkin
ditempuh pelapor.

Warga yang tidak terbiasa dengan internet dapat meminta bantuan di loket kelurahan. Petugas akan menuliskan
laporan sesuai ucapan pelapor, membacakannya kembali, lalu menyerahkan bukti bernomor untuk disimpan.
""",
    ),
    Story(
        picture="perpustakaan",
        title="Kelas Baca Sore di Perpustakaan, Tempat Belajar yang Terbuka untuk Semua",
        category="Pendidikan",
        tags=["perpustakaan", "literasi", "umkm"],
        published=(34, "15.25"),
        summary=(
            "Perpustakaan membuka ruang baca sampai petang dengan pendamping belajar. Ada juga kelas menulis "
            "dan pembukuan sederhana bagi pelaku usaha kecil."
        ),
        alt_text="Ruang baca dengan rak buku tinggi dan jendela besar; empat pembaca duduk di meja panjang.",
        caption="Pembaca di meja panjang ruang baca perpustakaan.",
        body="""
Selepas pukul tiga sore, meja panjang di ruang baca mulai terisi. Murid datang dengan pekerjaan rumah,
mahasiswa membuka catatan, dan di ujung meja seorang pedagang kue belajar menyusun pembukuan. Mereka memakai
ruang yang sama dengan satu kesepakatan: berbicara pelan, saling membantu bila diminta.

Kelas baca sore dibuka bagi siapa saja tanpa pendaftaran. Pendamping belajar, kebanyakan relawan, duduk di
meja bertanda bendera kecil. Mereka tidak memberi jawaban, tetapi membantu mencari buku, membaca soal bersama,
dan menunjukkan cara memeriksa apakah sebuah keterangan dapat dipercaya.

“Banyak yang datang karena di rumah tidak ada meja yang tenang. Kami sediakan meja, lampu, dan teman,” kata
seorang pustakawan.

<h2>Kelas untuk orang dewasa</h2>

Pada hari tertentu ruang kecil di samping rak dipakai untuk kelas orang dewasa: membaca dasar, menulis surat
lamaran, dan pembukuan sederhana bagi pelaku usaha kecil. Bahan pelajarannya diambil dari kebutuhan peserta.
Pedagang membawa nota mereka, orang tua membawa surat dari sekolah anak.

<blockquote><p>Saya baru tahu berapa sebenarnya untung saya setelah belajar menulis pengeluaran di halaman
yang terpisah.</p></blockquote>

Pengakuan seorang peserta itu disambut anggukan teman sekelasnya. Buku kas yang mereka susun kini menjadi
contoh bagi kelompok berikutnya.

Koleksi yang paling sering dipinjam diletakkan di rak rendah agar terjangkau anak dan pengguna kursi roda.
Buku berhuruf besar serta buku bersuara tersedia di meja depan. Anggota boleh meminjam beberapa buku sekaligus
dan memperpanjangnya melalui telepon.

Warga yang ingin menjadi pendamping belajar dapat mendaftar di meja layanan. Tidak dituntut ijazah tertentu;
yang diperlukan adalah kesabaran dan waktu satu sore dalam sepekan.
""",
    ),
    Story(
        picture="jembatan",
        title="Relawan Susuri Cisadane, Angkat Sampah dan Catat Asalnya",
        category="Layanan Publik",
        tags=["sungai cisadane", "pengelolaan sampah", "banjir", "kota tangerang"],
        published=(41, "12.00"),
        summary=(
            "Sampah yang terkumpul dipilah dan dicatat jenisnya agar pencegahan bisa dilakukan dari hulunya, "
            "bukan hanya di sungai."
        ),
        alt_text=(
            "Jembatan lengkung merah di atas sungai yang tenang pada pagi hari; dua orang berperahu di bawahnya."
        ),
        caption="Sungai dan jembatan lengkung pada pagi hari.",
        body="""
Dua perahu kecil bergerak pelan menyusuri tepi Sungai Cisadane. Relawan di atasnya membawa jaring bergagang
panjang dan karung. Di daratan, kelompok lain memilah hasilnya: plastik, kain, kayu, kaca, dan sampah rumah
tangga. Setiap karung ditimbang sebelum diangkut.

Kegiatan susur sungai ini tidak berhenti pada mengangkut. Relawan mencatat jenis sampah dan tempat
ditemukannya, lalu menandainya di peta. Dari catatan itu tampak titik yang perlu ditangani lebih dulu,
misalnya mulut saluran yang belum bersaringan atau tepi jalan yang biasa dipakai membuang sampah pada malam
hari.

“Kalau hanya diangkat, minggu depan datang lagi. Kami ingin tahu pintu masuknya, lalu pintu itu yang dijaga,”
ujar seorang relawan.

<h2>Dari sungai kembali ke gang</h2>

Hasil catatan dibicarakan dengan pengurus lingkungan di sepanjang aliran. Di satu tempat warga sepakat
memasang jaring di ujung selokan dan membersihkannya bergantian. Di tempat lain yang diperlukan adalah gerobak
tambahan karena jarak rumah ke tempat penampungan terlalu jauh.

Petugas dinas mengingatkan bahwa sampah di sungai bukan hanya soal pemandangan. Tumpukan di kaki jembatan dan
pintu air menghambat aliran, sehingga permukiman di sekitarnya lebih mudah kebanjiran ketika hujan lebat turun
berjam-jam.

<ul>
<li>Relawan wajib memakai sepatu tertutup, sarung tangan, dan rompi pelampung.</li>
<li>Anak-anak membantu memilah di darat, bukan di perahu.</li>
<li>Kegiatan dibatalkan bila air naik atau arus deras.</li>
</ul>

Botol plastik yang masih bersih disalurkan ke bank sampah, kayu dan ranting dicacah menjadi bahan kompos.
Sisanya dibawa ke tempat pembuangan. Menjelang siang, relawan membersihkan peralatan dan makan bersama di
bantaran dengan piring yang dicuci sendiri.

Warga yang ingin ikut pada kegiatan berikutnya dapat mendaftar melalui kelurahan di tepi sungai. Peralatan
dipinjamkan, dan peserta baru mendapat penjelasan keselamatan sebelum turun.
""",
    ),
]
