"""The property tests' own tests: their books are wide, and a wrong edge does not escape them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from circuits.edsl import Arithmetic, Integer, PythonNumbers
from circuits.statements.portfolio_margin import VolatilityForm, check_provable, publish
from circuits.statements.portfolio_margin.model import margin
from tests.circuits.statements.margin.standing import faults
from tests.circuits.statements.margin.wide_books import wide_case
from tests.circuits.statements.margin.wide_markets import MONTH, SETS

SEEDS = range(400)


def features(seed: int) -> set[str]:
    """What is special about a case."""
    case = wide_case(seed)
    book, market, parameters = case.book, case.market, case.parameters
    check_provable(book, market, parameters)
    times = [market.seconds_to_expiry(index) for index in range(len(market.slices))]
    strikes = Counter((leg.expiry_unix, leg.strike_ticks) for leg in book.legs)
    forwards = [each.forward_ticks for each in market.slices]
    found = {
        "no legs": not book.legs,
        "a hundred legs": len(book.legs) > 50,
        "empty slots": case.slots > len(book.legs),
        "a call against a put": 2 in strikes.values(),
        "16 slices": len(times) == 16,
        "listed volatilities": market.form is VolatilityForm.SERIES,
        "a first slice without any": all(each.slice_index for each in market.series[:1]),
        "averaging": market.slices[0].forward_fixed_ticks > 0,
        "all averaged": market.slices[0].forward_variable_ticks == 0,
        "a minute left": min(times) <= 60,
        "years left": max(times) > 6 * 365 * 86_400,
        "the end of the month": {MONTH, MONTH + 1} & set(times),
        "a tiny forward": min(forwards) < 1 << 22,
        "a huge forward": max(forwards) > 1 << 34,
        "huge amounts": any(abs(leg.amount) >> 58 for leg in book.legs),
        "huge debts": book.cash < -(1 << 90),
        "a short perpetual": book.linear.perpetual < 0,
        "collateral": book.linear.collateral_1 and book.linear.collateral_2,
        "a depeg": market.stable_price < parameters.peg_threshold and parameters.peg_factor,
        "doubt": market.spot_confidence < parameters.confidence_threshold,
        "parameters of its own": parameters.rows not in [each.rows for each in SETS],
    }
    return {name for name, holds in found.items() if holds}


def test_the_books_are_wide() -> None:
    seen = Counter(name for seed in SEEDS for name in features(seed))
    rare = {name: times for name, times in seen.items() if times < 4}
    assert len(seen) == 21
    assert not rare


def negative_within(slack: int) -> Callable[[Arithmetic, Integer], None]:
    """The breach's check, moved by `slack` atoms."""

    def check(ar: Arithmetic, whole: Integer) -> None:
        ar.range_check("breach", (-whole).minus(1 - slack), 196)

    return check


@pytest.mark.parametrize(("slack", "told"), [(1, "(True, True)"), (-1, "(False, False)")])
def test_an_edge_beside_zero_is_seen(
    slack: int, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One atom more, and both are provable at a margin of 0; one less, and neither at -1."""
    monkeypatch.setattr(publish, "assert_negative", negative_within(slack))
    assert any(
        told in text for seed in range(40) for text in faults(wide_case(seed), PythonNumbers())
    )


def test_a_check_that_refuses_an_honest_margin_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(margin, "_MARGIN_BITS", 80)
    found = [text for seed in range(20) for text in faults(wide_case(seed), PythonNumbers())]
    assert any("margin/floor" in text for text in found)
