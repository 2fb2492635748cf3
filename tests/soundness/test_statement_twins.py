"""Every check of `option_marks` stops a forgery: without it, the forgery is accepted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from circuits.field import BN254_FR
from circuits.gadgets import square_root
from circuits.profile import R6, R14, Profile
from circuits.statements.option_marks import Market, OptionMarks, Shape, evaluate
from tests.circuits.ladder import HEADER, Lie, Verdict, try_lie
from tests.circuits.lying import Claims, at, both, claim, in_limbs
from tests.circuits.reading import Reading, circuit, market_inputs, respond, witness
from tests.circuits.statements import attacks, division_attacks
from tests.circuits.statements.markets import (
    EXPIRED,
    IN_THE_MONEY,
    LAST_SECOND,
    TIES,
    TYPICAL,
    UNDISCOUNTED,
)
from tests.circuits.statements.word_attacks import carry
from tests.soundness.twins import weakened, with_dummy_flag, without_gates

OPTIONS = 3


@dataclass(frozen=True)
class Case:
    """A twin with the forgery that its missing check would have stopped."""

    twin: Reading
    lie: Lie
    market: Market = TYPICAL
    profile: Profile = R6
    greeks: bool = False

    def statement(self) -> OptionMarks:
        return OptionMarks(Shape(1, OPTIONS), self.profile, self.greeks)


def _spill(profile: Profile, path: str) -> Lie:
    return attacks.whole_quotients(profile, path)[0]


def _put_of_minus_two(arrays: Claims) -> Claims:
    (bits,) = arrays
    bits[1] -= 2
    return (bits,)


def _fractional_strikes(arrays: Claims) -> Claims:
    """K_0 - j/2^44 and K_1 + j 2^21: the packed word does not change."""
    strikes = np.copy(arrays[0])
    strikes[0] -= 8 * BN254_FR.inverse(1 << 44)
    strikes[1] += 8 << 21
    return (strikes, *arrays[1:])


def _whole_part(value: int) -> int:
    """The strike whose row a fraction K - 8/2^44 borrows."""
    if 0 <= value < 1 << 37:
        return value
    return BN254_FR.centered(value + 8 * BN254_FR.inverse(1 << 44))


def _odd_at_a_tie() -> Lie:
    """rho = price / 2: at an odd price the bit -1 makes the odd neighbour pass for even."""
    prices = [mark.price_atoms for mark in evaluate(TIES, R6)]
    tie = next(lane for lane, price in enumerate(prices) if price % 2)
    step = int(prices[tie] % 4 == 1)

    def minus_one(arrays: Claims) -> Claims:
        arrays[0][tie] = -1
        return arrays

    halves = in_limbs("option/rho/half", R6.limb_bits, lambda v, lane: v + step * (lane == tie))
    return Lie("odd at a tie", both(at("option/rho/odd", minus_one), halves))


def _more_on_both_sides(path: str, by: int) -> Lie:
    """2 out - m stays the quotient: a part larger by so much, a magnitude by twice as much."""

    def less(arrays: Claims) -> Claims:
        arrays[0][0] -= by
        return arrays

    magnitude = in_limbs(
        f"{path}_magnitude", R6.limb_bits, lambda v, lane: v + 2 * by * (lane == 0)
    )
    return Lie(f"{path} {by:+}", both(magnitude, at(f"{path}_positive", less)))


_SHIFT = attacks.logarithm_of(lambda value: value + (1 << 20))
_OTHER_STRIKE = attacks.logarithm_of(lambda _: 123_456_789, OPTIONS)
_SATURATE = division_attacks.fixed(division_attacks.claim_high)

CASES: dict[str, Case] = {
    "unchecked remainder": Case(
        weakened("no remainder", range_checks=("option/price/price_remainder",)),
        Lie("price + 5", in_limbs("option/price/price_magnitude", 14, lambda v, _: v + 5)),
        profile=R14,
    ),
    "unchecked theta remainder": Case(
        weakened("no theta remainder", lookups=("option/theta_remainder*",)),
        _spill(R6, "option/theta_remainder"),
        greeks=True,
    ),
    "kappa cancellation": Case(
        weakened("no check of ln F", range_checks=("group/forward/ln",)),
        Lie("joint shift", patches=(_SHIFT,)),
        profile=R14,
    ),
    "kappa cancellation, small": Case(
        weakened("no check of ln F", range_checks=("group/forward/ln",)),
        Lie("joint shift", patches=(attacks.logarithm_of(lambda v: v + (1 << 26)),)),
    ),
    "fractional strike": Case(
        weakened("no check of strikes", limbs=("option/inputs/strike",)),
        Lie(
            "fractions",
            at("option/inputs/strike", _fractional_strikes),
            (attacks.logarithm_of(_whole_part, OPTIONS),),
        ),
        market=UNDISCOUNTED,
        profile=R14,
    ),
    "saturated lane with another strike": Case(
        weakened("excess is free", constraints=("option/division/excess",)),
        division_attacks.free_excess("saturated", _SATURATE, _OTHER_STRIKE),
        market=IN_THE_MONEY,
        profile=R14,
    ),
    "false saturation": Case(
        weakened("excess is free", constraints=("option/division/excess",)),
        division_attacks.free_excess("saturated", _SATURATE),
    ),
    "unbounded slack": Case(
        weakened("no check of the lower slack", limbs=("option/division/below",)),
        division_attacks.dividing("d2 + 50", division_attacks.moved(50), bounded=False),
        greeks=True,
    ),
    "one-sided division": Case(
        weakened("no upper slack", limbs=("option/division/above",)),
        division_attacks.dividing("d2 less 50", division_attacks.moved(-50), bounded=False),
        greeks=True,
    ),
    "one-sided quotient": Case(
        weakened("no upper end", range_checks=("option/rho/above",)),
        Lie("rho - 1", in_limbs("option/rho/half", R6.limb_bits, lambda v, _: v - 1)),
        market=TIES,
        greeks=True,
    ),
    "one-sided root": Case(
        weakened("no upper end", range_checks=("group/root_time/root_upper",)),
        Lie("root - 2^14", patches=((square_root, "_nearest_roots", attacks.roots(-16384)),)),
        market=LAST_SECOND,
        profile=R14,
        greeks=True,
    ),
    "free positive part": Case(
        weakened("any part", constraints=("option/price/price_positive_part",)),
        _more_on_both_sides("option/price/price", 5),
    ),
    "positive price denied": Case(
        weakened("no check of magnitudes", limbs=("option/price/price_magnitude",)),
        Lie("worth nothing", attacks.denied(R6, "option/price/price")),
    ),
    "a Greek denied": Case(
        weakened("no check of magnitudes", limbs=("option/density_magnitude",)),
        Lie("no curvature", attacks.denied(R6, "option/density")),
        greeks=True,
    ),
    "no density though alive": Case(
        weakened("alive is free", constraints=("option/alive_value",)),
        Lie("no density", both(claim("option/alive", 0), claim("option/alive_share", 0))),
        greeks=True,
    ),
    "density though dead": Case(
        without_gates(),
        Lie("density", claim("option/alive", 1 << 45)),
        market=EXPIRED,
        greeks=True,
    ),
    "another time than its own": Case(
        weakened("the floor is free", constraints=("group/time_floor_value",)),
        Lie("a second", both(claim("group/time_floor", 0), claim("group/time_floor_share", 0))),
        greeks=True,
    ),
    "free odd bit": Case(
        weakened("odd is free", constraints=("option/rho/odd",)),
        _odd_at_a_tie(),
        market=TIES,
        greeks=True,
    ),
    "coordinate outside its limb": Case(
        weakened("no coordinate check", lookups=("option/first/coordinate*",)),
        Lie(
            "next row",
            at("option/first/coordinate", lambda a: (a[0] - (1 << R6.limb_bits),)),
            (attacks.other_row_of(1, "option/first"),),
        ),
    ),
    "free dummy flag": Case(with_dummy_flag(), Lie("unused", claim("option/price/used", 0))),
    "free put or call": Case(
        weakened("is_put is free", constraints=("option/inputs/is_put",)),
        Lie(
            "is_put - 2",
            both(at("option/inputs/is_put", _put_of_minus_two), carry(R6, ("volatility", 1, 1))),
        ),
    ),
    "snapshot overflows": Case(
        weakened("no check of the snapshot", lookups=("words/snapshot*",)),
        Lie(
            "snapshot + 2^40",
            carry(R6, ("snapshot", 1 << 40, -1), ("tick", -1, -1), ("rate", -1, -1)),
        ),
        greeks=True,
    ),
    "options overflow": Case(
        weakened("no check of the count", lookups=("words/options*",)),
        Lie(
            "a second more",
            carry(R6, ("options", 1000 << 16, -1), ("snapshot", -1000, -1), ("seconds", 1000, -1)),
        ),
    ),
    "tick exponent overflows": Case(
        weakened("no check of the exponent", lookups=("words/tick_exponent*",)),
        Lie("another subject", carry(R6, ("tick", 1 << 8, -1), ("underlying", -1, -1))),
    ),
    "volatility overflows": Case(
        weakened("no check of volatilities", lookups=("option/inputs/volatility*",)),
        Lie("more volatility", carry(R6, ("volatility", 1 << 28, 1), ("strike", -1, 1))),
    ),
    "rate overflows": Case(
        weakened("no check of rates", lookups=("group/inputs/rate*",)),
        Lie("higher rate", carry(R6, ("rate", 1 << 28, -1), ("discount", -1, -1))),
        greeks=True,
    ),
    "discount overflows": Case(
        weakened("no check of discounts", lookups=("group/inputs/discount*",)),
        Lie("higher discount", carry(R6, ("discount", 1 << 46, -1), ("forward", -1, -1))),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_twin_accepts_the_forgery_and_the_product_refuses_it(name: str) -> None:
    case = CASES[name]
    in_the_product = try_lie(case.statement(), HEADER, case.market, case.lie)
    if name != "free dummy flag":
        assert in_the_product.told
        assert in_the_product.verdict is Verdict.REFUSED
    in_the_twin = try_lie(case.statement(), HEADER, case.market, case.lie, case.twin)
    assert in_the_twin.verdict is Verdict.FORGED, in_the_twin.violations


@pytest.mark.parametrize("name", CASES)
def test_the_twin_proves_honest_markets(name: str) -> None:
    case = CASES[name]
    inputs = market_inputs(case.statement(), HEADER, case.market)
    made = witness(case.statement(), inputs, reading=case.twin)
    assert not circuit(case.statement(), case.twin).violations(respond(made))


def test_the_product_has_no_flags() -> None:
    names = OptionMarks(Shape(1, OPTIONS), R6, greeks=True).trace().wire_names.values()
    assert not [name for name in names if "used" in name or "flag" in name]
