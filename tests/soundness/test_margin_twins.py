"""Twins of portfolio_margin: without one check, a false margin is proven; with it, refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import pytest

from circuits.challenge_round import StatementWitness, build
from circuits.edsl import Arithmetic, Integer, Liar
from circuits.edsl.python_numbers import PythonNumbers
from circuits.gadgets.boolean import boolean_hint
from circuits.r1cs import R1CS
from circuits.statements.portfolio_margin import Book, Kind, MarginParameters, MarginShape
from circuits.statements.portfolio_margin import statement as statement_module
from circuits.statements.portfolio_margin.model import slices
from circuits.statements.portfolio_margin.quote import quote_margin
from circuits.statements.portfolio_margin.statement import claim_arrays
from tests.circuits.lying import Claims, at, both, in_limbs
from tests.circuits.lying import claim as pretend
from tests.circuits.reading import PRODUCT, Reading, respond
from tests.circuits.statements.margin.examples import leg
from tests.circuits.statements.margin.lies import LONG_CALL, SHORT_CALL, TWO, W, lane, nothing
from tests.circuits.statements.margin.statements import (
    BOOK,
    PARAMETERS,
    ROWS,
    claim,
    evidence,
)
from tests.circuits.statements.margin.test_leg_lies import as_listed
from tests.soundness.twins import weakened

SHAPE = MarginShape(Kind.COVERED, 4, ROWS)
ENOUGH = 10**12


@cache
def circuit(reading: Reading) -> R1CS:
    """The circuit of a reading."""
    with reading.patched():
        builder = reading.builder(W)
        statement_module._define(builder, SHAPE)
        return build(builder)


@dataclass(frozen=True)
class Forgery:
    """What is left out, and the lie it lets pass: about a book, with `off` units beside W."""

    reading: Reading
    liar: Liar = nothing
    own: Book = BOOK
    off: int = ENOUGH
    changes: Mapping[str, Sequence[int]] = field(default_factory=dict)
    parameters: MarginParameters = PARAMETERS

    def broken(self, reading: Reading) -> list[str]:
        """What stops it in a reading."""
        about = evidence(self.own, parameters=self.parameters)
        told = claim(Kind.COVERED, about, off=self.off)
        inputs = claim_arrays(told, about, SHAPE)
        inputs |= {name: list(values) for name, values in self.changes.items()}
        witness = reading.witness(W, PythonNumbers(), inputs=inputs, liar=self.liar)
        with reading.patched():
            statement_module._define(witness, SHAPE)
        return circuit(reading).violations(respond(StatementWitness(witness)))


def lift_worst(arrays: Claims) -> Claims:
    """Claim the best row as the worst: still one of the rows."""
    arrays[0][:] = BEST[0]
    return arrays


BEST: list[int] = []


def remember_best() -> None:
    about = evidence()
    quote = quote_margin(about.book, about.market, about.parameters)
    BEST[:] = [int(max((*quote.profits, quote.basis)) * (10**13 << 32))]


def _claimed_active(ar: Arithmetic, seconds: Integer) -> Integer:
    """A bit that nothing ties to the expiries."""
    before = ar.gather(seconds, seconds.lanes, 1, -1)
    gap = ar.range_check("gap", seconds - before, 28)
    return boolean_hint(ar, "active", seconds.lanes, lambda g: ar.numbers.where(g == 0, 0, 1), gap)


zero_amount = as_listed(SHORT_CALL, LONG_CALL, None, None)
zero_amount["leg_amount_biased"][1] = 1 << 63
foreign = as_listed(SHORT_CALL, replace(LONG_CALL, underlying=2), None, None)
last = BOOK.legs[-1]

FORGERIES = {
    "unsorted legs": Forgery(
        weakened("keys in any order", range_checks=("leg/fields/order",)),
        own=TWO,
        changes=as_listed(LONG_CALL, SHORT_CALL, None, None),
    ),
    "a leg twice": Forgery(
        weakened("keys that repeat", range_checks=("leg/fields/order",)),
        own=TWO,
        changes=as_listed(SHORT_CALL, SHORT_CALL, LONG_CALL, None),
    ),
    "an empty slot with a key": Forgery(
        weakened("empty slots of any key", constraints=("leg/fields/empty_key",)),
        own=TWO,
        changes=zero_amount,
    ),
    "a leg of another underlying": Forgery(
        weakened("any underlying", constraints=("leg/fields/underlying",)),
        own=TWO,
        changes=foreign,
    ),
    "merged strikes": Forgery(
        weakened("same strike by claim", constraints=("leg/netting/same_strike",)),
        both(
            lane("leg/netting/same_strike", 1, lambda _: 1),
            lane("leg/netting/same_strike_inverse", 1, lambda _: 0),
        ),
        own=TWO,
        off=-1,
    ),
    "an expiry split": Forgery(
        weakened("slices active by claim", (slices, "_active", _claimed_active)),
        both(lane("slice/active", 4, lambda _: 1), lane("leg/slice/number", 3, lambda _: 5)),
    ),
    "margin an atom too large": Forgery(
        weakened("no remainder", range_checks=("margin/floor/remainder",)),
        in_limbs("margin/floor/quotient", W, lambda v, _: v + 1),
        off=-1,
        parameters=replace(PARAMETERS, collateral_unit=1),
    ),
    "the best row for the worst": Forgery(
        weakened("rows below the worst", range_checks=("account/worst/distance*",)),
        at("account/worst/least", lift_worst),
    ),
    "a gain for a skew loss": Forgery(
        weakened("signs by claim", range_checks=("slice/gain*/sign/distance",)),
        pretend("slice/gain[4]/sign/at_least_zero", 0),
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_the_twin_accepts_what_the_product_refuses(name: str) -> None:
    remember_best()
    forgery = FORGERIES[name]
    refused = forgery.broken(PRODUCT)
    accepted = forgery.broken(forgery.reading)
    assert refused
    assert accepted == []


def test_the_honest_prover_is_believed_by_both() -> None:
    honest = Forgery(FORGERIES["unsorted legs"].reading, own=Book((leg(),)))
    assert honest.broken(PRODUCT) == []
    assert honest.broken(honest.reading) == []
