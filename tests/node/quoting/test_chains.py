"""Good chains: reading, grouping, and the report."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from circuits.statements.option_marks import Greeks, Mark, Market, Shape, market_words
from node.oracle import market_hash
from node.quoting import (
    PRICING,
    PROVING,
    market_of,
    markets_of,
    parse_chain,
    price_report,
    read_chain,
)
from tests.node.quoting.chains import csv_text, strikes
from tests.node.quoting.judge import assert_within_bars

DATA = Path(__file__).with_name("data")


def test_the_small_chain_gives_its_golden_report() -> None:
    """A file with byte mark, CRLF, other column order, exponents, ties and a 17th strike."""
    chain = read_chain(DATA / "small_chain.csv", PROVING)
    golden = json.loads((DATA / "small_chain.json").read_text(encoding="utf-8"))
    report = price_report(chain)
    assert report == golden["report"]
    words = market_words(market_of(chain).market, Shape(16))
    assert market_hash(words).hex() == golden["market_hash"]
    for entry in report:
        assert_within_bars(entry)


def test_groups_share_expiry_forward_discount_and_hold_sixteen() -> None:
    placed = market_of(read_chain(DATA / "small_chain.csv", PROVING))
    assert [len(group.options) for group in placed.market.groups] == [16, 2, 4, 1, 1]
    keys = [(g.expiry_unix, g.forward_ticks, g.discount) for g in placed.market.groups]
    assert keys == sorted(keys)


def test_the_market_does_not_depend_on_the_order_of_rows() -> None:
    lines = (DATA / "small_chain.csv").read_text(encoding="utf-8-sig").splitlines()
    shuffled = lines[1:]
    random.Random(1).shuffle(shuffled)
    one = market_of(parse_chain("\n".join(lines), PROVING))
    other = market_of(parse_chain("\n".join([lines[0], *shuffled]), PROVING))
    assert one.market == other.market


def test_places_lead_from_the_order_of_the_file_to_group_and_lane() -> None:
    chain = parse_chain(
        csv_text({"strike": "75000"}, {}, {"forward": "70000", "strike": "1000"}), PROVING
    )
    placed = market_of(chain)
    assert placed.places() == {0: (1, 1), 1: (1, 0), 2: (0, 0)}
    for index, (group, lane) in placed.places().items():
        option = placed.market.groups[group].options[lane]
        assert option.strike_ticks == chain.options[index].strike_ticks


def test_an_empty_discount_factor_is_one_and_spaces_are_ignored() -> None:
    (option,) = parse_chain(csv_text({"discount_factor": "", "strike": " 74000 "}), PROVING).options
    assert (option.discount, option.strike_ticks) == (1 << 44, 740_000_000)


def test_the_report_keeps_the_order_and_prints_greeks_by_their_units() -> None:
    def evaluate(market: Market) -> Sequence[Mark]:
        strikes = [option.strike_ticks for _, option in market.options()]
        greeks = Greeks(delta=-(3 << 37), gamma=1 << 65, vega=3, theta=-2, rho=-10)
        return [Mark(strike, greeks) for strike in strikes]

    rows = [{"strike": "75000"}, {"underlying": "ETH"}, {"underlying": "NEW", "forward": "9e3"}, {}]
    report = price_report(parse_chain(csv_text(*rows), PRICING), evaluate)
    assert [entry["strike"] for entry in report] == ["75000", "74000", "74000", "74000"]
    ticks = [entry["inputs"]["tick"] for entry in report]
    assert ticks == ["0.0001", "0.00001", "0.00001", "0.0001"]
    first = report[0]
    assert first["price"] == "0.75"
    assert first["delta"] == "-0.75"
    assert first["gamma"] == "2500"
    assert first["vega"] == "0.000000003"
    assert first["theta"] == "-0.000000002"
    assert first["rho"] == "-0.00000001"


def test_printed_inputs_are_the_quantised_ones() -> None:
    text = csv_text({"implied_volatility": "0.400000011", "discount_factor": "0.9"})
    chain = parse_chain(text, PROVING)
    (entry,) = price_report(chain)
    inputs = entry["inputs"]
    (option,) = chain.options
    assert inputs["implied_volatility"] == "0.40000002"
    assert Fraction(inputs["discount_factor"]) == Fraction(option.discount, 1 << 44)
    assert inputs["seconds_to_expiry"] == 683_750
    expected_rate = Fraction(option.rate_biased - (1 << 26), 1 << 53) * 31_536_000
    assert Fraction(inputs["rate"]) == expected_rate


def test_any_number_of_options_is_priced_in_markets_that_fit_a_shape() -> None:
    rows = strikes(4_200)
    chain = parse_chain(csv_text(*rows), PRICING)
    markets = markets_of(chain)
    assert [len(placed.market.groups) for placed in markets] == [256, 7]
    indices = [index for placed in markets for index in placed.chain_indices]
    assert sorted(indices) == list(range(4_200))
