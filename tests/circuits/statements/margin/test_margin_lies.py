"""Rung 3: lies about roundings and margins are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from circuits.statements.portfolio_margin import Book, Kind, Level
from tests.circuits.lying import Claims, in_limbs, shift
from tests.circuits.lying import claim as pretend
from tests.circuits.statements.margin.examples import leg, market
from tests.circuits.statements.margin.lies import (
    BREACH,
    COVERED,
    SLOTS,
    W,
    refused,
)
from tests.circuits.statements.margin.statements import (
    BOOK,
    PARAMETERS,
    claim,
    evidence,
    violations,
)


@pytest.mark.parametrize("delta", [1, -1])
def test_the_margin_is_rounded_down_by_owner_and_liquidator(delta: int) -> None:
    """covered at W - 1 with a margin one atom too large; a breach at W + 1 with one too small."""
    one_atom = replace(PARAMETERS, collateral_unit=1)
    about = evidence(parameters=one_atom)
    lie = in_limbs("margin/floor/quotient", W, lambda v, _: v + delta)
    for shape, kind, off in ((COVERED, Kind.COVERED, -1), (BREACH, Kind.BREACH, 1)):
        assert violations(shape, claim(kind, about, off=off), about, None, lie)[0]


@pytest.mark.parametrize(
    "path",
    [
        "slice/value[0]/value_positive",
        "slice/shock/root_up/half",
        "slice/skew/k_star_rounded/half",
        "slice/static/gain/factor/half",
        "margin/lifted/half",
        "leg/none_cut/low",
        "leg/svi/variance_remainder",
        "leg/skew/absolute_factor_remainder",
    ],
)
@pytest.mark.parametrize("delta", [1, -1])
def test_no_rounding_can_be_moved(path: str, delta: int) -> None:
    def told(value: int, _: int) -> int:
        return value + delta if value + delta >= 0 else value + 1

    seen: list[bool] = []

    def liar(at_path: str, arrays: Claims) -> Claims:
        changed = in_limbs(path, W, told)(at_path, arrays)
        seen.append(at_path == path)
        return changed

    assert refused(liar)
    assert any(seen), "the lie changed no claim"


@pytest.mark.parametrize("seed", [3, 5])
def test_neither_claim_can_be_forced_at_the_edge(seed: int) -> None:
    """For books at the edge: every lie of this file about margins, rows and signs, both ways."""
    listing = market(4)
    own = Book(
        tuple(
            leg(1 + i, 770_000_000 + seed * 10**6, bool(i % 2), (-1) ** i * (i + seed))
            for i in range(3)
        ),
        BOOK.linear,
        BOOK.cash,
    )
    about = evidence(own, listing)
    lies = [
        shift("account/worst/least", 10**35),
        shift("account/worst/least", -(10**35)),
        in_limbs("margin/floor/quotient", W, lambda v, _: v + 10**9),
        in_limbs("margin/floor/quotient", W, lambda v, _: v - 10**9),
        shift("by_slice/sum[0][0]", 10**12),
        pretend("slice/gain[0]/sign/at_least_zero", 0),
    ]
    for lie in lies:
        for shape, kind, off in ((COVERED, Kind.COVERED, -1), (BREACH, Kind.BREACH, 1)):
            assert violations(shape, claim(kind, about, off=off), about, None, lie)[0]


def test_a_breach_names_the_maintenance_level() -> None:
    told = claim(Kind.BREACH, evidence())
    broken, words = violations(BREACH, told, evidence(), {"is_initial": [1]})
    assert not broken
    assert words[5] >> 32 & 0xFF == Level.MAINTENANCE


def test_the_equity_bound_is_at_least_the_equity() -> None:
    told = claim(Kind.BREACH, evidence())
    assert violations(BREACH, told, evidence())[0] == []
    if told.equity_bound:  # type: ignore[union-attr]
        low = {"equity_bound": [told.equity_bound - 1]}  # type: ignore[union-attr]
        assert violations(BREACH, told, evidence(), low)[0]


def test_more_legs_than_slots_have_no_statement() -> None:
    with pytest.raises(ValueError, match="legs"):
        evidence(Book(tuple(leg(1 + i) for i in range(SLOTS + 1)))).book.leaves(SLOTS)
