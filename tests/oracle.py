"""The judge: Black-76 and its Greeks in 50-digit arithmetic, as docs and vectors define them.

V = D (F N(d1) - K N(d2)) for a call and D (K N(-d2) - F N(-d1)) for a put, with
d1 = ln(F/K)/v + v/2, d2 = d1 - v and the total standard deviation v = volatility * sqrt(T)
(Black 1976). Forward and rate are independent variables: delta = dV/dF, gamma = d2V/dF2,
vega = dV/dvolatility per 1.00, rho = dV/drate at fixed forward = -T V per 1.00, theta per day
= (rate V - D F pdf(d1) volatility / (2 sqrt T)) / 365.

Below v = 2^-37 the Greeks are those of the payoff: delta 0, +-D, or half of it at F = K; gamma and
vega 0; theta = rate V / 365. The price is Black's at every v.

Everything is computed in `mp`, a context of its own, so no test can change its precision. Nothing
here shares code with the product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mpmath.ctx_mp import MPContext

DIGITS = 50

mp: Any = MPContext()
mp.dps = DIGITS

#: An arbitrary-precision real of `mp`.
Real = Any

YEAR_SECONDS = 31_536_000
DAYS_A_YEAR = 365
DISCOUNT_BITS = 44
RATE_BITS = 53
RATE_BIAS = 1 << 26
ATOMS_PER_TICK = 10**5
VOLATILITY_UNIT: Real = mp.mpf(2) / 10**8
TINY_TOTAL_STDDEV: Real = mp.mpf(2) ** -37

_SQRT_HALF: Real = mp.sqrt(mp.mpf(1) / 2)
_DENSITY_AT_ZERO: Real = 1 / mp.sqrt(2 * mp.pi)


@dataclass(frozen=True)
class Valuation:
    """Price and Greeks of one option; the units are those of forward and strike."""

    price: Real
    delta: Real
    gamma: Real
    vega: Real
    theta: Real
    rho: Real


@dataclass(frozen=True)
class SpotValuation:
    """The same with the spot as the variable; theta per year, dividend_rho = dV/dyield."""

    price: Real
    delta: Real
    gamma: Real
    vega: Real
    theta: Real
    rho: Real
    dividend_rho: Real
    elasticity: Real


@dataclass(frozen=True)
class QuantisedOption:
    """An option in the integer formats of the product: ticks, seconds, units."""

    forward_ticks: int
    strike_ticks: int
    volatility: int
    seconds: int
    discount: int
    rate_biased: int
    is_put: bool

    @property
    def total_stddev(self) -> Real:
        """Volatility times the root of the time in years."""
        return self.volatility * VOLATILITY_UNIT * mp.sqrt(mp.mpf(self.seconds) / YEAR_SECONDS)

    @property
    def discount_factor(self) -> Real:
        """The discount factor as a real number."""
        return mp.ldexp(self.discount, -DISCOUNT_BITS)

    @property
    def rate(self) -> Real:
        """The continuously compounded rate per year."""
        return mp.ldexp((self.rate_biased - RATE_BIAS) * YEAR_SECONDS, -RATE_BITS)


def normal_cdf(x: Real) -> Real:
    """N(x)."""
    return mp.erfc(-x * _SQRT_HALF) / 2


def normal_pdf(x: Real) -> Real:
    """N'(x)."""
    return _DENSITY_AT_ZERO * mp.exp(-(x * x) / 2)


def d1_d2(forward: Real, strike: Real, total_stddev: Real) -> tuple[Real, Real]:
    """The arguments of the formula, for a positive total standard deviation."""
    d1 = mp.ln(mp.mpf(forward) / strike) / total_stddev + total_stddev / 2
    return d1, d1 - total_stddev


def black76_price(
    forward: Real, strike: Real, discount_factor: Real, total_stddev: Real, *, is_put: bool
) -> Real:
    """V; the discounted payoff where volatility, time, forward or strike is zero."""
    if not (total_stddev and forward and strike):
        payoff = strike - forward if is_put else forward - strike
        return discount_factor * max(payoff, mp.zero)
    d1, d2 = d1_d2(forward, strike, total_stddev)
    if is_put:
        return discount_factor * (strike * normal_cdf(-d2) - forward * normal_cdf(-d1))
    return discount_factor * (forward * normal_cdf(d1) - strike * normal_cdf(d2))


def black76(
    forward: Real,
    strike: Real,
    discount_factor: Real,
    volatility: Real,
    years: Real,
    *,
    rate: Real,
    is_put: bool,
) -> Valuation:
    """Price and Greeks at real inputs (mpf, or exact integers)."""
    forward, strike = mp.mpf(forward), mp.mpf(strike)
    root_time = mp.sqrt(years)
    v = volatility * root_time
    sign = -1 if is_put else 1
    if v < TINY_TOTAL_STDDEV:
        price = black76_price(forward, strike, discount_factor, v, is_put=is_put)
        moneyness = mp.sign(sign * (forward - strike))
        delta = sign * discount_factor * (1 + moneyness) / 2
        zero = mp.zero
        return Valuation(price, delta, zero, zero, rate * price / DAYS_A_YEAR, -years * price)
    d1, d2 = d1_d2(forward, strike, v)
    weight_forward = normal_cdf(sign * d1)
    price = sign * discount_factor * (forward * weight_forward - strike * normal_cdf(sign * d2))
    density = discount_factor * normal_pdf(d1)
    decay = forward * density * volatility / (2 * root_time)
    return Valuation(
        price=price,
        delta=sign * discount_factor * weight_forward,
        gamma=density / (forward * v),
        vega=forward * density * root_time,
        theta=(rate * price - decay) / DAYS_A_YEAR,
        rho=-years * price,
    )


def value_quantised(option: QuantisedOption) -> Valuation:
    """Price and Greeks of a quantised option, in ticks."""
    return black76(
        option.forward_ticks,
        option.strike_ticks,
        option.discount_factor,
        option.volatility * VOLATILITY_UNIT,
        mp.mpf(option.seconds) / YEAR_SECONDS,
        rate=option.rate,
        is_put=option.is_put,
    )


def price_quantised(option: QuantisedOption) -> Real:
    """The price alone, in ticks."""
    return black76_price(
        mp.mpf(option.forward_ticks),
        mp.mpf(option.strike_ticks),
        option.discount_factor,
        option.total_stddev,
        is_put=option.is_put,
    )


def implied_volatility(price: Real, option: QuantisedOption) -> Real:
    """The volatility at which the option costs `price` ticks, by Newton from the option's own.

    Meant for prices near the option's; raises ArithmeticError if it does not settle.
    """
    forward, strike = mp.mpf(option.forward_ticks), mp.mpf(option.strike_ticks)
    discount = option.discount_factor
    root_time = mp.sqrt(mp.mpf(option.seconds) / YEAR_SECONDS)
    volatility = option.volatility * VOLATILITY_UNIT
    for _ in range(20):
        v = volatility * root_time
        gap = black76_price(forward, strike, discount, v, is_put=option.is_put) - price
        vega = discount * forward * normal_pdf(d1_d2(forward, strike, v)[0]) * root_time
        step = gap / vega
        volatility -= step
        if abs(step) < mp.mpf(10) ** -25:
            return volatility
    raise ArithmeticError(f"no implied volatility near {option}")


def black_scholes(
    spot: Real,
    strike: Real,
    rate: Real,
    years: Real,
    volatility: Real,
    *,
    dividend_yield: Real,
    is_put: bool,
) -> SpotValuation:
    """The generalised Black-Scholes form of textbooks (Haug's cost of carry is rate - yield)."""
    spot, strike, years = mp.mpf(spot), mp.mpf(strike), mp.mpf(years)
    growth = mp.exp((rate - dividend_yield) * years)
    forward = spot * growth
    own = black76(
        forward, strike, mp.exp(-rate * years), volatility, years, rate=rate, is_put=is_put
    )
    delta = own.delta * growth
    gamma = own.gamma * growth**2
    return SpotValuation(
        price=own.price,
        delta=delta,
        gamma=gamma,
        vega=own.vega,
        theta=rate * own.price
        - (rate - dividend_yield) * spot * delta
        - volatility**2 * spot**2 * gamma / 2,
        rho=own.rho + years * spot * delta,
        dividend_rho=-years * spot * delta,
        elasticity=delta * spot / own.price,
    )
