"""Lookup tables whose rows are made of committed wires: market rows, a position's volatilities.

A row is worth  sum_k Y^k entry_k + Y^5 * index + Y^6 * tag,  as a constant table's row is, with at
most five entries; so is a query. Index and entries are committed before the challenge. A table is
every row offered under its tag; `circuits/wire_tables.py` answers the challenge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from circuits.edsl.lanes import Lanes, deeper
from circuits.edsl.values import CircuitError, FieldElement, Integer

if TYPE_CHECKING:
    from circuits.edsl.arithmetic import Arithmetic

MAX_ENTRIES = 5
#: Tags below it belong to constant tables.
FIRST_WIRE_TAG = 16


@dataclass(frozen=True)
class WireRows:
    """One row for each lane; the index is the sum of its parts, read in the rows' lanes."""

    path: str
    tag: int
    entries: tuple[FieldElement, ...]
    index: tuple[FieldElement, ...]

    @property
    def lanes(self) -> Lanes:
        """The deepest space among entries and index."""
        lanes = self.entries[0].lanes
        for value in (*self.entries[1:], *self.index):
            lanes = deeper(lanes, value.lanes)
        return lanes


@dataclass(frozen=True)
class WireQuery(WireRows):
    """What must be one of the rows offered under the tag."""


def offer_rows(
    ar: Arithmetic, name: str, tag: int, entries: Sequence[Integer], index: Sequence[FieldElement]
) -> None:
    """Add rows to the table of a tag."""
    _check(ar, tag, entries, index)
    ar.wire_rows.append(WireRows(f"{ar.path}/{name}", tag, tuple(entries), tuple(index)))


def look_up_wires(
    ar: Arithmetic,
    name: str,
    tag: int,
    entries: Sequence[FieldElement],
    index: Sequence[FieldElement],
) -> tuple[Integer, ...]:
    """The entries as Integers: they are a row's, so they lie where the offered rows' entries lie.

    Rows must be offered before they are looked up.
    """
    _check(ar, tag, entries, index)
    offered = [rows.entries for rows in ar.wire_rows if rows.tag == tag]
    if not offered or any(len(row) != len(entries) for row in offered):
        raise CircuitError(f"{ar.path}/{name}: no rows of {len(entries)} entries under tag {tag}")
    ar.wire_queries.append(WireQuery(f"{ar.path}/{name}", tag, tuple(entries), tuple(index)))
    bounded = []
    for position, entry in enumerate(entries):
        column = [row[position] for row in offered]
        bounds = [(c.lo, c.hi) for c in column if isinstance(c, Integer)]
        lo, hi = min(lo for lo, _ in bounds), max(hi for _, hi in bounds)
        bounded.append(Integer(ar, entry.lanes, entry.payload, False, lo=lo, hi=hi))
    return tuple(bounded)


def _check(
    ar: Arithmetic, tag: int, entries: Sequence[FieldElement], index: Sequence[FieldElement]
) -> None:
    ar.refuse_after_challenge(*entries, *index)
    if not 1 <= len(entries) <= MAX_ENTRIES or tag < FIRST_WIRE_TAG:
        raise CircuitError(
            f"{ar.path}: {len(entries)} entries under tag {tag}, expected 1 to {MAX_ENTRIES} and a"
            f" tag from {FIRST_WIRE_TAG} on"
        )
