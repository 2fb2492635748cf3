"""What a signer has signed, on disk before the signature exists.

One JSON file for each (chain, contract, underlying, signer), with the last report signed. A signer
that dies between writing and answering signs the same report again when asked again, and no other
under its number: a report's signature is a function of the report. A file that cannot be read stops
the signer; only a person may decide that nothing was signed.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from node.files import lock_file, private_directory, replace_file
from node.oracle.errors import EquivocationError, JournalError, ReportError
from node.oracle.report import SnapshotReport
from node.oracle.typed_data import Domain
from node.untrusted_json import decode_json

__all__ = ["Journal"]

FORMAT = "proofmark.oracle_journal"
VERSION = 1
_NUMBERS = ("number", "snapshot_unix", "spot", "at_the_money_volatility")
_BYTES = ("underlying", "market_hash", "market_digest")


@dataclass(frozen=True, slots=True)
class _Place:
    """Whose journal: a file taken from elsewhere is refused."""

    domain: Domain
    underlying: bytes
    signer: str

    @property
    def name(self) -> str:
        oracle, signer = self.domain.oracle.lower(), self.signer.lower()
        return f"{self.domain.chain_id}-{oracle}-{self.underlying.hex()}-{signer}"


class Journal:
    """The journal of one signer and underlying; one process has it, from opening to ``close``."""

    def __init__(self, directory: Path, domain: Domain, underlying: bytes, signer: str) -> None:
        """Take it; JournalError where another process has it or it cannot be read."""
        self._place = _Place(domain, underlying, signer)
        self._path = directory / f"{self._place.name}.json"
        try:
            private_directory(directory)
            self._lock = lock_file(directory / f"{self._place.name}.lock")
        except BlockingIOError as error:
            raise JournalError(f"another process signs with {self._path}: stop it") from error
        except OSError as error:
            raise JournalError(f"{directory}: {error.strerror}") from error
        try:
            self.last = self._read()
        except JournalError:
            self.close()
            raise

    def claim(self, report: SnapshotReport) -> None:
        """Note that a report is about to be signed; on disk when this returns.

        The last report again is welcome. Raises EquivocationError for its number or an earlier one
        with anything else, and for a time before its own; JournalError.
        """
        last = self.last
        if report == last:
            return
        if last is not None and report.number <= last.number:
            raise EquivocationError(
                f"number {report.number}: another report was signed under number {last.number}"
            )
        if last is not None and report.snapshot_unix < last.snapshot_unix:
            raise EquivocationError(
                f"a market of {report.snapshot_unix}, signed was one of {last.snapshot_unix}"
            )
        try:
            replace_file(self._path, json.dumps(self._document(report), indent=1) + "\n")
            _sync_directory(self._path.parent)
        except OSError as error:
            raise JournalError(f"{self._path}: {error.strerror}; nothing is signed") from error
        self.last = report

    def close(self) -> None:
        """Let another process have it."""
        self._lock.close()

    def _document(self, report: SnapshotReport) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "place": self._place.name,
            **{name: getattr(report, name) for name in _NUMBERS},
            **{name: getattr(report, name).hex() for name in _BYTES},
        }

    def _read(self) -> SnapshotReport | None:
        try:
            document = decode_json(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise self._unreadable(str(error)) from error
        try:
            if (document["format"], document["version"]) != (FORMAT, VERSION):
                raise self._unreadable(f"expected {FORMAT} version {VERSION}")
            if document["place"] != self._place.name:
                raise self._unreadable(f"the journal of {document['place']}")
            values: dict[str, Any] = {name: _integer(document[name]) for name in _NUMBERS}
            values |= {name: bytes.fromhex(document[name]) for name in _BYTES}
            return SnapshotReport(**values)
        except (KeyError, TypeError, ValueError, ReportError) as error:
            raise self._unreadable(f"{type(error).__name__} {error}") from error

    def _unreadable(self, reason: str) -> JournalError:
        return JournalError(
            f"{self._path} is no journal of this signer ({reason}): nothing is signed before "
            "somebody has found out what was; then restore it, or remove it"
        )


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r:.40} where an integer was expected")
    return value


def _sync_directory(directory: Path) -> None:
    """The rename itself must survive a power failure."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
