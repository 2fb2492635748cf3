"""Openings: a book with what its commitment holds besides, and where its salt comes from.

The salt is a function of the book too: a vault put back from a backup, or two writers, may use an
update number again, and whoever was shown the one opening could else try books for the other.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from circuits.statements.portfolio_margin import Book, Opening, commit
from circuits.statements.portfolio_margin.hidden import Hidden
from circuits.statements.portfolio_margin.units import LEAVES

if TYPE_CHECKING:
    from node.chain.signatures import LocalAccount

LARGEST_UPDATE = (1 << 32) - 1

_OWNER_TAG = b"proofmark.margin.owner.v1"
_SALT_TAG = b"proofmark.margin.salt.v1"
_SEAL_TAG = b"proofmark.margin.seal.v1"
_GROUP_BYTES, _ACCOUNT_BYTES, _UPDATE_BYTES = 20, 32, 4
_SALT_BYTES = 31

CASH_BYTES, LINEAR_BYTES, LEAF_BYTES = 12, 24, 18
"""Of the parts of a book, in bytes."""


@dataclass(frozen=True, repr=False)
class OwnerSecret(Hidden):
    """32 secret bytes: salts and the key of sealed files are functions of them."""

    value: bytes

    @classmethod
    def of(cls, account: LocalAccount) -> OwnerSecret:
        """The secret of a signing key, so that an owner keeps one keystore and nothing else.

        HMAC under a tag of its own: it says nothing of the key, nor the key's signatures of it.
        """
        return cls(hmac.digest(bytes(account.key), _OWNER_TAG, hashlib.sha256))

    def salt(self, account: AccountReference, update: int, book: Book) -> int:
        """248 bits that nobody else can tell from random, new for each account, update and book."""
        message = b"".join(
            (
                _SALT_TAG,
                account.group.to_bytes(_GROUP_BYTES, "big"),
                account.account_id.to_bytes(_ACCOUNT_BYTES, "big"),
                update.to_bytes(_UPDATE_BYTES, "big"),
                book_bytes(book),
            )
        )
        digest = hmac.digest(self.value, message, hashlib.sha256)
        return int.from_bytes(digest[:_SALT_BYTES], "big")

    def sealing_key(self) -> bytes:
        """32 bytes for the cipher of sealed files."""
        return hmac.digest(self.value, _SEAL_TAG, hashlib.sha256)


@dataclass(frozen=True)
class AccountReference:
    """Whose book: the consumer's address (the commitment's group) and the account id there."""

    group: int
    account_id: int

    def __str__(self) -> str:
        return f"account 0x{self.account_id:064x} of 0x{self.group:040x}"


def book_bytes(book: Book) -> bytes:
    """Cash, linear holdings and all 128 leaves: one size for every book."""
    head = book.packed_cash.to_bytes(CASH_BYTES, "big") + book.linear.packed.to_bytes(
        LINEAR_BYTES, "big"
    )
    return head + b"".join(leaf.to_bytes(LEAF_BYTES, "big") for leaf in book.leaves(LEAVES))


@dataclass(frozen=True, repr=False)
class BookOpening(Hidden):
    """A book and everything its commitment holds. `update` counts the account's commitments."""

    book: Book
    opening: Opening
    update: int

    @classmethod
    def new(
        cls, book: Book, account: AccountReference, update: int, secret: OwnerSecret
    ) -> BookOpening:
        """The opening of an account's update; nothing is settled yet."""
        salt = secret.salt(account, update, book)
        return cls(book, Opening(account.group, account.account_id, 0, salt), update)

    @property
    def account(self) -> AccountReference:
        """Whose it is."""
        return AccountReference(self.opening.group, self.opening.account_id)

    def commitment(self) -> int:
        """What the chain sees of it."""
        return commit(self.book, self.opening)
