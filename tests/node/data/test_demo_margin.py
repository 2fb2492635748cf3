"""The demo's book and margin markets fit the chain, the product's domain, and their script."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import pytest

from circuits.statements.portfolio_margin import (
    SHIPPED,
    Book,
    VolatilityForm,
    check_provable,
    load_shipped,
)
from node.quoting import BookRules, QuotedMarket, read_book, read_margin_market
from tests.margin_oracle import svi_volatility, value_margin
from tests.oracle import mp

DATA = Path(__file__).parents[3] / "node" / "data"
FORMS = ("svi", "series")
MARKETS = [f"btc_margin_{form}_20260521{state}" for form in FORMS for state in ("", "_fallen")]
BOOK = "btc_book_20260521.csv"


def market(name: str) -> QuotedMarket:
    return read_margin_market(DATA / f"{name}.json")


def book(quoted: QuotedMarket) -> Book:
    return read_book(DATA / BOOK, BookRules(1, quoted.underlying.tick_exponent, quoted.market))


@pytest.mark.parametrize("name", MARKETS)
def test_the_book_is_provable_in_every_market_under_every_set(name: str) -> None:
    quoted = market(name)
    held = book(quoted)
    assert len(held.legs) == 32
    for shipped in SHIPPED:
        check_provable(held, quoted.market, load_shipped(shipped).parameters)


@pytest.mark.parametrize("parameters", ["derive_like_33", "deribit_like"])
@pytest.mark.parametrize("form", FORMS)
def test_the_book_is_covered_and_breached_after_the_fall(form: str, parameters: str) -> None:
    own = load_shipped(parameters).parameters
    before, after = (market(f"btc_margin_{form}_20260521{state}") for state in ("", "_fallen"))
    assert value_margin(book(before), before.market, own).initial > 0
    fallen = value_margin(book(after), after.market, own)
    assert fallen.maintenance < 0
    assert fallen.mark_to_market + book(after).cash > 0, "there is equity left to take"


def test_fallen_markets_are_fifteen_percent_lower_and_an_hour_later() -> None:
    for form in FORMS:
        before, after = (
            market(f"btc_margin_{form}_20260521{state}").market for state in ("", "_fallen")
        )
        assert after.snapshot_unix == before.snapshot_unix + 3600
        ratios = [after.spot_ticks / before.spot_ticks] + [
            low.forward_ticks / high.forward_ticks
            for low, high in zip(after.slices, before.slices, strict=True)
        ]
        assert all(abs(ratio - 0.85) < 1e-8 for ratio in ratios)
        assert after.series == before.series


def test_the_series_are_the_chains() -> None:
    listed = market("btc_margin_series_20260521").market
    assert (len(listed.slices), len(listed.series)) == (12, 387)
    assert listed.form is VolatilityForm.SERIES


def test_curves_are_near_the_listed_volatilities() -> None:
    """The errors NOTICE.md states, at the quantised inputs."""
    curves, listed = (market(f"btc_margin_{form}_20260521").market for form in FORMS)
    squares: dict[int, list[float]] = {}
    for each in listed.series:
        piece = curves.slices[each.slice_index]
        assert piece.svi is not None
        k = mp.ln(mp.mpf(each.strike_ticks) / piece.forward_ticks)
        error = svi_volatility(piece.svi, k) - each.volatility * mp.mpf("2e-8")
        squares.setdefault(each.slice_index, []).append(float(error * 100))
    notice = (DATA / "NOTICE.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1:5] for line in notice.splitlines() if line.startswith("| 202")]
    assert len(rows) == 12
    for (_, count, mean, largest), errors in zip(rows, squares.values(), strict=True):
        assert len(errors) == int(count)
        root_mean_square = (sum(e * e for e in errors) / len(errors)) ** 0.5
        assert root_mean_square == pytest.approx(float(mean), abs=6e-3)
        assert max(map(abs, errors)) == pytest.approx(float(largest), abs=6e-3)


def test_the_script_writes_these_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Byte for byte but for the fits, whose last digits may follow the machine's arithmetic."""
    script = DATA / "make_margin_demo.py"
    monkeypatch.setattr(sys, "argv", [str(script), "--output", str(tmp_path)])
    runpy.run_path(str(script), run_name="__main__")
    assert "2026-06-26T08:00:00Z  36" in capsys.readouterr().out
    names = [BOOK, *(f"{name}.json" for name in MARKETS)]
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names)
    for name in names:
        made, shipped = (folder / name for folder in (tmp_path, DATA))
        if "_svi_" not in name:
            assert made.read_bytes() == shipped.read_bytes()
            continue
        fresh, kept = (json.loads(path.read_text()) for path in (made, shipped))
        for one, other in zip(fresh.pop("expiries"), kept.pop("expiries"), strict=True):
            curve = {name: float(value) for name, value in other.pop("svi").items()}
            own = {name: float(value) for name, value in one.pop("svi").items()}
            assert own == pytest.approx(curve, rel=1e-3, abs=1e-3)
            assert one == other
        assert fresh == kept
