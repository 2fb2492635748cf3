"""The second phase: what a circuit does with the challenge, written once for both readings.

    Response
    ├── BuilderResponse     wires and constraints
    └── WitnessResponse     numbers modulo r

Statements never see the challenge. When `define` is done, `circuits.challenge_round` closes the
lookups and the fingerprint through these few operations (its text says what they add up to);
`multiply` is the arithmetic's own.

A table is far wider than a template: each row has coefficients of its own. They are *columns*, one
number per lane, on the few wires that are the powers of Y, so a row costs one constraint.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.builder import CircuitBuilder
from circuits.edsl.evaluation import WitnessArithmetic
from circuits.edsl.forms import LinearForm, Source
from circuits.edsl.lanes import Lanes, deeper
from circuits.edsl.lookups import RowTable
from circuits.edsl.numbers import Inverses
from circuits.edsl.values import FieldElement, Payload
from circuits.r1cs import CHALLENGE, FINGERPRINT, ChallengeCollisionError, Column


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
    def row_inverses(self, block: TableBlock, powers: list[FieldElement]) -> FieldElement:
        """Wires w with w * (X - worth) = multiplicity, for every row of a table.

        A row of the range table is worth its number, one of another table what its
        `worth_coefficients` give under the powers of Y.
        """

    @abstractmethod
    def query_inverse(
        self, worth: FieldElement, table: RowTable | None, row: Payload
    ) -> FieldElement:
        """A wire h with h * (X - worth) = 1; an honest query's worth is that row's of the table."""

    @abstractmethod
    def fraction(self, numerator: FieldElement, pole: FieldElement) -> FieldElement:
        """A wire h with h * (X - pole) = numerator."""

    @abstractmethod
    def assert_balanced(self, added: list[FieldElement], removed: list[FieldElement]) -> None:
        """Constrain: sum of all lanes of `added` = sum of all lanes of `removed`."""

    @abstractmethod
    def horner(self, word: FieldElement, start: FieldElement | int) -> FieldElement:
        """Wires acc_l = acc_(l-1) * X + word_l; `start` is the value (or last lane) before."""

    @abstractmethod
    def assert_fingerprint(self, last: FieldElement) -> None:
        """Constrain the last lane of `last` to be the public fingerprint."""


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

    def row_inverses(self, block: TableBlock, powers: list[FieldElement]) -> FieldElement:
        """One private wire and one constraint per row."""
        challenge = self.challenge(block.lanes)
        (inverse,) = self.ar.hint("row", block.lanes, 1, _never, challenge)
        gap = challenge + self._negated_worth(block, powers)
        self.ar.assert_product("row", inverse, gap, block.multiplicity)
        return inverse

    def _negated_worth(self, block: TableBlock, powers: list[FieldElement]) -> FieldElement:
        """Minus the rows' worth, as columns: X - worth is wanted, and no column can be scaled."""
        one = next(iter(self.ar.constant(block.lanes, 1).payload.terms))
        if block.table is None:
            columns = [(one, tuple(range(block.lanes.count)))]
        else:
            lifted = [self.ar.lift(power.payload, power.lanes, block.lanes) for power in powers]
            sources = [one, *(next(iter(form.terms)) for form in lifted)]
            rows = [block.table.worth_coefficients(j) for j in range(block.lanes.count)]
            columns = list(zip(sources, zip(*rows, strict=True), strict=True))
        terms: dict[Source, int | Column] = {
            source: self.ar.column(tuple(-value for value in values))
            for source, values in columns
            if any(values)
        }
        return FieldElement(self.ar, block.lanes, LinearForm(terms), after_challenge=True)

    def query_inverse(
        self, worth: FieldElement, table: RowTable | None, row: Payload
    ) -> FieldElement:
        """One wire and one constraint.

        The inverse, a large number, is on the A side; the small looked-up value on the B side,
        whose multi-scalar multiplication is in G2 and costs more.
        """
        del table, row
        ar, challenge = self.ar, self.challenge(worth.lanes)
        (inverse,) = ar.hint("lookup", worth.lanes, 1, _never, challenge)
        ar.assert_product("lookup", inverse, challenge - worth, ar.constant(worth.lanes, 1))
        return inverse

    def fraction(self, numerator: FieldElement, pole: FieldElement) -> FieldElement:
        """One wire and one constraint."""
        ar, challenge = self.ar, self.challenge(deeper(numerator.lanes, pole.lanes))
        (quotient,) = ar.hint("fraction", challenge.lanes, 1, _never, challenge)
        ar.assert_product("fraction", quotient, challenge - pole, numerator)
        return quotient

    def assert_balanced(self, added: list[FieldElement], removed: list[FieldElement]) -> None:
        """One row with every inverse on its C side."""
        total = LinearForm({})
        for sign, values in ((1, added), (-1, removed)):
            for value in values:
                total = total + value.payload.summed() * sign
        root = self.ar.spaces[0]
        self.ar.constrain(root, "balance", LinearForm({}), LinearForm({}), total)

    def horner(self, word: FieldElement, start: FieldElement | int) -> FieldElement:
        """One wire and one constraint per word; a chunk's lane 0 goes on from `start`."""
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
        self._inverses: dict[RowTable | None, Inverses] = {}
        self.fingerprint = 0

    @property
    def ar(self) -> WitnessArithmetic:
        """The witness of the first phase."""
        return self._witness

    def challenge(self, lanes: Lanes) -> FieldElement:
        """The number in every lane."""
        payload = self.ar.numbers.same_in_field(self._challenge, lanes.count)
        return FieldElement(self.ar, lanes, payload, after_challenge=True)

    def row_inverses(self, block: TableBlock, powers: list[FieldElement]) -> FieldElement:
        """multiplicity / (X - worth); all rows are inverted here, once for all queries."""
        numbers = self.ar.numbers
        with _collisions_named():
            if block.table is None:
                inverses = numbers.range_inverses(self._challenge, block.lanes.count)
            else:
                values = [power.payload for power in powers]
                inverses = numbers.row_inverses(self._challenge, block.table, values)
        self._inverses[block.table] = inverses
        return self.ar.record_private(block.lanes, inverses.weighted(block.multiplicity.payload))

    def query_inverse(
        self, worth: FieldElement, table: RowTable | None, row: Payload
    ) -> FieldElement:
        """Looked up among the rows' inverses: an honest query equals a row."""
        with _collisions_named():
            found = self._inverses[table].look_up(worth.payload, row)
        return self.ar.record_private(worth.lanes, found)

    def fraction(self, numerator: FieldElement, pole: FieldElement) -> FieldElement:
        """numerator / (X - pole), the poles of all lanes inverted at once."""
        numbers = self.ar.numbers
        lanes = deeper(numerator.lanes, pole.lanes)
        above = self.ar.lift(numerator.payload, numerator.lanes, lanes)
        below = numbers.field_product(pole.payload, numbers.same(1, pole.lanes.count))
        tables = [found for table, found in self._inverses.items() if table is not None]
        inverses = tables[0] if tables else self._inverses[None]
        with _collisions_named():
            found = inverses.look_up(below, numbers.same(0, pole.lanes.count))
        quotients = numbers.field_product(above, self.ar.lift(found, pole.lanes, lanes))
        return self.ar.record_private(lanes, quotients)

    def assert_balanced(self, added: list[FieldElement], removed: list[FieldElement]) -> None:
        """The constraint is the builder's."""

    def horner(self, word: FieldElement, start: FieldElement | int) -> FieldElement:
        """Running values of the fingerprint."""
        before = start if isinstance(start, int) else int(start.payload[-1])
        running = self.ar.numbers.running(word.payload, before, self._challenge)
        return self.ar.record_private(word.lanes, running)

    def assert_fingerprint(self, last: FieldElement) -> None:
        """Keep it for the public input."""
        self.fingerprint = int(last.payload[-1])


@contextmanager
def _collisions_named() -> Iterator[None]:
    try:
        yield
    except ZeroDivisionError as error:
        raise ChallengeCollisionError("the challenge equals a looked-up value") from error


def _never(*_: Payload) -> Payload:
    raise AssertionError("the builder never calls hint functions")
