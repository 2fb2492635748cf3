"""Forgeries of claims: digests, roundings in someone's favour, what the four kinds assert."""

from __future__ import annotations

from dataclasses import replace

from circuits.edsl import Liar
from circuits.statements.packing import chunks
from circuits.statements.portfolio_margin import Kind, Level, MarginParameters
from circuits.statements.portfolio_margin.sponge import ABSORBED
from tests.circuits.lying import Claims, both, in_limbs
from tests.circuits.lying import claim as pretend
from tests.circuits.statements.margin.examples import leg
from tests.circuits.statements.margin.lies import W, always, beyond, in_slot, lane
from tests.circuits.statements.margin.statements import MARKET, PARAMETERS
from tests.soundness.margin.books import constraints, lookups, owned
from tests.soundness.margin.forgery import ENOUGH, ONE_ATOM, Forgery

DEBT = owned(leg(amount=4), leg(4, put=True, amount=-4))
ROWS_OF = PARAMETERS.rows


def _elements(parameters: MarginParameters) -> list[int]:
    (part,) = chunks(parameters.elements(), ABSORBED)
    return [*part, *[0] * (ABSORBED - len(part))]


def absorbing(parameters: MarginParameters) -> Liar:
    """The sponge takes these parameters, whatever the model reads."""
    told = _elements(parameters)

    def liar(path: str, arrays: Claims) -> Claims:
        for position, element in enumerate(told, 1):
            if path == f"words/sponge/input[{position}]":
                arrays[0][0] = element
        return arrays

    return liar


def _read_as(*rows: int) -> MarginParameters:
    return replace(PARAMETERS, rows=tuple(ROWS_OF[row] for row in rows))


LISTINGS = {
    f"rows of the parameters {what}": Forgery(
        constraints("words/sponge_inputs/step[0][*]"),
        absorbing(PARAMETERS),
        own=owned(leg(amount=-4)),
        parameters=_read_as(*rows),
        off=0,
        other="the digest of the true parameters",
    )
    for what, rows in (
        ("left out", (4, 1, 2, 3, 4)),
        ("given twice", (1, 1, 2, 3, 4)),
        ("reordered", (1, 0, 2, 3, 4)),
    )
} | {
    "a digest of other parameters": Forgery(
        constraints("words/sponge/digest"),
        lane("words/sponge/digest", 0, always(4711)),
        off=ENOUGH,
        other="another parameter digest",
    ),
    "a digest of another market": Forgery(
        constraints("words/sponge/digest"),
        lane("words/sponge/digest", 3, always(4711)),
        off=ENOUGH,
        other="another market digest",
    ),
    "a market's last slice from another listing": Forgery(
        constraints("words/sponge_inputs/step[3][4]"),
        lane("words/sponge/input[4]", 3, lambda v: v + 1),
        off=ENOUGH,
        other="another market digest",
    ),
}

ROUNDED = {
    "a margin an atom too large": Forgery(
        lookups("margin/floor/remainder"),
        beyond("margin/floor/quotient", 0, 1),
        parameters=ONE_ATOM,
    ),
    "a margin an atom too small": Forgery(
        lookups("margin/floor/below_divisor"),
        beyond("margin/floor/quotient", 0, -1),
        parameters=ONE_ATOM,
        off=1,
        kind=Kind.BREACH,
    ),
    "a static factor rounded up": Forgery(
        lookups("slice/static/gain/factor/below"),
        in_limbs("slice/static/gain/factor/half", W, in_slot(0, lambda v: v + 1)),
        own=owned(leg(strike=500_000_000, amount=4)),
        parameters=ONE_ATOM,
    ),
    "a static factor rounded down": Forgery(
        lookups("slice/static/gain/factor/above"),
        in_limbs("slice/static/gain/factor/half", W, in_slot(0, lambda v: v - 1)),
        own=owned(leg(strike=500_000_000, amount=4)),
        parameters=ONE_ATOM,
        off=1,
        kind=Kind.BREACH,
    ),
    "a flat perpetual that is none": Forgery(
        constraints("contingencies/flat"),
        both(pretend("contingencies/flat", 1), pretend("contingencies/flat_inverse", 0)),
        level=Level.INITIAL,
        listing=replace(MARKET, perpetual_confidence=0),
    ),
}

CLAIMS = {
    "uncovered": Forgery(lookups("words/covered")),
    "uncovered in the open": Forgery(lookups("words/covered"), kind=Kind.OPEN),
    "covered, and called a breach": Forgery(lookups("words/breach"), off=1, kind=Kind.BREACH),
    "less equity than there is": Forgery(
        lookups("words/equity"),
        own=DEBT,
        off=0,
        kind=Kind.BREACH,
        changes={"equity_bound": [0]},
        other="a bound below the equity",
    ),
    "a step less than required": Forgery(lookups("words/covered"), own=DEBT, kind=Kind.REQUIREMENT),
    "a step more than required": Forgery(
        lookups("words/least"), own=DEBT, off=1, kind=Kind.REQUIREMENT
    ),
    "a step more, as if it were none": Forgery(
        constraints("words/no_step"),
        both(pretend("words/no_step", 1), pretend("words/no_step_inverse", 0)),
        own=DEBT,
        off=1,
        kind=Kind.REQUIREMENT,
    ),
    "a level that is none": Forgery(
        constraints("words/is_initial"),
        pretend("words/is_initial", -256),
        other="another snapshot",
    ),
}

FORGERIES = LISTINGS | ROUNDED | CLAIMS
