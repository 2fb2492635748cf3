"""Forgeries of parameters and rows: revaluation, values, signs, the worst row, the digests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from circuits.edsl import Liar
from circuits.edsl.arithmetic import HintFunction
from circuits.edsl.numbers import LaneVector, Numbers
from circuits.field import BN254_FR
from circuits.statements.portfolio_margin import Book, Kind, LinearHoldings
from circuits.statements.portfolio_margin.model import revaluation
from circuits.statements.portfolio_margin.parameters import parameter_bias
from circuits.statements.portfolio_margin.quote import quote_margin
from tests.circuits.judge import Sites
from tests.circuits.lying import Claims, at, both, in_limbs, shift
from tests.circuits.lying import claim as pretend
from tests.circuits.statements.margin.examples import leg
from tests.circuits.statements.margin.lies import W, always, beyond, in_slot, lane, nothing
from tests.circuits.statements.margin.statements import BOOK, MARKET, PARAMETERS, ROWS
from tests.soundness.margin.books import constraints, lookups, owned
from tests.soundness.margin.forgery import ONE_ATOM, Forgery

LONG = owned(leg(amount=4))
SHORT = owned(leg(amount=-4))
SKEWED = replace(
    PARAMETERS,
    rows=PARAMETERS.rows[3:4] * ROWS,
    forward_contingency_addition=0,
    forward_contingency_multiplier=0,
)
MARK = ROWS
_honest_divider = revaluation._divider


def _parameters(**changes: int) -> dict[str, list[int]]:
    return {
        f"parameter_{name}": [getattr(PARAMETERS, name) + parameter_bias(name) + by]
        for name, by in changes.items()
    }


def _scenarios(value: int) -> Callable[[Claims], Claims]:
    """The same claim for every scenario row."""

    def change(arrays: Claims) -> Claims:
        arrays[0][:ROWS] = value
        return arrays

    return change


PACKED = {
    "mm factor: less than 0, for a larger im factor": Forgery(
        lookups("parameters/mm_factor"),
        both(beyond("parameters/im_factor", 0, 1), beyond("parameters/mm_factor", 0, -(1 << 34))),
    ),
    "a flag of -2, for the flag before it": Forgery(
        constraints("parameters/risk_cancelling_2"),
        own=Book((), LinearHoldings(2_000_000, 2_000_000), -(10**17)),
        changes=_parameters(risk_cancelling_1=-1, risk_cancelling_2=2),
    ),
    "a dampening below 0, for the next rule": Forgery(
        lookups("row/dampening"),
        both(
            beyond("row/dampening", 0, -(1 << 34)),
            lane("row/rule[0]", 0, always(0)),
            lane("row/rule[1]", 0, always(1)),
        ),
        own=SHORT,
    ),
    "a rule of bits that are none": Forgery(
        constraints("row/rule[0]"),
        both(at("row/rule[0]", _scenarios(3)), at("row/rule[1]", _scenarios(0))),
        own=SHORT,
        parameters=SKEWED,
    ),
    "a fraction of a spot factor, for three times the dampening": Forgery(
        lookups("row/spot_factor"),
        both(
            in_limbs("row/spot_factor", W, in_slot(0, lambda v: v - BN254_FR.inverse(1 << 6))),
            beyond("row/dampening", 0, 1 << 31),
        ),
        own=SHORT,
        off=1,
        kind=Kind.BREACH,
    ),
    "the mark at another spot": Forgery(
        constraints("row_elements/extra_spot_factor"),
        lane("row/spot_factor", MARK, lambda v: v + 1000),
        own=LONG,
    ),
    "the mark at another rule": Forgery(
        constraints("row_elements/extra_rule"),
        lane("row/rule[0]", MARK, always(1)),
        own=LONG,
    ),
}


def dividing(sites: Sites, by: int, hidden: str = "", **claimed: Any) -> Forgery:
    """d2 of the first leg so many units away in every row, the rest hidden in a part."""
    left: list[int] = []

    def divider(numbers: Numbers, limit: int) -> HintFunction:
        honest = _honest_divider(numbers, limit)

        def divide(n: LaneVector, t: LaneVector) -> object:
            located = honest(n, t)
            w = 2 * int(t[0]) + 1
            located.coarse[0] += by
            over = int(n[0]) - (w * w + 3) // 4 - int(located.coarse[0]) * w
            parts = {"below": over, "above": w - 1 - over, "excess": 0}
            if hidden == "excess":
                share = over * BN254_FR.inverse(1 << 28)
                parts = {"below": 0, "above": w - 1 - 2 * over, "excess": share}
            located.below[0], located.above[0] = parts["below"], parts["above"]
            left[:] = [parts.get(hidden, 0)]
            return located

        return divide

    def hide(arrays: Claims) -> Claims:
        arrays[0][0], arrays[1][0] = left[0], 0
        return arrays

    return Forgery(
        sites,
        at(f"leg/row[*]/division/{hidden}", hide) if hidden else nothing,
        parameters=ONE_ATOM,
        patches=((revaluation, "_divider", divider),),
        **claimed,
    )


LOWER: dict[str, Any] = {"own": LONG, "off": 1, "kind": Kind.BREACH}
DIVISION = "leg/row[*]/division"
REVALUED = {
    "d2 too low": dividing(constraints(f"{DIVISION}/below_next"), -50, **LOWER),
    "d2 too high": dividing(constraints(f"{DIVISION}/at_least"), 50, own=SHORT),
    "d2 too low by a negative slack": dividing(lookups(f"{DIVISION}/above"), -50, "above", **LOWER),
    "d2 too high by a negative slack": dividing(
        lookups(f"{DIVISION}/below"), 50, "below", own=SHORT
    ),
    "d2 too high by a fraction of the excess": dividing(
        lookups(f"{DIVISION}/excess"), 50, "excess", own=SHORT
    ),
    "another value of N": Forgery(
        lookups("leg/row[5]/first/row"),
        lane("leg/row[5]/first/taylor", 0, lambda v: v + (1 << 58)),
        own=LONG,
    ),
    "another strike's share": Forgery(
        lookups("leg/row[5]/second/row"),
        lane("leg/row[5]/second/taylor", 0, lambda v: v + (1 << 58)),
        own=LONG,
    ),
}


def _twofold(by: int) -> Liar:
    """2 out - m stays the value: a part larger by so much, a magnitude by twice as much."""
    return both(
        in_limbs("slice/value[*]/value_magnitude", W, in_slot(0, lambda v: v + 2 * by)),
        lane("slice/value[*]/value_positive", 0, lambda v: v - by),
    )


def _negative_parts() -> Liar:
    """The first slice's values as a part and a magnitude that are both the negative value."""
    told: list[int] = []

    def keep(value: int) -> int:
        told[:] = [-value]
        return -value

    return both(
        in_limbs("slice/value[*]/value_magnitude", W, in_slot(0, keep)),
        lane("slice/value[*]/value_positive", 0, lambda _: told[0]),
    )


def _best(arrays: Claims) -> Claims:
    quote = quote_margin(BOOK, MARKET, PARAMETERS)
    arrays[0][:] = int(max((*quote.profits, quote.forward_contingency)) * (10**13 << 32))
    return arrays


VALUES = {
    "a value rounded far up": Forgery(
        lookups("slice/value[5]/value_remainder"),
        in_limbs("slice/value[5]/value_magnitude", W, in_slot(0, lambda v: v + (1 << 60))),
        own=LONG,
    ),
    "a long value at the factor of a short one": Forgery(
        constraints("slice/value[*]/value_positive_part"),
        _twofold(-(1 << 55)),
        own=owned(leg(strike=500_000_000, amount=4)),
    ),
    "a short value at the factor of a long one": Forgery(
        lookups("slice/value[*]/value_magnitude"),
        _negative_parts(),
        own=SHORT,
    ),
    "a gain for a skew loss": Forgery(
        lookups("slice/gain[*]/sign/distance"),
        lane("slice/gain[*]/sign/at_least_zero", 0, lambda v: 1 - v),
        own=LONG,
        parameters=SKEWED,
    ),
    "a loss of forwards left out": Forgery(
        lookups("slice/forward_contingency/loss/distance"),
        pretend("slice/forward_contingency/loss/at_least_zero", 0),
    ),
    "the best row for the worst": Forgery(
        lookups("account/worst/distance[*]"),
        at("account/worst/least", _best),
    ),
    "worse than the worst row": Forgery(
        constraints("account/worst/one_is_reached"),
        shift("account/worst/least", -(10**40)),
        off=1,
        kind=Kind.BREACH,
    ),
}

FORGERIES = PACKED | REVALUED | VALUES
