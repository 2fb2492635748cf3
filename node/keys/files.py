"""Key files from anywhere: told apart by their first bytes, opened, linted."""

from __future__ import annotations

from pathlib import Path

from node.keys.errors import InvalidKeyError, KeyDirectoryError, KeyNotFoundError
from node.untrusted_json import check_nesting
from prover import (
    Engine,
    KeyFileError,
    LintError,
    ProvingKey,
    VerifyingKey,
    refuse_proving_key,
    refuse_verifying_key,
)

_LARGEST_JSON = 1 << 20


def open_verifying_key(path: Path, engine: Engine) -> VerifyingKey:
    """The verifying key in a proving key file or a verifying key file, linted.

    Raises KeyNotFoundError where there is no file, InvalidKeyError where it is no sound key.
    """
    try:
        if is_json(path):
            key = read_verifying_key(path)
            refuse_verifying_key(key, engine)
        else:
            proving_key = read_proving_key(path)
            refuse_proving_key(proving_key, engine)
            key = proving_key.verifying_key
    except LintError as error:
        raise InvalidKeyError(path, error) from error
    return key


def is_json(path: Path) -> bool:
    """Whether a file can only be a verifying key; KeyNotFoundError."""
    try:
        with path.open("rb") as stream:
            return stream.read(64).lstrip().startswith(b"{")
    except OSError as error:
        raise _missing(path, error) from error


def read_verifying_key(path: Path, expected_key_id: bytes | None = None) -> VerifyingKey:
    """A verifying key file, not linted; KeyNotFoundError, InvalidKeyError."""
    try:
        if path.stat().st_size > _LARGEST_JSON:
            raise InvalidKeyError(path, f"larger than {_LARGEST_JSON} bytes, no verifying key")
        data = path.read_bytes()
        check_nesting(data)
        key = VerifyingKey.decode_json(data)
    except OSError as error:
        raise _missing(path, error) from error
    except (KeyFileError, ValueError) as error:
        raise InvalidKeyError(path, error) from error
    if expected_key_id not in (None, key.key_id):
        raise InvalidKeyError(path, f"holds key {key.key_id.hex()}, expected the key of its name")
    return key


def read_proving_key(path: Path, expected_key_id: bytes | None = None) -> ProvingKey:
    """A proving key file, mapped, all digests checked, not linted; the same errors."""
    try:
        return ProvingKey.open(path, expected_key_id=expected_key_id)
    except OSError as error:
        raise _missing(path, error) from error
    except KeyFileError as error:
        raise InvalidKeyError(path, error) from error


def _missing(path: Path, error: OSError) -> KeyNotFoundError | KeyDirectoryError:
    if isinstance(error, FileNotFoundError):
        return KeyNotFoundError(f"no key file {path}")
    return KeyDirectoryError(f"cannot read {path}: {error.strerror}")
