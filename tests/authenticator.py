"""A device with passkeys, in software: answers as a browser would hand them on (WebAuthn, attestation "none")."""

import json
import secrets
from dataclasses import dataclass, field
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url as letters

PRESENT_AND_VERIFIED, WITH_KEY = 0x05, 0x40


@dataclass
class Authenticator:
    origin: str = "https://kabar.contoh.go.id"
    handle: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    uses: int = 0

    def make(self, wish: dict) -> str:
        """Answers `navigator.credentials.create`."""
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        key = bytes(16) + len(self.handle).to_bytes(2, "big") + self.handle + cbor2.dumps(cose)
        said = self._said(wish["rp"]["id"], PRESENT_AND_VERIFIED | WITH_KEY) + key
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": said})
        return self._answer(
            {
                "clientDataJSON": letters(self._client("webauthn.create", wish)),
                "attestationObject": letters(attestation),
                "transports": ["internal", "something-new"],
            }
        )

    def use(self, wish: dict) -> str:
        """Answers `navigator.credentials.get`."""
        self.uses += 1
        said, client = self._said(wish["rpId"], PRESENT_AND_VERIFIED), self._client("webauthn.get", wish)
        signature = self.key.sign(said + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": letters(client),
                "authenticatorData": letters(said),
                "signature": letters(signature),
            }
        )

    def _said(self, host: str, flags: int) -> bytes:
        return sha256(host.encode()).digest() + bytes([flags]) + self.uses.to_bytes(4, "big")

    def _client(self, kind: str, wish: dict) -> bytes:
        return json.dumps({"type": kind, "challenge": wish["challenge"], "origin": self.origin}).encode()

    def _answer(self, response: dict) -> str:
        handle = letters(self.handle)
        return json.dumps({"id": handle, "rawId": handle, "type": "public-key", "response": response})
