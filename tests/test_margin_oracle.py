"""The judge of margins reproduces every printed case through quantised inputs.

Bar: max(0.01, 1e-7 x value) in quote currency for each scenario, each contingency and each margin.
"""

from __future__ import annotations

import doctest
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from circuits.statements.portfolio_margin import (
    MarginParameters,
    ScenarioRow,
    Svi,
    VolatilityRule,
    load_shipped,
    scan_risk,
    span_weights,
)
from tests.circuits.statements.margin.printed_cases import (
    CONFIDENCES,
    PrintedCase,
    grid21_cases,
    tail_skew_cases,
)
from tests.margin_oracle import MarginValuation, svi_volatility, value_margin
from tests.oracle import mp
from tests.vectors import number, rows

GRID21 = list(grid21_cases())
TAIL_SKEW = list(tail_skew_cases())


def close(case: PrintedCase, atoms: Any, printed: str, sign: int = 1) -> bool:
    expected = number(printed)
    value = sign * atoms / mp.mpf(10) ** (case.tick_exponent + 6)
    return bool(abs(value - expected) <= max(mp.mpf("0.01"), mp.mpf("1e-7") * abs(expected)))


def valued(case: PrintedCase) -> MarginValuation:
    return value_margin(case.book, case.market, case.parameters)


def test_every_case_is_there() -> None:
    assert (len(GRID21), len(TAIL_SKEW)) == (19, 10)
    assert sum(len(case.pnl) for case in GRID21) == 399
    assert sum(len(case.pnl) for case in TAIL_SKEW) == 309


@pytest.mark.parametrize("case", GRID21 + TAIL_SKEW, ids=lambda case: case.name)
def test_every_scenario(case: PrintedCase) -> None:
    assert len(case.pnl) == len(case.parameters.rows)
    for gain, printed in zip(valued(case).pnl, case.pnl, strict=True):
        assert close(case, gain, printed)


@pytest.mark.parametrize("case", GRID21, ids=lambda case: case.name)
def test_grid21_totals(case: PrintedCase) -> None:
    value, printed = valued(case), case.results
    assert close(case, min(value.pnl), printed["min_span_usd"])
    assert close(case, value.forward_contingency, printed["forward_contingency_usd"])
    assert close(case, value.option_contingencies[0], printed["option_contingency_usd"], -1)
    assert close(case, value.perpetual_contingencies[0], printed["perp_contingency_usd"], -1)
    assert close(case, value.collateral_contingencies[0], printed["base_contingency_usd"], -1)
    assert close(case, value.confidence_contingency, printed["oracle_contingency_usd"], -1)
    assert close(case, value.mark_to_market + case.book.cash, printed["portfolio_mtm_usd"])
    assert abs(value.initial_factor - number(printed["loss_factor"])) < mp.mpf("1e-12")
    assert close(case, value.maintenance, printed["maintenance_margin_usd"])
    assert close(case, value.initial, printed["initial_margin_usd"])


@pytest.mark.parametrize("case", TAIL_SKEW, ids=lambda case: case.name)
def test_tail_skew_totals(case: PrintedCase) -> None:
    value, printed = valued(case), case.results
    rules = [row.rule.is_skew for row in case.parameters.rows]
    skew = [gain for gain, is_skew in zip(value.pnl, rules, strict=True) if is_skew]
    tail = value.pnl[23 : len(value.pnl) - len(skew)]
    assert close(case, min(value.pnl[:23]), printed["worst_regular_usd"])
    assert close(case, min(tail), printed["worst_tail_usd"])
    assert close(case, min(skew), printed["worst_skew_usd"])
    assert close(case, value.forward_contingency, printed["forward_contingency_usd"])
    assert close(case, sum(value.marks), printed["option_mtm_usd"])
    for level, prefix in enumerate(("mm", "im")):
        assert close(
            case,
            value.option_contingencies[level],
            printed[f"{prefix}_option_contingency_usd"],
            -1,
        )
        assert close(
            case,
            value.perpetual_contingencies[level],
            printed[f"{prefix}_perp_contingency_usd"],
            -1,
        )
    assert close(case, value.mark_to_market + case.book.cash, printed["portfolio_mtm_usd"])
    assert close(case, value.maintenance, printed["mm_usd"])
    assert close(case, value.initial, printed["im_usd"])


def test_a_perpetuals_unknown_entry_is_the_only_free_number() -> None:
    """Totals of cases without a perpetual use the printed cash as it is."""
    without = [case for case in GRID21 if not case.book.linear.perpetual]
    assert len(without) == 16
    for case in without:
        scale = 10 ** (case.tick_exponent + 6)
        assert case.book.cash == Fraction(case.results["cash_usd"]) * scale


def test_confidences_are_chosen_for_four_cases_only() -> None:
    charged = {c.name for c in GRID21 if Fraction(c.results["oracle_contingency_usd"])}
    assert charged == set(CONFIDENCES)


def test_bars_are_missed_by_a_wrong_model() -> None:
    """A percent more volatility range, or no static discount, breaks cases of both families."""
    for cases in (GRID21, TAIL_SKEW):
        for change in ("range_up", "static_long_base"):
            wrong = [
                replace(
                    case,
                    parameters=replace(
                        case.parameters,
                        **{change: getattr(case.parameters, change) * 101 // 100},
                    ),
                )
                for case in cases
            ]
            failed = [
                case.name
                for case in wrong
                if not all(
                    close(case, gain, printed)
                    for gain, printed in zip(valued(case).pnl, case.pnl, strict=True)
                )
            ]
            assert len(failed) >= 3, change


@pytest.mark.parametrize("row", list(rows("derive_svi")), ids=lambda row: row["strike"])
def test_printed_svi_volatilities(row: dict[str, str]) -> None:
    """Total variance over tau is the annualised slice; quantised at 2^-40 and 2^-30."""
    tau = Fraction(row["tau_years"])
    svi = annualised(tau, row["a"], row["b"], row["rho"], row["m"], row["sigma"])
    k = mp.ln(number(row["strike"]) / number(row["forward"]))
    assert abs(svi_volatility(svi, k) - number(row["expected_vol"])) < mp.mpf("1e-8")


def test_the_slice_form_prices_the_printed_naked_call() -> None:
    """The one case whose slice is printed: both forms of volatility give its margins."""
    case = next(case for case in TAIL_SKEW if case.name.startswith("test_12"))
    svi = annualised(
        Fraction("0.02520611364789"),
        "0.002138900837067276",
        "0.041639765820381208",
        "-0.290894349076049536",
        "-0.026351062568175804",
        "0.062563079314213912",
    )
    (only,) = case.market.slices
    market = replace(case.market, slices=(replace(only, svi=svi),), series=())
    value = value_margin(case.book, market, case.parameters)
    for gain, printed in zip(value.pnl, case.pnl, strict=True):
        assert close(case, gain, printed)
    assert close(case, value.initial, case.results["im_usd"])


def annualised(tau: Fraction, a: str, b: str, rho: str, m: str, s: str) -> Svi:
    def scaled(value: Fraction, bits: int) -> int:
        return round(value * (1 << bits))

    return Svi(
        scaled(Fraction(a) / tau, 40),
        scaled(Fraction(b) / tau, 40),
        scaled(Fraction(rho), 30),
        scaled(Fraction(m), 40),
        scaled(Fraction(s), 40),
    )


def test_collateral_pays_the_requirement_and_nothing_else() -> None:
    case = TAIL_SKEW[0]
    without, with_tokens = valued(case), value_margin(case.book, case.market, case.parameters, 7)
    assert with_tokens.maintenance - without.maintenance == 7 * case.parameters.collateral_unit
    assert with_tokens.pnl == without.pnl


def test_repeated_rows_change_no_margin() -> None:
    case = GRID21[0]
    padded = replace(case, parameters=case.parameters.padded(24))
    assert valued(padded).initial == valued(case).initial


def test_shipped_sets_are_those_of_the_cases() -> None:
    """grid21 is `derive_like_21`; tail_skew differs from `derive_like_33` in rows alone."""
    shipped = load_shipped("derive_like_21").parameters
    assert all(set(c.parameters.rows) == set(shipped.rows) for c in GRID21)
    ours = load_shipped("derive_like_33").parameters
    usual = [c for c in TAIL_SKEW if not c.name.startswith("test_41")]
    for case in usual:
        assert replace(case.parameters, rows=ours.rows) == ours
        assert regular_rows(case.parameters) == regular_rows(ours)


def regular_rows(parameters: MarginParameters) -> set[ScenarioRow]:
    return {row for row in parameters.rows if row.dampening == 10**9}


def test_span_arrays() -> None:
    """McMillan's table: a long future, a long call, a covered write."""
    table = list(rows("span_16"))
    future, call, write = (
        [int(row[f"{name}_pnl_usd"]) for row in table]
        for name in ("long_future", "long_call", "covered_write")
    )
    whole = span_weights(10**9)
    assert scan_risk([future], [1], whole) == 10_000
    assert scan_risk([call], [1], whole) == 3_990
    assert scan_risk([write], [1], whole) == 6_620
    assert scan_risk([future, call], [1, -1], whole) == 6_620
    assert [f - c for f, c in zip(future, call, strict=True)] == write


def test_the_documented_scan_is_right() -> None:
    page = Path(__file__).parents[1] / "circuits" / "docs" / "portfolio_margin.md"
    found = doctest.testfile(str(page), module_relative=False)
    assert (found.failed, found.attempted) == (0, 4)


def test_span_counts_a_fraction_of_the_extreme_moves() -> None:
    """The printed extreme rows are 35 % of twice the scan range; unweighted they give the same."""
    future = [int(row["long_future_pnl_usd"]) for row in rows("span_16")]
    extreme = [*future[:14], 20_000, -20_000]
    assert scan_risk([extreme], [1], span_weights(350_000_000)) == 10_000
    assert extreme[14] * 35 == future[14] * 100
    assert scan_risk([[0] * 14 + [0, -1]], [1], span_weights(350_000_000)) == 1
    assert scan_risk([[5] * 16], [1], span_weights(350_000_000)) == 0


def test_skew_rows_count_against_the_account() -> None:
    for case in TAIL_SKEW:
        gains = zip(valued(case).pnl, case.parameters.rows, strict=True)
        assert all(gain <= 0 for gain, row in gains if row.rule is VolatilityRule.LINEAR)
