"""The owner's vault: every opening of every account, sealed, one file for each commitment.

::

    <vault>/<consumer>-<account id>/<update>-<commitment>.sealed       0600, in folders of 0700

Names hold what the chain shows anyway, and that it is the account of whoever keeps them; all files
have one size. An account's updates only grow, so a commitment that was there is never made again;
one process commits at a time.
"""

from __future__ import annotations

import re
from pathlib import Path

from circuits.statements.portfolio_margin import Book
from node.files import locked_directory, private_directory, read_private, replace_file
from node.margin.errors import OpeningReused, SealError, VaultError
from node.margin.opening import LARGEST_UPDATE, AccountReference, BookOpening, OwnerSecret
from node.margin.sealing import armour, seal, unarmour, unseal

_NAME = re.compile(r"(\d{10})-([0-9a-f]{64})\.sealed")


class Vault:
    """Openings in a directory, which is made when the first one is kept."""

    def __init__(self, directory: Path, secret: OwnerSecret) -> None:
        self.directory = directory
        self._secret = secret

    def commit(
        self, book: Book, account: AccountReference, update: int | None = None
    ) -> BookOpening:
        """Keep a new opening of the account's book: under the next number, or a higher one.

        Raises OpeningReused for a number that is not above all before, VaultError.
        """
        folder = self._folder(account)
        try:
            for directory in (self.directory, folder):
                private_directory(directory)
            with locked_directory(folder):
                return self._commit(book, account, update)
        except OSError as error:
            raise VaultError(f"vault {folder}: {error.strerror}") from error

    def _commit(self, book: Book, account: AccountReference, update: int | None) -> BookOpening:
        kept = self._kept(account)
        newest = max(kept, default=0)
        number = newest + 1 if update is None else update
        if not newest < number <= LARGEST_UPDATE:
            raise OpeningReused(
                f"update {number} of {account} is not above {newest}, the newest one kept, and at"
                f" most {LARGEST_UPDATE}"
            )
        opened = BookOpening.new(book, account, number, self._secret)
        commitment = opened.commitment()
        if any(commitment == int(path.name[11:75], 16) for path in kept.values()):
            raise OpeningReused(f"{account} had this commitment before")
        path = self._folder(account) / _name(number, commitment)
        replace_file(path, armour(seal(opened, self._secret)))
        return opened

    def newest(self, account: AccountReference) -> BookOpening:
        """The account's latest opening; VaultError, SealError."""
        kept = self._kept(account)
        if not kept:
            raise VaultError(f"the vault {self.directory} has no opening of {account}")
        path = kept[max(kept)]
        opened = unseal(unarmour(_read_private(path)), account, self._secret)
        if path.name != _name(opened.update, opened.commitment()):
            raise SealError(f"{path} holds another opening than its name says")
        return opened

    def updates(self, account: AccountReference) -> tuple[int, ...]:
        """Numbers of all openings kept."""
        return tuple(sorted(self._kept(account)))

    def _kept(self, account: AccountReference) -> dict[int, Path]:
        folder = self._folder(account)
        try:
            paths = list(folder.iterdir()) if folder.exists() else []
        except OSError as error:
            raise VaultError(f"vault {folder}: {error.strerror}") from error
        kept: dict[int, Path] = {}
        for path in paths:
            name = _NAME.fullmatch(path.name)
            if name is not None and kept.setdefault(int(name[1]), path) != path:
                raise VaultError(f"vault {folder}: two openings of update {int(name[1])}")
        return kept

    def calls(self, account: AccountReference, chain_id: int) -> Path:
        """Where the calls about an account are remembered."""
        return self._folder(account) / f"calls-{chain_id}.txt"

    def _folder(self, account: AccountReference) -> Path:
        return self.directory / f"{account.group:040x}-{account.account_id:064x}"


def _name(update: int, commitment: int) -> str:
    return f"{update:010d}-{commitment:064x}.sealed"


def _read_private(path: Path) -> str:
    try:
        return read_private(path).decode("ascii")
    except OSError as error:
        raise VaultError(f"cannot read {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise VaultError(f"{path} is no sealed opening") from None
