"""The second phase: what a circuit does with the challenge, written once for both readings.

    Response
    ├── BuilderResponse     wires and constraints
    └── WitnessResponse     numbers modulo r

Statements never see the challenge. When `define` is done, `circuits.challenge_round` closes the
lookups and the fingerprint through these few operations; `multiply` is the arithmetic's own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.builder import CircuitBuilder
from circuits.edsl.evaluation import IntegerArray, WitnessArithmetic, integer_array
from circuits.edsl.forms import LinearForm, Source
from circuits.edsl.lanes import Lanes
from circuits.edsl.lookups import RowTable
from circuits.edsl.values import FieldElement
from circuits.field import BN254_FR
from circuits.r1cs import CHALLENGE, FINGERPRINT, ChallengeCollisionError, Column

_R = BN254_FR.modulus


@dataclass(frozen=True)
class TableBlock:
    """A lookup table's lanes and the multiplicities committed for its rows."""

    table: RowTable | None  #: None for the range table
    lanes: Lanes
    multiplicity: FieldElement


class Response(ABC):
    """Operations on the challenge."""

    @property
    @abstractmethod
    def ar(self) -> Arithmetic:
        """The arithmetic of the first phase, with its queries and words."""

    @abstractmethod
    def challenge(self, lanes: Lanes) -> FieldElement:
        """The challenge X."""

    @abstractmethod
    def row_fingerprints(self, block: TableBlock, powers: list[FieldElement]) -> FieldElement:
        """What each row of a table is worth under the powers of Y (the range table: the row)."""

    @abstractmethod
    def inverse(self, name: str, query: FieldElement, challenge: FieldElement) -> FieldElement:
        """A wire h with h * (X - query) = 1."""

    @abstractmethod
    def weighted_inverse(
        self, name: str, block: TableBlock, row: FieldElement, challenge: FieldElement
    ) -> FieldElement:
        """A wire w with w * (X - row) = multiplicity."""

    @abstractmethod
    def assert_balanced(self, added: list[FieldElement], removed: list[FieldElement]) -> None:
        """Constrain: sum of all lanes of `added` = sum of all lanes of `removed`."""

    @abstractmethod
    def horner(self, word: FieldElement, start: FieldElement | int) -> FieldElement:
        """Wires acc_l = acc_(l-1) * X + word_l; `start` is the value (or last lane) before."""

    @abstractmethod
    def assert_fingerprint(self, last: FieldElement) -> None:
        """Constrain the last lane of `last` to be the public fingerprint."""


def _index_fingerprint(table: RowTable, row: int) -> tuple[int, ...]:
    """Coefficients of a row's worth on 1, Y, …, Y^6."""
    coefficients = list(table.rows[row]) + [0] * (7 - len(table.rows[row]))
    coefficients[5] += row if table.indexed else 0
    coefficients[6] += table.tag
    return tuple(coefficients)


class BuilderResponse(Response):
    """Constraints of the second phase."""

    def __init__(self, builder: CircuitBuilder) -> None:
        self._builder = builder

    @property
    def ar(self) -> CircuitBuilder:
        """The builder."""
        return self._builder

    def challenge(self, lanes: Lanes) -> FieldElement:
        """The public challenge wire."""
        return self.ar.public(lanes, CHALLENGE)

    def row_fingerprints(self, block: TableBlock, powers: list[FieldElement]) -> FieldElement:
        """Columns of coefficients on the powers of Y."""
        one = next(iter(self.ar.constant(block.lanes, 1).payload.terms))
        if block.table is None:
            values = tuple(range(block.lanes.count))
            return self._columns(block.lanes, [(one, values)])
        rows = [_index_fingerprint(block.table, j) for j in range(block.lanes.count)]
        sources = [one]
        for power in powers:
            lifted = self.ar.lift(power.payload, power.lanes, block.lanes)
            sources.append(next(iter(lifted.terms)))
        return self._columns(block.lanes, list(zip(sources, zip(*rows, strict=True), strict=True)))

    def _columns(
        self, lanes: Lanes, columns: Sequence[tuple[Source, tuple[int, ...]]]
    ) -> FieldElement:
        terms: dict[Source, int | Column] = {
            source: self.ar.column(tuple(-value for value in values))
            for source, values in columns
            if any(values)
        }
        # Stored negated, because a column cannot be scaled: the only reader is X - row.
        return FieldElement(self.ar, lanes, LinearForm(terms), after_challenge=True)

    def inverse(self, name: str, query: FieldElement, challenge: FieldElement) -> FieldElement:
        """The big inverse on the A side, the small looked-up value on the B side (G2)."""
        ar = self.ar
        (inverse,) = ar.hint(name, query.lanes, 1, _never, challenge)
        ar.assert_product(name, inverse, challenge - query, ar.constant(query.lanes, 1))
        return inverse

    def weighted_inverse(
        self, name: str, block: TableBlock, row: FieldElement, challenge: FieldElement
    ) -> FieldElement:
        """One private wire and one constraint per row; `row` comes negated (see _columns)."""
        (inverse,) = self.ar.hint(name, block.lanes, 1, _never, challenge)
        self.ar.assert_product(name, inverse, challenge + row, block.multiplicity)
        return inverse

    def assert_balanced(self, added: list[FieldElement], removed: list[FieldElement]) -> None:
        """One row with every inverse on its C side."""
        total = LinearForm({})
        for sign, values in ((1, added), (-1, removed)):
            for value in values:
                total = total + value.payload.summed() * sign
        root = self.ar.spaces[0]
        self.ar.constrain(root, "balance", LinearForm({}), LinearForm({}), total)

    def horner(self, word: FieldElement, start: FieldElement | int) -> FieldElement:
        """One wire and one constraint per word."""
        ar = self.ar
        challenge = self.challenge(word.lanes)
        (acc,) = ar.hint("horner", word.lanes, 1, _never, challenge)
        before = LinearForm({})
        if word.lanes.count > 1:
            before = ar.previous_lane(acc)
        if isinstance(start, int):
            if word.lanes.count > 1:
                raise ValueError("the fingerprint starts with a single word")
            before = ar.constant(word.lanes, start).payload
        else:
            before = before + ar.last_lane(start)
        ar.constrain(word.lanes, "horner", before, challenge.payload, (acc - word).payload)
        return acc

    def assert_fingerprint(self, last: FieldElement) -> None:
        """One linear row."""
        root = self.ar.spaces[0]
        public = self.ar.public(root, FINGERPRINT)
        difference = self.ar.last_lane(last) + (public * -1).payload
        one = LinearForm({next(iter(self.ar.constant(root, 1).payload.terms)): 1})
        self.ar.constrain(root, "fingerprint", difference, one, LinearForm({}))


class WitnessResponse(Response):
    """Numbers of the second phase, for a given challenge."""

    def __init__(self, witness: WitnessArithmetic, challenge: int) -> None:
        self._witness = witness
        self._challenge = challenge
        self._known: dict[int, int] = {}
        self.fingerprint = 0

    @property
    def ar(self) -> WitnessArithmetic:
        """The witness of the first phase."""
        return self._witness

    def challenge(self, lanes: Lanes) -> FieldElement:
        """The number in every lane."""
        payload = np.full(lanes.count, self._challenge, dtype=object)
        return FieldElement(self.ar, lanes, payload, after_challenge=True)

    def row_fingerprints(self, block: TableBlock, powers: list[FieldElement]) -> FieldElement:
        """The worth of every row; their inverses are computed here once, for all queries."""
        rows = range(block.lanes.count)
        if block.table is None:
            worth = list(rows)
        else:
            y = [1, *(int(power.payload[0]) for power in powers)]
            weights = [_index_fingerprint(block.table, j) for j in rows]
            worth = [sum(map(int.__mul__, w, y)) % _R for w in weights]
        self._invert(worth)
        return FieldElement(self.ar, block.lanes, integer_array(worth), after_challenge=True)

    def inverse(self, name: str, query: FieldElement, challenge: FieldElement) -> FieldElement:
        """Looked up among the rows' inverses: an honest query equals a row."""
        del name, challenge
        values = [value % _R for value in query.payload]
        unknown = {value for value in values if value not in self._known}
        if unknown:
            self._invert(list(unknown))
        found = integer_array([self._known[value] for value in values])
        return self.ar.record_private(query.lanes, found)

    def weighted_inverse(
        self, name: str, block: TableBlock, row: FieldElement, challenge: FieldElement
    ) -> FieldElement:
        """multiplicity / (X - row)."""
        del name, challenge
        pairs = zip(block.multiplicity.payload, row.payload, strict=True)
        values = [m * self._known[value] % _R if m else 0 for m, value in pairs]
        return self.ar.record_private(block.lanes, integer_array(values))

    def assert_balanced(self, added: list[FieldElement], removed: list[FieldElement]) -> None:
        """The constraint is the builder's."""

    def horner(self, word: FieldElement, start: FieldElement | int) -> FieldElement:
        """Running values of the fingerprint."""
        acc = start if isinstance(start, int) else int(start.payload[-1])
        running: list[int] = []
        for value in word.payload:
            acc = (acc * self._challenge + value) % _R
            running.append(acc)
        return self.ar.record_private(word.lanes, integer_array(running))

    def assert_fingerprint(self, last: FieldElement) -> None:
        """Keep it for the public input."""
        self.fingerprint = int(last.payload[-1])

    def _invert(self, values: list[int]) -> None:
        differences = [(self._challenge - value) % _R for value in values]
        if 0 in differences:
            raise ChallengeCollisionError("the challenge equals a looked-up value")
        inverses = BN254_FR.batch_inverse(differences)
        self._known.update(zip(values, inverses, strict=True))


def _never(*_: IntegerArray) -> IntegerArray:
    raise AssertionError("the builder never calls hint functions")
