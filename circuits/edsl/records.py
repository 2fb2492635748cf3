"""What an arithmetic keeps of a traced statement: tables, queries, words, assumptions."""

from __future__ import annotations

from dataclasses import dataclass

from circuits.edsl.values import FieldElement, Payload


@dataclass(frozen=True)
class Assumption:
    """A fact finer than the types, with the reason it holds and the test that would break it."""

    path: str
    lo: int | None
    hi: int | None
    because: str
    must_fail: str


@dataclass(frozen=True, eq=False)
class RowTable:
    """A lookup table whose rows are integer polynomials of one degree.

    Row j has coefficients rows[j][0 … degree]; `tag` separates it from other tables, and
    `indexed` says whether a query names its row (Y^5 * index joins the fingerprint).
    """

    name: str
    tag: int
    rows: tuple[tuple[int, ...], ...]
    indexed: bool

    @property
    def degree(self) -> int:
        """Degree of every row polynomial."""
        return len(self.rows[0]) - 1


@dataclass(frozen=True)
class RangeQuery:
    """One value that must lie in [0, 2^limb_bits)."""

    path: str
    value: FieldElement


@dataclass(frozen=True)
class RowQuery:
    """`taylor` must be the Taylor coefficients at `at` of a row of the table (row `index`)."""

    path: str
    table: RowTable
    at: FieldElement
    taylor: tuple[FieldElement, ...]
    index: FieldElement | None
    row: Payload  #: which row the honest prover means; None on the builder


@dataclass(frozen=True)
class PublicWords:
    """Words added to the fingerprint, one per lane, in lane order."""

    path: str
    word: FieldElement
