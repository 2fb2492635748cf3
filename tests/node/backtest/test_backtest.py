"""The backtest: files, volatilities, values, requirements, the test's statistics, exceptions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from circuits.statements.portfolio_margin import load_shipped
from node.backtest import (
    TEST_BOOKS,
    BacktestRules,
    BarsError,
    TestBook,
    kupiec,
    read_bars,
    run_backtest,
)
from node.backtest.bars import implied_proxy
from node.backtest.margins import (
    REFERENCE_TICKS,
    flat_market,
    maintenance_share,
    model_book,
    value_share,
)
from node.margin import Valuer
from node.plots import draw_backtest
from tests.node.cli.running import error_of, invoke_json

PARAMETERS = load_shipped("derive_like_33").parameters
SHARED = Path(__file__).with_name("synthetic_hours.csv")
HEADER = "hour_open_utc,open_usd,high_usd,low_usd,close_usd\n"
PERPETUAL = TestBook("long perpetual", perpetual=1)
RULES = BacktestRules(warm_up_hours=24, half_life_hours=24)


def test_the_synthetic_hours_have_a_crash_that_the_backtest_finds() -> None:
    """One hour falls 30 %: every long book loses more than its requirement then, and only then."""
    bars = read_bars(SHARED)
    (result,) = run_backtest(bars, [("set", PARAMETERS)], RULES, books=[PERPETUAL])
    assert result.at_close.exceptions == result.at_worst.exceptions == 1
    crash = int(bars.opened[int(np.argmin(np.diff(np.log(bars.close)))) + 1])
    assert result.worst_exceptions == (crash,)
    assert result.largest_use > 1.5


def test_a_dip_within_the_hour_counts_at_its_worst_alone() -> None:
    bars = read_bars(SHARED)
    low = bars.low.copy()
    low[300] = bars.close[299] * 0.7
    dipped = replace(bars, low=low)
    (result,) = run_backtest(dipped, [("set", PARAMETERS)], RULES, books=[PERPETUAL])
    assert (result.at_close.exceptions, result.at_worst.exceptions) == (1, 2)


def test_every_standard_book_has_a_requirement_in_every_set() -> None:
    for name in ("deribit_like", "derive_like_33", "paradex_like"):
        parameters = load_shipped(name).parameters
        for book in TEST_BOOKS:
            assert 0 < maintenance_share(book, 0.6, parameters) < 10, (name, book.name)


@pytest.mark.parametrize("book", TEST_BOOKS, ids=lambda book: book.name)
def test_floats_agree_with_the_model(book: TestBook) -> None:
    """The value by Black-76 in floats is the model's mark."""
    sheet = Valuer(flat_market(book, 0.6), PARAMETERS).quote(model_book(book, PARAMETERS))
    own = value_share(book, np.array([1.0]), np.array([0.6]), 0.0)[0]
    assert own == pytest.approx(float(sheet.equity) / (REFERENCE_TICKS * 10**6), abs=1e-7)


def test_requirements_are_homogeneous_in_spot() -> None:
    """What lets one evaluation serve every spot."""
    book = TEST_BOOKS[0]
    market = flat_market(book, 0.6)
    held = model_book(book, PARAMETERS)
    third = REFERENCE_TICKS // 4
    smaller = replace(
        market,
        spot_ticks=third,
        perpetual_ticks=third,
        slices=tuple(replace(each, forward_variable_ticks=third) for each in market.slices),
    )
    moved = replace(held, legs=tuple(replace(leg, strike_ticks=third) for leg in held.legs))
    shares = []
    for each, positions, ticks in ((market, held, REFERENCE_TICKS), (smaller, moved, third)):
        sheet = Valuer(each, PARAMETERS).quote(positions)
        shares.append(float(sheet.equity - sheet.maintenance) / ticks)
    assert shares[0] == pytest.approx(shares[1], rel=1e-6)


def test_the_proxy_recovers_a_constant_volatility() -> None:
    bars = read_bars(SHARED)
    count = len(bars.close)
    steps = 0.004 * np.where(np.arange(count) % 2, 1, -1)
    calm = replace(bars, close=1000 * np.exp(np.cumsum(steps)))
    proxy = implied_proxy(calm, 24, 1.0, 0.2)
    assert proxy[50:] == pytest.approx(round(0.004 * 8760**0.5, 2), abs=0.011)
    assert implied_proxy(calm, 24, 0.01, 0.2)[50:] == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("exceptions", "observations", "level", "statistic"),
    [(10, 1000, 0.01, 0.0), (0, 255, 0.05, 26.159), (7, 255, 0.01, 5.316), (20, 1000, 0.01, 7.827)],
)
def test_kupiec_is_the_statistic_computed_by_hand(
    exceptions: int, observations: int, level: float, statistic: float
) -> None:
    test = kupiec(exceptions, observations, level)
    assert test.statistic == pytest.approx(statistic, abs=2e-3)
    assert test.is_too_many == (statistic > 3.841 and exceptions / observations > level)


@pytest.mark.parametrize(
    "wrong", [(-1, 5, 0.1), (6, 5, 0.1), (0, 0, 0.1), (1, 5, 0.0), (1, 5, 1.0)]
)
def test_kupiec_refuses_nonsense(wrong: tuple[int, int, float]) -> None:
    with pytest.raises(ValueError, match="expected"):
        kupiec(*wrong)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("a,b\n", "columns"),
        (HEADER, "two bars"),
        (HEADER + "2020-01-01T00:00Z,1,2,3,4\n", "line 2"),
        (HEADER + "2020-01-01T00:00Z,1,nan,1,1\n", "line 2"),
        (HEADER + "2020-01-01T00:00Z,1,1,1,1\n2020-01-01T02:00Z,1,1,1,1\n", "hour after"),
        (HEADER + "yesterday,1,1,1,1\n", "UTC hour"),
    ],
)
def test_bad_files_are_refused(tmp_path: Path, text: str, fault: str) -> None:
    path = tmp_path / "hours.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BarsError, match=fault):
        read_bars(path)


@pytest.mark.slow
def test_the_command_and_its_picture(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    picture = tmp_path / "exceptions.png"
    report = invoke_json(
        *("margin", "backtest", "--hours", SHARED, "--parameters", "derive_like_33"),
        *("--level", 0.01, "--plot", picture),
    )
    assert [each["book"] for each in report] == [book.name for book in TEST_BOOKS]
    assert report[6]["at_close"]["exceptions_at"] == ["2021-01-11T00:00Z"]
    assert picture.stat().st_size > 10_000
    assert draw_backtest.__doc__


def test_the_command_refuses_short_files(tmp_path: Path) -> None:
    path = tmp_path / "hours.csv"
    path.write_text(
        HEADER + "2020-01-01T00:00Z,1,1,1,1\n2020-01-01T01:00Z,1,1,1,1\n", encoding="utf-8"
    )
    error = error_of("margin", "backtest", "--hours", path)
    assert "warm-up" in error["message"]
