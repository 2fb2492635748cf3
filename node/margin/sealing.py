"""Sealed openings: bytes of one size for every book, opened by their owner alone.

::

    "proofmark.sealed" (16) | version 1 (1) | nonce (24) | ciphertext (2,432) | tag (16)

XChaCha20-Poly1305 (RFC 8439, with the 24-byte nonces of draft-irtf-cfrg-xchacha) under the owner's
sealing key; the header and the account are authenticated with it, so a file of one account is no
file of another. The plaintext is fixed in size: all 128 leaves, empty slots included. On disk it is
one line of base64.
"""

from __future__ import annotations

import base64
import binascii
import secrets

from Crypto.Cipher import ChaCha20_Poly1305

from circuits.statements.portfolio_margin import Opening
from circuits.statements.portfolio_margin.book import unpack_book
from circuits.statements.portfolio_margin.units import LEAVES
from node.margin.errors import SealError
from node.margin.opening import (
    CASH_BYTES,
    LEAF_BYTES,
    LINEAR_BYTES,
    AccountReference,
    BookOpening,
    OwnerSecret,
    book_bytes,
)
from node.margin.refusing import quietly

_MAGIC = b"proofmark.sealed"
_VERSION = b"\x01"
_NONCE_BYTES, _TAG_BYTES = 24, 16
_UPDATE, _GROUP, _ACCOUNT, _SETTLED, _SALT = 4, 20, 32, 5, 31
_HEAD = (_UPDATE, _GROUP, _ACCOUNT, _SETTLED, _SALT)
_BOOK = (CASH_BYTES, LINEAR_BYTES, *[LEAF_BYTES] * LEAVES)
_PLAIN_BYTES = sum(_HEAD) + sum(_BOOK)

SEALED_BYTES = len(_MAGIC) + len(_VERSION) + _NONCE_BYTES + _PLAIN_BYTES + _TAG_BYTES
"""Size of every sealed opening."""


def seal(opened: BookOpening, secret: OwnerSecret) -> bytes:
    """The sealed opening, under a fresh random nonce."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    cipher = ChaCha20_Poly1305.new(key=secret.sealing_key(), nonce=nonce)
    cipher.update(_associated(opened.account))
    ciphertext, tag = cipher.encrypt_and_digest(_encode(opened))
    return _MAGIC + _VERSION + nonce + ciphertext + tag


def unseal(sealed: bytes, account: AccountReference, secret: OwnerSecret) -> BookOpening:
    """The opening of an account; SealError unless these very bytes were sealed for it."""
    return quietly(
        lambda: _decode(_decrypt(sealed, account, secret)),
        lambda kind: SealError(f"a sealed opening holds no book ({kind})"),
    )


def _decrypt(sealed: bytes, account: AccountReference, secret: OwnerSecret) -> bytes:
    if len(sealed) != SEALED_BYTES or not sealed.startswith(_MAGIC + _VERSION):
        raise SealError(f"{len(sealed)} bytes are no sealed opening of version 1")
    body = sealed[len(_MAGIC) + len(_VERSION) :]
    cipher = ChaCha20_Poly1305.new(key=secret.sealing_key(), nonce=body[:_NONCE_BYTES])
    cipher.update(_associated(account))
    try:
        return cipher.decrypt_and_verify(body[_NONCE_BYTES:-_TAG_BYTES], body[-_TAG_BYTES:])
    except ValueError:
        raise SealError(
            f"a sealed opening does not open as one of {account}: it is damaged, of another"
            " account, or sealed by another key"
        ) from None


def armour(sealed: bytes) -> str:
    """Sealed bytes as one line of text."""
    return base64.b64encode(sealed).decode("ascii") + "\n"


def unarmour(text: str) -> bytes:
    """The bytes of such a line; SealError."""
    try:
        return base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        raise SealError("the file holds no line of base64") from None


def _associated(account: AccountReference) -> bytes:
    group = account.group.to_bytes(_GROUP, "big")
    return _MAGIC + _VERSION + group + account.account_id.to_bytes(_ACCOUNT, "big")


def _encode(opened: BookOpening) -> bytes:
    opening = opened.opening
    head = (
        opened.update,
        opening.group,
        opening.account_id,
        opening.settled_through,
        opening.salt,
    )
    parts = [value.to_bytes(size, "big") for value, size in zip(head, _HEAD, strict=True)]
    return b"".join(parts) + book_bytes(opened.book)


def _decode(plain: bytes) -> BookOpening:
    numbers, at = [], 0
    for size in (*_HEAD, *_BOOK):
        numbers.append(int.from_bytes(plain[at : at + size], "big"))
        at += size
    update, group, account_id, settled, salt, cash, linear, *leaves = numbers
    book = unpack_book(leaves, linear, cash, 1)
    return BookOpening(book, Opening(group, account_id, settled, salt), update)
