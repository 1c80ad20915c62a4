"""What the operating system says about files, in Indonesian."""

import errno

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
}


def reason(error: OSError) -> str:
    """A clause for the operator; the system's own, in English, for what is rare."""
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)
