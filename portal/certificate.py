"""The certificate that browsers get from the web server on this machine, as far as it can be seen from here."""

import socket
import ssl
import time
from urllib.parse import urlsplit

PATIENCE = 1.0  # seconds
EXPIRED, OTHER_NAME = 10, 62  # OpenSSL's X509_V_ERR_CERT_HAS_EXPIRED and X509_V_ERR_HOSTNAME_MISMATCH


class Bad(Exception):
    """Browsers refuse this certificate; the message is one Indonesian sentence."""


def days_left(site: str) -> float | None:
    """Days until the certificate of this https address ends. Asks this machine only, not the address.

    None if that cannot be said: nothing speaks TLS here, or somebody whom browsers do not know has signed the
    certificate, as between a load balancer and its servers. Raises Bad."""
    address = urlsplit(site)
    name = address.hostname or ""
    try:
        with (
            socket.create_connection(("127.0.0.1", address.port or 443), timeout=PATIENCE) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=name) as connection,
        ):
            certificate = connection.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        if error.verify_code == EXPIRED:
            raise Bad("Sertifikat TLS sudah kedaluwarsa: peramban menolak portal.") from error
        if error.verify_code == OTHER_NAME:
            raise Bad(f"Sertifikat TLS tidak berlaku untuk {name}: peramban menolak portal.") from error
        return None
    except OSError:
        return None
    return (ssl.cert_time_to_seconds(str(certificate["notAfter"])) - time.time()) / 86400
