"""The commitment to a book: one preimage, circomlib's Poseidon, written down once.

::

    chunk_i    = Poseidon_16(leaves 16 i … 16 i + 15)                        i = 1 … 8
    commitment = Poseidon_15(domain and version, group, account id, settled through, salt,
                             cash + 2^95, chunk_1 … chunk_8, linear holdings)

Statements for few legs share it: chunks beyond them are the one chunk of 16 empty slots.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from circuits.poseidon import poseidon
from circuits.statements.packing import chunks
from circuits.statements.portfolio_margin.book import DUMMY_LEG, Book
from circuits.statements.portfolio_margin.hidden import Hidden
from circuits.statements.portfolio_margin.units import LEAVES, check_range

CHUNK_LEAVES = 16
#: keccak256("proofmark.portfolio.v1") mod r; a test recomputes it.
PORTFOLIO_TAG = 20356982305831420200844947526435814588051999178377001453520686180649678537850


@dataclass(frozen=True, slots=True, repr=False)
class Opening(Hidden):
    """What a commitment holds besides the book.

    `group` is the consumer's address, `account_id` word 3 of the statements, `settled_through` the
    last settled expiry (0 before any), `salt` 248 fresh random bits for each commitment.
    """

    group: int
    account_id: int
    settled_through: int
    salt: int

    def __post_init__(self) -> None:
        for name in ("group", "account_id", "settled_through", "salt"):
            check_range(name, getattr(self, name))


@cache
def empty_chunk() -> int:
    """The hash of 16 empty slots."""
    return poseidon((DUMMY_LEG,) * CHUNK_LEAVES)


def leg_chunks(book: Book) -> tuple[int, ...]:
    """The eight chunk hashes of a book."""
    empty = (DUMMY_LEG,) * CHUNK_LEAVES
    parts = (tuple(part) for part in chunks(book.leaves(LEAVES), CHUNK_LEAVES))
    return tuple(empty_chunk() if part == empty else poseidon(part) for part in parts)


def commit(book: Book, opening: Opening) -> int:
    """The commitment, a field element."""
    return poseidon(
        (
            PORTFOLIO_TAG,
            opening.group,
            opening.account_id,
            opening.settled_through,
            opening.salt,
            book.packed_cash,
            *leg_chunks(book),
            book.linear.packed,
        )
    )
