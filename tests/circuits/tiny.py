"""Gadgets over a tiny prime: every witness there is, enumerated.

The gadget is traced by the ordinary builder while the field is a small one; a lookup counts as
what it proves, membership in the table. `outputs` then says what a prover can show at most.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from circuits.edsl import CircuitBuilder, FieldElement, Lanes, values
from circuits.edsl.forms import LinearForm
from circuits.field import PrimeField
from circuits.r1cs import Wire, WireClass

#: Traces a gadget; returns its inputs and its output.
Gadget = Callable[[CircuitBuilder, Lanes], tuple[tuple[FieldElement, ...], FieldElement]]

#: What can be proven: inputs -> every output some witness shows for them.
Outputs = dict[tuple[int, ...], set[int]]

_Check = tuple[list[LinearForm], bool]


@contextmanager
def small_field(prime: int) -> Iterator[PrimeField]:
    """The circuit language over another prime."""
    field = PrimeField(prime, 1, 2)
    with ExitStack() as stack:
        for name, module in list(sys.modules.items()):
            if name.startswith("circuits.") and hasattr(module, "BN254_FR"):
                stack.enter_context(patch.object(module, "BN254_FR", field))
        stack.enter_context(patch.object(values, "_HALF", prime // 2))
        yield field


def outputs(gadget: Gadget, prime: int, limb_bits: int) -> Outputs:
    """Enumerate all witnesses of a gadget."""
    with small_field(prime) as field:
        builder = CircuitBuilder(limb_bits)
        root = builder.lanes("root", 1)
        inputs, output = gadget(builder, root)
        return _Enumeration(builder, root, field).outputs(inputs, output)


def _small_first(builder: CircuitBuilder) -> list[Wire]:
    """The wires in an order that fans out little: those looked up by themselves first."""
    alone = {
        wire
        for query in builder.range_queries
        if len(query.value.payload.terms) == 1
        for wire, _ in query.value.payload.terms
    }
    return sorted(builder.wire_names, key=lambda wire: wire not in alone)


class _Enumeration:
    def __init__(self, builder: CircuitBuilder, root: Lanes, field: PrimeField) -> None:
        self._prime = field.modulus
        self._size = 1 << builder.limb_bits
        self._wires = _small_first(builder)
        self._values: dict[object, int | NDArray[np.int64]] = {}
        rank = {wire: position for position, wire in enumerate(self._wires)}
        self._checks: dict[int, list[_Check]] = defaultdict(list)
        traced = builder._constraints[root.block]
        products = [
            [LinearForm({(t.wire, t.lane_map): t.coefficient for t in side}) for side in sides]
            for sides in ((c.a, c.b, c.c) for c in traced)
        ]
        lookups = [[query.value.payload] for query in builder.range_queries]
        for forms, is_lookup in [(f, False) for f in products] + [(f, True) for f in lookups]:
            used = [
                rank[wire]
                for form in forms
                for wire, _ in form.terms
                if wire.wire_class is not WireClass.PUBLIC
            ]
            self._checks[max(used)].append((forms, is_lookup))

    def outputs(self, inputs: tuple[FieldElement, ...], output: FieldElement) -> Outputs:
        """Every input with the outputs of its witnesses, as residues nearest to zero."""
        found: Outputs = defaultdict(set)
        for _ in self._witnesses(0):
            key = tuple(self._centered(value.payload) for value in inputs)
            found[key].add(self._centered(output.payload))
        return dict(found)

    def _witnesses(self, position: int) -> Iterator[None]:
        if position == len(self._wires):
            yield
            return
        wire = self._wires[position]
        candidates = np.arange(self._prime, dtype=np.int64)
        for forms, is_lookup in self._checks[position]:
            self._values[wire] = candidates
            sides = [self._evaluate(form) for form in forms]
            if is_lookup:
                kept = sides[0] < self._size
            else:
                kept = (sides[0] * sides[1] - sides[2]) % self._prime == 0
            candidates = candidates[np.broadcast_to(kept, candidates.shape)]
        for value in candidates.tolist():
            self._values[wire] = value
            yield from self._witnesses(position + 1)

    def _evaluate(self, form: LinearForm) -> NDArray[np.int64]:
        total: NDArray[np.int64] = np.zeros(1, dtype=np.int64)
        for (wire, _), coefficient in form.terms.items():
            if not isinstance(coefficient, int):
                raise TypeError("gadgets have no table columns")
            value = 1 if wire.wire_class is WireClass.PUBLIC else self._values[wire]
            total = (total + coefficient * value) % self._prime
        return total

    def _centered(self, form: LinearForm) -> int:
        value = int(self._evaluate(form)[0])
        return value - self._prime if value > self._prime // 2 else value
