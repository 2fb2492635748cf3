"""How often each table row is looked up: the prover's side of LogUp."""

from __future__ import annotations

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.lookups import RowTable
from circuits.edsl.numbers import LaneVector


def range_multiplicities(ar: Arithmetic, size: int) -> LaneVector:
    """Counts of 0 … size - 1 over all range queries; values outside (a liar's) count nowhere."""
    return ar.numbers.counts([query.value.payload for query in ar.range_queries], size)


def row_multiplicities(ar: Arithmetic, table: RowTable) -> LaneVector:
    """Counts of the table's rows over all its queries, as the hints name them."""
    queries = [query.row for query in ar.row_queries if query.table.tag == table.tag]
    return ar.numbers.counts(queries, len(table.rows))
