"""Nobody can block a batch with an option that cannot be proven: the whole domain is provable."""

from __future__ import annotations

import random

import pytest

from circuits.functions.normal_cdf import normal_format
from circuits.profile import R6, R14, Profile
from circuits.statements.option_marks import Market, OptionMarks, Shape, market_words
from circuits.statements.option_marks.inputs import RANGES
from circuits.statements.ranges import RangeError
from tests.circuits.ladder import HEADER, assert_provable
from tests.circuits.reading import circuit
from tests.circuits.statements.markets import (
    ADVERSE,
    CORNERS,
    SNAPSHOT,
    group,
    market,
    near_saturation,
    random_market,
)

SHAPE = Shape(2, 3)
#: The circuit takes many options at once, so that many cases cost one check.
WIDE = Shape(24, 16)


@pytest.mark.parametrize("greeks", [False, True], ids=["price", "greeks"])
@pytest.mark.parametrize("profile", [R6, R14], ids=["R6", "R14"])
@pytest.mark.parametrize("corner", [*CORNERS, *ADVERSE])
def test_corners_are_provable(profile: Profile, greeks: bool, corner: Market) -> None:
    assert_provable(OptionMarks(SHAPE, profile, greeks), HEADER, corner)


@pytest.mark.parametrize("edges", [False, True], ids=["anywhere", "edges"])
@pytest.mark.parametrize("greeks", [False, True], ids=["price", "greeks"])
def test_random_markets_are_provable(greeks: bool, edges: bool) -> None:
    rng = random.Random(f"completeness {greeks} {edges}")
    statement = OptionMarks(Shape(24, 4), R14, greeks)
    for _ in range(4):
        assert_provable(statement, HEADER, random_market(rng, statement.shape, edges=edges))


@pytest.mark.parametrize("seed", range(30))
def test_random_markets_are_provable_in_the_test_profile(seed: int) -> None:
    statement = OptionMarks(Shape(4, 4), R6, greeks=True)
    rng = random.Random(seed)
    assert_provable(statement, HEADER, random_market(rng, statement.shape, edges=seed % 2 == 1))


@pytest.mark.parametrize("high", [False, True], ids=["d1 = -8", "d2 = 8"])
@pytest.mark.parametrize("profile", [R6, R14], ids=["R6", "R14"])
def test_the_edge_of_saturation_is_provable(profile: Profile, high: bool) -> None:
    """Options on both sides of the edge, some of them in its very unit 2^-coarse_bits."""
    edge = near_saturation(normal_format(profile).coarse_bits, high=high)
    assert_provable(OptionMarks(Shape(1, 16), profile, greeks=True), HEADER, edge)


@pytest.mark.parametrize("snapshot", [0, 1, RANGES["snapshot_unix"].high])
@pytest.mark.parametrize("seconds", [0, RANGES["seconds_to_expiry"].high])
def test_snapshots_at_the_limits_are_provable(snapshot: int, seconds: int) -> None:
    options = [(500_000_000, 30_000_000, False)]
    edge = market(group(options, seconds=seconds, snapshot=snapshot), snapshot=snapshot)
    assert_provable(OptionMarks(Shape(1, 1), R6), HEADER, edge)


def test_a_snapshot_the_circuit_cannot_prove_is_refused_at_the_door() -> None:
    late = 1 << 39
    with pytest.raises(RangeError, match="snapshot_unix"):
        market(group([(500_000_000, 0, False)], snapshot=late), snapshot=late)


def test_padding_is_proven_like_any_option() -> None:
    statement = OptionMarks(Shape(3, 4), R6, greeks=True)
    one = market(group([(500_000_000, 30_000_000, False)]))
    assert_provable(statement, HEADER, one)
    words = statement.witness(HEADER, one).words
    assert words[3 : 3 + len(market_words(one, statement.shape))] == market_words(
        one, statement.shape
    )
    greeks = words[-2 * 12 :]
    assert len(set(greeks[:12])) == len(set(greeks[12:])) == 1


def test_the_circuit_does_not_depend_on_the_market() -> None:
    statement = OptionMarks(Shape(1, 3), R6, greeks=True)
    before = statement.r1cs().canonical_bytes()
    for corner in CORNERS:
        statement.witness(HEADER, corner).respond(12345)
    assert statement.r1cs().canonical_bytes() == before == circuit(statement).canonical_bytes()
    assert SNAPSHOT > 0
