"""Where connections may be in the clear, and the files of those that may not be."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from node.errors import NodeError, Reason
from node.files import read_private

__all__ = ["TlsError", "TlsFiles", "TlsTexts", "is_loopback"]


class TlsError(NodeError):
    """A certificate or key cannot be used."""

    reason = Reason.CONFIG_INVALID


@dataclass(frozen=True)
class TlsTexts:
    """PEM texts, None where no file was named."""

    certificate: bytes | None
    key: bytes | None
    authority: bytes | None


@dataclass(frozen=True)
class TlsFiles:
    """PEM files: one's own certificate chain and its key, and whose certificates others must have.

    A server needs the first two; with an authority it takes callers with a certificate of it alone.
    A client needs the authority of the server's certificate; its own where the server asks for one.
    """

    certificate: Path | None = None
    key: Path | None = None
    authority: Path | None = None

    def read(self) -> TlsTexts:
        """The texts; TlsError, also for a key that others may read."""
        try:
            return TlsTexts(
                None if self.certificate is None else self.certificate.read_bytes(),
                None if self.key is None else read_private(self.key),
                None if self.authority is None else self.authority.read_bytes(),
            )
        except OSError as error:
            raise TlsError(f"cannot read {error.filename}: {error.strerror}") from error


def is_loopback(address: str) -> bool:
    """Whether host:port, or unix:path, is on this machine for certain."""
    host = address.rpartition(":")[0].strip("[]")
    if address.startswith("unix:") or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
