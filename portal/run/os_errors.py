"""What the operating system says about files, in Indonesian."""

import errno
import shutil
import socket
from pathlib import Path

from news.web.numbers import decimal

_REASONS = {
    errno.EACCES: "pengguna ini tidak diizinkan",
    errno.EPERM: "pengguna ini tidak diizinkan",
    errno.EEXIST: "sudah ada",
    errno.EISDIR: "itu sebuah folder",
    errno.ENAMETOOLONG: "namanya terlalu panjang",
    errno.ENOENT: "tidak ada",
    errno.ENOSPC: "cakramnya penuh",
    errno.ENOTDIR: "yang di atasnya bukan folder",
    errno.EDQUOT: "kuota cakramnya habis",
    errno.EIO: "cakramnya tidak dapat dibaca atau ditulisi",
    errno.EROFS: "cakramnya hanya dapat dibaca",
    errno.ESTALE: "cakram jaringannya terputus",
    errno.ETIMEDOUT: "tidak menjawab",
    errno.EADDRINUSE: "sudah dipakai program lain",
    errno.EADDRNOTAVAIL: "bukan alamat mesin ini",
    socket.EAI_NONAME: "nama itu tidak dikenal",
}


def reason(error: OSError) -> str:
    """A clause for the operator; the system's own, in English, for what is rare."""
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)


def lack_of_room(folder: Path, needed: int) -> str:
    """A sentence if its disk has less than these bytes left, else ""."""
    if (free := shutil.disk_usage(folder).free) >= needed:
        return ""
    room, wanted = decimal(free / 1e9), decimal(needed / 1e9)
    return f"Ruang cakram untuk {folder} tidak cukup: perlu {wanted} GB, tersisa {room} GB."
