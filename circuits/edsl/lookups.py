"""What a statement asks the challenge round to prove: lookups and public words."""

from __future__ import annotations

from dataclasses import dataclass

from circuits.edsl.values import CircuitError, FieldElement, Payload
from circuits.edsl.wire_rows import FIRST_WIRE_TAG

#: Degree of a row, and the powers of Y that carry a query's row index and its table's tag.
MAX_DEGREE = 4
INDEX_POWER = MAX_DEGREE + 1
TAG_POWER = INDEX_POWER + 1


@dataclass(frozen=True, eq=False)
class RowTable:
    """A lookup table whose rows are integer polynomials of one degree.

    Row j has coefficients rows[j][0 … degree]; `tag` separates it from other tables (0 is the
    range table), and `indexed` says whether a query names its row (Y^5 * index joins the
    fingerprint). Raises CircuitError for a table that would not be separate.
    """

    name: str
    tag: int
    rows: tuple[tuple[int, ...], ...]
    indexed: bool

    def __post_init__(self) -> None:
        if not 1 <= self.tag < FIRST_WIRE_TAG:
            raise CircuitError(
                f"table {self.name}: tag {self.tag}, expected 1 to {FIRST_WIRE_TAG - 1}"
            )
        if self.degree > MAX_DEGREE or any(len(row) != self.degree + 1 for row in self.rows):
            raise CircuitError(f"table {self.name}: expected rows of one degree up to {MAX_DEGREE}")

    @property
    def degree(self) -> int:
        """Degree of every row polynomial."""
        return len(self.rows[0]) - 1

    def worth_coefficients(self, row: int) -> tuple[int, ...]:
        """Coefficients of a row's worth on 1, Y, …, Y^TAG_POWER."""
        coefficients = list(self.rows[row]) + [0] * (TAG_POWER + 1 - len(self.rows[row]))
        coefficients[INDEX_POWER] += row if self.indexed else 0
        coefficients[TAG_POWER] += self.tag
        return tuple(coefficients)


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
