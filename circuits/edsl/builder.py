"""The reading that turns a statement into constraints."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from circuits.edsl.arithmetic import Arithmetic, HintFunction
from circuits.edsl.forms import LinearForm, Mixture, Source
from circuits.edsl.lanes import Lanes, deeper
from circuits.edsl.numbers import Matrix
from circuits.edsl.values import CircuitError, FieldElement, Integer, Payload
from circuits.field import BN254_FR
from circuits.r1cs import (
    CHALLENGE,
    FINGERPRINT,
    FIRST_LANE,
    ONE,
    R1CS,
    SAME_LANE,
    Block,
    Column,
    Constraint,
    LaneMap,
    Wire,
    WireClass,
)

_ONE = Wire(0, WireClass.PUBLIC, ONE)


@dataclass
class CircuitBuilder(Arithmetic):
    """Traces `define` once per template and collects wires and constraints per block.

    The class of a wire is computed: private when it depends on the challenge, else committed.
    """

    _constraints: dict[int, list[Constraint]] = field(default_factory=lambda: defaultdict(list))
    _counts: dict[tuple[int, WireClass], int] = field(default_factory=lambda: defaultdict(int))
    _columns: list[tuple[int, ...]] = field(default_factory=list)
    _free: dict[Wire, str] = field(default_factory=dict)
    wire_names: dict[Wire, str] = field(default_factory=dict)
    intervals: list[tuple[str, int, int]] = field(default_factory=list)

    # --- primitives ----------------------------------------------------------------------------

    def number(self, lanes: Lanes, value: int) -> Payload:
        """A multiple of the constant wire."""
        del lanes
        return LinearForm({(_ONE, FIRST_LANE): value % BN254_FR.modulus} if value else {})

    def lift(self, payload: Payload, source: Lanes, target: Lanes) -> Payload:
        """The form with its lane maps composed."""
        steps = target.steps_from(source)
        if steps is None:
            raise CircuitError(f"{self.path}: {target.name} does not descend from {source.name}")
        return payload.lifted(steps)

    def gather(self, value: FieldElement, target: Lanes, stride: int, offset: int) -> FieldElement:
        """The form with shifted lane maps; an interval is widened by the absent lanes' zero."""
        form = value.payload.gathered(stride, offset)
        if isinstance(value, Integer):
            return Integer(self, target, form, False, lo=min(0, value.lo), hi=max(0, value.hi))
        return FieldElement(self, target, form, value.after_challenge)

    def hint(
        self, name: str, lanes: Lanes, count: int, function: HintFunction, *args: FieldElement
    ) -> tuple[FieldElement, ...]:
        """Fresh wires, committed unless an argument depends on the challenge."""
        del function
        after = any(arg.after_challenge for arg in args)
        return tuple(self._wire(f"{name}[{i}]", lanes, after) for i in range(count))

    def limbs(
        self, name: str, lanes: Lanes, count: int, function: HintFunction, *args: FieldElement
    ) -> tuple[FieldElement, list[FieldElement]]:
        """Fresh limb wires and their weighted sum."""
        limbs = list(self.hint(name, lanes, count, function, *args))
        return self.weighted_sum(lanes, limbs), limbs

    def compute(self, lanes: Lanes, function: HintFunction, *args: FieldElement) -> Payload:
        """Nothing to compute."""
        del lanes, function, args

    def exact_quotient(self, payload: Payload, divisor: int) -> Payload:
        """Multiplication by the inverse of the divisor."""
        return payload * BN254_FR.inverse(divisor)

    def product_wire(self, name: str, a: FieldElement, b: FieldElement) -> FieldElement:
        """A fresh wire w and the constraint a * b = w."""
        product = self._wire(name, deeper(a.lanes, b.lanes), a.after_challenge or b.after_challenge)
        self.assert_product(name, a, b, product)
        return product

    def assert_product(self, name: str, a: FieldElement, b: FieldElement, c: FieldElement) -> None:
        """One constraint in the deepest of the three spaces."""
        self.refuse_quotients(a, b, c)
        lanes = deeper(deeper(a.lanes, b.lanes), c.lanes)
        sides = [self.lift(v.payload, v.lanes, lanes) for v in (a, b, c)]
        self.constrain(lanes, name, *sides)

    def mixed(
        self, values: Sequence[FieldElement], matrix: Matrix, shifts: Sequence[int]
    ) -> list[FieldElement]:
        """Forms, over one numbering of their wires."""
        lanes, mixture = values[0].lanes, Mixture([value.payload for value in values])
        after = any(value.after_challenge for value in values)
        mixed = [mixture.combination(weights) for weights in matrix]
        constants = [self.number(lanes, shift) for shift in shifts]
        return [
            FieldElement(self, lanes, form + constant, after)
            for form, constant in zip(mixed, constants, strict=True)
        ]

    def note_interval(self, name: str, value: Integer) -> Integer:
        """Kept for the audit."""
        self.intervals.append((f"{self.path}/{name}", value.lo, value.hi))
        return value

    def input(self, name: str) -> HintFunction:
        """No numbers here: the function is never called."""
        raise_if_called = f"input {name!r} was read while building"

        def unread() -> Payload:
            raise CircuitError(raise_if_called)

        return unread

    # --- the builder's own vocabulary (used by the challenge round) ------------------------------

    def public(self, lanes: Lanes, index: int) -> FieldElement:
        """The challenge or the fingerprint."""
        form = LinearForm({(Wire(0, WireClass.PUBLIC, index), FIRST_LANE): 1})
        return FieldElement(self, lanes, form, index in (CHALLENGE, FINGERPRINT))

    def column(self, values: tuple[int, ...]) -> Column:
        """A per-lane coefficient."""
        self._columns.append(tuple(value % BN254_FR.modulus for value in values))
        return Column(len(self._columns) - 1)

    def constrain(
        self, lanes: Lanes, name: str, a: LinearForm, b: LinearForm, c: LinearForm
    ) -> None:
        """Add a * b = c to the block of `lanes`."""
        for form in (a, b, c):
            for wire, _ in form.terms:
                self._free.pop(wire, None)
        path = f"{self.path}/{name}" if self.path else name
        terms = (a.as_terms(), b.as_terms(), c.as_terms())
        self._constraints[lanes.block].append(Constraint(*terms, path=path))

    def previous_lane(self, value: FieldElement) -> LinearForm:
        """The form read one lane before; absent in lane 0, for there is no lane -1."""
        return self._shifted(value, LaneMap(1, -1, 1))

    def last_lane(self, value: FieldElement) -> LinearForm:
        """The form's last lane, for lane 0 of whoever reads it.

        Lane l reads lane l + count - 1: for l > 0 that is outside the space, where nothing is read.
        """
        return self._shifted(value, LaneMap(1, value.lanes.count - 1, 1))

    def build(self) -> R1CS:
        """The finished system; an unconstrained wire or an open quotient does not build."""
        if self._free:
            raise CircuitError(f"unconstrained wires: {sorted(self._free.values())}")
        undischarged = sorted(debt.path for debt in self.debts if not debt.discharged)
        if undischarged:
            raise CircuitError(f"undischarged quotients: {undischarged}")
        public = Block("public", 1, 0, 0, ())
        return R1CS((public, *map(self._block, self.spaces)), tuple(self._columns))

    def _block(self, lanes: Lanes) -> Block:
        return Block(
            lanes.name,
            lanes.count,
            self._counts[lanes.block, WireClass.COMMITTED],
            self._counts[lanes.block, WireClass.PRIVATE],
            tuple(self._constraints[lanes.block]),
        )

    def _wire(self, name: str, lanes: Lanes, after_challenge: bool) -> FieldElement:
        wire_class = WireClass.PRIVATE if after_challenge else WireClass.COMMITTED
        index = self._counts[lanes.block, wire_class]
        self._counts[lanes.block, wire_class] += 1
        wire = Wire(lanes.block, wire_class, index)
        self._free[wire] = self.wire_names[wire] = f"{self.path}/{name}"
        return FieldElement(self, lanes, LinearForm({(wire, SAME_LANE): 1}), after_challenge)

    def _shifted(self, value: FieldElement, lane_map: LaneMap) -> LinearForm:
        terms: dict[Source, int | Column] = {}
        for (wire, present), coefficient in value.payload.terms.items():
            if present != SAME_LANE:
                raise CircuitError("only a space's own wires can be read from other lanes")
            terms[wire, lane_map] = coefficient
        return LinearForm(terms)
