"""Printed reports against the 50-digit oracle, from the printed inputs alone."""

from __future__ import annotations

from typing import Any

from tests.oracle import DAYS_A_YEAR, YEAR_SECONDS, Valuation, black76, mp, normal_pdf


def assert_within_bars(entry: dict[str, Any]) -> None:
    """The accuracy bars of typical inputs (total standard deviation at least 0.0035).

    theta's bar counts its volatility part at the money: away from it phi is small, and the bar of
    phi is absolute.
    """
    inputs = entry["inputs"]
    forward, discount, rate = (
        mp.mpf(inputs[name]) for name in ("forward", "discount_factor", "rate")
    )
    years = mp.mpf(inputs["seconds_to_expiry"]) / YEAR_SECONDS
    volatility = mp.mpf(inputs["implied_volatility"])
    exact: Valuation = black76(
        forward,
        mp.mpf(inputs["strike"]),
        discount,
        volatility,
        years,
        rate=rate,
        is_put=entry["option_type"] == "put",
    )
    atom = mp.mpf(inputs["tick"]) / 10**5
    decay_at_peak = (
        discount * forward * normal_pdf(mp.zero) * volatility / (2 * mp.sqrt(years) * DAYS_A_YEAR)
    )
    bars = {
        "price": mp.mpf("2e-13") * forward + atom / 2,
        "delta": mp.mpf("1e-9"),
        "gamma": mp.mpf("4e-9") * discount / (forward * volatility * mp.sqrt(years)),
        "vega": mp.mpf("1e-9") * forward,
        "theta": mp.mpf("4e-9") * decay_at_peak + atom,
        "rho": mp.mpf("1e-12") * forward * years + atom,
    }
    for name, bar in bars.items():
        error = abs(mp.mpf(entry[name]) - getattr(exact, name))
        assert error <= bar, f"{name}: {entry[name]}, off by {mp.nstr(error, 5)}"
