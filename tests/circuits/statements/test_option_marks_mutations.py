"""Thousands of changed committed wires, each completed as favourably as a prover can."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from functools import cache

import pytest

from circuits.field import BN254_FR
from circuits.profile import R6
from circuits.r1cs import CHALLENGE, FINGERPRINT, Assignment
from circuits.statements.option_marks import Market, OptionMarks, Shape
from tests.circuits.forger import Forger, Forgery
from tests.circuits.ladder import HEADER
from tests.circuits.reading import circuit, market_inputs, respond, witness
from tests.circuits.statements.markets import (
    BELOW_ZERO,
    EXPIRED,
    PUTS,
    SATURATED,
    TYPICAL,
    UNDISCOUNTED,
)
from tests.circuits.true_words import are_true

STATEMENT = OptionMarks(Shape(1, 3), R6, greeks=True)
MARKETS = {
    "typical": TYPICAL,
    "undiscounted": UNDISCOUNTED,
    "saturated": SATURATED,
    "expired": EXPIRED,
    "puts": PUTS,
    "below zero": BELOW_ZERO,
}
#: Where prices, bounds and gates are decided.
DECIDING = ("/price/", "/division/", "/inputs/", "/density", "/alive", "_words/")
HALF = BN254_FR.inverse(2)
DELTAS = (1, -1, 1 << 5, 1 << 6, -(1 << 6), HALF, BN254_FR.inverse(64), 0x5EED << 230)

by_market = pytest.mark.parametrize("name", MARKETS)


@cache
def forger(name: str) -> Forger:
    market: Market = MARKETS[name]
    made = witness(STATEMENT, market_inputs(STATEMENT, HEADER, market))
    return Forger(circuit(STATEMENT), respond(made))


def verdict(name: str, forgery: Forgery) -> str:
    """Fails when a forged assignment is accepted with words that are not true."""
    if forgery.violations:
        return "refused"
    if forgery.fingerprint == forger(name).honest[FINGERPRINT]:
        return "harmless"
    words = forger(name).words(forgery.values)
    assert are_true(STATEMENT, words), f"forged {words}"
    return "another market"


def attack(name: str, changes: Mapping[int, int], *, follow: bool) -> str:
    return verdict(name, forger(name).answer(changes, follow=follow))


@by_market
def test_the_forger_reproduces_the_honest_assignment(name: str) -> None:
    honest = forger(name).answer({})
    assert verdict(name, honest) == "harmless"
    made = witness(STATEMENT, market_inputs(STATEMENT, HEADER, MARKETS[name]))
    assert forger(name).words(honest.values) == made.words


def test_the_forger_agrees_with_the_constraint_system() -> None:
    """A completed forgery breaks the rows that the system itself reports, and no others."""
    rng = random.Random(4)
    r1cs = circuit(STATEMENT)
    first_private = 3 + r1cs.committed_count
    for _ in range(40):
        wire = rng.choice(forger("typical").committed_wires)
        changes = {wire: forger("typical").honest[wire] + rng.choice(DELTAS)}
        forgery = forger("typical").answer(changes, follow=rng.random() < 0.5)
        values = forgery.values
        assert set(_violations(first_private, values)) == set(forgery.violations)


def _violations(first_private: int, values: list[int]) -> list[str]:
    from circuits.field import pack_scalars

    committed, private = values[3:first_private], values[first_private:]
    assignment = Assignment(
        values[CHALLENGE], values[FINGERPRINT], pack_scalars(committed), pack_scalars(private)
    )
    return circuit(STATEMENT).violations(assignment, limit=10_000)


@by_market
def test_every_committed_wire_matters(name: str) -> None:
    """One wire at a time: all of them, each by two deltas."""
    rng = random.Random(f"every {name}")
    counts: Counter[str] = Counter()
    for wire in forger(name).committed_wires:
        delta = rng.choice(DELTAS)
        changes = {wire: forger(name).honest[wire] + delta}
        counts[attack(name, changes, follow=rng.random() < 0.5)] += 1
    assert counts["refused"] > 0.8 * counts.total()


@by_market
def test_pairs_that_keep_a_linear_form_are_refused(name: str) -> None:
    """Two wires of one constraint's side change, the side does not: unchecked-sum attacks."""
    rng = random.Random(f"pairs {name}")
    tried = 0
    while tried < 400:
        row, side = rng.randrange(forger(name).row_count), rng.randrange(3)
        changes = forger(name).balanced_pair(row, side, rng.choice(DELTAS), rng.randrange(64))
        if changes is not None:
            attack(name, changes, follow=rng.random() < 0.5)
            tried += 1


@by_market
def test_up_to_four_pairs_where_prices_are_decided_are_refused(name: str) -> None:
    """Joint lies about option inputs, slacks, excess, magnitudes, parts and remainders."""
    rng = random.Random(f"deciding {name}")
    paths = map(circuit(STATEMENT).row_path, range(forger(name).row_count))
    rows = [row for row, path in enumerate(paths) if any(part in path for part in DECIDING)]
    for _ in range(500):
        changes: dict[int, int] = {}
        for _ in range(rng.randint(1, 4)):
            row, side, pick = rng.choice(rows), rng.randrange(3), rng.randrange(64)
            changes |= forger(name).balanced_pair(row, side, rng.choice(DELTAS), pick) or {}
        attack(name, changes, follow=rng.random() < 0.8)


@by_market
def test_exchanged_and_repeated_wires_are_refused(name: str) -> None:
    """A wire takes another wire's honest value, or two wires are exchanged."""
    rng = random.Random(f"exchange {name}")
    honest = forger(name).honest
    for _ in range(250):
        a, b = rng.sample(forger(name).committed_wires, 2)
        changes = {a: honest[b], b: honest[a]} if rng.random() < 0.5 else {a: honest[b]}
        attack(name, changes, follow=rng.random() < 0.5)
