"""Rung 3 for `option_marks`: no family of lies proves a false word."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from circuits.edsl import IntegerArray
from circuits.profile import R6, R14, Profile
from circuits.statements.option_marks import Market, OptionMarks, Shape
from tests.circuits.ladder import HEADER, Lie, Verdict, assert_statement, try_lie
from tests.circuits.lying import claim
from tests.circuits.reading import market_inputs
from tests.circuits.statements import attacks, division_attacks
from tests.circuits.statements.markets import (
    ADVERSE,
    BELOW_ZERO,
    CORNERS,
    EXPIRED,
    IN_THE_MONEY,
    PUTS,
    SATURATED,
    TIES,
    TYPICAL,
    UNDISCOUNTED,
)
from tests.circuits.statements.word_attacks import UNDIVIDED_BY_ZERO, carries, honest_changes

OPTIONS = 3
PROFILES = pytest.mark.parametrize("profile", [R6, R14], ids=["R6", "R14"])


def statement(profile: Profile, greeks: bool = True) -> OptionMarks:
    return OptionMarks(Shape(1, OPTIONS), profile, greeks)


def constant(value: int) -> Callable[[int], int]:
    return lambda _: value


def markets(profile: Profile, *few: Market) -> tuple[Market, ...]:
    """Several corners in the small profile, a few in the large one (0.1 s for each check)."""
    return (TYPICAL, SATURATED, EXPIRED, *ADVERSE, *few[1:]) if profile is R6 else few


@PROFILES
def test_division_refuses_neighbours(profile: Profile) -> None:
    counts = assert_statement(
        statement(profile),
        valid=markets(profile, TYPICAL, PUTS),
        lies=division_attacks.quotients(profile),
    )
    assert counts[Verdict.REFUSED] >= 9


@PROFILES
def test_saturated_lane_refuses_another_strike(profile: Profile) -> None:
    rng = random.Random(8)
    lies = []
    for _ in range(8 if profile is R6 else 3):
        strike = rng.randrange(1 << 20, 1 << 36)
        other = attacks.logarithm_of(constant(strike), OPTIONS)
        lies.append(Lie(f"logarithm of {strike}", patches=(other,)))
        for side in (division_attacks.claim_high, division_attacks.claim_low):
            choice = division_attacks.fixed(side)
            lies.append(
                division_attacks.dividing(f"saturated by the logarithm of {strike}", choice, other)
            )
    counts = assert_statement(statement(profile), valid=(SATURATED, TYPICAL, PUTS), lies=lies)
    assert set(counts) == {Verdict.REFUSED}


@PROFILES
@pytest.mark.parametrize("field", ["forward_ticks", "strike_ticks"])
def test_forward_outside_the_table_is_refused(profile: Profile, field: str) -> None:
    built = statement(profile, greeks=False)
    inputs = dict(market_inputs(built, HEADER, TYPICAL))
    for value in (0, 1, (1 << 20) - 1, 1 << 36, (1 << 42) - 1, -1, 1 << 42):
        inputs[field] = inputs[field] * 0 + value
        outcome = try_lie(built, HEADER, TYPICAL, Lie("outside"), inputs=inputs)
        assert outcome.verdict is Verdict.REFUSED


@PROFILES
def test_logarithms_of_other_numbers_are_refused(profile: Profile) -> None:
    """Among them the joint shift of forward and strike, whose kappa offsets cancel."""
    counts = assert_statement(
        statement(profile, greeks=False),
        valid=markets(profile, TYPICAL),
        lies=attacks.logarithms(OPTIONS),
    )
    assert counts[Verdict.REFUSED] >= 12


@PROFILES
def test_wrong_rows_and_forged_coefficients_are_refused(profile: Profile) -> None:
    counts = assert_statement(
        statement(profile), valid=markets(profile, TYPICAL), lies=attacks.rows(profile)
    )
    assert counts[Verdict.REFUSED] >= 15


@PROFILES
def test_fractions_are_refused(profile: Profile) -> None:
    assert_statement(
        statement(profile),
        valid=(UNDISCOUNTED,),
        lies=attacks.fractions(profile),
        must_refuse=True,
    )


@PROFILES
def test_remainder_games_are_refused(profile: Profile) -> None:
    lies = attacks.remainders(profile)
    if profile is R14:
        lies = lies[::3]
    assert_statement(
        statement(profile),
        valid=markets(profile, TYPICAL),
        lies=lies,
        must_refuse=True,
    )


@PROFILES
def test_signs_and_magnitudes_are_refused(profile: Profile) -> None:
    lies = [
        *attacks.signs(profile, "option/price/price"),
        *attacks.signs(profile, "option/density"),
    ]
    assert_statement(
        statement(profile),
        valid=markets(profile, TYPICAL, IN_THE_MONEY, BELOW_ZERO),
        lies=lies,
        must_refuse=True,
    )


@PROFILES
def test_neighbours_of_quotients_and_roots_are_refused(profile: Profile) -> None:
    assert_statement(
        statement(profile),
        valid=markets(profile, TYPICAL, TIES),
        lies=attacks.divisions(),
        must_refuse=True,
    )


def test_ties_go_to_the_even_quotient() -> None:
    """rho = price / 2 at half a year: the odd neighbour is as near, and refused."""
    built = statement(R14)
    words = built.witness(HEADER, TIES).words
    prices = [words[-2 * OPTIONS - 1] >> (56 * (3 - lane)) & ((1 << 56) - 1) for lane in range(3)]
    rhos = [word & ((1 << 71) - 1) for word in words[-OPTIONS:]]
    assert any(price % 2 for price in prices)
    assert rhos == [price // 2 + (price % 4 == 3) for price in prices]


@PROFILES
def test_free_bits_are_refused(profile: Profile) -> None:
    counts = assert_statement(statement(profile), valid=(TYPICAL, EXPIRED), lies=attacks.bits())
    assert counts[Verdict.HARMLESS] + counts[Verdict.ANOTHER_MARKET] == 0


def test_the_share_of_a_closed_gate_is_free_and_proves_nothing() -> None:
    shares = [
        Lie(f"{path} = 5", claim(f"{path}_share", 5))
        for path in ("option/alive", "group/time_floor")
    ]
    counts = assert_statement(statement(R6), valid=(EXPIRED,), lies=shares)
    assert set(counts) == {Verdict.HARMLESS}


@PROFILES
def test_forged_multiplicities_are_refused(profile: Profile) -> None:
    assert_statement(
        statement(profile, greeks=False),
        valid=(TYPICAL,),
        lies=attacks.multiplicities(),
        must_refuse=True,
    )


@PROFILES
def test_fields_do_not_overflow_into_their_neighbours(profile: Profile) -> None:
    counts = assert_statement(statement(profile), valid=(TYPICAL,), lies=carries(profile))
    assert set(counts) == {Verdict.REFUSED}


def test_fields_that_only_words_read_name_another_market() -> None:
    counts = assert_statement(statement(R6), valid=(TYPICAL,), lies=honest_changes(R6))
    assert set(counts) == {Verdict.ANOTHER_MARKET}


def test_random_claims_are_refused_or_true() -> None:
    """Single claims of any hint, changed at random, everything after them recomputed."""
    rng = random.Random(2024)
    built = statement(R6)
    seen: list[tuple[str, int]] = []

    def look(path: str, arrays: tuple[IntegerArray, ...]) -> tuple[IntegerArray, ...]:
        seen.append((path, len(arrays)))
        return arrays

    assert try_lie(built, HEADER, TYPICAL, Lie("honest", look)).verdict is Verdict.HARMLESS
    hints = sorted({(path, wires) for path, wires in seen if wires})
    deltas = (1, -1, 1 << 5, 1 << 6, -(1 << 6), rng.randrange(1 << 250))
    lies = []
    for _ in range(150):
        path, wires = rng.choice(hints)
        lies.append(_random_lie(path, rng.randrange(wires), rng.choice(deltas), rng.random()))
    assert_statement(built, valid=(rng.choice(CORNERS),), lies=lies)


def _random_lie(path: str, wire: int, delta: int, place: float) -> Lie:
    def liar(at: str, arrays: tuple[IntegerArray, ...]) -> tuple[IntegerArray, ...]:
        if at != path:
            return arrays
        changed = tuple(np.copy(array) for array in arrays)
        changed[wire][int(place * len(changed[wire]))] += delta
        return changed

    return Lie(f"{path}[{wire}] {delta:+}", liar, (UNDIVIDED_BY_ZERO,))
