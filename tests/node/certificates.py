"""Certificates for tests, made on the spot: X.509 (RFC 5280) with ECDSA over P-256 and SHA-256."""

from __future__ import annotations

import base64
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from Crypto.Hash import SHA256
from Crypto.PublicKey import ECC
from Crypto.Signature import DSS
from Crypto.Util import asn1
from Crypto.Util.asn1 import (
    DerBitString,
    DerBoolean,
    DerInteger,
    DerObject,
    DerObjectId,
    DerOctetString,
)

from node.tls import TlsFiles

DerSequence: Any = asn1.DerSequence  # the stubs know neither bytes as items nor tags
DerSetOf: Any = asn1.DerSetOf
_SIGNED = DerSequence([DerObjectId("1.2.840.10045.4.3.2")])  # ecdsa-with-SHA256
_serials = itertools.count(1)


@dataclass(frozen=True)
class Authority:
    """An authority whose files lie in a directory."""

    directory: Path
    name: str

    def __post_init__(self) -> None:
        self.directory.mkdir(exist_ok=True)
        key = ECC.generate(curve="P-256")
        object.__setattr__(self, "_key", key)
        self._write(
            f"{self.name}.pem", "CERTIFICATE", self._issue(self.name, key, is_authority=True)
        )

    @property
    def certificate(self) -> Path:
        return self.directory / f"{self.name}.pem"

    def issue(self, name: str, believed: Authority | None = None) -> TlsFiles:
        """A certificate for 127.0.0.1, with its key, beside the authority of the others."""
        key = ECC.generate(curve="P-256")
        certificate = self._write(f"{name}.pem", "CERTIFICATE", self._issue(name, key))
        private = self._write(f"{name}.key", "PRIVATE KEY", key.export_key(format="DER"))
        return TlsFiles(certificate, private, None if believed is None else believed.certificate)

    def _issue(self, name: str, key: ECC.EccKey, is_authority: bool = False) -> bytes:
        signer: ECC.EccKey = self._key  # type: ignore[attr-defined]
        body = DerSequence(
            [
                DerInteger(2, explicit=0),  # version 3
                DerInteger(next(_serials)),
                _SIGNED,
                _name(self.name),
                DerSequence([_time("20200101000000Z"), _time("21000101000000Z")]),
                _name(name),
                key.public_key().export_key(format="DER"),
                DerSequence([_extension(is_authority)], explicit=3),
            ]
        ).encode()
        signature = DSS.new(signer, "fips-186-3", encoding="der").sign(SHA256.new(body))
        return bytes(DerSequence([body, _SIGNED, DerBitString(signature)]).encode())

    def _write(self, name: str, kind: str, der: bytes) -> Path:
        path = self.directory / name
        text = base64.encodebytes(der).decode("ascii")
        path.write_text(f"-----BEGIN {kind}-----\n{text}-----END {kind}-----\n", encoding="ascii")
        path.chmod(0o600)
        return path


def _name(text: str) -> Any:
    common_name = DerSequence([DerObjectId("2.5.4.3"), DerObject(0x0C, text.encode())])
    return DerSequence([DerSetOf([common_name.encode()])])


def _time(text: str) -> DerObject:
    return DerObject(0x18, text.encode())


def _extension(is_authority: bool) -> Any:
    """Basic constraints of an authority, or else 127.0.0.1 as the subject's other name."""
    if is_authority:
        value = DerSequence([DerBoolean(True)])
        return DerSequence(
            [DerObjectId("2.5.29.19"), DerBoolean(True), DerOctetString(value.encode())]
        )
    value = DerSequence([DerOctetString(bytes([127, 0, 0, 1]), implicit=7)])
    return DerSequence([DerObjectId("2.5.29.17"), DerOctetString(value.encode())])
