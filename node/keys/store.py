"""Keys as files in one directory.

    <key id>.pk               proving key, memory-mapped when opened (prover/keyfile.py)
    <key id>.vk.json          its verifying key
    <R1CS digest>.lock        held while a development key of that system is made

The verifying key is written last: what is listed is complete. A key belongs to a statement when
statement id and R1CS digest agree with those of this program, so keys of other versions are never
taken by mistake. Files are written under another name and renamed; readers need no lock.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from node.files import replace_file
from node.keys.errors import (
    EngineTooSlowError,
    InvalidKeyError,
    KeyDirectoryError,
    KeyNotFoundError,
    KeyStoreError,
    NotServedError,
    UnknownStatementError,
)
from node.keys.files import is_json, read_proving_key, read_verifying_key
from node.keys.statements import KnownStatement, Statement, named_profile, statement_of
from prover import (
    Engine,
    LintError,
    ProvingKey,
    StatementIdentity,
    VerifyingKey,
    default_engine,
    development_toxic_waste,
    r1cs_digest,
    refuse_proving_key,
    refuse_verifying_key,
    setup,
)

DEVELOPMENT_SEED = b"proofmark development"
"""Public: whoever reads this can forge proofs under development keys."""

REFERENCE_ENGINE_ROWS = 3_000
"""Rows above which the reference engine takes more than some minutes over a key or a proof."""

_PROVING_SUFFIX = ".pk"
_VERIFYING_SUFFIX = ".vk.json"
_ID_DIGITS = 64
_DIRECTORY_MODE = 0o700

Notify = Callable[[str], None]


@dataclass(frozen=True)
class KeyEntry:
    """One key of the store. `proving_key_bytes` is 0 where only the verifying key is there."""

    verifying_key: VerifyingKey
    statement: KnownStatement
    proving_key_bytes: int

    @property
    def key_id(self) -> bytes:
        """Identity of the key, 32 bytes."""
        return self.verifying_key.key_id


class KeyStore:
    """The keys in a directory, which is made when the first key is.

    Keys of test profiles are refused unless `test_profiles`: the product never serves them.
    """

    def __init__(self, directory: Path, *, test_profiles: bool = False) -> None:
        self.directory = directory
        self._test_profiles = test_profiles

    def entries(self) -> tuple[KeyEntry, ...]:
        """Every key that may be used here, by key id; InvalidKeyError for a damaged file.

        Keys of statements that this program does not know are left alone.
        """
        found: list[KeyEntry] = []
        for key_id in self.key_ids():
            with suppress(UnknownStatementError):
                found.append(self._entry(key_id))
        return tuple(entry for entry in found if self._usable(entry.statement))

    def key_ids(self) -> tuple[bytes, ...]:
        """Names of the verifying key files, without opening them."""
        try:
            paths = sorted(self.directory.glob(f"*{_VERIFYING_SUFFIX}"))
        except OSError as error:
            raise self._trouble(error) from error
        names = (path.name.removesuffix(_VERIFYING_SUFFIX) for path in paths)
        return tuple(bytes.fromhex(name) for name in names if _is_key_id(name))

    def verifying_key_by_id(self, key_id: bytes) -> VerifyingKey:
        """The verifying key; KeyNotFoundError, InvalidKeyError, NotServedError."""
        try:
            entry = self._entry(key_id)
        except KeyNotFoundError as error:
            raise KeyNotFoundError(f"no key {key_id.hex()} in {self.directory}") from error
        self._refuse_test_profile(entry.statement)
        return entry.verifying_key

    def relayed_key_by_id(self, key_id: bytes) -> VerifyingKey:
        """The verifying key of any statement, also one unknown to this program; same errors."""
        key = read_verifying_key(self.verifying_path_of(key_id), key_id)
        profile = named_profile(key.statement)
        if not (self._test_profiles or (profile is not None and profile.served)):
            raise NotServedError(f"key {key_id.hex()} is of no profile that is served")
        return key

    def proving_key_by_id(self, key_id: bytes) -> ProvingKey:
        """The proving key, mapped and checked; the same errors."""
        self.verifying_key_by_id(key_id)
        return read_proving_key(self.path_of(key_id), key_id)

    def find(self, statement: Statement) -> KeyEntry | None:
        """The key of a statement as this program defines it; a ceremony's before others."""
        self._refuse_test_profile(statement)
        return self._find(statement, _digest(statement))

    def ensure_development_key(
        self,
        statement: Statement,
        notify: Notify = lambda _: None,
        engine: Engine | None = None,
    ) -> ProvingKey:
        """The statement's key, opened; where there is none, a development key is made first.

        `notify` gets a message for people before the work begins. Two processes that ask at once
        make one key. EngineTooSlowError for the reference engine and a large statement.
        """
        self._refuse_test_profile(statement)
        r1cs = statement.r1cs()
        digest = r1cs_digest(r1cs.canonical_bytes())
        entry = self._find(statement, digest)
        engine = engine or default_engine()
        _refuse_slow_engine(engine, r1cs.row_count)
        if entry is None or not entry.proving_key_bytes:
            with self._locked(digest, notify):
                entry = self._find(statement, digest)
                if entry is None or not entry.proving_key_bytes:
                    notify(
                        f"making the development key of {statement.description.name}"
                        f" ({r1cs.row_count:,} constraints, {engine.name} engine)"
                    )
                    waste = development_toxic_waste(DEVELOPMENT_SEED, digest)
                    entry = self._save(setup(r1cs, statement.description, waste, engine))
        return read_proving_key(self.path_of(entry.key_id), entry.key_id)

    def add_file(self, path: Path, engine: Engine | None = None) -> KeyEntry:
        """Take a key file from elsewhere into the store, after the linter saw every point.

        It must be of a statement as this program defines it, and marked unsafe-dev: that a
        ceremony made it would need its transcript, and none can be checked yet.
        """
        engine = engine or default_engine()
        known = [entry.verifying_key for entry in self.entries()]
        try:
            if is_json(path):
                verifying_key = read_verifying_key(path)
                refuse_verifying_key(verifying_key, engine, known_keys=known)
                statement = statement_of(verifying_key.statement)
                self._refuse_test_profile(statement)
                if verifying_key.r1cs_digest != _digest(statement):
                    raise InvalidKeyError(path, "the key is of another constraint system")
                _refuse_claim(path, verifying_key)
                self._save_verifying_key(verifying_key)
            else:
                key = read_proving_key(path)
                statement = statement_of(key.verifying_key.statement)
                self._refuse_test_profile(statement)
                _refuse_claim(path, key.verifying_key)
                refuse_proving_key(
                    key, engine, r1cs=statement.r1cs(), known_keys=known, every_point=True
                )
                self._save(key)
                verifying_key = key.verifying_key
        except LintError as error:
            raise InvalidKeyError(path, error) from error
        return self._entry(verifying_key.key_id)

    def path_of(self, key_id: bytes) -> Path:
        """Where the proving key is, or would be."""
        return self.directory / f"{key_id.hex()}{_PROVING_SUFFIX}"

    def _find(self, statement: Statement, digest: bytes) -> KeyEntry | None:
        statement_id = StatementIdentity.of(statement.description).statement_id
        matching = [
            entry
            for entry in self.entries()
            if entry.verifying_key.statement.statement_id == statement_id
            and entry.verifying_key.r1cs_digest == digest
        ]
        matching.sort(key=lambda each: (each.verifying_key.unsafe_dev, not each.proving_key_bytes))
        return matching[0] if matching else None

    def _entry(self, key_id: bytes) -> KeyEntry:
        verifying_key = read_verifying_key(self.verifying_path_of(key_id), key_id)
        try:
            size = self.path_of(key_id).stat().st_size
        except FileNotFoundError:
            size = 0
        return KeyEntry(verifying_key, statement_of(verifying_key.statement), size)

    def _save(self, key: ProvingKey) -> KeyEntry:
        self._make_directory()
        key_id = key.verifying_key.key_id
        try:
            key.save(self.path_of(key_id))
        except OSError as error:
            raise self._trouble(error) from error
        self._save_verifying_key(key.verifying_key)
        return self._entry(key_id)

    def _save_verifying_key(self, key: VerifyingKey) -> None:
        self._make_directory()
        try:
            replace_file(self.verifying_path_of(key.key_id), key.to_json())
        except OSError as error:
            raise self._trouble(error) from error

    def verifying_path_of(self, key_id: bytes) -> Path:
        """Where the verifying key is, or would be."""
        return self.directory / f"{key_id.hex()}{_VERIFYING_SUFFIX}"

    def _make_directory(self) -> None:
        try:
            self.directory.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
        except OSError as error:
            raise self._trouble(error) from error

    @contextmanager
    def _locked(self, digest: bytes, notify: Notify) -> Iterator[None]:
        """One process at a time makes keys of a constraint system."""
        self._make_directory()
        try:
            stream = (self.directory / f"{digest.hex()}.lock").open("wb")
        except OSError as error:
            raise self._trouble(error) from error
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                notify("waiting for another process that makes this key")
                fcntl.flock(stream, fcntl.LOCK_EX)
            yield

    def _usable(self, statement: Statement) -> bool:
        return statement.profile.served or self._test_profiles

    def _refuse_test_profile(self, statement: Statement) -> None:
        if not self._usable(statement):
            raise NotServedError(
                f"profile {statement.profile.name} is for tests, expected R14; it is never served"
            )

    def _trouble(self, error: OSError) -> KeyStoreError:
        return KeyDirectoryError(
            f"key store {self.directory}: {error.strerror}; name another data directory"
        )


@cache
def _digest(statement: Statement) -> bytes:
    """Tracing a large statement takes a tenth of a second: asked often, computed once."""
    return r1cs_digest(statement.r1cs().canonical_bytes())


def _refuse_claim(path: Path, key: VerifyingKey) -> None:
    """The mark is no part of the key id: whoever clears it would make forgeries look safe."""
    if not key.unsafe_dev:
        raise InvalidKeyError(path, "not marked unsafe-dev, and no ceremony's transcript shows why")


def _refuse_slow_engine(engine: Engine, rows: int) -> None:
    if engine.name == "reference" and rows > REFERENCE_ENGINE_ROWS:
        raise EngineTooSlowError(
            f"{rows:,} constraints are too many for the reference engine, expected up to"
            f" {REFERENCE_ENGINE_ROWS:,}: build the native engine with `make native`"
        )


def _is_key_id(name: str) -> bool:
    return len(name) == _ID_DIGITS and all(digit in "0123456789abcdef" for digit in name)
