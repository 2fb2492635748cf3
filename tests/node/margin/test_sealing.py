"""Openings, their salts, sealed files and the vault: what a thief or a careless owner can do."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from circuits.statements.portfolio_margin import Book
from node.chain import development_account
from node.margin import (
    SEALED_BYTES,
    AccountReference,
    BookOpening,
    OpeningReused,
    OwnerSecret,
    SealError,
    Vault,
    VaultError,
    seal,
    unseal,
)
from tests.node.margin.books import ACCOUNT, book_of, first_legs, quoted, shipped_book

SECRET = OwnerSecret.of(development_account("owner"))
OTHER = OwnerSecret.of(development_account("owner", 1))


def opening(book: Book | None = None, update: int = 1) -> BookOpening:
    return BookOpening.new(book or first_legs(3), ACCOUNT, update, SECRET)


@pytest.mark.parametrize("count", [0, 1, 32, 128])
def test_sealing_gives_the_same_opening_back(count: int) -> None:
    book = first_legs(0) if count == 0 else book_of(quoted().market, count)
    made = opening(book)
    assert unseal(seal(made, SECRET), ACCOUNT, SECRET) == made


def test_sizes_do_not_tell_books_apart() -> None:
    books = [Book(), first_legs(1), shipped_book(), book_of(quoted().market, 128)]
    assert {len(seal(opening(book), SECRET)) for book in books} == {SEALED_BYTES}


def test_sealing_twice_gives_unrelated_bytes() -> None:
    one, other = (seal(opening(), SECRET) for _ in range(2))
    equal = sum(a == b for a, b in zip(one[17:], other[17:], strict=True))
    assert equal < len(one) // 20


def test_a_sealed_opening_shows_no_field() -> None:
    made = opening()
    sealed = seal(made, SECRET)
    for leaf in made.book.leaves(128):
        assert leaf.to_bytes(18, "big") not in sealed
    assert made.opening.salt.to_bytes(31, "big") not in sealed


@pytest.mark.parametrize("place", [0, 16, 17, 40, 41, 1000, SEALED_BYTES - 17, SEALED_BYTES - 1])
def test_every_changed_byte_is_noticed(place: int) -> None:
    sealed = bytearray(seal(opening(), SECRET))
    sealed[place] ^= 1
    with pytest.raises(SealError):
        unseal(bytes(sealed), ACCOUNT, SECRET)


@pytest.mark.parametrize("damage", [b"", b"x", b"\0" * SEALED_BYTES])
def test_other_bytes_are_refused(damage: bytes) -> None:
    with pytest.raises(SealError):
        unseal(damage, ACCOUNT, SECRET)


def test_another_key_or_account_does_not_open() -> None:
    sealed = seal(opening(), SECRET)
    with pytest.raises(SealError):
        unseal(sealed, ACCOUNT, OTHER)
    with pytest.raises(SealError):
        unseal(sealed, replace(ACCOUNT, account_id=ACCOUNT.account_id + 1), SECRET)
    with pytest.raises(SealError):
        unseal(sealed, replace(ACCOUNT, group=ACCOUNT.group + 1), SECRET)


def test_salts_are_functions_of_owner_account_update_and_book() -> None:
    accounts = [
        ACCOUNT,
        AccountReference(ACCOUNT.account_id, ACCOUNT.group),
        replace(ACCOUNT, group=7),
    ]
    salts = {
        secret.salt(account, update, book)
        for secret in (SECRET, OTHER)
        for account in accounts
        for update in (1, 2, 256)
        for book in (first_legs(0), first_legs(1))
    }
    assert len(salts) == 36
    assert all(0 <= salt < 1 << 248 for salt in salts)
    again = OwnerSecret.of(development_account("owner"))
    assert SECRET.salt(ACCOUNT, 1, first_legs(1)) == again.salt(ACCOUNT, 1, first_legs(1))


def test_two_commitments_of_one_book_share_nothing() -> None:
    one, other = opening(update=1).commitment(), opening(update=2).commitment()
    assert bin(one ^ other).count("1") > 80


def test_printing_shows_nothing() -> None:
    made = opening(shipped_book())
    leg = made.book.legs[0]
    for value in (made, made.book, leg, made.book.linear, made.opening, SECRET):
        for text in (repr(value), str(value), f"{value}", f"{[value]}"):
            assert text.strip("[]") == f"{type(value).__name__}(hidden)"


def test_the_vault_keeps_every_update(tmp_path: Path) -> None:
    vault = Vault(tmp_path / "data" / "vault", SECRET)
    first = vault.commit(first_legs(2), ACCOUNT)
    second = vault.commit(first_legs(2), ACCOUNT)
    assert (first.update, second.update) == (1, 2)
    assert first.commitment() != second.commitment()
    assert vault.newest(ACCOUNT) == second
    assert vault.updates(ACCOUNT) == (1, 2)
    files = sorted((tmp_path / "data" / "vault").glob("*/*.sealed"))
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    folders = {vault.directory, *(path.parent for path in files)}
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}
    assert len({path.stat().st_size for path in files}) == 1


@pytest.mark.parametrize("update", [0, 1, 5, -1, 1 << 32])
def test_an_update_number_is_never_used_again(tmp_path: Path, update: int) -> None:
    vault = Vault(tmp_path, SECRET)
    vault.commit(first_legs(2), ACCOUNT, update=5)
    with pytest.raises(OpeningReused):
        vault.commit(first_legs(3), ACCOUNT, update=update)
    assert vault.commit(first_legs(3), ACCOUNT).update == 6


def test_an_open_file_is_refused(tmp_path: Path) -> None:
    vault = Vault(tmp_path, SECRET)
    vault.commit(first_legs(2), ACCOUNT)
    (path,) = tmp_path.glob("*/*.sealed")
    path.chmod(0o640)
    with pytest.raises(VaultError, match="chmod 600"):
        vault.newest(ACCOUNT)


def test_a_file_that_was_renamed_is_noticed(tmp_path: Path) -> None:
    vault = Vault(tmp_path, SECRET)
    vault.commit(first_legs(2), ACCOUNT)
    vault.commit(first_legs(3), ACCOUNT)
    old, new = sorted(tmp_path.glob("*/*.sealed"))
    os.replace(old, new)
    with pytest.raises(SealError, match="another opening"):
        vault.newest(ACCOUNT)


def test_an_account_without_openings_is_a_refusal(tmp_path: Path) -> None:
    with pytest.raises(VaultError, match="no opening"):
        Vault(tmp_path / "none", SECRET).newest(ACCOUNT)


def test_a_vault_from_a_backup_gives_no_salt_to_two_books(tmp_path: Path) -> None:
    """Whoever was shown the one opening could try books for the other's commitment."""
    lost = Vault(tmp_path / "lost", SECRET).commit(first_legs(2), ACCOUNT)
    restored = Vault(tmp_path / "restored", SECRET).commit(first_legs(3), ACCOUNT)
    assert lost.update == restored.update
    assert lost.opening.salt != restored.opening.salt
    again = Vault(tmp_path / "again", SECRET).commit(first_legs(2), ACCOUNT)
    assert again.commitment() == lost.commitment()


def test_writers_side_by_side_get_numbers_of_their_own(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(
            pool.map(lambda i: Vault(tmp_path, SECRET).commit(first_legs(i % 4), ACCOUNT), range(8))
        )
    assert sorted(each.update for each in made) == list(range(1, 9))
    assert Vault(tmp_path, SECRET).updates(ACCOUNT) == tuple(range(1, 9))


def test_two_openings_of_one_number_are_not_chosen_from(tmp_path: Path) -> None:
    for index in (1, 2):
        Vault(tmp_path / str(index), SECRET).commit(first_legs(index), ACCOUNT)
    (folder,) = (tmp_path / "1").iterdir()
    for path in (tmp_path / "2").glob("*/*.sealed"):
        path.rename(folder / path.name)
    with pytest.raises(VaultError, match="two openings of update 1"):
        Vault(tmp_path / "1", SECRET).newest(ACCOUNT)


def test_a_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    Vault(tmp_path / "vault", SECRET).commit(first_legs(2), ACCOUNT)
    (folder,) = (tmp_path / "vault").iterdir()
    for path in (folder, folder.parent):
        path.chmod(0o755)
        with pytest.raises(VaultError, match="chmod 700"):
            Vault(tmp_path / "vault", SECRET).commit(first_legs(3), ACCOUNT)
        path.chmod(0o700)
