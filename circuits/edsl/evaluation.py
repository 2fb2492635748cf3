"""The readings that compute: numbers, one per lane (their kinds: edsl.numbers)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from circuits.edsl.arithmetic import Arithmetic, HintFunction
from circuits.edsl.lanes import Lanes, deeper
from circuits.edsl.lookups import RowTable
from circuits.edsl.numbers import IntegerArray, LaneVector, Matrix
from circuits.edsl.python_numbers import PythonNumbers, integer_array
from circuits.edsl.values import CircuitError, FieldElement, Integer, Payload, Quotient
from circuits.field import BN254_FR, FieldArray
from circuits.r1cs import WireClass

#: Replaces hinted values: (path of the hint, honest arrays) -> arrays.
Liar = Callable[[str, tuple[IntegerArray, ...]], tuple[IntegerArray, ...]]


@dataclass
class Evaluation(Arithmetic):
    """Vectors of `numbers`; `inputs` holds the integers of each named input, lane by lane."""

    inputs: Mapping[str, Sequence[int] | IntegerArray] = field(default_factory=dict)

    def number(self, lanes: Lanes, value: int) -> Payload:
        """The number in every lane."""
        return self.numbers.same(value, lanes.count)

    def raised(self, payload: Payload, lanes: Lanes, value: int) -> Payload:
        """Vectors know how to add a number."""
        del lanes
        return payload + value

    def lift(self, payload: Payload, source: Lanes, target: Lanes) -> Payload:
        """Each lane repeated for its descendants."""
        if source is target:
            return payload
        steps = target.steps_from(source)
        if steps is None:
            raise CircuitError(f"{self.path}: {target.name} does not descend from {source.name}")
        return payload if steps == 1 else payload.repeat(steps)

    def gather(self, value: FieldElement, target: Lanes, stride: int, offset: int) -> FieldElement:
        """Lane stride * l + offset for each l; zero outside."""
        payload = self.numbers.gather(value.payload, stride, offset, target.count)
        if isinstance(value, Integer):
            return Integer(self, target, payload, False, lo=min(0, value.lo), hi=max(0, value.hi))
        return FieldElement(self, target, payload, value.after_challenge)

    def compute(self, lanes: Lanes, function: HintFunction, *args: FieldElement) -> Payload:
        """The function's values."""
        return function(*[self.lift(a.payload, a.lanes, lanes) for a in args])

    def exact_quotient(self, payload: Payload, divisor: int) -> Payload:
        """An exact division; a remainder is a bug of the honest path."""
        quotient = self.numbers.exact_quotient(payload, divisor)
        if quotient is None:
            raise CircuitError(f"{self.path}: not divisible by {divisor}")
        return quotient

    def hint(
        self, name: str, lanes: Lanes, count: int, function: HintFunction, *args: FieldElement
    ) -> tuple[FieldElement, ...]:
        """The function's vectors."""
        values = self.compute(lanes, function, *args)
        vectors = values if isinstance(values, tuple) else (values,)
        if len(vectors) != count:
            raise CircuitError(f"{self.path}/{name}: {len(vectors)} hints for {count} wires")
        return tuple(self.claim(f"{name}[{i}]", lanes, each) for i, each in enumerate(vectors))

    def reduced(self, value: FieldElement) -> FieldElement:
        """Residues in [0, r)."""
        payload = self.numbers.field_product(value.payload, self.numbers.same(1, value.lanes.count))
        return FieldElement(self, value.lanes, payload, value.after_challenge)

    def mixed(
        self, values: Sequence[FieldElement], matrix: Matrix, shifts: Sequence[int]
    ) -> list[FieldElement]:
        """One operation on payloads."""
        payloads = self.numbers.mixed([value.payload for value in values], matrix, shifts)
        after = any(value.after_challenge for value in values)
        return [FieldElement(self, values[0].lanes, payload, after) for payload in payloads]

    def product_wire(self, name: str, a: FieldElement, b: FieldElement) -> FieldElement:
        """The product, lane by lane."""
        lanes = deeper(a.lanes, b.lanes)
        left, right = self.lift(a.payload, a.lanes, lanes), self.lift(b.payload, b.lanes, lanes)
        return self.claim(name, lanes, left * right)

    def input(self, name: str) -> HintFunction:
        """The named input."""
        return lambda: self.numbers.vector(self.inputs[name])

    def claim(self, name: str, lanes: Lanes, values: LaneVector) -> FieldElement:
        """A wire's values; a hook for readings that record."""
        del name
        return FieldElement(self, lanes, values)


@dataclass
class IntegerArithmetic(Evaluation):
    """The pricing model itself. Ranges are checked, nothing is recorded."""

    def limbs(
        self, name: str, lanes: Lanes, count: int, function: HintFunction, *args: FieldElement
    ) -> tuple[FieldElement, list[FieldElement]]:
        """The number; no limbs are needed."""
        del count
        (value,) = self.hint(name, lanes, 1, function, *args)
        return value, []

    def range_check(self, name: str, value: FieldElement | Quotient, bits: int) -> Integer:
        """Refuse a value outside [0, 2^bits): it would not be provable."""
        if isinstance(value, Quotient):
            value = value.discharge(1 << bits)
        self._refuse_outside(name, value.payload, bits)
        return Integer(self, value.lanes, value.payload, False, lo=0, hi=(1 << bits) - 1)

    def check_top_limb(
        self, name: str, value: FieldElement, low: FieldElement, shift: int, bits: int
    ) -> None:
        """Nothing to look up."""

    def assert_product(self, name: str, a: FieldElement, b: FieldElement, c: FieldElement) -> None:
        """Nothing to constrain."""

    def integer_hint(
        self, name: str, lanes: Lanes, bits: int, function: HintFunction, *args: FieldElement
    ) -> Integer:
        """The number, checked to lie in its range."""
        value = super().integer_hint(name, lanes, bits, function, *args)
        self._refuse_outside(name, value.payload, bits)
        return value

    def _refuse_outside(self, name: str, values: LaneVector, bits: int) -> None:
        if not self.numbers.fit(values, bits):
            raise CircuitError(f"{self.path}/{name}: a value is outside [0, 2^{bits})")


@dataclass
class WitnessArithmetic(Evaluation):
    """Records every wire's values, by block and class, in the order the builder makes them.

    A `liar` may replace hinted values; then the reading goes on in the field, and the constraint
    system is what must refuse the result (CONTRIBUTING.md, the ladder). Liars lie in Python
    integers.
    """

    liar: Liar | None = None
    recorded: dict[tuple[int, WireClass], list[LaneVector]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def __post_init__(self) -> None:
        if self.liar is not None and not isinstance(self.numbers, PythonNumbers):
            raise CircuitError("a liar computes with Python integers")

    def limbs(
        self, name: str, lanes: Lanes, count: int, function: HintFunction, *args: FieldElement
    ) -> tuple[FieldElement, list[FieldElement]]:
        """The limbs of the number and their weighted sum."""
        bits = self.limb_bits
        if self.liar is not None:

            def split(*payloads: Payload) -> tuple[LaneVector, ...]:
                return self.numbers.limbs(function(*payloads), bits, count)

            limbs = list(self.hint(name, lanes, count, split, *args))
            return self.weighted_sum(lanes, limbs), limbs
        value = self.compute(lanes, function, *args)
        split_value = self.numbers.limbs(value, bits, count)
        limbs = [self.claim(f"{name}[{i}]", lanes, limb) for i, limb in enumerate(split_value)]
        return FieldElement(self, lanes, value & ((1 << bits * count) - 1)), limbs

    def hint(
        self, name: str, lanes: Lanes, count: int, function: HintFunction, *args: FieldElement
    ) -> tuple[FieldElement, ...]:
        """The function's arrays, or the liar's."""
        if self.liar is None:
            return super().hint(name, lanes, count, function, *args)
        liar = self.liar

        def lying(*payloads: Payload) -> tuple[IntegerArray, ...]:
            values = function(*payloads)
            arrays = values if isinstance(values, tuple) else (values,)
            return liar(f"{self.path}/{name}", arrays)

        return super().hint(name, lanes, count, lying, *args)

    def compute(self, lanes: Lanes, function: HintFunction, *args: FieldElement) -> Payload:
        """The function's values; a liar's numbers are reduced first."""
        if self.liar is None:
            return super().compute(lanes, function, *args)
        return super().compute(lanes, lambda *payloads: function(*map(_reduced, payloads)), *args)

    def exact_quotient(self, payload: Payload, divisor: int) -> Payload:
        """Exact for the honest; a field division where a liar left a remainder."""
        if self.liar is None:
            return super().exact_quotient(payload, divisor)
        inverse, payload = BN254_FR.inverse(divisor), _reduced(payload)
        exact = [v % divisor == 0 for v in payload]
        return integer_array(
            [
                v // divisor if ok else BN254_FR.centered(v * inverse)
                for v, ok in zip(payload, exact, strict=True)
            ]
        )

    def assert_product(self, name: str, a: FieldElement, b: FieldElement, c: FieldElement) -> None:
        """Constraints are the builder's business."""

    def claim(self, name: str, lanes: Lanes, values: LaneVector) -> FieldElement:
        """Record a committed wire."""
        del name
        if self.liar is not None:
            values = _reduced(values)
        self.recorded[lanes.block, WireClass.COMMITTED].append(values)
        return FieldElement(self, lanes, values)

    def record_private(self, lanes: Lanes, values: LaneVector) -> FieldElement:
        """Record a wire that depends on the challenge."""
        self.recorded[lanes.block, WireClass.PRIVATE].append(values)
        return FieldElement(self, lanes, values, after_challenge=True)

    def product_wire(self, name: str, a: FieldElement, b: FieldElement) -> FieldElement:
        """The product as an integer, or modulo r when it depends on the challenge."""
        if not (a.after_challenge or b.after_challenge):
            return super().product_wire(name, a, b)
        lanes = deeper(a.lanes, b.lanes)
        left, right = self.lift(a.payload, a.lanes, lanes), self.lift(b.payload, b.lanes, lanes)
        return self.record_private(lanes, self.numbers.field_product(left, right))

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
        """A liar may also name another row for the multiplicities."""
        if self.liar is not None:
            (row,) = self.liar(f"{self.path}/{name}/row", (row,))
        super().look_up_row(name, table, at, taylor, index=index, row=row)

    def forget_private(self) -> None:
        """Drop the second phase, so that another challenge can be answered."""
        for key in [key for key in self.recorded if key[1] is WireClass.PRIVATE]:
            del self.recorded[key]

    def packed(self, wire_class: WireClass) -> FieldArray:
        """All recorded wires of a class in wire order."""
        blocks = sorted(block for block, kind in self.recorded if kind is wire_class)
        vectors = [v for block in blocks for v in self.recorded[block, wire_class]]
        return self.numbers.packed(vectors)


def _reduced(values: IntegerArray) -> IntegerArray:
    """The representatives nearest to zero: what a liar's numbers are in the field."""
    return integer_array([BN254_FR.centered(int(value)) for value in values])
