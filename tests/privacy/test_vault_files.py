"""What a vault shows to whoever reads the disk, and what is left when writing fails."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from node.files import replace_file
from node.margin import OpeningReused, OwnerSecret, SealError, Vault, VaultError, unseal
from node.margin.sealing import unarmour
from tests.privacy.books import ACCOUNT, LEGS, SECRET, VALUER, hidden_book
from tests.privacy.needles import private_numbers, traces

NAMES = f"{ACCOUNT.group:040x}-{ACCOUNT.account_id:064x}"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "data" / "vault", SECRET)


def files(vault: Vault) -> list[Path]:
    return sorted(path for path in vault.directory.rglob("*") if path.is_file())


def test_files_show_account_number_and_commitment_alone(vault: Vault) -> None:
    made = [vault.commit(hidden_book(name), ACCOUNT) for name in LEGS]
    written = files(vault)
    assert {path.parent for path in written} == {vault.directory / NAMES}
    assert [path.name for path in written] == [
        f"{each.update:010d}-{each.commitment():064x}.sealed" for each in made
    ]
    assert len({path.stat().st_size for path in written}) == 1
    for each in made:
        numbers = private_numbers(each, VALUER)
        for path in written:
            text = path.read_text()
            assert traces(numbers, str(path), text, unarmour(text)) == []


def test_files_and_all_folders_of_the_vault_are_the_owners(vault: Vault) -> None:
    before = os.umask(0)
    try:
        vault.commit(hidden_book("full"), ACCOUNT)
    finally:
        os.umask(before)
    modes = {
        path: stat.S_IMODE(path.stat().st_mode)
        for path in (vault.directory, *vault.directory.rglob("*"))
    }
    assert len(modes) == 3
    assert all(mode == (0o600 if path.is_file() else 0o700) for path, mode in modes.items())


def test_whoever_has_no_key_opens_none(vault: Vault) -> None:
    vault.commit(hidden_book("one leg"), ACCOUNT)
    (path,) = files(vault)
    sealed = unarmour(path.read_text())
    for guess in (bytes(32), b"\xff" * 32, bytes.fromhex(path.name[11:75])):
        with pytest.raises(SealError):
            unseal(sealed, ACCOUNT, OwnerSecret(guess))
    assert unseal(sealed, ACCOUNT, SECRET).book == hidden_book("one leg")


def test_a_commitment_is_told_after_its_opening_is_on_disk(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody registers what cannot be opened again."""

    def full_disk(path: Path, text: str) -> None:
        del path, text
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("node.margin.vault.replace_file", full_disk)
    with pytest.raises(VaultError, match="No space left"):
        vault.commit(hidden_book("one leg"), ACCOUNT)
    assert files(vault) == []


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
def test_a_failed_write_leaves_nothing(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(5, "Input/output error")

    kept = vault.commit(hidden_book("one leg"), ACCOUNT)
    with monkeypatch.context() as patch:
        patch.setattr(os if step == "fsync" else Path, step, fail)
        with pytest.raises(VaultError):
            vault.commit(hidden_book("full"), ACCOUNT)
    assert len(files(vault)) == 1
    assert vault.newest(ACCOUNT) == kept


def test_what_is_written_is_private_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def look(handle: int) -> None:
        del handle
        seen.extend(stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir())

    monkeypatch.setattr(os, "fsync", look)
    before = os.umask(0)
    try:
        replace_file(tmp_path / "file", "sealed")
    finally:
        os.umask(before)
    assert seen == [0o600]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_the_same_commitment_is_never_made_twice(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A salt that repeats would show that a book did not change."""
    monkeypatch.setattr(OwnerSecret, "salt", lambda *_: 1 << 200)
    vault.commit(hidden_book("one leg"), ACCOUNT)
    with pytest.raises(OpeningReused, match="had this commitment before"):
        vault.commit(hidden_book("one leg"), ACCOUNT)
