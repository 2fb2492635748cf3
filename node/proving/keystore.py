"""The key store: a folder of key files, named by key id.

    <key id>.pk           proving key (prover.keyfile)
    <key id>.vk.json      its verifying key

Keys are found by statement and constraint system, never by a name somebody chose. Where several
fit, one whose secrets nobody knows comes before a development key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol

import prover
from circuits.r1cs import R1CS
from node.proving.errors import KeyMissingError, KeyUnusableError

_PROVING_SUFFIX = ".pk"
_VERIFYING_SUFFIX = ".vk.json"
_KEY_ID_BYTES = 32

#: The seed of development keys: public, so that every machine makes the same ones.
DEVELOPMENT_SEED = b"proofmark development"

#: Rows above which the reference engine would take more than some minutes over setup or a proof.
REFERENCE_ENGINE_ROWS = 3000


class Statement(Protocol):
    """What a key belongs to."""

    @property
    def description(self) -> prover.StatementDescription:
        """Name, version, parameters, word count."""

    def r1cs(self) -> R1CS:
        """The constraint system."""


class KeyStore:
    """Keys in a folder, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def verifying_key(self, key_id: bytes) -> prover.VerifyingKey | None:
        """The key of this id, or None; KeyUnusableError if its file is damaged or another's."""
        if len(key_id) != _KEY_ID_BYTES:
            return None
        path = self._path(key_id, _VERIFYING_SUFFIX)
        return self._read(path) if path.exists() else None

    def verifying_keys(self) -> Iterator[prover.VerifyingKey]:
        """Every sound verifying key of the folder."""
        for path in sorted(self.folder.glob(f"*{_VERIFYING_SUFFIX}")):
            try:
                yield self._read(path)
            except KeyUnusableError:
                continue

    def find(self, statement: Statement, r1cs: R1CS | None = None) -> prover.VerifyingKey | None:
        """The best key for this very constraint system, or None."""
        system = r1cs or statement.r1cs()
        digest = prover.r1cs_digest(system.canonical_bytes())
        statement_id = prover.StatementIdentity.of(statement.description).statement_id
        return best_of(self.verifying_keys(), statement_id, digest)

    def proving_key(self, key_id: bytes) -> prover.ProvingKey:
        """Open a proving key, mapped; KeyMissingError, KeyUnusableError."""
        path = self._path(key_id, _PROVING_SUFFIX)
        if not path.exists():
            raise KeyMissingError(f"there is no proving key {path}; make it with `proofmark setup`")
        try:
            return prover.ProvingKey.open(path, expected_key_id=key_id)
        except (prover.KeyFileError, OSError) as error:
            raise KeyUnusableError(
                f"{error}; delete {path} and its {_VERIFYING_SUFFIX}, then make or import it again"
            ) from error

    def add(self, key: prover.ProvingKey) -> prover.VerifyingKey:
        """Write both files; the verifying key last, because it is what `find` looks for."""
        verifying_key = key.verifying_key
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key.save(self._path(verifying_key.key_id, _PROVING_SUFFIX))
        target = self._path(verifying_key.key_id, _VERIFYING_SUFFIX)
        partial = target.with_suffix(".partial")
        verifying_key.save(partial)
        partial.replace(target)
        return verifying_key

    def open_or_make(
        self,
        statement: Statement,
        engine: prover.Engine,
        say: Callable[[str], None] = lambda _message: None,
    ) -> prover.ProvingKey:
        """The proving key of a statement; a development key is made, and said so, if missing."""
        r1cs = statement.r1cs()
        if engine.name == "reference" and r1cs.row_count > REFERENCE_ENGINE_ROWS:
            raise KeyUnusableError(
                f"the reference engine cannot handle {r1cs.row_count} rows in bearable time (it "
                f"takes up to {REFERENCE_ENGINE_ROWS}); build the native engine with `make native`"
            )
        found = self.find(statement, r1cs)
        if found is not None and self._path(found.key_id, _PROVING_SUFFIX).exists():
            say("opening the proving key")
            return self.proving_key(found.key_id)
        say("making a development key (unsafe-dev, kept for next time)")
        digest = prover.r1cs_digest(r1cs.canonical_bytes())
        waste = prover.development_toxic_waste(DEVELOPMENT_SEED, digest)
        key = prover.setup(r1cs, statement.description, waste, engine)
        self.add(key)
        return self.proving_key(key.verifying_key.key_id)  # mapped: the made one is all in memory

    def _read(self, path: Path) -> prover.VerifyingKey:
        try:
            key = prover.VerifyingKey.open(path)
        except (prover.KeyFileError, OSError, ValueError) as error:
            raise KeyUnusableError(f"{path}: {error}; make or import the key again") from error
        if path.name != key.key_id.hex() + _VERIFYING_SUFFIX:
            raise KeyUnusableError(f"{path} holds key {key.key_id.hex()}: a foreign key file")
        return key

    def _path(self, key_id: bytes, suffix: str) -> Path:
        return self.folder / f"{key_id.hex()}{suffix}"


def best_of(
    keys: Iterable[prover.VerifyingKey], statement_id: bytes, r1cs_digest: bytes
) -> prover.VerifyingKey | None:
    """The key for this statement and constraint system, development keys last; None if none is."""
    fitting = [
        key
        for key in keys
        if key.r1cs_digest == r1cs_digest and key.statement.statement_id == statement_id
    ]
    return min(fitting, key=lambda key: (key.unsafe_dev, key.key_id), default=None)
