"""Text of realistic length for the measured pages; the same in every run."""

import random

_WORDS = """kota warga pemerintah pelayanan kesehatan sekolah jalan banjir pembangunan kecamatan kelurahan masyarakat
kegiatan program dinas anggaran lingkungan sampah taman pasar pendidikan guru siswa puskesmas vaksin bantuan sosial
izin usaha daring aplikasi data laporan pengaduan petugas lapangan perbaikan saluran air bersih listrik lampu terminal
angkutan parkir budaya festival seni olahraga pemuda keluarga ibu anak lansia relawan koperasi pelatihan kerja"""


class FillerText:
    def __init__(self) -> None:
        self.random = random.Random(1)
        self.words = _WORDS.split()

    def some(self, number: int) -> str:
        return " ".join(self.random.choices(self.words, k=number))

    def title(self) -> str:
        return self.some(8).capitalize()

    def body(self) -> str:
        """About 2,500 characters in six paragraphs."""
        return "".join(f"<p>{self.some(53).capitalize()}.</p>" for _ in range(6))

    def comment(self) -> str:
        return f"{self.some(24).capitalize()}."
