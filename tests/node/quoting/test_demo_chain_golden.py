"""The shipped chain gives the committed integers, to the last one.

`data/btc_chain_20260521_marks.csv` was written by `golden_lines` below; a change of it is a change
of what everyone signs and proves.
"""

from __future__ import annotations

from dataclasses import astuple
from pathlib import Path

import pytest

from circuits.statements.option_marks import market_words, smallest_shape
from node.oracle import market_hash
from node.quoting import PROVING, Chain, market_of, price_report, read_chain
from node.quoting.report import evaluate_chain
from tests.node.quoting.judge import assert_within_bars

ROOT = Path(__file__).parents[3]
GOLDEN = Path(__file__).with_name("data") / "btc_chain_20260521_marks.csv"


def golden_lines(chain: Chain) -> list[str]:
    market = market_of(chain).market
    shape = smallest_shape(market)
    signed = market_hash(market_words(market, shape)).hex()
    lines = [
        f"# shape {shape.groups} x {shape.lanes}, market hash {signed}",
        "seconds_to_expiry,forward_ticks,discount,rate_biased,strike_ticks,is_put,volatility,"
        "price_atoms,delta,gamma,vega,theta,rho",
    ]
    for option, mark in zip(chain.options, evaluate_chain(chain), strict=True):
        fields = (
            option.seconds_to_expiry,
            option.forward_ticks,
            option.discount,
            option.rate_biased,
            option.strike_ticks,
            int(option.is_put),
            option.volatility,
            mark.price_atoms,
            *astuple(mark.greeks),
        )
        lines.append(",".join(str(field) for field in fields))
    return lines


@pytest.fixture(scope="module")
def chain() -> Chain:
    return read_chain(ROOT / "node" / "data" / "btc_chain_20260521.csv", PROVING)


def test_the_demo_chain_gives_the_golden_integers(chain: Chain) -> None:
    assert golden_lines(chain) == GOLDEN.read_text(encoding="utf-8").splitlines()


def test_the_demo_chain_fits_512_options_in_30_groups(chain: Chain) -> None:
    market = market_of(chain).market
    assert (market.option_count, len(market.groups)) == (387, 30)
    assert smallest_shape(market).capacity == 512


def test_the_demo_chain_is_within_the_bars_of_the_oracle(chain: Chain) -> None:
    for entry in price_report(chain):
        assert_within_bars(entry)
