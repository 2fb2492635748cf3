"""The strongest prover: any committed wires it likes, and the best answer to the challenge.

`Forger` knows, for each private wire, the one constraint that determines it (an inverse, a
product, a Horner step), so changed committed wires are followed through: the private part is
recomputed, multiplicities are those of the looked-up values as they now are. What is left are the
constraints that determine nothing; the assignment is accepted when all of them hold. Only rows
that a change reaches are evaluated.

Multiplicities of tables of wires follow as well: each offered row counts the queries that are
worth what it is now worth, whichever of both changed. So a lie about a looked-up value is refused
for what it says, not for a count it left behind; a multiplicity that is itself changed stays so.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from circuits.field import BN254_FR
from circuits.r1cs import FINGERPRINT, PUBLIC_WIRES, R1CS, Assignment, SparseMatrix

_R = BN254_FR.modulus

_LONG = 1000

Row = tuple[list[tuple[int, int]], list[tuple[int, int]], list[tuple[int, int]]]


@dataclass(frozen=True)
class Forgery:
    """The assignment after a change, and the paths of constraints it breaks."""

    values: list[int]
    violations: tuple[str, ...]

    @property
    def fingerprint(self) -> int:
        """The public fingerprint: it pins the words, whatever the challenge was."""
        return self.values[FINGERPRINT]


class Forger:
    """Mutates the committed wires of an honest assignment."""

    def __init__(self, r1cs: R1CS, honest: Assignment) -> None:
        self._r1cs = r1cs
        self._honest = honest.values()
        self._rows = _rows(r1cs)
        self._first_private = PUBLIC_WIRES + r1cs.committed_count
        self._readers: dict[int, list[int]] = defaultdict(list)
        for index, sides in enumerate(self._rows):
            for wire in {wire for side in sides for _, wire in side}:
                self._readers[wire].append(index)
        self._defines = self._definitions()
        self._table_rows, self._queries = self._lookups()
        self._offered, self._wire_queries = self._wire_tables()
        self._products = self._product_rows()
        #: Balances of all lookups, which almost every change reaches: looked at once, last.
        self._long = {row for row, (_, _, c) in enumerate(self._rows) if len(c) > _LONG}
        self._followed: dict[int, int] = {}

    def _definitions(self) -> dict[int, int]:
        """Row -> the private wire it determines."""
        open_wires = [
            {w for side in sides for _, w in side if w >= self._first_private}
            for sides in self._rows
        ]
        for row in self._readers[FINGERPRINT]:
            open_wires[row].clear()
        ready = [row for row, wires in enumerate(open_wires) if len(wires) == 1]
        defines: dict[int, int] = {}
        while ready:
            row = ready.pop(0)
            if not open_wires[row]:
                continue
            (wire,) = open_wires[row]
            defines[row] = wire
            for reader in self._readers[wire]:
                open_wires[reader].discard(wire)
                if len(open_wires[reader]) == 1:
                    ready.append(reader)
        if len(defines) != self._r1cs.private_count:
            raise ValueError("a private wire is determined by no constraint")
        return defines

    def _product_rows(self) -> dict[int, int]:
        """Row -> the committed wire that is the product it states."""
        committed = self.committed_wires
        products: dict[int, int] = {}
        taken: set[int] = set()
        for row, (a, b, c) in enumerate(self._rows):
            if len(c) == 1 and c[0][1] in committed and a and b:
                wire = c[0][1]
                if all(wire != w for _, w in (*a, *b)) and wire not in taken:
                    products[row] = wire
                    taken.add(wire)
        return products

    def words(self, values: list[int]) -> tuple[int, ...]:
        """The public words of an assignment, read off the fingerprint's Horner chain."""
        path = self._r1cs.row_path
        chain = [row for row in self._defines if path(row).endswith("/fingerprint/horner")]
        accumulated = {row: values[self._defines[row]] for row in chain}
        return tuple(
            (accumulated[row] - _evaluate(self._rows[row][2], values)) % _R for row in chain
        )

    def balanced_pair(self, row: int, side: int, delta: int, pick: int) -> dict[int, int] | None:
        """Changes of two committed wires that leave one side of a row as it was."""
        terms = [(c, w) for c, w in self._rows[row][side] if w in self.committed_wires]
        if len(terms) < 2:
            return None
        (c, w), (d, v) = terms[pick % len(terms)], terms[(pick + 1) % len(terms)]
        other = -c * delta * BN254_FR.inverse(d)
        return {w: self._honest[w] + delta, v: self._honest[v] + other}

    @property
    def row_count(self) -> int:
        """Rows of the system."""
        return len(self._rows)

    @property
    def honest(self) -> list[int]:
        """The honest assignment's wires."""
        return list(self._honest)

    @cached_property
    def committed_wires(self) -> range:
        """Global indices of the committed wires that are no multiplicities."""
        return range(PUBLIC_WIRES, min(m for m, _ in self._table_rows.values()))

    def answer(self, changes: Mapping[int, int], *, follow: bool = False) -> Forgery:
        """Change committed wires and complete the assignment as favourably as possible.

        With `follow` committed products are recomputed as well, unless they are changed.
        """
        values = list(self._honest)
        self._followed = {
            row: wire for row, wire in self._products.items() if follow and wire not in changes
        }
        dirty: list[int] = []
        queued: set[int] = set()
        violated: set[int] = set()
        seen: set[int] = set()
        self._set(changes, values, dirty, queued)
        self._propagate(values, dirty, queued, violated, seen)
        counts = self._moved(values, seen)
        if seen & (self._offered.keys() | self._wire_queries):
            counts |= self.recounted(values)
        counts = {wire: count for wire, count in counts.items() if wire not in changes}
        self._set(counts, values, dirty, queued)
        self._propagate(values, dirty, queued, violated, seen)
        for row in seen & self._long:
            a, b, c = (_evaluate(side, values) for side in self._rows[row])
            violated |= {row} if (a * b - c) % _R else set()
        self._close_fingerprint(values, violated)
        paths = tuple(self._r1cs.row_path(row) for row in sorted(violated))
        return Forgery(values, paths)

    def _moved(self, values: list[int], seen: set[int]) -> dict[int, int]:
        """Multiplicities of constant tables whose queries changed."""
        moved: Counter[int] = Counter()
        for query in seen & self._queries.keys():
            now, before = self._worth(query, values), self._queries[query]
            if now != before:
                moved[before] -= 1
                moved[now] += 1
        rows = {worth: self._table_rows.get(worth) for worth, by in moved.items() if by}
        return {row[0]: values[row[0]] + moved[worth] for worth, row in rows.items() if row}

    def recounted(self, values: list[int] | None = None) -> dict[int, int]:
        """Multiplicities of tables of wires that are not what the queries now take."""
        values = values or self._honest
        wanted = Counter(self._worth(query, values) for query in self._wire_queries)
        counts = {
            wire: wanted.pop(self._worth(row, values), 0) for row, wire in self._offered.items()
        }
        return {wire: count for wire, count in counts.items() if count != values[wire]}

    def _set(
        self, changes: Mapping[int, int], values: list[int], dirty: list[int], queued: set[int]
    ) -> None:
        for wire, value in changes.items():
            values[wire] = value % _R
            for row in self._readers[wire]:
                if row not in queued:
                    queued.add(row)
                    heapq.heappush(dirty, row)

    def _propagate(
        self,
        values: list[int],
        dirty: list[int],
        queued: set[int],
        violated: set[int],
        seen: set[int],
    ) -> None:
        while dirty:
            row = heapq.heappop(dirty)
            seen.add(row)
            if row in self._long:
                continue
            queued.discard(row)
            defined = self._defines.get(row, self._followed.get(row))
            if defined is None:
                a, b, c = (_evaluate(side, values) for side in self._rows[row])
                violated.discard(row) if (a * b - c) % _R == 0 else violated.add(row)
                continue
            value = self._solve(row, defined, values)
            if value is None:
                violated.add(row)
            elif value != values[defined]:
                self._set({defined: value}, values, dirty, queued)

    def _solve(self, row: int, wire: int, values: list[int]) -> int | None:
        """The wire's value from its row, in which it stands linearly; None when there is none."""
        values[wire], kept = 0, values[wire]
        at_zero = [_evaluate(side, values) for side in self._rows[row]]
        values[wire] = 1
        at_one = [_evaluate(side, values) for side in self._rows[row]]
        values[wire] = kept
        constant = at_zero[0] * at_zero[1] - at_zero[2]
        slope = at_one[0] * at_one[1] - at_one[2] - constant
        if slope % _R == 0:
            return None if constant % _R else kept
        return -constant * BN254_FR.inverse(slope) % _R

    def _close_fingerprint(self, values: list[int], violated: set[int]) -> None:
        """The fingerprint is whatever the words give."""
        for row in violated.intersection(self._readers[FINGERPRINT]):
            found = self._solve(row, FINGERPRINT, values)
            if found is not None:
                values[FINGERPRINT] = found
                violated.discard(row)

    def _worth(self, query: int, values: list[int]) -> int:
        """X minus the B side of a lookup row."""
        return (values[1] - _evaluate(self._rows[query][1], values)) % _R

    def _wire_tables(self) -> tuple[dict[int, int], set[int]]:
        """Rows that offer wires with their multiplicity wire, and rows of queries, of all tags.

        A row's worth has its tag: equal worth is equal row. A sum by group has a numerator that the
        challenge made, so it is neither.
        """
        offered: dict[int, int] = {}
        queries: set[int] = set()
        for index, (_, _, c) in enumerate(self._rows):
            if not self._r1cs.row_path(index).endswith("/fraction") or len(c) != 1:
                continue
            ((_, wire),) = c
            if wire == 0:
                queries.add(index)
            elif PUBLIC_WIRES <= wire < self._first_private:
                offered[index] = wire
        return offered, queries

    def _lookups(self) -> tuple[dict[int, tuple[int, int]], dict[int, int]]:
        """Row worth -> (multiplicity wire, row), and rows of queries with their honest worth."""
        table_rows: dict[int, tuple[int, int]] = {}
        queries = {}
        for index in range(len(self._rows)):
            path = self._r1cs.row_path(index)
            if path.endswith("/lookup"):
                queries[index] = self._worth(index, self._honest)
            elif path.endswith("/row") and len(self._rows[index][2]) == 1:
                ((_, wire),) = self._rows[index][2]
                table_rows.setdefault(self._worth(index, self._honest), (wire, index))
        return table_rows, queries


def _rows(r1cs: R1CS) -> list[Row]:
    matrices = r1cs.matrices

    def side(matrix: SparseMatrix, row: int) -> list[tuple[int, int]]:
        entries = range(matrix.row_starts[row], matrix.row_starts[row + 1])
        return [
            (matrices.coefficients[matrix.coefficient_ids[e]], int(matrix.wires[e]))
            for e in entries
        ]

    return [
        (side(matrices.a, row), side(matrices.b, row), side(matrices.c, row))
        for row in range(r1cs.row_count)
    ]


def _evaluate(side: list[tuple[int, int]], values: list[int]) -> int:
    return sum(coefficient * values[wire] for coefficient, wire in side)
