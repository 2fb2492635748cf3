"""The market's head as wires, and its packed elements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.lanes import Lanes
from circuits.edsl.values import Integer
from circuits.statements.portfolio_margin.market import (
    HEAD_FIELDS,
    HEAD_WIDTHS,
    PRICES_FIELDS,
    PRICES_WIDTHS,
    VolatilityForm,
)

SNAPSHOT_BITS = 39


@dataclass(frozen=True)
class Attested:
    """Fields of the head (root), by name, and both elements."""

    values: Mapping[str, Integer]
    elements: tuple[Integer, Integer]


def attest(ar: Arithmetic, root: Lanes, form: VolatilityForm) -> Attested:
    """Every field range-checked to its width; the snapshot to 39 bits, so that expiries fit 40."""
    values: dict[str, Integer] = {}
    with ar.scope("head"):
        head = ar.constant(root, 0)
        for name, bits in zip(HEAD_FIELDS, HEAD_WIDTHS, strict=True):
            checked = SNAPSHOT_BITS if name == "snapshot_unix" else bits
            values[name] = ar.integer_hint(name, root, checked, ar.input(f"market_{name}"))
            head = (head * (1 << bits)).plus(values[name])
        prices = ar.constant(root, int(form))
        for name, bits in zip(PRICES_FIELDS, PRICES_WIDTHS[1:], strict=True):
            values[name] = ar.integer_hint(name, root, bits, ar.input(f"market_{name}"))
            prices = (prices * (1 << bits)).plus(values[name])
    return Attested(values, (head, prices))
