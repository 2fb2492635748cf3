"""Linear forms over the wires of a template: what a value is to the circuit builder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from circuits.field import BN254_FR
from circuits.r1cs import EVERY_LANE, SAME_LANE, Column, LaneMap, Term, Wire

Source = tuple[Wire, LaneMap]


class LinearForm:
    """An immutable sum of coefficient * wire, coefficients in the field.

    A coefficient may be a `Column` (one number per lane, table rows); such a term can be added
    but not scaled.
    """

    __slots__ = ("terms",)

    def __init__(self, terms: Mapping[Source, int | Column]) -> None:
        self.terms = terms

    def __add__(self, other: LinearForm) -> LinearForm:
        terms = dict(self.terms)
        for source, coefficient in other.terms.items():
            present = terms.get(source)
            terms[source] = coefficient if present is None else _sum(present, coefficient)
            if terms[source] == 0:
                del terms[source]
        return LinearForm(terms)

    def __mul__(self, factor: int) -> LinearForm:
        factor %= BN254_FR.modulus
        if factor == 0:
            return LinearForm({})
        if factor == 1:
            return self
        return LinearForm({s: _scaled(c, factor) for s, c in self.terms.items()})

    def lifted(self, steps: int) -> LinearForm:
        """The same form read from a descendant with `steps` lanes for each lane of this space."""
        if steps == 1:
            return self
        return LinearForm({(w, _lifted(m, steps)): c for (w, m), c in self.terms.items()})

    def gathered(self, stride: int, offset: int) -> LinearForm:
        """The form with lane l replaced by stride * l + offset; absent outside the source."""
        return LinearForm(
            {(w, _gathered(m, stride, offset)): c for (w, m), c in self.terms.items()}
        )

    def summed(self) -> LinearForm:
        """The sum of the form over all its lanes."""
        for _, lane_map in self.terms:
            if lane_map != SAME_LANE:
                raise ValueError("only a space's own wires can be summed over its lanes")
        return LinearForm({(w, EVERY_LANE): c for (w, _), c in self.terms.items()})

    def as_terms(self) -> tuple[Term, ...]:
        """Sorted terms for a constraint."""
        order = sorted(self.terms.items(), key=lambda item: item[0])
        return tuple(Term(wire, lane_map, c) for (wire, lane_map), c in order)


class Mixture:
    """Several forms over one numbering of their sources.

    Hashes mix one wide state many times: sources are looked at once for all of them.
    """

    def __init__(self, forms: Sequence[LinearForm]) -> None:
        numbers: dict[Source, int] = {}
        self._parts = [
            [(numbers.setdefault(s, len(numbers)), _scaled(c, 1)) for s, c in form.terms.items()]
            for form in forms
        ]
        self._sources = list(numbers)

    def combination(self, weights: Sequence[int]) -> LinearForm:
        """sum weight * form; columns cannot be scaled."""
        totals = [0] * len(self._sources)
        for part, weight in zip(self._parts, weights, strict=True):
            for number, coefficient in part:
                totals[number] += coefficient * weight
        reduced = [total % BN254_FR.modulus for total in totals]
        return LinearForm({s: c for s, c in zip(self._sources, reduced, strict=True) if c})


def _sum(a: int | Column, b: int | Column) -> int:
    if isinstance(a, Column) or isinstance(b, Column):
        raise TypeError("two terms on one wire, one of them a table column")
    return (a + b) % BN254_FR.modulus


def _scaled(coefficient: int | Column, factor: int) -> int:
    if isinstance(coefficient, Column):
        raise TypeError("a table column cannot be scaled")
    return coefficient * factor % BN254_FR.modulus


def _lifted(lane_map: LaneMap, steps: int) -> LaneMap:
    if lane_map.stride == 0 and lane_map.divisor:
        return lane_map  # one lane, whoever reads
    if (lane_map.stride, lane_map.offset) != (1, 0):
        raise ValueError("a gathered value cannot be read from a descendant")
    return LaneMap(1, 0, lane_map.divisor * steps)


def _gathered(lane_map: LaneMap, stride: int, offset: int) -> LaneMap:
    if (lane_map.stride, lane_map.offset) != (1, 0):
        raise ValueError("only plain forms without constants can be gathered")
    return LaneMap(stride, offset, lane_map.divisor)
