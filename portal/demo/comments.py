"""What citizens say under the demo articles. The newest of the waiting ones fill the moderators' queue."""

from typing import NamedTuple


class Remark(NamedTuple):
    """A comment under the article with this picture, so many hours after its publication."""

    picture: str
    hours: float
    name: str
    text: str
    waiting: bool = False
    email: str = ""


REMARKS = [
    Remark(
        "balai-kota",
        3.5,
        "Hendra Wijaya",
        "Selamat untuk Kota Tangerang. Mengurus surat pindah tahun ini memang jauh lebih cepat daripada dulu.",
    ),
    Remark(
        "balai-kota",
        21,
        "Nur Aini",
        "Semoga layanan untuk orang tua yang tidak memakai telepon pintar juga ikut diperhatikan. Terima kasih.",
    ),
    Remark(
        "balai-kota",
        46,
        "Bayu P.",
        "Ikut bangga sebagai warga.\n\nKalau boleh usul, laman layanan dibuat lebih ringan supaya tetap lancar saat "
        "sinyal lemah.",
    ),
    Remark(
        "pintu-air",
        0.8,
        "Dedi Kurniawan",
        "Terima kasih sudah diperiksa lebih awal. Saringan di dekat gang kami penuh daun, semoga kebagian giliran.",
    ),
    Remark(
        "pintu-air",
        1.6,
        "Ibu Yuli",
        "Bagus sekali. Kalau air mulai naik, tolong pengumumannya juga diulang pada malam hari, karena banyak yang "
        "sudah tidur.",
    ),
    Remark(
        "pintu-air",
        2.2,
        "Rizky",
        "Apakah warga boleh ikut melihat pemeriksaan pompa? Anak-anak karang taruna ingin belajar.",
        waiting=True,
    ),
    Remark(
        "loket",
        2,
        "Siti Rahmawati",
        "Akhirnya ada layanan hari Sabtu. Apakah akta kelahiran bisa langsung jadi pada hari yang sama?",
    ),
    Remark(
        "loket",
        3.4,
        "Agus S.",
        "Tabel loketnya jelas, jadi saya tidak salah antre. Petugas di meja penerima tamu juga ramah.",
    ),
    Remark(
        "loket",
        6.1,
        "Maria Lestari",
        "Mohon informasi, apakah pengambilan KTP boleh diwakilkan oleh anggota keluarga satu rumah?",
        waiting=True,
        email="maria@example.com",
    ),
    Remark(
        "festival",
        13,
        "Yohanes",
        "Anak saya masih membicarakan perahu naganya sampai pagi ini. Tahun depan kami datang lagi.",
    ),
    Remark(
        "festival",
        20,
        "Lina Marlina",
        "Senang sekali gerainya tidak memakai piring plastik. Laksanya juara!",
    ),
    Remark(
        "kampung",
        9,
        "Pak RT",
        "Di tempat kami lembar periksa jentik ditempel di pos ronda, dan warga jadi lebih rajin. Silakan dicoba.",
    ),
    Remark(
        "kampung",
        171,
        "Wulan",
        "Boleh minta contoh lembar periksa jentiknya? Ingin kami pakai di lingkungan RT sebelah.",
        waiting=True,
        email="wulan@example.com",
    ),
    Remark(
        "musyawarah",
        5,
        "Taufik Hidayat",
        "Tulisan yang enak dibaca. Cara memakai biji jagung itu patut ditiru di RW kami.",
    ),
    Remark(
        "musyawarah",
        27,
        "Ratna",
        "Saya baru tahu usulan punya nomor dan bisa ditanyakan. Semoga lampu untuk nenek itu segera menyala.",
    ),
    Remark(
        "musyawarah",
        219,
        "Joko Susilo",
        "Apakah penyewa rumah yang belum pindah KTP juga boleh datang dan ikut memberi suara?",
        waiting=True,
    ),
]
