"""The judge of margins: the scenario model in 50-digit arithmetic, without any rounding.

It takes the quantised inputs of `portfolio_margin` (books, markets and parameters as integers) and
shares no code with the product. Money is in cash atoms: ticks times 1e-6 contracts.

For each expiry slice, with T in years and F = variable + fixed part of the forward::

    x     = exp(p ln(30 days / max(T, floor)))        p short up to 30 days, else long
    up    = 1 + range_up x          sigma_up   = max(minimum, sigma up)
    down  = max(0, 1 - range_down x)            sigma_down = sigma down
    skew  = clamp(k cap / k*, -cap, cap), k = ln(K/F)      sigma_linear = sigma max(0, 1 + skew)
            the same with |k|                              sigma_absolute
    V(z, rule) = sum of amount Black76(variable z + fixed, K, D, sigma_rule, T)
    pnl_row = sum over slices (static(V) - M) dampening + linear terms;   skew rows: -|each|
    forward = sum over slices min(V(up) - M, V(down) - M, 0) (addition + multiplier T)
    worst   = min(forward, rows)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from circuits.statements.portfolio_margin import (
    Book,
    Leg,
    MarginMarket,
    MarginParameters,
    ScenarioRow,
    Svi,
    VolatilityRule,
)
from tests.oracle import (
    DISCOUNT_BITS,
    RATE_BIAS,
    RATE_BITS,
    VOLATILITY_UNIT,
    YEAR_SECONDS,
    Real,
    black76_price,
    mp,
)

SHORT_SECONDS = 30 * 86_400
EXPONENT_LOW, EXPONENT_HIGH = -6, 2
NO_ROW = ScenarioRow(10_000, VolatilityRule.NONE)


@dataclass(frozen=True)
class MarginValuation:
    """Everything the model says of one book, in cash atoms."""

    marks: tuple[Real, ...]
    pnl: tuple[Real, ...]
    forward_contingency: Real
    mark_to_market: Real
    option_contingencies: tuple[Real, Real]
    perpetual_contingencies: tuple[Real, Real]
    collateral_contingencies: tuple[Real, Real]
    confidence_contingency: Real
    initial_factor: Real
    maintenance: Real
    initial: Real

    @property
    def worst(self) -> Real:
        """The worst of the rows and the forward contingency."""
        return min(self.forward_contingency, *self.pnl)


def value_margin(
    book: Book, market: MarginMarket, parameters: MarginParameters, collateral: int = 0
) -> MarginValuation:
    """Margins of a book with `collateral` units of the settlement token."""
    slices = [_SliceModel(book, market, parameters, i) for i in range(len(market.slices))]
    linear = _Linear(book, market, parameters)
    add_ons = _contingencies(book, market, parameters, linear)
    linear_add_ons = (add_ons.option, add_ons.perpetual, add_ons.collateral)
    marks = tuple(each.mark for each in slices)
    pnl = tuple(
        sum((each.gain(row) for each in slices), linear.gain(row)) for row in parameters.rows
    )
    forward_contingency = sum((each.forward_contingency() for each in slices), mp.zero)
    worst = min(forward_contingency, *pnl)
    mark_to_market = sum(marks, linear.value)
    cash = book.cash + collateral * parameters.collateral_unit
    mm_add_on, im_add_on = (sum(level) for level in zip(*linear_add_ons, strict=True))
    gap = max(0, parameters.peg_threshold - market.stable_price)
    initial_factor = billionths(parameters.im_factor + gap * billionths(parameters.peg_factor))
    scaled = mm_add_on if parameters.im_scales_contingencies else mp.zero
    fixed = mm_add_on - scaled + add_ons.confidence
    equity = mark_to_market + cash
    return MarginValuation(
        marks=marks,
        pnl=pnl,
        forward_contingency=forward_contingency,
        mark_to_market=mark_to_market,
        option_contingencies=add_ons.option,
        perpetual_contingencies=add_ons.perpetual,
        collateral_contingencies=add_ons.collateral,
        confidence_contingency=add_ons.confidence,
        initial_factor=initial_factor,
        maintenance=billionths(parameters.mm_factor) * worst - mm_add_on + equity,
        initial=initial_factor * (worst - scaled) - fixed - im_add_on + equity,
    )


def billionths(value: Real) -> Real:
    """A parameter in units of 1e-9 as a real number."""
    return mp.mpf(value) / 10**9


def svi_volatility(svi: Svi, k: Real) -> Real:
    """sqrt of the slice's variance per year at log-moneyness k."""
    a, b, m, s = (mp.ldexp(each, -40) for each in (svi.a, svi.b, svi.m, svi.s))
    rho = mp.ldexp(svi.rho, -30)
    return mp.sqrt(a + b * (rho * (k - m) + mp.sqrt((k - m) ** 2 + s**2)))


class _SliceModel:
    """One expiry: its shared factors, and the legs that expire then."""

    def __init__(
        self, book: Book, market: MarginMarket, parameters: MarginParameters, index: int
    ) -> None:
        self.parameters = parameters
        self.slice = market.slices[index]
        self.legs = [leg for leg in book.legs if leg.expiry_unix == self.slice.expiry_unix]
        self.listed = {
            each.strike_ticks: each.volatility * VOLATILITY_UNIT
            for each in market.series
            if each.slice_index == index
        }
        self.seconds = market.seconds_to_expiry(index)
        self.years = mp.mpf(self.seconds) / YEAR_SECONDS
        self.discount = mp.ldexp(self.slice.discount, -DISCOUNT_BITS)
        rate = mp.ldexp((self.slice.rate_biased - RATE_BIAS) * YEAR_SECONDS, -RATE_BITS)
        self.rate = max(rate, mp.zero)
        self.mark = self.value(NO_ROW)

    def value(self, row: ScenarioRow) -> Real:
        """V(z, rule)."""
        variable = self.slice.forward_variable_ticks * mp.mpf(row.spot_factor) / 10_000
        forward = variable + self.slice.forward_fixed_ticks
        root_time = mp.sqrt(self.years)
        return sum(
            (
                leg.amount
                * black76_price(
                    forward,
                    leg.strike_ticks,
                    self.discount,
                    self.volatility(leg, row.rule) * root_time,
                    is_put=leg.is_put,
                )
                for leg in self.legs
            ),
            mp.zero,
        )

    def gain(self, row: ScenarioRow) -> Real:
        """The slice's part of a row's profit, dampened; skew rows count as losses."""
        gain = (self.statically_discounted(self.value(row)) - self.mark) * billionths(row.dampening)
        return -abs(gain) if row.rule.is_skew else gain

    def forward_contingency(self) -> Real:
        """The slice's part of the forward contingency."""
        p = self.parameters
        shifted = (
            self.value(ScenarioRow(z, VolatilityRule.NONE)) - self.mark
            for z in (p.forward_contingency_up, p.forward_contingency_down)
        )
        weight = p.forward_contingency_addition + p.forward_contingency_multiplier * self.years
        return min(*shifted, mp.zero) * billionths(weight)

    def statically_discounted(self, value: Real) -> Real:
        """A shocked value times the factor of its sign, against the account."""
        p = self.parameters
        if value >= 0:
            growth = billionths(self.rate * p.static_long_multiplier + p.static_long_addition)
            return value * billionths(p.static_long_base) * _clamped_exp(-self.years * growth)
        growth = billionths(self.rate * p.static_short_multiplier + p.static_short_addition)
        factor = billionths(p.static_short_base) * _clamped_exp(self.years * growth)
        return value * min(factor, 1 / self.discount)

    def volatility(self, leg: Leg, rule: VolatilityRule) -> Real:
        """The leg's volatility under a rule."""
        p = self.parameters
        k = mp.ln(mp.mpf(leg.strike_ticks) / self.slice.forward_ticks)
        svi = self.slice.svi
        sigma = self.listed[leg.strike_ticks] if svi is None else svi_volatility(svi, k)
        if rule is VolatilityRule.UP:
            floor = p.minimum_up_volatility * VOLATILITY_UNIT
            return max(floor, sigma * (1 + billionths(p.range_up) * self.shock_size()))
        if rule is VolatilityRule.DOWN:
            return sigma * max(mp.zero, 1 - billionths(p.range_down) * self.shock_size())
        if rule is VolatilityRule.LINEAR:
            cap = self.skew_cap(p.linear_cap_base, p.linear_cap_slope)
            return sigma * max(mp.zero, 1 + self.skew(k, cap))
        if rule is VolatilityRule.ABSOLUTE:
            cap = self.skew_cap(p.absolute_cap_base, p.absolute_cap_slope)
            return sigma * max(mp.zero, 1 + self.skew(abs(k), cap))
        return sigma

    def shock_size(self) -> Real:
        """x, by which the up and down ranges are multiplied."""
        p = self.parameters
        power = p.short_power if self.seconds <= SHORT_SECONDS else p.long_power
        days_ratio = mp.mpf(SHORT_SECONDS) / max(self.seconds, p.floor_seconds)
        return _clamped_exp(billionths(power) * mp.ln(days_ratio))

    def skew_cap(self, base: int, slope: int) -> Real:
        """The largest relative change of volatility in a skew row."""
        return max(mp.zero, billionths(base) + billionths(slope) * mp.sqrt(self.years))

    def skew(self, k: Real, cap: Real) -> Real:
        """The relative change at log-moneyness k: linear up to k*, where it reaches the cap."""
        p = self.parameters
        root_time = mp.sqrt(self.years)
        level = billionths(p.volatility_parameter_static)
        level += root_time * billionths(p.volatility_parameter_scale)
        k_star = max(billionths(p.minimum_k_star), root_time * billionths(p.width_scale) * level)
        return max(-cap, min(cap, k * cap / k_star))


class _Linear:
    """Perpetual and collateral assets."""

    def __init__(self, book: Book, market: MarginMarket, parameters: MarginParameters) -> None:
        held = book.linear
        self.perpetual = mp.mpf(held.perpetual) * market.perpetual_ticks
        self.collaterals = (
            mp.mpf(held.collateral_1) * market.collateral_1_ticks,
            mp.mpf(held.collateral_2) * market.collateral_2_ticks,
        )
        flags = (parameters.risk_cancelling_1, parameters.risk_cancelling_2)
        cancelling = (v for v, flag in zip(self.collaterals, flags, strict=True) if flag)
        self.moving = self.perpetual + sum(cancelling, mp.zero)
        self.value = self.perpetual + sum(self.collaterals)

    def gain(self, row: ScenarioRow) -> Real:
        """Profit of what moves with spot; nothing in skew rows, whose spot factor is 1."""
        return self.moving * (mp.mpf(row.spot_factor) / 10_000 - 1) * billionths(row.dampening)


@dataclass(frozen=True)
class _AddOns:
    """Linear contingencies, (maintenance, what initial adds), and the oracle confidence's."""

    option: tuple[Real, Real]
    perpetual: tuple[Real, Real]
    collateral: tuple[Real, Real]
    confidence: Real


def _contingencies(
    book: Book, market: MarginMarket, p: MarginParameters, linear: _Linear
) -> _AddOns:
    spot = market.spot_ticks
    perpetual = mp.mpf(abs(book.linear.perpetual)) * spot
    naked = mp.mpf(_naked_shorts(book.legs)) * spot
    first, second = linear.collaterals
    shared = market.spot_confidence
    if book.linear.perpetual:
        shared = min(shared, market.perpetual_confidence)
    charged = [(shared, perpetual)]
    for each in market.slices:
        legs = [leg for leg in book.legs if leg.expiry_unix == each.expiry_unix]
        size = mp.mpf(sum(abs(leg.amount) for leg in legs)) * spot
        charged.append((min(shared, each.confidence), size))
    charged += [(market.spot_confidence, value) for value in linear.collaterals]
    return _AddOns(
        option=(naked * billionths(p.mm_option), naked * billionths(p.im_option)),
        perpetual=(perpetual * billionths(p.mm_perpetual), perpetual * billionths(p.im_perpetual)),
        collateral=(
            first * billionths(p.mm_collateral_1) + second * billionths(p.mm_collateral_2),
            first * billionths(p.im_collateral_1) + second * billionths(p.im_collateral_2),
        ),
        confidence=sum(
            (
                (1 - billionths(confidence)) * billionths(p.confidence_margin) * notional
                for confidence, notional in charged
                if confidence < p.confidence_threshold
            ),
            mp.zero,
        ),
    )


def _naked_shorts(legs: Iterable[Leg]) -> int:
    """Short contracts without a long one at the same expiry and strike, calls and puts alike."""
    net: dict[tuple[int, int], int] = defaultdict(int)
    for leg in legs:
        net[leg.expiry_unix, leg.strike_ticks] += leg.amount
    return sum(max(-amount, 0) for amount in net.values())


def _clamped_exp(exponent: Real) -> Real:
    return mp.exp(max(EXPONENT_LOW, min(EXPONENT_HIGH, exponent)))
