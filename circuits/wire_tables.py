"""The challenge's answers for tables of wires and for sums by group (`edsl/wire_rows.py`,
`edsl/group_sums.py` say what is proven and why).

A row of wires costs as many constraints as it has entries, and one more for each index part that is
not shared; so does a query.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.group_sums import GroupSum
from circuits.edsl.lookups import INDEX_POWER, TAG_POWER
from circuits.edsl.response import Response
from circuits.edsl.values import FieldElement, Integer, Payload
from circuits.edsl.wire_rows import WireRows

Row = tuple[int, ...]


def commit_wire_rows(ar: Arithmetic) -> list[FieldElement]:
    """Commit how often each offered row is looked up, rows of equal worth counted once."""
    queries: dict[int, Counter[Row]] = defaultdict(Counter)
    for query in ar.wire_queries:
        queries[query.tag].update(_rows(ar, query))
    counts = []
    for rows in ar.wire_rows:
        with ar.scope(rows.path):
            offered = _rows(ar, rows)
            taken = [queries[rows.tag].pop(row, 0) for row in offered]
            (count,) = ar.hint("multiplicity", rows.lanes, 1, partial(ar.numbers.vector, taken))
        counts.append(count)
    return counts


def answer_wire_rows(
    response: Response, counts: Sequence[FieldElement], powers: list[FieldElement]
) -> tuple[list[FieldElement], list[FieldElement]]:
    """Fractions of all queries and of all rows."""
    ar = response.ar
    index_products: dict[int, FieldElement] = {}
    added, removed = [], []
    for query in ar.wire_queries:
        with ar.scope(query.path):
            worth = _worth(ar, query, powers, index_products)
            added.append(response.fraction(ar.constant(worth.lanes, 1), worth))
    for rows, count in zip(ar.wire_rows, counts, strict=True):
        with ar.scope(rows.path):
            worth = _worth(ar, rows, powers, index_products)
            removed.append(response.fraction(count, worth))
    return added, removed


def answer_group_sums(response: Response, y: FieldElement) -> None:
    """One balanced equation for each family of sums."""
    ar = response.ar
    for found in ar.group_sums:
        with ar.scope(found.path):
            steps = [_power(ar, y, len(share.values)) for share in found.shares[:-1]]
            with ar.scope("members"):
                members = _members(ar, found, y, steps)
                added = response.fraction(members, found.member_key)
            with ar.scope("groups"):
                parts = [_horner(ar, sums, y) for sums in found.sums]
                removed = response.fraction(_joined(ar, parts, steps), found.group_key)
            response.assert_balanced([added], [removed])


def _members(
    ar: Arithmetic, found: GroupSum, y: FieldElement, steps: list[FieldElement]
) -> FieldElement:
    parts = []
    for position, share in enumerate(found.shares):
        with ar.scope(f"share[{position}]"):
            part = _horner(ar, share.values, y)
            if share.factor is not None:
                part = ar.multiply("factor", part, share.factor)
            parts.append(part)
    return _joined(ar, parts, steps)


def _joined(
    ar: Arithmetic, parts: Sequence[FieldElement], steps: Sequence[FieldElement]
) -> FieldElement:
    """Polynomials one after the other: part_0 + Y^n_0 (part_1 + Y^n_1 (…))."""
    total = parts[-1]
    for part, step in zip(reversed(parts[:-1]), reversed(steps), strict=True):
        total = part + ar.multiply("shift", total, step)
    return total


def _horner(ar: Arithmetic, values: Sequence[FieldElement], y: FieldElement) -> FieldElement:
    total = FieldElement(ar, values[-1].lanes, values[-1].payload)
    for value in reversed(values[:-1]):
        total = value + ar.multiply("horner", total, y)
    return total


def _power(ar: Arithmetic, y: FieldElement, exponent: int) -> FieldElement:
    """y^exponent by squaring, in y's lanes."""
    result = y
    for bit in bin(exponent)[3:]:
        result = ar.multiply("square", result, result)
        if bit == "1":
            result = ar.multiply("step", result, y)
    return result


def _worth(
    ar: Arithmetic,
    rows: WireRows,
    powers: list[FieldElement],
    index_products: dict[int, FieldElement],
) -> FieldElement:
    worth = _horner(ar, rows.entries, powers[0]) + powers[TAG_POWER - 1] * rows.tag
    for part in rows.index:
        if isinstance(part, Integer) and part.lo == part.hi:
            worth = worth + powers[INDEX_POWER - 1] * part.lo
            continue
        product = index_products.get(id(part))
        if product is None:
            product = index_products[id(part)] = ar.multiply("index", part, powers[INDEX_POWER - 1])
        worth = worth + product
    return worth


def _rows(ar: Arithmetic, rows: WireRows) -> list[Row]:
    """The offered or wanted rows as numbers; nothing on the builder."""

    def joined(*columns: Payload) -> list[Row]:
        count = len(rows.entries)
        entries, index = columns[:count], columns[count:]
        total = sum(index[1:], index[0])
        return list(zip(*[column.tolist() for column in (*entries, total)], strict=True))

    return ar.compute(rows.lanes, joined, *rows.entries, *rows.index) or []
