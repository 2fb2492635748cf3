"""A leg's slice, found by lookup of the leg's own expiry; and what it reads there.

Three tables of 16 rows, each with the slice's number as index: the first also has the expiry, so a
leg's number, and with it everything it reads, follows from its own fields. An empty slot reads any
slice its prover likes, for its amount is 0; in the series form that must be one with a listed
volatility, which the first slice need not have.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.lanes import Lanes
from circuits.edsl.values import FieldElement, Integer
from circuits.edsl.wire_rows import FIRST_WIRE_TAG, look_up_wires, offer_rows
from circuits.gadgets.boolean import is_zero
from circuits.statements.portfolio_margin.model.legs import Legs
from circuits.statements.portfolio_margin.model.shocks import Shocks
from circuits.statements.portfolio_margin.model.slices import Slices

TIME_TAG, SKEW_TAG, CURVE_TAG, SERIES_TAG, LEVEL_TAG = range(FIRST_WIRE_TAG, FIRST_WIRE_TAG + 5)


@dataclass(frozen=True)
class Curve:
    """The leg's SVI slice: a, b, b rho, m, s^2."""

    a: Integer
    b: Integer
    tilt: Integer
    m: Integer
    square: Integer


@dataclass(frozen=True)
class Place:
    """What a leg knows of its slice."""

    number: Integer
    is_first: Integer
    log_forward: Integer
    root_time: Integer
    root_up: Integer
    root_down: Integer
    k_star: Integer
    linear_slope: Integer
    absolute_slope: Integer
    curve: Curve | None


def find_slices(
    ar: Arithmetic, slices: Slices, shocks: Shocks, legs: Legs, listed: Integer | None
) -> Place:
    """Offer the slices, and look every leg's up; `listed` are the slices of listed volatilities."""
    tables = _offer(ar, slices, shocks)
    with ar.scope("leg"), ar.scope("slice"):
        home = _home(ar, slices, listed)
        (free,) = ar.hint("empty_key", legs.lanes, 1, lambda e: e * 0 + home, legs.is_empty)
        key = legs.expiry + 1 + ar.multiply("empty_gap", legs.is_empty, free - legs.expiry - 1)
        chosen = _chosen(ar, slices, legs.lanes, key)
        (number,) = ar.hint(
            "number", legs.lanes, 1, lambda: ar.numbers.vector([c + 1 for c in chosen])
        )
        read: list[Integer] = []
        for name, tag, columns in tables:
            own: list[FieldElement] = [key] if tag == TIME_TAG else []
            wires = own + [
                _read(ar, legs.lanes, f"{name}[{i}]", chosen, column)
                for i, column in enumerate(columns)
                if i >= len(own)
            ]
            read += look_up_wires(ar, name, tag, wires, [number])
        located = Integer(ar, legs.lanes, number.payload, False, lo=1, hi=slices.number.hi)
        is_first = is_zero(ar, "is_first", located.minus(1))
    return _place(located, is_first, read)


def _place(number: Integer, is_first: Integer, read: list[Integer]) -> Place:
    log_forward, root_time, root_up, root_down, k_star, linear, absolute = read[1:8]
    return Place(
        number=number,
        is_first=is_first,
        log_forward=log_forward,
        root_time=root_time,
        root_up=root_up,
        root_down=root_down,
        k_star=k_star,
        linear_slope=linear,
        absolute_slope=absolute,
        curve=Curve(*read[8:]) if read[8:] else None,
    )


def _offer(
    ar: Arithmetic, slices: Slices, shocks: Shocks
) -> list[tuple[str, int, Sequence[Integer]]]:
    """The tables: name, tag, columns."""
    times = (slices.key, shocks.log_forward, shocks.root_time, shocks.root_up, shocks.root_down)
    skews: tuple[Integer, ...] = (shocks.k_star, shocks.linear_slope, shocks.absolute_slope)
    tables: list[tuple[str, int, Sequence[Integer]]] = [("time", TIME_TAG, times)]
    with ar.scope("slice"):
        if slices.svi is not None:
            svi = slices.svi
            skews = (*skews, svi.a, svi.b)
            tilt = ar.product("tilt", svi.b, svi.rho)
            curve = (tilt, svi.m, ar.product("square", svi.s, svi.s))
            tables.append(("curve", CURVE_TAG, curve))
        tables.insert(1, ("skew", SKEW_TAG, skews))
        for name, tag, columns in tables:
            offer_rows(ar, name, tag, columns, [slices.number])
    return tables


def _home(ar: Arithmetic, slices: Slices, listed: Integer | None) -> int:
    """The key that empty slots look up: of the first slice, or of the first listed volatility's."""
    keys = ar.compute(slices.lanes, lambda k: k.tolist(), slices.key) or [0]
    if listed is None:
        return int(keys[0])
    (place, *_) = ar.compute(listed.lanes, lambda i: i.tolist(), listed) or [0]
    return int(keys[place if place < len(keys) else 0])


def _chosen(ar: Arithmetic, slices: Slices, lanes: Lanes, key: FieldElement) -> list[int]:
    """The slice each leg means; the first where there is none (then the lookup refuses)."""
    keys = ar.compute(slices.lanes, lambda k: k.tolist(), slices.key) or []
    places = {found: place for place, found in reversed(list(enumerate(keys)))}
    wanted = ar.compute(lanes, lambda k: k.tolist(), key) or []
    return [places.get(each, 0) for each in wanted]


def _read(
    ar: Arithmetic, lanes: Lanes, name: str, chosen: list[int], column: Integer
) -> FieldElement:
    values = ar.compute(column.lanes, lambda v: v.tolist(), column) or []
    (wire,) = ar.hint(name, lanes, 1, lambda: ar.numbers.vector([values[c] for c in chosen]))
    return wire
