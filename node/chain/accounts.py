"""Signing keys: V3 keystore files for real use, published development keys for play.

A key is never taken from a flag or an environment variable. Development keys are derived from a
public string: anybody can compute them, so they may own play money only.
"""

import json
from pathlib import Path

from eth_hash.auto import keccak

from node.chain.errors import KeystoreError
from node.chain.signatures import Account, LocalAccount
from node.files import read_private
from node.untrusted_json import decode_json

__all__ = ["development_account", "load_keystore", "write_keystore"]

_DEVELOPMENT_TAG = b"proofmark.development.account.v1"


def development_account(role: str, index: int = 0) -> LocalAccount:
    """Return the publicly known key of a role such as ``relay`` or ``signer``."""
    secret = keccak(_DEVELOPMENT_TAG + b"/" + role.encode() + b"/" + str(index).encode())
    return _account(secret)


def load_keystore(keystore: Path, password_file: Path) -> LocalAccount:
    """Open a V3 keystore with the password in a file (its trailing newline is dropped).

    Raises KeystoreError when a file is missing, readable by group or others, no keystore, or
    when the password does not open it.
    """
    text = _read_private(keystore)
    password = _read_private(password_file).rstrip("\r\n")
    try:
        document = decode_json(text.encode())
    except ValueError as error:
        raise KeystoreError(f"{keystore} is not a V3 keystore (no JSON)") from error
    try:
        return _account(Account.decrypt(document, password))
    except (KeyError, TypeError, ValueError, NotImplementedError) as error:
        raise KeystoreError(
            f"{keystore} does not open with the password in {password_file}"
        ) from error


def write_keystore(account: LocalAccount, keystore: Path, password_file: Path) -> None:
    """Write a V3 keystore with mode 0600, sealed with the password in a file.

    Raises KeystoreError when the keystore exists or the password file is not usable.
    """
    password = _read_private(password_file).rstrip("\r\n")
    document = json.dumps(Account.encrypt(account.key, password), indent=2)
    try:
        keystore.touch(mode=0o600, exist_ok=False)
    except FileExistsError as error:
        raise KeystoreError(f"{keystore} exists already; nothing was overwritten") from error
    keystore.write_text(document + "\n", encoding="utf-8")


def _account(secret: bytes) -> LocalAccount:
    account: LocalAccount = Account.from_key(secret)
    return account


def _read_private(path: Path) -> str:
    try:
        return read_private(path).decode("utf-8")
    except OSError as error:
        raise KeystoreError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise KeystoreError(f"{path} is not UTF-8") from error
