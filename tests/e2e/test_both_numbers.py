"""Native numbers and Python's make the same witness of `option_marks`, wire for wire."""

from __future__ import annotations

import random

import pytest

import prover
from circuits.edsl import CircuitError, Numbers
from circuits.profile import R6, R14, Profile
from circuits.r1cs import ChallengeCollisionError
from circuits.statements.option_marks import (
    GroupInputs,
    Header,
    Market,
    OptionInputs,
    OptionMarks,
    Shape,
    evaluate,
)
from circuits.statements.option_marks.inputs import RANGES
from prover import NativeState, native_status

NOW = 1_780_000_000
HEADER = Header(chain_id=31_337, registry=0xA11CE, consumer=0xB0B, sequence=7, valid_until=9)
CHALLENGES = (123_456_789, 3**150, 5**105)
PROFILES = pytest.mark.parametrize("profile", [R6, R14], ids=["R6", "R14"])


@pytest.fixture(scope="module")
def numbers() -> Numbers:
    if native_status().state is not NativeState.AVAILABLE:
        pytest.skip(native_status().message)
    found = prover.lane_numbers()
    assert found is not None
    return found


def market(groups: list[tuple[int, int, int, int, list[tuple[int, int, bool]]]]) -> Market:
    """A market of (forward, discount, rate, seconds, [(strike, volatility, is_put)])."""
    return Market(
        RANGES["underlying_id"].high,
        4,
        NOW,
        tuple(
            GroupInputs(
                forward, discount, rate, NOW + seconds, tuple(OptionInputs(*o) for o in options)
            )
            for forward, discount, rate, seconds, options in groups
        ),
    )


LOW, HIGH = 1 << 20, (1 << 36) - 1
RATE = (1 << 28) - 1
ONE = 1 << 44
VOL = (1 << 28) - 1

EDGES = {
    "T = 0": market([(10**8, ONE, 0, 0, [(10**8, 10**7, False), (10**8 + 1, VOL, True)])]),
    "vol = 0": market([(10**8, ONE, 0, 10**7, [(k, 0, True) for k in (LOW, 10**8, HIGH)])]),
    "T and vol are 0": market([(HIGH, 1, RATE, 0, [(LOW, 0, False), (HIGH, 0, True)])]),
    "largest": market([(HIGH, 2 * ONE - 1, RATE, VOL, [(HIGH, VOL, False), (LOW, VOL, True)])]),
    "smallest": market([(LOW, 1, 0, 1, [(LOW, 1, False), (HIGH, 1, True), (LOW + 1, 1, True)])]),
    "deep both ways": market(
        [
            (LOW, ONE, 1 << 26, 60, [(HIGH, 1, False), (HIGH, 1, True)]),
            (HIGH, ONE, 1 << 26, 10**8, [(LOW, 1, False), (LOW, VOL, True)]),
        ]
    ),
    "powers of two": market(
        [(1 << e, ONE, 1 << 26, 1 << e // 2, [(1 << e, 1 << 25, False)]) for e in range(20, 36)]
    ),
}


def random_market(seed: int, groups: int) -> Market:
    """Log-uniform over everything the ranges allow; groups of any size, some options near F."""
    source = random.Random(seed)

    def log_uniform(low: int, high: int) -> int:
        return min(high, max(low, int(low * (high / low) ** source.random())))

    made = []
    for _ in range(groups):
        forward = log_uniform(LOW, HIGH)
        strikes = {log_uniform(LOW, HIGH) for _ in range(source.randint(1, 3))}
        strikes |= {min(HIGH, forward + source.randint(0, 3)) for _ in range(2)}
        options = [(k, log_uniform(1, VOL), source.random() < 0.5) for k in sorted(strikes)]
        discount, rate = log_uniform(1, 2 * ONE - 1), source.randrange(RATE + 1)
        made.append((forward, discount, rate, source.choice([0, log_uniform(1, VOL)]), options))
    return market(made)


def assert_same_witness(
    statement: OptionMarks, numbers: Numbers, shown: Market, challenges: tuple[int, ...]
) -> None:
    """Words, committed wires, and for each challenge fingerprint and private wires."""
    python = statement.witness(HEADER, shown)
    native = statement.witness(HEADER, shown, numbers=numbers)
    assert native.words == python.words
    assert all(isinstance(word, int) for word in native.words)
    assert (native.committed() == python.committed()).all()
    for challenge in challenges:
        (ours, wires), (expected, values) = native.respond(challenge), python.respond(challenge)
        assert ours == expected
        assert wires.shape == values.shape
        assert (wires == values).all()


@PROFILES
@pytest.mark.parametrize("greeks", [False, True])
@pytest.mark.parametrize("name", EDGES)
def test_edges(numbers: Numbers, profile: Profile, greeks: bool, name: str) -> None:
    shown = EDGES[name]
    statement = OptionMarks(Shape(len(shown.groups), 3), profile, greeks)
    assert_same_witness(statement, numbers, shown, CHALLENGES[:1])


@PROFILES
@pytest.mark.parametrize("greeks", [False, True])
@pytest.mark.parametrize(("seed", "groups"), [(1, 1), (2, 4), (3, 40)])
def test_random_markets_with_padding(
    numbers: Numbers, profile: Profile, greeks: bool, seed: int, groups: int
) -> None:
    statement = OptionMarks(Shape(groups + 1, 7), profile, greeks)
    assert_same_witness(statement, numbers, random_market(seed, groups), CHALLENGES)


@PROFILES
def test_quotes_agree(numbers: Numbers, profile: Profile) -> None:
    for shown in (*EDGES.values(), random_market(4, 30)):
        assert evaluate(shown, profile, numbers) == evaluate(shown, profile)


def test_a_looked_up_challenge_is_refused_and_another_one_answered(numbers: Numbers) -> None:
    made = OptionMarks(Shape(1, 2), R6).witness(HEADER, EDGES["T = 0"], numbers=numbers)
    first = made.respond(CHALLENGES[0])
    for collision in (0, 63):
        with pytest.raises(ChallengeCollisionError):
            made.respond(collision)
    again = made.respond(CHALLENGES[0])
    assert (first[0], first[1].tolist()) == (again[0], again[1].tolist())


def test_liars_have_python_numbers_only(numbers: Numbers) -> None:
    with pytest.raises(CircuitError, match="liar"):
        OptionMarks(Shape(1, 2), R6).witness(
            HEADER, EDGES["T = 0"], liar=lambda _, arrays: arrays, numbers=numbers
        )
