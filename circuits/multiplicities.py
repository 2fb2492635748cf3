"""How often each table row is looked up: the prover's side of LogUp."""

from __future__ import annotations

import numpy as np

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.evaluation import IntegerArray, integer_array
from circuits.edsl.lookups import RowTable


def range_multiplicities(ar: Arithmetic, size: int) -> IntegerArray:
    """Counts of 0 … size - 1 over all range queries; values outside (a liar's) count nowhere."""
    counts = np.zeros(size, dtype=np.int64)
    for query in ar.range_queries:
        inside = [value for value in query.value.payload if 0 <= value < size]
        counts += np.bincount(np.array(inside, dtype=np.int64), minlength=size)
    return integer_array(counts.tolist())


def row_multiplicities(ar: Arithmetic, table: RowTable) -> IntegerArray:
    """Counts of the table's rows over all its queries, as the hints name them."""
    counts = np.zeros(len(table.rows), dtype=np.int64)
    for query in ar.row_queries:
        if query.table.tag == table.tag:
            rows = np.array([row for row in query.row if 0 <= row < len(table.rows)], np.int64)
            counts += np.bincount(rows, minlength=len(table.rows))
    return integer_array(counts.tolist())
