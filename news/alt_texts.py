"""Alternative texts that say nothing about their photo: names of files and words for a picture."""

import re
from pathlib import PurePath

from news import words

_PICTURE_FILE = re.compile(r"\.(?:jpe?g|jfif|png|webp|avif|gif|hei[cf]|bmp|tiff?|svg)\s*(?:\(\d+\))?$", re.IGNORECASE)
_FILE_NUMBER = re.compile(r"\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b", re.IGNORECASE)  # a UUID
# What cameras, phones, messengers and editing programs call a file, and what says no more than "a picture".
_EMPTY_WORDS = """
alt at attachment baru berkas burst camera canva capture caption compressed copy cover crop dcim default design
deskripsi dji doc dokumen dokumentasi download dsc dscf dscn dsci edit edited edt enhanced facebook fb featured file
final foto fotonya fwd gambar gbr gopr gopro gp grafis hdr heic heif hd header ilustrasi image images img imgs
instagram jpeg jpg judul kamera kegiatan keterangan kosong lampiran line logo melalui mvimg nama night nomor null ok
original pano photo photos photogrid pic pics picsart pict picture pictures png poster potret pukul pxl received
resize resized rev revisi salinan sam scan screen screenshot shot snapchat snapseed story tangkapan layar tanpa
telegram teks tes test text thumbnail title undefined unknown unnamed untitled upload vid video wa webp whatsapp
xxx"""
_DESCRIBES = 4  # words: a file with so long a name was named by somebody who described it
_SHORTEST = 3  # letters


def says_nothing(text: str, file_name: str = "") -> bool:
    """Whether an alternative text tells nothing of what is on its photo: it is the name of a file, perhaps that of
    the uploaded `file_name`, or only words such as "foto" and "gambar", numbers and signs."""
    text = " ".join(text.split())
    if _PICTURE_FILE.search(text) or ("_" in text and " " not in text):
        return True
    empty = _EMPTY_WORDS.split()
    telling = [word for word in words.words(_FILE_NUMBER.sub("", text)) if word.isalpha() and word not in empty]
    if sum(map(len, telling)) < _SHORTEST:
        return True
    is_file_name = text.casefold() == PurePath(file_name).stem.casefold()
    return is_file_name and len(text.split()) < _DESCRIBES


def hint(text: str) -> str:
    """What to write instead of an alternative text that says nothing."""
    return (
        f"“{text}” tidak mengatakan apa yang tampak pada foto. Tuliskan itu dalam satu kalimat, misalnya: "
        "“Tiga petugas mengangkat sampah dari sungai dengan perahu karet.”"
    )
