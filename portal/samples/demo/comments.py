"""What citizens say under the demo articles, what offices answer, and what fills the moderators' queue: questions, a
complaint, adverts of a gambling site that does not exist, a comment that a reader has reported."""

from typing import NamedTuple


class Remark(NamedTuple):
    """A comment under the article with this picture, so many hours after its publication."""

    picture: str
    hours: float
    name: str
    text: str
    waiting: bool = False
    email: str = ""
    answers: str = ""  # the name of the remark under the same article that this one replies to
    office: str = ""  # whose official answer it is
    forwarded_to: str = ""  # an office
    forwarded_note: str = ""
    reported: str = ""  # a reader's words about it


OFFICES = [
    "Dinas Kependudukan dan Pencatatan Sipil",
    "Dinas Pekerjaan Umum dan Penataan Ruang",
]

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
    Remark(
        "loket",
        4.5,
        OFFICES[0],
        "Terima kasih atas pertanyaannya, Ibu Siti. Akta kelahiran jadi pada hari yang sama bila berkasnya lengkap "
        "dan masuk sebelum pukul 10.00.",
        answers="Siti Rahmawati",
        office=OFFICES[0],
    ),
    Remark(
        "loket",
        5,
        "Yanti",
        "Betul, punya anak saya kemarin selesai sebelum makan siang.",
        answers="Siti Rahmawati",
    ),
    Remark(
        "kampung",
        12,
        "Ibu Dewi",
        "Di gang kami juga mulai dicoba, Pak. Anak-anak yang paling semangat mencari jentik.",
        answers="Pak RT",
    ),
    Remark(
        "pintu-air",
        3.1,
        "Bambang",
        "Gorong-gorong di depan pasar sudah dua minggu mampet, air masuk ke kios setiap hujan. Mohon diperiksa.",
        forwarded_to=OFFICES[1],
        forwarded_note="Petugas dijadwalkan memeriksa gorong-gorong itu pada hari Kamis.",
    ),
    Remark(
        "festival",
        26,
        "Warga Lama",
        "Tiap tahun begini terus, panitianya bodoh semua tidak pernah memikirkan tempat parkir.",
        reported="Menghina panitia, padahal mereka tetangga kita juga.",
    ),
    Remark(
        "balai-kota",
        60,
        "Rejeki88",
        "Gabung di K0TAH0KI88 gampang menang tiap hari, bonus new member 100%, cari di g00gle ya kak",
        waiting=True,
    ),
    Remark(
        "pintu-air",
        61,
        "Si Untung",
        "gabung di K O T A H O K I 8 8 gampang menang tiap hari bonus new member 100% cari di google ya gan",
        waiting=True,
    ),
    Remark(
        "loket",
        62,
        "Dewa",
        "Gabung di 𝗞𝗢𝗧𝗔𝗛𝗢𝗞𝗜𝟴𝟴 gampang menang tiap hari, bonus new member 100%, cari di google ya bos",
        waiting=True,
    ),
]
