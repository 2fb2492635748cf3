"""The arithmetic a statement is written against, and its rules, shared by all readings.

    Arithmetic
    ├── CircuitBuilder       wires and constraints                    (edsl.builder)
    └── Evaluation           numbers, one per lane                    (edsl.evaluation)
        ├── IntegerArithmetic    the pricing model: nothing recorded
        └── WitnessArithmetic    every wire recorded, in the builder's order

A statement is one function `define(ar)`. Whatever it asks for happens in the same order in every
reading; that is why a witness fits its circuit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from circuits.edsl.assumptions import Assumption
from circuits.edsl.group_sums import GroupSum
from circuits.edsl.lanes import Lanes, deeper
from circuits.edsl.lookups import PublicWords, RangeQuery, RowQuery, RowTable
from circuits.edsl.numbers import Matrix, Numbers
from circuits.edsl.python_numbers import PythonNumbers
from circuits.edsl.values import CircuitError, Debt, FieldElement, Integer, Payload, Quotient
from circuits.edsl.wire_rows import WireQuery, WireRows
from circuits.field import BN254_FR

#: Computes hinted wires from the payloads of its arguments: a vector, or a tuple of one per wire.
HintFunction = Callable[..., Payload]


@dataclass
class Arithmetic(ABC):
    """What a statement may ask for. `limb_bits` is the width w of the range table [0, 2^w).

    `numbers` is what hints compute with, in the readings that compute.
    """

    limb_bits: int
    numbers: Numbers = field(default_factory=PythonNumbers)
    spaces: list[Lanes] = field(default_factory=list)
    range_queries: list[RangeQuery] = field(default_factory=list)
    row_queries: list[RowQuery] = field(default_factory=list)
    wire_rows: list[WireRows] = field(default_factory=list)
    wire_queries: list[WireQuery] = field(default_factory=list)
    group_sums: list[GroupSum] = field(default_factory=list)
    words: list[PublicWords] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)
    debts: list[Debt] = field(default_factory=list)
    _scopes: list[str] = field(default_factory=list)

    # --- lane spaces and names ---------------------------------------------------------------

    def lanes(self, name: str, count: int, parent: Lanes | None = None) -> Lanes:
        """A new lane space; with a parent, `count` must be a multiple of the parent's."""
        if count < 1 or (parent is not None and count % parent.count):
            wanted = f"a multiple of {parent.count} ({parent.name})" if parent else "1 or more"
            raise CircuitError(f"{count} lanes of {name!r} do not fit, expected {wanted}")
        space = Lanes(len(self.spaces) + 1, name, count, parent)
        self.spaces.append(space)
        return space

    @contextmanager
    def scope(self, name: str) -> Iterator[None]:
        """Name a part of the circuit; scopes nest into paths."""
        self._scopes.append(name)
        try:
            yield
        finally:
            self._scopes.pop()

    @property
    def path(self) -> str:
        """Where we are."""
        return "/".join(self._scopes)

    # --- primitives that each reading gives its own meaning ------------------------------------

    @abstractmethod
    def number(self, lanes: Lanes, value: int) -> Payload:
        """The payload of a number known to everyone."""

    def raised(self, payload: Payload, lanes: Lanes, value: int) -> Payload:
        """payload + a number known to everyone."""
        return payload + self.number(lanes, value)

    @abstractmethod
    def lift(self, payload: Payload, source: Lanes, target: Lanes) -> Payload:
        """A payload read from a descendant space."""

    @abstractmethod
    def gather(self, value: FieldElement, target: Lanes, stride: int, offset: int) -> FieldElement:
        """Lane l of `target` reads lane stride * l + offset of the value; zero outside."""

    @abstractmethod
    def hint(
        self, name: str, lanes: Lanes, count: int, function: HintFunction, *args: FieldElement
    ) -> tuple[FieldElement, ...]:
        """`count` claimed wires, computed by `function` from the arguments' payloads."""

    @abstractmethod
    def limbs(
        self, name: str, lanes: Lanes, count: int, function: HintFunction, *args: FieldElement
    ) -> tuple[FieldElement, list[FieldElement]]:
        """The low `count` limbs of a computed number as claimed wires, and their weighted sum."""

    @abstractmethod
    def compute(self, lanes: Lanes, function: HintFunction, *args: FieldElement) -> Payload:
        """Numbers that later hints share; nothing is claimed, nothing recorded."""

    @abstractmethod
    def exact_quotient(self, payload: Payload, divisor: int) -> Payload:
        """payload / divisor in the field (an exact division for the honest prover)."""

    @abstractmethod
    def mixed(
        self, values: Sequence[FieldElement], matrix: Matrix, shifts: Sequence[int]
    ) -> list[FieldElement]:
        """shift + sum weight * value for each row, over values of one lane space; for hashes."""

    @abstractmethod
    def product_wire(self, name: str, a: FieldElement, b: FieldElement) -> FieldElement:
        """A wire that equals a * b."""

    @abstractmethod
    def assert_product(self, name: str, a: FieldElement, b: FieldElement, c: FieldElement) -> None:
        """Constrain a * b = c."""

    @abstractmethod
    def input(self, name: str) -> HintFunction:
        """A hint function that yields the named input, one integer per lane."""

    # --- rules shared by every reading ---------------------------------------------------------

    def reduced(self, value: FieldElement) -> FieldElement:
        """The same field element, by its residue where readings compute; for hashes."""
        return value

    def constant(self, lanes: Lanes, value: int) -> Integer:
        """A known integer."""
        return Integer(self, lanes, self.number(lanes, value), False, lo=value, hi=value)

    def field_constant(self, lanes: Lanes, value: int) -> FieldElement:
        """A known field element, without an interval."""
        return FieldElement(self, lanes, self.number(lanes, value))

    def weighted_sum(self, lanes: Lanes, limbs: Sequence[FieldElement]) -> FieldElement:
        """The number that limbs, lowest first, make."""
        total = self.field_constant(lanes, 0)
        for position, limb in enumerate(limbs):
            total = total + limb * (1 << (self.limb_bits * position))
        return total

    def note_interval(self, name: str, value: Integer) -> Integer:
        """A named integer was made; a hook for readings that report intervals."""
        del name
        return value

    def multiply(self, name: str, a: FieldElement, b: FieldElement) -> FieldElement:
        """a * b as a wire; an Integer when both are."""
        self.refuse_quotients(a, b)
        product = self.product_wire(name, a, b)
        if not (isinstance(a, Integer) and isinstance(b, Integer)):
            return product
        ends = [x * y for x in (a.lo, a.hi) for y in (b.lo, b.hi)]
        lo, hi = min(ends), max(ends)
        integer = Integer(self, product.lanes, product.payload, False, lo=lo, hi=hi)
        return self.note_interval(name, integer)

    def product(self, name: str, a: Integer, b: Integer) -> Integer:
        """a * b of two Integers."""
        product = self.multiply(name, a, b)
        assert isinstance(product, Integer)  # noqa: S101 - narrows the type
        return product

    def assert_zero_product(self, name: str, a: FieldElement, b: FieldElement) -> None:
        """Constrain a * b = 0: in a field, one of the two is zero; no interval is needed."""
        self.assert_product(name, a, b, self.constant(deeper(a.lanes, b.lanes), 0))

    def assume_interval(
        self, value: FieldElement, lo: int, hi: int, *, because: str, must_fail: str
    ) -> Integer:
        """The value as an Integer for a reason the types cannot see; listed by the audit."""
        self.refuse_after_challenge(value)
        self.assumptions.append(Assumption(self.path, lo, hi, because, must_fail))
        return Integer(self, value.lanes, value.payload, False, lo=lo, hi=hi)

    def rely_on(self, *, because: str, must_fail: str) -> None:
        """An argument that no type carries; listed by the audit."""
        self.assumptions.append(Assumption(self.path, None, None, because, must_fail))

    def assume_exact(
        self, value: Integer, divisor: int, *, because: str, must_fail: str
    ) -> Integer:
        """value / divisor as an Integer, for a value that is a multiple of it by construction."""
        lo, hi = -(-value.lo // divisor), value.hi // divisor
        self.assumptions.append(Assumption(self.path, lo, hi, because, must_fail))
        payload = self.exact_quotient(value.payload, divisor)
        return Integer(self, value.lanes, payload, False, lo=lo, hi=hi)

    def integer_hint(
        self, name: str, lanes: Lanes, bits: int, function: HintFunction, *args: FieldElement
    ) -> Integer:
        """A hinted integer in [0, 2^bits), made of looked-up limbs (no wire of its own)."""
        count = -(-bits // self.limb_bits)
        value, limbs = self.limbs(name, lanes, count, function, *args)
        for limb in limbs:
            self._look_up_range(name, limb)
        if limbs:
            self._look_up_top_bits(name, limbs[-1], bits - (count - 1) * self.limb_bits)
        integer = Integer(self, lanes, value.payload, False, lo=0, hi=(1 << bits) - 1)
        return self.note_interval(name, integer)

    def range_check(self, name: str, value: FieldElement | Quotient, bits: int) -> Integer:
        """Constrain value to [0, 2^bits): the low limbs are hinted, the top one is a form."""
        if isinstance(value, Quotient):
            value = value.discharge(1 << bits)
        self.refuse_after_challenge(value)
        count = -(-bits // self.limb_bits)
        if count * self.limb_bits > BN254_FR.modulus.bit_length() - 2:
            raise CircuitError(f"{self.path}: {bits} bits do not fit a range check")
        low_bits = (count - 1) * self.limb_bits
        low, limbs = self.limbs(name, value.lanes, count - 1, lambda v: v, value)
        for limb in limbs:
            self._look_up_range(name, limb)
        self.check_top_limb(name, value, low, low_bits, bits - low_bits)
        integer = Integer(self, value.lanes, value.payload, False, lo=0, hi=(1 << bits) - 1)
        return self.note_interval(name, integer)

    def check_top_limb(
        self, name: str, value: FieldElement, low: FieldElement, shift: int, bits: int
    ) -> None:
        """Look up (value - low) / 2^shift in [0, 2^bits)."""
        top = value - low
        form = FieldElement(self, top.lanes, self.exact_quotient(top.payload, 1 << shift))
        self._look_up_range(name, form)
        self._look_up_top_bits(name, form, bits)

    def unchecked_quotient(self, name: str, value: Integer, bits: int) -> tuple[Quotient, Integer]:
        """floor(value / 2^bits) without a check of its own, and the checked remainder."""
        remainder = self.integer_hint(
            f"{name}_remainder", value.lanes, bits, lambda z: z & ((1 << bits) - 1), value
        )
        return self.open_quotient(name, value.minus(remainder), bits), remainder

    def open_quotient(self, name: str, multiple: Integer, bits: int) -> Quotient:
        """multiple / 2^bits for a form that an honest prover keeps divisible, unchecked."""
        payload = self.exact_quotient(multiple.payload, 1 << bits)
        q = FieldElement(self, multiple.lanes, payload)
        lo, hi = -(-multiple.lo >> bits), multiple.hi >> bits
        debt = Debt(f"{self.path}/{name}", bits, q, lo, hi)
        self.debts.append(debt)
        return Quotient(self, multiple.lanes, payload, lo, hi, 1, debt)

    def look_up_row(
        self,
        name: str,
        table: RowTable,
        at: FieldElement,
        taylor: Sequence[FieldElement],
        *,
        index: FieldElement | None,
        row: Payload,
    ) -> None:
        """Constrain `taylor` to be the Taylor coefficients at `at` of a row of the table."""
        if len(taylor) != table.degree + 1 or table.indexed != (index is not None):
            raise CircuitError(f"{self.path}: the query does not fit table {table.name}")
        self.refuse_after_challenge(at, *taylor, *([] if index is None else [index]))
        self.row_queries.append(
            RowQuery(f"{self.path}/{name}", table, at, tuple(taylor), index, row)
        )

    def publish(self, name: str, word: FieldElement) -> None:
        """Add a word per lane to the fingerprint."""
        self.refuse_after_challenge(word)
        self.words.append(PublicWords(f"{self.path}/{name}", word))

    def refuse_after_challenge(self, *values: FieldElement) -> None:
        """Lookups, words and integers must be fixed before the challenge, and be no quotients."""
        self.refuse_quotients(*values)
        for value in values:
            if value.after_challenge:
                raise CircuitError(f"{self.path}: the value depends on the challenge")

    def refuse_quotients(self, *values: FieldElement) -> None:
        """Products, words and constraints take no Quotient (type checkers say so as well)."""
        for value in values:
            if not isinstance(value, FieldElement):
                raise CircuitError(f"{self.path}: a quotient must be checked first")

    def _look_up_range(self, name: str, value: FieldElement) -> None:
        self.refuse_after_challenge(value)
        self.range_queries.append(RangeQuery(f"{self.path}/{name}", value))

    def _look_up_top_bits(self, name: str, limb: FieldElement, bits: int) -> None:
        """A limb narrower than the table is looked up twice: as it is, and shifted to the top."""
        if bits < self.limb_bits:
            self._look_up_range(f"{name}_top", limb * (1 << (self.limb_bits - bits)))
