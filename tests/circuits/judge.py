"""Which rows of a system an assignment breaks, asked often: only rows that changed are evaluated.

A system may be judged with some sites left out: then it is the system of a twin, the product's own
rows but those, and without their lookups in the balance of all lookups.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import translate
from functools import cache, cached_property
from itertools import pairwise

from circuits.field import BN254_FR
from circuits.r1cs import R1CS, Assignment

_R = BN254_FR.modulus

Side = list[tuple[int, int]]
#: Last parts of the paths of rows that answer a lookup with a wire of the balance.
ANSWERS = ("lookup", "fraction")


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether a path fits one of the patterns; brackets stand for themselves."""
    return bool(patterns) and _compiled(patterns).match(path) is not None


@cache
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(translate(pattern.replace("[", "[[]")) for pattern in patterns))


@dataclass(frozen=True)
class Sites:
    """What a twin leaves out, by patterns of paths."""

    lookups: tuple[str, ...] = ()  #: of range checks, hints, table rows and rows of wires
    constraints: tuple[str, ...] = ()

    def has_query(self, path: str) -> bool:
        """Whether a query of this path is left out, its look-up as top bits included."""
        return matches(path.removesuffix("_top"), self.lookups)

    def has_row(self, path: str) -> bool:
        """Whether a constraint of this path is left out."""
        site, _, last = path.rpartition("/")
        answered = last in ANSWERS and self.has_query(site)
        return answered or matches(path, self.constraints)


NOTHING = Sites()


@dataclass
class Judge:
    """The rows of one system; what one assignment breaks is kept, later ones are compared to it."""

    r1cs: R1CS
    _kept: list[int] = field(default_factory=list)
    _broken: set[int] = field(default_factory=set)

    def violations(self, assignment: Assignment, without: Sites = NOTHING) -> list[str]:
        """Paths of the unsatisfied rows, but for what is left out."""
        values = assignment.values()
        if not self._kept:
            self._kept, self._broken = [0] * len(values), set()
            self._broken = self._judge(range(self.r1cs.row_count), values)
            self._kept = values
        broken = self._compared(values)
        if without == NOTHING:
            return [self.r1cs.row_path(row) for row in sorted(broken)]
        left_out, unheard = self._left_out(without)
        broken -= left_out
        for row in self._balances:
            a, b, c = self._rows[row]
            heard = [(k, wire) for k, wire in c if wire not in unheard]
            off = _sum(a, values) * _sum(b, values) - _sum(heard, values)
            broken.discard(row)
            broken |= {row} if off % _R and row not in left_out else set()
        return [self.r1cs.row_path(row) for row in sorted(broken)]

    def _compared(self, values: list[int]) -> set[int]:
        """The broken rows, from the kept assignment's."""
        pairs = enumerate(zip(values, self._kept, strict=True))
        changed = [wire for wire, (now, before) in pairs if now != before]
        rows = {row for wire in changed for row in self._readers[wire]}
        return (self._broken - rows) | self._judge(sorted(rows), values)

    def _judge(self, rows: Sequence[int], values: list[int]) -> set[int]:
        found = set()
        for row in rows:
            a, b, c = self._rows[row]
            if (_sum(a, values) * _sum(b, values) - _sum(c, values)) % _R:
                found.add(row)
        return found

    def _left_out(self, without: Sites) -> tuple[set[int], set[int]]:
        """Rows, and the wires with which they answered lookups."""
        rows: set[int] = set()
        wires: set[int] = set()
        for start, block in zip(self.r1cs.row_starts, self.r1cs.blocks, strict=True):
            for index, constraint in enumerate(block.constraints):
                if not without.has_row(constraint.path):
                    continue
                first = start + index * block.lanes
                own = range(first, first + block.lanes)
                rows.update(own)
                if constraint.path.rpartition("/")[2] in ANSWERS:
                    wires.update(wire for row in own for _, wire in self._rows[row][0])
        return rows, wires

    @cached_property
    def _rows(self) -> list[tuple[Side, Side, Side]]:
        matrices = self.r1cs.matrices
        coefficients = [BN254_FR.centered(value) for value in matrices.coefficients]
        sides = []
        for matrix in (matrices.a, matrices.b, matrices.c):
            ids, wires = matrix.coefficient_ids.tolist(), matrix.wires.tolist()
            terms = [(coefficients[i], wire) for i, wire in zip(ids, wires, strict=True)]
            starts = matrix.row_starts.tolist()
            sides.append([terms[a:b] for a, b in pairwise(starts)])
        return list(zip(*sides, strict=True))

    @cached_property
    def _readers(self) -> list[list[int]]:
        readers: list[set[int]] = [set() for _ in range(self.r1cs.wire_count)]
        for matrix in (self.r1cs.matrices.a, self.r1cs.matrices.b, self.r1cs.matrices.c):
            wires = matrix.wires.tolist()
            for row, (begin, end) in enumerate(pairwise(matrix.row_starts.tolist())):
                for wire in wires[begin:end]:
                    readers[wire].add(row)
        return [list(rows) for rows in readers]

    @cached_property
    def _balances(self) -> list[int]:
        found = []
        for start, block in zip(self.r1cs.row_starts, self.r1cs.blocks, strict=True):
            found += [
                start + index * block.lanes
                for index, constraint in enumerate(block.constraints)
                if constraint.path == "balance"
            ]
        return found


def _sum(side: Side, values: list[int]) -> int:
    return sum(coefficient * values[wire] for coefficient, wire in side)
