"""Forgeries of what the market says: its fields, its slices, what a leg reads of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from circuits.edsl import Arithmetic, Lanes
from circuits.edsl.values import FieldElement
from circuits.statements.portfolio_margin import Kind, ListedVolatility
from circuits.statements.portfolio_margin.model import lookups as lookups_module
from tests.circuits.lying import Claims, both, in_limbs
from tests.circuits.statements.margin.examples import SNAPSHOT_UNIX, WEEK, leg, market
from tests.circuits.statements.margin.lies import W, always, beyond, in_slot, lane
from tests.circuits.statements.margin.statements import MARKET
from tests.circuits.statements.margin.test_leg_lies import as_listed
from tests.soundness.margin.books import constraints, lookups, owned
from tests.soundness.margin.forgery import ENOUGH, ONE_ATOM, Forgery

NO_MARKET = "a market that no signer takes for one"
LONG = owned(leg(amount=4))
LATE_SHORT = owned(leg(4, amount=-4))
SPREAD = owned(leg(4, amount=4), leg(4, 780_000_000, amount=-4))


def _head(**changes: int) -> dict[str, list[int]]:
    return {f"market_{name}": [getattr(MARKET, name) + by] for name, by in changes.items()}


def _curve_b(lane_number: int) -> dict[str, list[int]]:
    svi = [each.svi for each in MARKET.padded_slices]
    assert svi[0] is not None
    a, b = svi[0].a + (1 << 47), svi[0].b
    here = [int(i == lane_number) for i in range(16)]
    return {"slice_a": [a - i for i in here], "slice_b": [b + (i << 46) for i in here]}


_seconds = [each.expiry_unix - MARKET.snapshot_unix for each in MARKET.padded_slices]
FALLING = {"slice_seconds": [_seconds[0], _seconds[2], _seconds[1], *_seconds[3:]]}

FALLING_RATE = replace(
    MARKET,
    slices=(replace(MARKET.slices[0], rate_biased=(1 << 26) - 1000), *MARKET.slices[1:]),
)

FIELDS = {
    "spot: above its field, for an earlier snapshot": Forgery(
        lookups("head/spot_ticks"),
        changes=_head(spot_ticks=1 << 36),
        off=ENOUGH**2,
        other="another spot",
    ),
    "collateral price: 2^36 more, for less confidence": Forgery(
        lookups("head/collateral_1_ticks"),
        changes=_head(collateral_1_ticks=1 << 36, perpetual_confidence=-1),
    ),
    "rate: 2^28 more, for a smaller discount factor": Forgery(
        lookups("slice/rate_biased"),
        own=owned(leg(strike=500_000_000, amount=4)),
        off=1,
        kind=Kind.BREACH,
        listing=FALLING_RATE,
        liar=both(beyond("slice/rate_biased", 0, 1 << 28), beyond("slice/discount", 0, -1)),
    ),
    "b: 2^46 more, for a smaller a": Forgery(lookups("slice/b"), own=LONG, changes=_curve_b(0)),
    "falling expiries": Forgery(
        lookups("slice/gap"), own=LONG, off=ENOUGH, changes=FALLING, other=NO_MARKET
    ),
}


def _sums_of_the_first(path: str, arrays: Claims) -> Claims:
    """Slices 3 and 4 have one number: the sums are claimed for slice 3."""
    if path.startswith("by_slice/sum"):
        arrays[0][3] = 0
    return arrays


def _one_slice(ar: Arithmetic, slices: Any, lanes: Lanes, key: FieldElement) -> list[int]:
    del ar, slices, key
    return [0] * lanes.count


SLICES = {
    "an expiry split": Forgery(
        constraints("slice/repeats_or_inverse"),
        both(lane("slice/repeats", 4, always(0)), lane("leg/slice/number", 1, always(5))),
        own=SPREAD,
        off=1,
        kind=Kind.BREACH,
    ),
    "two slices of one number": Forgery(
        constraints("slice/number"),
        both(
            lane("slice/number", 3, always(3)),
            lane("leg/slice/number", 0, always(3)),
            _sums_of_the_first,
        ),
        own=LATE_SHORT,
    ),
    "a leg in another expiry's slice": Forgery(
        lookups("leg/slice/time"),
        own=LATE_SHORT,
        patches=((lookups_module, "_chosen", _one_slice),),
    ),
    "an expired leg, valued as if it lived": Forgery(
        lookups("leg/slice/time"),
        own=LONG,
        off=ENOUGH,
        changes=as_listed(replace(LONG.legs[0], expiry_unix=SNAPSHOT_UNIX - WEEK), *[None] * 3),
        other="a book whose margin is not defined",
    ),
    "a leg with another skew": Forgery(
        lookups("leg/slice/skew"),
        lane("leg/slice/skew[3]", 0, lambda v: v + (1 << 40)),
        own=LONG,
    ),
    "a leg with another curve": Forgery(
        lookups("leg/slice/curve"),
        lane("leg/slice/curve[2]", 0, lambda v: v + (1 << 84)),
        own=LONG,
    ),
    "the mark at another level": Forgery(
        lookups("leg/row[5]/level"),
        lane("leg/row[5]/coarse", 0, lambda v: v + (1 << 16)),
        own=LONG,
    ),
    "a row's value for another slice": Forgery(
        constraints("/by_slice/balance"),
        lane("by_slice/sum[0][5]", 0, lambda v: v + (1 << 90)),
        own=LONG,
    ),
}


VOLATILITIES = {
    "a root too small": Forgery(
        lookups("leg/svi/y_upper"),
        lane("leg/svi/y", 0, lambda v: v - (1 << 12)),
        own=owned(leg(amount=-4)),
        parameters=ONE_ATOM,
    ),
    "a root too large": Forgery(
        lookups("leg/svi/sigma_lower"),
        both(
            lane("leg/svi/sigma", 0, lambda v: v + 100),
            in_limbs("leg/svi/sigma_lower", W, in_slot(0, lambda v: v - (1 << 42))),
        ),
        own=LONG,
        parameters=ONE_ATOM,
    ),
    "a root of another variance": Forgery(
        constraints("leg/svi/sigma"),
        both(
            lane("leg/svi/sigma", 0, lambda v: v + (1 << 30)),
            in_limbs("leg/svi/sigma_lower", W, in_slot(0, always(5))),
        ),
        own=LONG,
    ),
    "a variance rounded up by more than a half": Forgery(
        lookups("leg/svi/variance_remainder"),
        in_limbs("leg/svi/variance_remainder", W, in_slot(0, lambda v: v - (1 << (56 + 60)))),
        own=LONG,
        parameters=ONE_ATOM,
    ),
    "a deviation cut too high": Forgery(
        lookups("leg/none_cut/low"),
        in_limbs("leg/none_cut/low", W, in_slot(0, lambda v: v - (1 << 72))),
        own=LONG,
    ),
    "a limb of the deviation beyond its width": Forgery(
        lookups("leg/none_cut/fine"),
        in_limbs("leg/none_cut/fine", W, in_slot(0, lambda v: v + (1 << 30))),
        own=owned(leg(amount=-4)),
    ),
}

LISTED = replace(
    market(2, None, series=2),
    series=(
        ListedVolatility(0, 770_000_000, 30_000_000),
        ListedVolatility(0, 770_000_001, 31_000_000),
    ),
)

SERIES = {
    "another volatility than the listed": Forgery(
        lookups("leg/listed/listed"),
        lane("leg/listed/volatility", 0, lambda v: v + 10_000_000),
        own=LONG,
        listing=LISTED,
    ),
    "a listed volatility above its field, for the strike below": Forgery(
        lookups("series/volatility"),
        own=LONG,
        listing=LISTED,
        liar=both(
            in_limbs("series/strike_ticks", W, lambda v, at: v - (at > 0)),
            in_limbs("series/volatility", W, lambda v, at: v + (at > 0) * (1 << 28)),
        ),
    ),
}

FORGERIES = FIELDS | SLICES | VOLATILITIES | SERIES
