"""The demo's chain and quotes fit each other and the script that made them."""

import csv
import runpy
import sys
from datetime import datetime
from pathlib import Path

import pytest

from tests import oracle
from tests.oracle import mp

DATA = Path(__file__).parents[3] / "node" / "data"

SOURCE = """\
snapshot_utc,asset,expiry_utc,t_years_act365,strike_usd,option_type,spot_bid_usd,spot_ask_usd,\
forward_bid_usd,forward_ask_usd,bid_price_coin,ask_price_coin,iv_bid_pct,iv_ask_pct,\
open_interest_contracts,volume_usd
2026-05-21T10:04:10.269985Z,BTC,2026-05-22T08:00:00Z,0.0025034795,74000.0,put,77596.5,77597.0,\
77567.5,77570.0,0.0001,0.0002,42.9617,47.56913,1003.0,27274.34
"""


def read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="ascii", newline="") as file:
        return list(csv.DictReader(file))


def test_files_name_the_same_series_once() -> None:
    columns = ("underlying", "expiry_utc", "strike", "option_type")
    chain, quotes = (
        [tuple(row[column] for column in columns) for row in read(name)]
        for name in ("btc_chain_20260521.csv", "btc_quotes_20260521.csv")
    )
    assert chain == quotes
    assert len(set(chain)) == len(chain) == 387


def test_one_forward_per_expiry_and_one_valuation_time() -> None:
    chain = read("btc_chain_20260521.csv")
    assert len({row["valuation_utc"] for row in chain}) == 1
    forwards = {(row["expiry_utc"], row["forward"]) for row in chain}
    assert len(forwards) == len({expiry for expiry, _ in forwards}) == 12
    assert {row["discount_factor"] for row in chain} == {""}


def test_prices_are_near_the_quotes() -> None:
    inside = 0
    chain, quotes = read("btc_chain_20260521.csv"), read("btc_quotes_20260521.csv")
    for option, quote in zip(chain, quotes, strict=True):
        valuation, expiry = (
            datetime.fromisoformat(option[column]) for column in ("valuation_utc", "expiry_utc")
        )
        years = mp.mpf((expiry - valuation).total_seconds()) / oracle.YEAR_SECONDS
        price = oracle.black76_price(
            mp.mpf(option["forward"]),
            mp.mpf(option["strike"]),
            mp.one,
            mp.mpf(option["implied_volatility"]) * mp.sqrt(years),
            is_put=option["option_type"] == "put",
        )
        inside += mp.mpf(quote["bid_usd"]) <= price <= mp.mpf(quote["ask_usd"])
        middle = (mp.mpf(quote["bid_usd"]) + mp.mpf(quote["ask_usd"])) / 2
        assert abs(price - middle) < mp.mpf(option["forward"]) * 12 / 10_000
    assert inside == 372


def test_script_takes_exact_middles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "quotes.csv"
    source.write_text(SOURCE, encoding="ascii")
    monkeypatch.setattr(sys, "argv", ["make", str(source), "--output", str(tmp_path)])
    runpy.run_path(str(DATA / "make_demo_chain.py"), run_name="__main__")
    for name in ("btc_chain_20260521.csv", "btc_quotes_20260521.csv"):
        made = (tmp_path / name).read_text(encoding="ascii").splitlines()
        assert made == (DATA / name).read_text(encoding="ascii").splitlines()[:2]
