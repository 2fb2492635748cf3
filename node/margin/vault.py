"""The owner's vault: every opening of every account, sealed, one file for each commitment.

::

    <vault>/<consumer>-<account id>/<update>-<commitment>.sealed       0600, in folders of 0700

Names hold what the chain shows anyway; all files have one size. An account's updates only grow, so
no salt is used for two commitments, and a commitment that was there is never made again.
"""

from __future__ import annotations

import re
from pathlib import Path

from circuits.statements.portfolio_margin import Book
from node.files import read_private, replace_file
from node.margin.errors import OpeningReused, SealError, VaultError
from node.margin.opening import LARGEST_UPDATE, AccountReference, BookOpening, OwnerSecret
from node.margin.sealing import armour, seal, unarmour, unseal

_NAME = re.compile(r"(\d{10})-([0-9a-f]{64})\.sealed")
_DIRECTORY_MODE = 0o700


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
        self._keep(opened, commitment)
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
        named = ((_NAME.fullmatch(path.name), path) for path in paths)
        return {int(name[1]): path for name, path in named if name is not None}

    def _keep(self, opened: BookOpening, commitment: int) -> None:
        folder = self._folder(opened.account)
        try:
            for each in (self.directory, folder):  # parents of a folder made would get no mode
                each.mkdir(mode=_DIRECTORY_MODE, parents=True, exist_ok=True)
            path = folder / _name(opened.update, commitment)
            replace_file(path, armour(seal(opened, self._secret)))
        except OSError as error:
            raise VaultError(f"vault {folder}: {error.strerror}") from error

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
