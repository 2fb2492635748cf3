"""Margin market files: documents to the integers that signers attest; every fault named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from circuits.statements.portfolio_margin import (
    ListedVolatility,
    Svi,
    VolatilityForm,
    load_shipped,
)
from node.quoting import (
    Fault,
    MarginFileError,
    MarketRefusedError,
    at_the_money_volatility,
    parse_margin_market,
    read_margin_market,
)

PARAMETERS = load_shipped("derive_like_33").parameters
SVI = {"a": "0.05", "b": "0.4", "rho": "-0.25", "m": "0.125", "s": "0.5"}
GOOD: dict[str, Any] = {
    "valuation_utc": "2026-05-21T10:04:10.5Z",
    "underlying": "BTC",
    "spot": "77568.75",
    "perpetual": "77590",
    "stable_price": "0.9998",
    "spot_confidence": "0.99",
    "perpetual_confidence": "0.98",
    "collateral_1": "77568.75",
    "collateral_2": "1",
    "expiries": [
        {
            "expiry_utc": "2026-06-26T08:00:00Z",
            "forward": "77700",
            "discount_factor": "0.999",
            "confidence": "0.97",
            "svi": SVI,
        },
        {
            "expiry_utc": "2026-05-29T08:00:00Z",
            "forward": "77600",
            "forward_fixed": "600",
            "rate": "0.04",
            "svi": SVI,
        },
    ],
}
SERIES: dict[str, Any] = {
    **GOOD,
    "expiries": [
        {
            "expiry_utc": "2026-06-26T08:00:00Z",
            "forward": "77700",
            "volatilities": {"80000": "0.5", "74000.00005": "0.4"},
        },
        {
            "expiry_utc": "2026-05-29T08:00:00Z",
            "forward": "77600",
            "volatilities": {"74000": "0.3"},
        },
    ],
}


def faults_of(document: object, **how: Any) -> dict[str, Fault]:
    with pytest.raises(MarketRefusedError) as caught:
        parse_margin_market(document, **how)
    for fault in caught.value.faults:
        assert fault.expected
        assert fault.way_out
        assert str(fault) in str(caught.value)
    return {fault.field: fault for fault in caught.value.faults}


def changed(path: tuple[Any, ...], value: Any, document: dict[str, Any] = GOOD) -> Any:
    made = json.loads(json.dumps(document))
    place: Any = made
    for step in path[:-1]:
        place = place[step]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return made


def test_the_curve_form() -> None:
    quoted = parse_margin_market(GOOD, PARAMETERS)
    market = quoted.market
    assert quoted.underlying.symbol == "BTC"
    assert market.form is VolatilityForm.SVI
    assert market.snapshot_unix == 1_779_357_850
    assert (market.spot_ticks, market.perpetual_ticks) == (775_687_500, 775_900_000)
    assert (market.stable_price, market.spot_confidence) == (999_800_000, 990_000_000)
    assert (market.collateral_1_ticks, market.collateral_2_ticks) == (775_687_500, 10_000)
    assert market.at_the_money_volatility == at_the_money_volatility(market) > 0
    near, far = market.slices
    assert (near.forward_variable_ticks, near.forward_fixed_ticks) == (770_000_000, 6_000_000)
    assert near.discount == 1 << 44
    assert near.rate_biased - (1 << 26) == round(0.04 * 2**53 / 31_536_000)
    assert (near.confidence, far.confidence) == (10**9, 970_000_000)
    assert far.discount == round(0.999 * 2**44)
    assert far.rate_biased > 1 << 26
    one = 1 << 40
    assert far.svi == Svi(round(0.05 * one), round(0.4 * one), -(1 << 28), one // 8, one // 2)


def test_the_series_form() -> None:
    market = parse_margin_market(SERIES, PARAMETERS).market
    assert market.form is VolatilityForm.SERIES
    assert market.series == (
        ListedVolatility(0, 740_000_000, 15_000_000),
        ListedVolatility(1, 740_000_000, 20_000_000),
        ListedVolatility(1, 800_000_000, 25_000_000),
    )


def test_what_may_be_left_out() -> None:
    least = {name: GOOD[name] for name in ("valuation_utc", "underlying", "spot")}
    least["expiries"] = [
        {"expiry_utc": "2026-05-29T08:00:00Z", "forward": "77600", "svi": SVI},
    ]
    market = parse_margin_market(least).market
    assert market.perpetual_ticks == market.collateral_1_ticks == market.collateral_2_ticks == 0
    assert market.stable_price == market.spot_confidence == market.perpetual_confidence == 10**9
    (only,) = market.slices
    assert (only.discount, only.rate_biased, only.confidence) == (1 << 44, 1 << 26, 10**9)


@pytest.mark.parametrize(
    ("path", "value", "field", "expected"),
    [
        (("spot",), ..., "spot", "a plain decimal"),
        (("spot",), None, "spot", "a plain decimal"),
        (("spot",), 77568.75, "spot", "a plain decimal"),
        (("spot",), "1_000", "spot", "a plain decimal"),
        (("spot",), "0", "spot", "1 to 68719476735 (ticks of 10^-t) after rounding"),
        (("perpetual",), "-1", "perpetual", "0 to 68719476735"),
        (("stable_price",), "2.2", "stable_price", "0 to 2147483647 (units of 1e-9)"),
        (("spot_confidence",), "-0.1", "spot_confidence", "0 to 2147483647"),
        (("at_the_money_volatility",), "0.36", "at_the_money_volatility", ""),
        (("valuation_utc",), "yesterday", "valuation_utc", "a UTC time"),
        (("valuation_utc",), "1969-12-31T00:00:00Z", "valuation_utc", "a time from 1970 on"),
        (("underlying",), "DOGE", "underlying", "a listed symbol: BTC"),
        (("underlying",), ..., "underlying", "a listed symbol: BTC"),
        (("extra",), "1", "extra", "no other members"),
        (("expiries",), {}, "expiries", "a list of expiries"),
        (("expiries",), ..., "expiries", "a list of expiries"),
        (("expiries",), [], "document", "slices is 0"),
        (("expiries", 0), "x", "expiries[0]", "an object"),
        (("expiries", 0, "expiry_utc"), ..., "expiries[0].expiry_utc", "a UTC time"),
        (
            ("expiries", 0, "expiry_utc"),
            "2026-06-26T08:00:00.5Z",
            "expiries[0].expiry_utc",
            "a whole second",
        ),
        (("expiries", 0, "expiry_utc"), "2026-05-21T10:04:10Z", "document", "seconds_to_expiry"),
        (("expiries", 0, "expiry_utc"), "2026-05-29T08:00:00Z", "document", "slice 1 expires at"),
        (("expiries", 0, "forward"), "100", "expiries[0].forward", "1048576 to"),
        (("expiries", 0, "forward_fixed"), "77701", "expiries[0]", "forward_variable_ticks is -"),
        (("expiries", 0, "forward_fixed"), "1", "document", "slice 1 has a fixed part"),
        (("expiries", 0, "discount_factor"), "0", "expiries[0].discount_factor", "1 to"),
        (("expiries", 0, "rate"), "0.8", "expiries[0].rate", "0 to 268435455"),
        (("expiries", 0, "svi"), ..., "expiries[0].svi", "svi, or volatilities by strike"),
        (("expiries", 0, "svi"), [], "expiries[0].svi", "an object"),
        (("expiries", 0, "svi", "rho"), "1", "expiries[0].svi.rho", "-1073741823 to"),
        (("expiries", 0, "svi", "s"), "0", "expiries[0].svi.s", "1 to"),
        (("expiries", 0, "svi", "b"), ..., "expiries[0].svi.b", "a plain decimal"),
        (("expiries", 0, "svi", "c"), "1", "expiries[0].svi.c", "no other members"),
        (("expiries", 0, "svi", "a"), "-1", "expiries[0].svi", "the least variance a + b s"),
        (("expiries", 0, "volatilities"), {"1": "1"}, "expiries[0].svi", "no other members"),
    ],
)
def test_a_fault_names_its_path(
    path: tuple[Any, ...], value: Any, field: str, expected: str
) -> None:
    assert faults_of(changed(path, value))[field].expected.startswith(expected)


@pytest.mark.parametrize(
    ("path", "value", "field", "expected"),
    [
        (("volatilities",), {}, "document", "slice"),
        (("volatilities", "x"), "0.5", "expiries[0].volatilities.x", "a plain decimal"),
        (("volatilities", "80000"), "6", "expiries[0].volatilities.80000", "0 to 268435455"),
        (("volatilities", "100"), "0.5", "expiries[0].volatilities", "strike_ticks is 1000000"),
        (("volatilities", "80000.00004"), "0.5", "document", "the volatility of (1, 800000000)"),
        (("volatilities",), ..., "expiries[0].svi", "svi, or volatilities by strike"),
    ],
)
def test_faults_of_listed_volatilities(
    path: tuple[Any, ...], value: Any, field: str, expected: str
) -> None:
    document = changed(("expiries", 0, *path), value, SERIES)
    if value == {}:
        assert len(parse_margin_market(document).market.series) == 1
        return
    assert faults_of(document)[field].expected.startswith(expected)


def test_forms_are_not_mixed() -> None:
    mixed = changed(("expiries", 0), SERIES["expiries"][0])
    assert faults_of(mixed)["document"].expected.startswith("volatilities are given in two forms")


def test_too_many_expiries_or_series() -> None:
    expiry = GOOD["expiries"][0]
    many = [
        {**expiry, "expiry_utc": f"2026-{month:02d}-{day:02d}T08:00:00Z"}
        for month in (6, 7)
        for day in range(1, 10)
    ]
    assert "slices is 18" in faults_of(changed(("expiries",), many))["document"].expected
    listed = {str(50_000 + i): "0.5" for i in range(513)}
    crowded = changed(("expiries", 0, "volatilities"), listed, SERIES)
    assert "series is 514" in faults_of(crowded)["document"].expected


def test_every_fault_is_reported_at_once() -> None:
    document = changed(("spot",), "x")
    document["expiries"][0]["svi"]["rho"] = "2"
    document["expiries"][1]["forward"] = "1"
    document["more"] = "1"
    assert list(faults_of(document)) == [
        "spot",
        "expiries[0].svi.rho",
        "expiries[1].forward",
        "more",
    ]


def test_a_market_outside_the_models_domain_is_refused_with_its_parameters() -> None:
    wild = changed(("expiries", 0, "svi", "a"), "25")
    wild["expiries"][0]["expiry_utc"] = "2033-01-28T08:00:00Z"
    parse_margin_market(wild)
    fault = faults_of(wild, parameters=PARAMETERS)["document"]
    assert fault.expected.startswith("slice 1: a shocked volatility")


def test_documents_that_are_no_objects() -> None:
    documents: tuple[object, ...] = ([], "x", None, 3)
    for document in documents:
        assert "document" in faults_of(document)


def test_unreadable_files(tmp_path: Path) -> None:
    path = tmp_path / "market.json"
    with pytest.raises(MarginFileError, match="check the path"):
        read_margin_market(path)
    for text in ("{", '{"a": 1, "a": 2}', '{"spot": NaN}', "[" * 10_000, "\udcff"):
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        with pytest.raises(MarginFileError, match=r"market\.json"):
            read_margin_market(path)
    path.write_text("\ufeff" + json.dumps(GOOD), encoding="utf-8")
    assert read_margin_market(path, PARAMETERS) == parse_margin_market(GOOD)
