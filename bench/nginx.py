"""nginx with deploy/nginx.conf as it is shipped; only addresses and folders are replaced."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def configure(folder: Path, *, port: int, portal: int, data_dir: Path, more: str = "") -> Path:
    """Writes the configuration of an nginx at `port` in front of the portal at `portal` into a new folder, where it
    also logs. `more` is added to its server. Returns the file for `nginx -c`."""
    folder.mkdir()
    (data_dir / "pageviews").mkdir(exist_ok=True)
    salt = data_dir / "pageviews" / "salt.conf"
    if not salt.exists():  # what is behind nginx is no portal
        salt.write_text(f"geo $portal_salt {{ default {'0' * 32}; }}\n")
    site = (ROOT / "deploy" / "nginx.conf").read_text()
    for shipped, here in {
        "127.0.0.1:8000": f"127.0.0.1:{portal}",
        "listen 80;": f"listen 127.0.0.1:{port};",
        "listen [::]:80;": "",
        "/var/lib/portal": str(data_dir),
        "/opt/portal": str(ROOT),
        "/var/log/nginx": str(folder),
        "/run/nginx-portal": str(folder / "cache"),
    }.items():
        if shipped not in site:
            raise ValueError(f"deploy/nginx.conf does not contain {shipped!r}.")
        site = site.replace(shipped, here)
    head, closing, tail = site.rpartition("}")
    (folder / "site.conf").write_text(f"{head}{more}{closing}{tail}")
    temporary = "".join(f"{name}_temp_path {folder}/{name};\n" for name in _TEMPORARY)
    main = folder / "nginx.conf"
    main.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
        # nobody may read the folders of root
        f"{'user root;' if os.geteuid() == 0 else ''}\n"
        "worker_processes 1; worker_rlimit_nofile 8192; events { worker_connections 4096; }\n"
        f"http {{ include /etc/nginx/mime.types; {temporary} include {folder}/site.conf; }}\n"
    )
    return main


def make_certificate(certificate: Path, key: Path, *names: str) -> None:
    """A self-signed one, for two days."""
    alternatives = ",".join(f"DNS:{name}" for name in names)
    subject = ["-subj", f"/CN={names[0]}", "-addext", f"subjectAltName={alternatives}"]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command = ["openssl", "req", *kind, *subject, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
