"""Add-ons that come from sizes, not from rows, in 1e-9 or 1e-18 cash atoms (root), all exact.

maintenance   |perpetual| S mm + naked shorts S mm + sum of collateral values mm
initial adds  the same with the im percentages, and for each notional whose confidence c is
              below the threshold  (1 - c) margin notional
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.lanes import Lanes
from circuits.edsl.values import Integer
from circuits.gadgets.boolean import assert_nonzero, is_zero
from circuits.gadgets.equality import total
from circuits.gadgets.selection import minimum, select, sign
from circuits.statements.portfolio_margin.book import (
    AMOUNT_BIAS,
    CASH_BIAS,
    CASH_WIDTHS,
    LINEAR_WIDTHS,
)
from circuits.statements.portfolio_margin.model.governed import Governed
from circuits.statements.portfolio_margin.model.slices import Slices
from circuits.statements.portfolio_margin.units import PARAMETER_ONE

Fields = Mapping[str, Integer]


@dataclass(frozen=True)
class Holdings:
    """Perpetual, collateral and cash (root)."""

    perpetual: Integer
    size: Integer  #: |perpetual|
    perpetual_value: Integer
    collateral: tuple[Integer, Integer]  #: values
    moving: Integer  #: what moves with spot
    cash: Integer
    packed_linear: Integer
    packed_cash: Integer

    @property
    def value(self) -> Integer:
        """All of it but cash, in cash atoms."""
        return self.perpetual_value.plus(*self.collateral)


@dataclass(frozen=True)
class AddOns:
    """Maintenance (1e-9), what initial adds (1e-9), and for confidences (1e-18)."""

    maintenance: Integer
    initial: Integer
    confidence: Integer


def read_holdings(ar: Arithmetic, root: Lanes, head: Fields, governed: Governed) -> Holdings:
    """Fields checked to their packed widths, valued at the market's prices."""
    with ar.scope("linear"):
        widths = dict(
            zip(("perpetual", "collateral_1", "collateral_2"), LINEAR_WIDTHS, strict=True)
        )
        fields = [
            ar.integer_hint(name, root, bits, ar.input(f"linear_{name}"))
            for name, bits in widths.items()
        ]
        cash = ar.integer_hint("cash", root, CASH_WIDTHS[0], ar.input("cash_biased"))
        for signed in (fields[0], cash):
            assert_nonzero(ar, "above_least", signed)  # -2^63 and -2^95 are refused everywhere
        packed = ar.constant(root, 0)
        for field, bits in zip(fields, LINEAR_WIDTHS, strict=True):
            packed = (packed * (1 << bits)).plus(field)
        perpetual = sign(ar, "perpetual", fields[0].minus(AMOUNT_BIAS))
        value = ar.product("perpetual_value", perpetual.value, head["perpetual_ticks"])
        moving, collateral = value, []
        for number, held in enumerate(fields[1:], 1):
            worth = ar.product(f"value_{number}", held, head[f"collateral_{number}_ticks"])
            flag = governed.values[f"risk_cancelling_{number}"]
            moving = moving.plus(ar.product(f"moving_{number}", flag, worth))
            collateral.append(worth)
    return Holdings(
        perpetual=perpetual.value,
        size=perpetual.absolute,
        perpetual_value=value,
        collateral=(collateral[0], collateral[1]),
        moving=moving,
        cash=cash.minus(CASH_BIAS),
        packed_linear=packed,
        packed_cash=cash,
    )


def charge(
    ar: Arithmetic,
    head: Fields,
    governed: Governed,
    slices: Slices,
    holdings: Holdings,
    naked: Integer,
    contracts: Integer,
) -> AddOns:
    """All contingencies."""
    with ar.scope("contingencies"):
        shorts = ar.product("naked", naked, head["spot_ticks"])
        perpetual = ar.product("perpetual", holdings.size, head["spot_ticks"])
        charged = (
            ("option", shorts),
            ("perpetual", perpetual),
            ("collateral_1", holdings.collateral[0]),
            ("collateral_2", holdings.collateral[1]),
        )
        levels = [
            ar.constant(governed.root, 0).plus(
                *[
                    ar.product(f"{level}_{name}", notional, governed.values[f"{level}_{name}"])
                    for name, notional in charged
                ]
            )
            for level in ("mm", "im")
        ]
        confidence = _confidence(ar, head, governed, slices, holdings, perpetual, contracts)
    return AddOns(levels[0], levels[1], confidence)


def _confidence(
    ar: Arithmetic,
    head: Fields,
    governed: Governed,
    slices: Slices,
    holdings: Holdings,
    perpetual: Integer,
    contracts: Integer,
) -> Integer:
    spot = head["spot_confidence"]
    both = minimum(ar, "both", spot, head["perpetual_confidence"])
    flat = is_zero(ar, "flat", holdings.perpetual)
    shared = select(ar, "shared", flat, spot, both)
    with ar.scope("slices"):
        lower = minimum(ar, "slice", shared, slices.confidence)
        doubt = _doubt(ar, governed, lower)
        by_slice = total(ar, ar.product("contracts", doubt, contracts), governed.root)
    amount = ar.product("options", by_slice, head["spot_ticks"])
    amount = amount.plus(
        ar.product("perpetual_doubt", _doubt(ar, governed, shared, "shared"), perpetual),
        ar.product(
            "collateral_doubt",
            _doubt(ar, governed, spot, "spot"),
            holdings.collateral[0].plus(holdings.collateral[1]),
        ),
    )
    return ar.product("confidence", amount, governed.values["confidence_margin"])


def _doubt(ar: Arithmetic, governed: Governed, confidence: Integer, name: str = "slice") -> Integer:
    """1 - c below the threshold, else 0, in 1e-9."""
    threshold = governed.values["confidence_threshold"]
    enough = sign(ar, f"{name}_enough", confidence.minus(threshold)).is_positive
    return ar.product(f"{name}_doubt", (-enough).plus(1), (-confidence).plus(PARAMETER_ONE))
