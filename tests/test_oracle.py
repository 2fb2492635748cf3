"""The oracle against printed vectors, against itself by other routes, and at its edges."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from tests import oracle
from tests.oracle import QuantisedOption, mp
from tests.vectors import VECTORS, Row, last_place, number, rows, vollib_place


def labelled(name: str, *columns: str) -> list[Any]:
    return [pytest.param(row, id="-".join(row[column] for column in columns)) for row in rows(name)]


def spot_valuation(row: Row) -> oracle.SpotValuation:
    spot = row.get("spot") or row["underlying"]
    columns = (spot, row["strike"], row["rate"], row["years"], row["volatility"])
    return oracle.black_scholes(
        *map(number, columns),
        dividend_yield=number(row.get("dividend_yield", "0")),
        is_put=row.get("option_type") == "put",
    )


@pytest.mark.parametrize("row", labelled("haug_prices", "page", "option_type", "price"))
def test_haug_prices(row: Row) -> None:
    error = abs(spot_valuation(row).price - number(row["price"])) / last_place(row["price"])
    if row["note"].startswith("erratum"):
        assert 0.5 < error < 1
    else:
        assert error <= 0.5


@pytest.mark.parametrize("row", labelled("haug_greeks", "greek", "option_type"))
def test_haug_greeks(row: Row) -> None:
    valuation = spot_valuation(row)
    if row["greek"] == "theta_per_day":
        value = valuation.theta / 365
    else:
        value = getattr(valuation, row["greek"])
    assert abs(value - number(row["value"])) <= last_place(row["value"]) / 2


def hull_value(row: Row) -> Any:
    if row["model"] == "black76":
        forward, strike, rate, years, volatility = (
            number(row[column])
            for column in ("underlying", "strike", "rate", "years", "volatility")
        )
        discount = mp.exp(-rate * years)
        is_put = row["option_type"] == "put"
        return oracle.black76(
            forward, strike, discount, volatility, years, rate=rate, is_put=is_put
        ).price
    valuation = spot_valuation(row)
    quantity = row["quantity"]
    if quantity in ("d1", "d2"):
        years, growth = number(row["years"]), number(row["rate"]) - number(row["dividend_yield"])
        forward = number(row["underlying"]) * mp.exp(growth * years)
        v = number(row["volatility"]) * mp.sqrt(years)
        return oracle.d1_d2(forward, number(row["strike"]), v)[quantity == "d2"]
    per_cent = {"vega_per_volpt": valuation.vega / 100, "rho_per_pct": valuation.rho / 100}
    if quantity in per_cent:
        return per_cent[quantity]
    return getattr(valuation, quantity.removesuffix("_per_year"))


@pytest.mark.parametrize("row", labelled("hull_examples", "reference", "quantity"))
def test_hull_examples(row: Row) -> None:
    assert abs(hull_value(row) - number(row["value"])) <= last_place(row["value"]) / 2


@pytest.mark.parametrize("kind", ["call", "put"])
def test_vollib_grid(kind: str) -> None:
    for row in rows("vollib_grid"):
        valuation = spot_valuation(row | {"option_type": kind})
        for quantity in ("price", "delta", "gamma", "vega", "theta", "rho"):
            text = row[f"{kind}_{quantity}"]
            error = abs(getattr(valuation, quantity) - number(text))
            assert error <= vollib_place(text) / 2, (row["spot"], row["years"], quantity)


def test_strata_black76() -> None:
    for row in rows("strata_black76"):
        forward, strike, years, volatility, expected = map(number, row.values())
        v = volatility * mp.sqrt(years)
        price = oracle.black76_price(forward, strike, mp.one, v, is_put=False)
        assert abs(price - expected) <= mp.mpf("1e-13") * expected, row


@pytest.mark.parametrize("row", labelled("derive_black76", "note"))
def test_derive_black76(row: Row) -> None:
    forward, strike, discount = (number(row[c]) for c in ("forward", "strike", "discount_factor"))
    years = number(row["seconds"]) / oracle.YEAR_SECONDS
    v = number(row["volatility"]) * mp.sqrt(years)
    for kind in ("call", "put"):
        price = oracle.black76_price(forward, strike, discount, v, is_put=kind == "put")
        assert abs(price - number(row[kind])) <= mp.mpf("1e-12")
    if forward and strike:
        delta = oracle.normal_cdf(oracle.d1_d2(forward, strike, v)[0])
        assert abs(delta - number(row["undiscounted_call_delta"])) <= mp.mpf("1e-12")


def agrees(value: Any, printed: str) -> bool:
    return bool(abs(value - number(printed)) <= abs(number(printed)) * mp.mpf(10) ** -29)


def test_normal_functions_by_series() -> None:
    for row in rows("normal_functions"):
        assert agrees(oracle.normal_cdf(number(row["x"])), row["normal_cdf"])
        assert agrees(oracle.normal_pdf(number(row["x"])), row["normal_pdf"])


def test_black76_quantised_by_series() -> None:
    """The Greeks and the price of another program, to 29 digits of the size of their terms."""
    for row in rows("black76_quantised"):
        inputs = {name: int(row[name]) for name in list(row)[:6]}
        option = QuantisedOption(**inputs, is_put=row["is_put"] == "1")
        valuation = oracle.value_quantised(option)
        price = number(row["price_ticks"])
        scale = max(option.forward_ticks, option.strike_ticks)
        assert abs(valuation.price - price) <= scale * mp.mpf(10) ** -29
        assert valuation.price == oracle.price_quantised(option)
        for greek in ("delta", "gamma", "vega"):
            assert agrees(getattr(valuation, greek), row[greek]), (row, greek)
        for greek in ("theta", "rho"):
            error = abs(getattr(valuation, greek) - number(row[greek]))
            assert error <= max(abs(number(row[greek])), scale) * mp.mpf(10) ** -29, (row, greek)


def test_high_precision_files_are_the_scripts(tmp_path: Path) -> None:
    script = runpy.run_path(str(VECTORS / "make_high_precision.py"))
    script["main"].__globals__["HERE"] = tmp_path
    script["main"]()
    for name in ("normal_functions.csv", "black76_quantised.csv"):
        assert (tmp_path / name).read_bytes() == (VECTORS / name).read_bytes()


@pytest.mark.parametrize("is_put", [False, True])
def test_price_is_the_expected_payoff(is_put: bool) -> None:
    """The discounted integral of the payoff over the lognormal density."""
    forward, strike, discount, v = mp.mpf(100), mp.mpf(112), mp.mpf("0.97"), mp.mpf("0.3")
    kink = (mp.ln(strike / forward) + v * v / 2) / v

    def integrand(z: Any) -> Any:
        terminal = forward * mp.exp(v * z - v * v / 2)
        payoff = strike - terminal if is_put else terminal - strike
        return payoff * oracle.normal_pdf(z)

    bounds = [-20, -5, kink] if is_put else [kink, 5, 20]
    expected = discount * mp.quad(integrand, bounds)
    price = oracle.black76_price(forward, strike, discount, v, is_put=is_put)
    assert abs(price - expected) < mp.mpf("1e-40")


@pytest.mark.parametrize("is_put", [False, True])
def test_greeks_are_the_derivatives(is_put: bool) -> None:
    strike, volatility, years, rate = (mp.mpf(text) for text in ("95", "0.42", "0.8", "0.03"))
    at = mp.mpf(100)

    def price(forward: Any, sigma: Any, time: Any, interest: Any) -> Any:
        discount = mp.exp(-interest * time)
        v = sigma * mp.sqrt(time)
        return oracle.black76_price(forward, strike, discount, v, is_put=is_put)

    point = (at, volatility, years, rate)
    own = oracle.black76(
        at, strike, mp.exp(-rate * years), volatility, years, rate=rate, is_put=is_put
    )

    def derivative(*orders: int) -> Any:
        return mp.diff(price, point, orders)

    tolerance = mp.mpf("1e-15")
    assert abs(own.price - price(*point)) < tolerance
    assert abs(own.delta - derivative(1, 0, 0, 0)) < tolerance
    assert abs(own.gamma - derivative(2, 0, 0, 0)) < tolerance
    assert abs(own.vega - derivative(0, 1, 0, 0)) < tolerance
    assert abs(own.theta + derivative(0, 0, 1, 0) / 365) < tolerance
    assert abs(own.rho - derivative(0, 0, 0, 1)) < tolerance


@pytest.mark.parametrize("is_put", [False, True])
@pytest.mark.parametrize("volatility", [0, 1])
def test_below_the_tiny_total_stddev(volatility: int, is_put: bool) -> None:
    """Greeks of the payoff, the price still Black's."""
    sign = -1 if is_put else 1
    rate_biased = oracle.RATE_BIAS + 10_000_000
    for shift in (-1, 0, 1):
        seconds = 0 if volatility else 1
        option = QuantisedOption(
            10**8 + shift, 10**8, volatility, seconds, 3 << 42, rate_biased, is_put
        )
        assert option.total_stddev < oracle.TINY_TOTAL_STDDEV
        valuation = oracle.value_quantised(option)
        in_the_money = sign * shift > 0
        expected = mp.mpf("0.75") * sign * (mp.mpf("0.5") if shift == 0 else int(in_the_money))
        assert valuation.delta == expected
        assert valuation.gamma == valuation.vega == 0
        assert valuation.theta == option.rate * valuation.price / 365
        assert abs(valuation.price - (mp.mpf("0.75") if in_the_money else 0)) < mp.mpf("1e-3")


def test_implied_volatility_comes_back() -> None:
    option = QuantisedOption(
        775_687_500, 800_000_000, 22_500_000, 2_592_000, 1 << 44, 1 << 26, False
    )
    price = oracle.price_quantised(option)
    exact = option.volatility * oracle.VOLATILITY_UNIT
    assert abs(oracle.implied_volatility(price, option) - exact) < mp.mpf("1e-40")
    moved = oracle.implied_volatility(price + mp.mpf("1e-3"), option) - exact
    assert abs(moved * oracle.value_quantised(option).vega - mp.mpf("1e-3")) < mp.mpf("1e-9")
