"""Keystore files and development keys."""

from pathlib import Path

import pytest

from node.chain import development_account, load_keystore, write_keystore
from node.chain.errors import KeystoreError


@pytest.fixture
def password(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.touch(mode=0o600)
    path.write_text("correct horse\n")
    return path


def test_round_trip_with_private_mode(tmp_path: Path, password: Path) -> None:
    account = development_account("relay")
    keystore = tmp_path / "relay.json"
    write_keystore(account, keystore, password)
    assert keystore.stat().st_mode & 0o777 == 0o600
    assert load_keystore(keystore, password).address == account.address
    with pytest.raises(KeystoreError, match="exists already"):
        write_keystore(account, keystore, password)
    password.write_text("wrong")
    with pytest.raises(KeystoreError, match="does not open") as caught:
        load_keystore(keystore, password)
    assert "wrong" not in str(caught.value)


def test_files_open_to_others_are_refused(tmp_path: Path, password: Path) -> None:
    keystore = tmp_path / "relay.json"
    keystore.write_text("{}")
    keystore.chmod(0o644)
    with pytest.raises(KeystoreError, match="chmod 600"):
        load_keystore(keystore, password)


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", '{"version": 3}', '"text"', "[" * 100_000])
def test_malformed_keystores(tmp_path: Path, password: Path, text: str) -> None:
    keystore = tmp_path / "relay.json"
    keystore.touch(mode=0o600)
    keystore.write_text(text)
    with pytest.raises(KeystoreError):
        load_keystore(keystore, password)


def test_missing_file(tmp_path: Path, password: Path) -> None:
    with pytest.raises(KeystoreError, match="cannot read"):
        load_keystore(tmp_path / "absent", password)


def test_development_accounts_differ_by_role_and_index() -> None:
    addresses = {development_account(r, i).address for r in ("relay", "signer") for i in range(3)}
    assert len(addresses) == 6
    assert development_account("relay").address == development_account("relay", 0).address
