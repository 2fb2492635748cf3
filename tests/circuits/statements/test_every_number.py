"""No price and no Greek changes by a unit: digests of the marks of many markets.

A cheaper circuit must print the same numbers. A change of numbers is another version of the
statement, and then `PYTHONPATH=. python -m tests.circuits.statements.test_every_number` rewrites
the snapshot.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterable
from pathlib import Path

import pytest

from circuits.functions.normal_cdf import normal_format
from circuits.profile import R6, R14, Profile
from circuits.statements.option_marks import Market, Shape, evaluate
from tests.circuits import accuracy
from tests.circuits.statements.markets import (
    ADVERSE,
    CORNERS,
    IN_THE_MONEY,
    LAST_SECOND,
    near_saturation,
    random_market,
)

SNAPSHOT = Path(__file__).parents[2] / "snapshots" / "marks.json"
PROFILES = {profile.name: profile for profile in (R6, R14)}
FAMILIES = (
    "corners",
    "adverse",
    "saturation",
    "every edge",
    "anywhere",
    "edges",
    *accuracy.REGIONS,
)


def markets(family: str, profile: Profile) -> Iterable[Market]:
    """The same markets in every run."""
    if family == "corners":
        return (*CORNERS, IN_THE_MONEY, LAST_SECOND)
    if family == "every edge":
        return (accuracy.edge_market(),)
    if family == "adverse":
        return ADVERSE
    if family == "saturation":
        bits = normal_format(profile).coarse_bits
        return (near_saturation(bits, high=False), near_saturation(bits, high=True))
    if family in accuracy.REGIONS:
        return (accuracy.random_market(family, seed, 100) for seed in range(5))
    draws = (random.Random(f"{family} {seed}") for seed in range(8))
    return (random_market(rng, Shape(24, 16), edges=family == "edges") for rng in draws)


def digest(family: str, profile: Profile) -> str:
    """SHA-256 of every price and Greek."""
    found = hashlib.sha256()
    for market in markets(family, profile):
        for mark in evaluate(market, profile):
            greeks = mark.greeks
            numbers = (greeks.delta, greeks.gamma, greeks.vega, greeks.theta, greeks.rho)
            found.update(f"{mark.price_atoms} {numbers}\n".encode("ascii"))
    return found.hexdigest()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("profile", PROFILES)
def test_every_number_is_what_it_was(profile: str, family: str) -> None:
    expected = json.loads(SNAPSHOT.read_text(encoding="ascii"))
    assert digest(family, PROFILES[profile]) == expected[profile][family]


if __name__ == "__main__":
    digests = {
        name: {family: digest(family, profile) for family in FAMILIES}
        for name, profile in PROFILES.items()
    }
    SNAPSHOT.write_text(json.dumps(digests, indent=1) + "\n", encoding="ascii")
