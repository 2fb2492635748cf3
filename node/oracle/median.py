"""Several views become one: the lower median of every field, so that a minority moves none.

Field by field, where fields stand by themselves: time, spot, perpetual, collateral and stable
prices, confidences, discount factors, listed volatilities. Where they do not:

- the forward is taken as a whole and beside it its fixed part; the variable part is the rest. Of
  two medians of parts the sum can lie outside everybody's forward.
- a rate of a chain follows from the discount factor, as in every chain; in the margin listing,
  where it is given by itself, it is a field like others.
- an SVI curve is five numbers of which none says a volatility. Medians of each could be a curve
  that nobody saw, or none at all. So the median is taken of volatilities, at fixed places, and the
  whole curve of the signer nearest to these medians is taken (by the largest difference): a liar's
  only where it is nowhere further off than the best honest one is somewhere.
- the at-the-money volatility follows from the rest by its rule.
- the number is the largest that any of the signers asks for: each has signed below it already.

The result is a market by the same doors as each view; what they refuse is refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, replace
from statistics import median_low
from typing import TypeVar

from circuits.statements.option_marks import GroupInputs, Market, OptionInputs
from circuits.statements.portfolio_margin import ListedVolatility, MarginMarket, Slice, Svi
from circuits.statements.ranges import InputError
from node.oracle.errors import ReportError, ViewError
from node.oracle.view import OracleView
from node.quoting import curve_volatilities, rate_from_discount, with_ruled_volatility

__all__ = ["median_view"]

_Each = TypeVar("_Each")

_HEAD = (
    "spot_ticks",
    "perpetual_ticks",
    "stable_price",
    "spot_confidence",
    "perpetual_confidence",
    "collateral_1_ticks",
    "collateral_2_ticks",
)


def median_view(views: Sequence[OracleView]) -> OracleView:
    """The view of all: a function of the set of views, in whatever order they come.

    Raises ReportError where they list different things, or their medians are no market.
    """
    if not views:
        raise ReportError("no signer gave a view")
    if any(view.listing != views[0].listing for view in views):
        raise ReportError("views of different listings have no median")
    chains = [view.chain for view in views if view.chain is not None]
    margins = [view.margin for view in views if view.margin is not None]
    snapshot_unix = median_low(view.snapshot_unix for view in views)
    try:
        return OracleView(
            chain=_chain(chains, snapshot_unix) if chains else None,
            margin=_margin(margins, snapshot_unix) if margins else None,
            next_number=max(view.next_number for view in views),
        )
    except (InputError, ViewError) as error:
        raise ReportError(f"the medians of {len(views)} views are no market: {error}") from error


def _median(of: Callable[[_Each], int], each: Iterable[_Each]) -> int:
    return median_low(of(one) for one in each)


def _chain(chains: Sequence[Market], snapshot_unix: int) -> Market:
    by_group = zip(*(chain.groups for chain in chains), strict=True)
    groups = tuple(_group(groups, snapshot_unix) for groups in by_group)
    return replace(chains[0], snapshot_unix=snapshot_unix, groups=groups)


def _group(groups: Sequence[GroupInputs], snapshot_unix: int) -> GroupInputs:
    discount = _median(lambda group: group.discount, groups)
    expiry = groups[0].expiry_unix
    return GroupInputs(
        forward_ticks=_median(lambda group: group.forward_ticks, groups),
        discount=discount,
        rate_biased=rate_from_discount(discount, max(expiry - snapshot_unix, 0)),
        expiry_unix=expiry,
        options=tuple(map(_option, zip(*(group.options for group in groups), strict=True))),
    )


def _option(options: Sequence[OptionInputs]) -> OptionInputs:
    return replace(options[0], volatility=_median(lambda option: option.volatility, options))


def _margin(margins: Sequence[MarginMarket], snapshot_unix: int) -> MarginMarket:
    head = {name: median_low(getattr(margin, name) for margin in margins) for name in _HEAD}
    slices = zip(*(margin.slices for margin in margins), strict=True)
    series = zip(*(margin.series for margin in margins), strict=True)
    return with_ruled_volatility(
        replace(
            margins[0],
            snapshot_unix=snapshot_unix,
            slices=tuple(_slice(each, snapshot_unix) for each in slices),
            series=tuple(map(_listed, series)),
            **head,
        )
    )


def _slice(slices: Sequence[Slice], snapshot_unix: int) -> Slice:
    fixed = _median(lambda each: each.forward_fixed_ticks, slices)
    curves = [each.svi for each in slices if each.svi is not None]
    expiry = slices[0].expiry_unix
    return Slice(
        expiry_unix=expiry,
        forward_variable_ticks=_median(lambda each: each.forward_ticks, slices) - fixed,
        forward_fixed_ticks=fixed,
        discount=_median(lambda each: each.discount, slices),
        rate_biased=_median(lambda each: each.rate_biased, slices),
        confidence=_median(lambda each: each.confidence, slices),
        svi=_nearest_curve(curves, max(expiry - snapshot_unix, 0)) if curves else None,
    )


def _nearest_curve(curves: Sequence[Svi], seconds: int) -> Svi:
    volatilities = [curve_volatilities(curve, seconds) for curve in curves]
    medians = [median_low(place) for place in zip(*volatilities, strict=True)]

    def distance(index: int) -> tuple[int, tuple[int, ...]]:
        pairs = zip(volatilities[index], medians, strict=True)
        return max(abs(one - median) for one, median in pairs), astuple(curves[index])

    return curves[min(range(len(curves)), key=distance)]


def _listed(series: Sequence[ListedVolatility]) -> ListedVolatility:
    return replace(series[0], volatility=_median(lambda each: each.volatility, series))
