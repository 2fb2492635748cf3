"""Medians of views: no minority moves a field out of what the others say; what signers compare."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import astuple, replace
from typing import Any

import pytest

from circuits.statements.option_marks import Market
from circuits.statements.portfolio_margin import MarginMarket, Svi
from node.oracle import (
    DisagreementError,
    OracleView,
    ReportError,
    Tolerances,
    ViewError,
    compare_views,
    median_view,
)
from node.quoting import rate_from_discount
from node.quoting.at_the_money import (
    at_the_money_volatility,
    curve_volatilities,
    svi_volatility,
    with_ruled_volatility,
)
from tests.node.oracle.committee import demo_chain, demo_margin, moved_chain, moved_margin, scaled

MOVES = ((0, 0), (-2, 1), (3, 2), (1, 3), (-4, 0))
HEAD = (
    "spot_ticks",
    "perpetual_ticks",
    "stable_price",
    "spot_confidence",
    "perpetual_confidence",
    "collateral_1_ticks",
    "collateral_2_ticks",
)
SLICE = ("forward_variable_ticks", "discount", "rate_biased", "confidence")


def honest(form: str = "svi") -> list[OracleView]:
    chain, margin = demo_chain(), demo_margin(form)
    return [OracleView(moved_chain(chain, *m), moved_margin(margin, *m), 7) for m in MOVES]


def numbers(view: OracleView) -> dict[str, int]:
    """Every field that a report says, by name; curves by their volatilities."""
    found = {"time": view.snapshot_unix, "spot": view.spot_ticks}
    assert view.chain is not None
    assert view.margin is not None
    for i, group in enumerate(view.chain.groups):
        found |= {f"forward {i}": group.forward_ticks, f"discount {i}": group.discount}
        found |= {f"volatility {i} {j}": o.volatility for j, o in enumerate(group.options)}
    found |= {name: getattr(view.margin, name) for name in HEAD}
    for i, each in enumerate(view.margin.slices):
        found |= {f"slice {i} {name}": getattr(each, name) for name in SLICE}
    found |= {f"series {i}": each.volatility for i, each in enumerate(view.margin.series)}
    return found


def change_margin(view: OracleView, **changes: Any) -> OracleView:
    assert view.margin is not None
    return replace(view, margin=with_ruled_volatility(replace(view.margin, **changes)))


def change_slice(view: OracleView, index: int, **changes: Any) -> OracleView:
    assert view.margin is not None
    slices = list(view.margin.slices)
    slices[index] = replace(slices[index], **changes)
    return change_margin(view, slices=tuple(slices))


def change_group(view: OracleView, **changes: Any) -> OracleView:
    assert view.chain is not None
    first, *others = view.chain.groups
    changed = replace(first, **changes)
    seconds = changed.expiry_unix - view.chain.snapshot_unix
    changed = replace(changed, rate_biased=rate_from_discount(changed.discount, seconds))
    return replace(view, chain=replace(view.chain, groups=(changed, *others)))


def lies() -> Iterator[tuple[str, Callable[[OracleView], OracleView]]]:
    """Form, and what a liar does: every field, far below and far above."""
    margin, chain = demo_margin(), demo_chain()
    for bps in (-3_000, 3_000):
        for name in HEAD:
            yield "svi", _lie(change_margin, {name: scaled(getattr(margin, name), bps)})
        for name in SLICE:
            told = {"index": 2, name: scaled(getattr(margin.slices[2], name), bps)}
            yield "svi", _lie(change_slice, told)
        first = chain.groups[0]
        for name in ("forward_ticks", "discount"):
            yield "svi", _lie(change_group, {name: scaled(getattr(first, name), bps)})
        options = tuple(replace(o, volatility=scaled(o.volatility, bps)) for o in first.options)
        yield "svi", _lie(change_group, {"options": options})
        listed = demo_margin("series").series
        series = tuple(replace(s, volatility=scaled(s.volatility, bps)) for s in listed)
        yield "series", _lie(change_margin, {"series": series})


def _lie(
    change: Callable[..., OracleView], values: dict[str, Any]
) -> Callable[[OracleView], OracleView]:
    return lambda view: change(view, **values)


LIES = list(lies())


@pytest.mark.parametrize(("lie", "form"), [(i, lie[0]) for i, lie in enumerate(LIES)])
@pytest.mark.parametrize("liars", [1, 2])
def test_a_minority_moves_no_field_out_of_the_honest_range(lie: int, form: str, liars: int) -> None:
    views = honest(form)
    good = [numbers(view) for view in views[liars:]]
    told = [LIES[lie][1](view) for view in views[:liars]] + views[liars:]
    for name, value in numbers(median_view(told)).items():
        assert min(g[name] for g in good) <= value <= max(g[name] for g in good), name


@pytest.mark.parametrize("lie", range(len(LIES)))
def test_a_report_with_a_lie_in_it_is_signed_by_no_honest_signer(lie: int) -> None:
    form, tell = LIES[lie]
    own = honest(form)[0]
    with pytest.raises(DisagreementError, match=r"is \d+, seen is \d+"):
        compare_views(own, tell(honest(form)[0]), Tolerances())
    for view in honest(form):
        compare_views(own, view, Tolerances())


def test_the_report_depends_on_the_set_of_views_alone() -> None:
    views = honest()
    shuffled = random.Random(1).sample(views, len(views))
    assert median_view(shuffled).report() == median_view(views).report()
    even = median_view(views[:4])
    assert even.spot_ticks == sorted(view.spot_ticks for view in views[:4])[1]


def curve(view: OracleView, index: int = 4) -> Svi:
    assert view.margin is not None
    svi = view.margin.slices[index].svi
    assert svi is not None
    return svi


def svi(a: float, b: float, s: float) -> Svi:
    unit = 1 << 40
    return Svi(a=round(a * unit), b=round(b * unit), rho=0, m=0, s=round(s * unit))


def test_a_curve_is_taken_whole_and_a_liars_never() -> None:
    sound = svi(a=0.05, b=0.4, s=0.5)
    honest_curves = [replace(sound, a=scaled(sound.a, 30 * i)) for i in range(3)]
    wild = replace(sound, rho=-(1 << 29), m=1 << 38)
    for liars in ([wild, replace(wild, b=2 * wild.b)], [wild, wild], [svi(a=3.0, b=0.1, s=0.1)]):
        curves = [*liars, *honest_curves]
        views = [change_slice(v, 4, svi=s) for v, s in zip(honest(), curves, strict=False)]
        assert curve(median_view(views[: len(curves)])) in honest_curves


def test_medians_of_curve_parameters_need_not_be_a_curve_but_the_result_is() -> None:
    """Three sound curves whose parameters have medians with a variance below zero."""
    one, two = svi(a=-0.03, b=0.8, s=0.05), svi(a=-0.03, b=0.05, s=0.8)
    low = svi(a=0.01, b=0.05, s=0.05)
    parameters = zip(astuple(one), astuple(two), astuple(low), strict=True)
    with pytest.raises(ValueError, match="least variance"):
        Svi(*(sorted(values)[1] for values in parameters))
    curves = (one, two, low)
    views = [change_slice(v, 4, svi=s) for v, s in zip(honest(), curves, strict=False)]
    assert curve(median_view(views)) in (one, two, low)


def test_fixed_and_whole_forward_are_the_fields_not_the_variable_part() -> None:
    parts = ((10, 90), (20, 80), (30, 70), (10, 99), (0, 99))
    unit = 1 << 22
    views = [
        change_slice(
            view, 0, forward_variable_ticks=variable * unit, forward_fixed_ticks=fixed * unit
        )
        for view, (variable, fixed) in zip(honest(), parts, strict=True)
    ]
    margin = median_view(views).margin
    assert margin is not None
    assert margin.slices[0].forward_ticks == 100 * unit
    assert margin.slices[0].forward_fixed_ticks == 90 * unit


def test_medians_that_are_no_market_are_refused() -> None:
    with pytest.raises(ReportError, match="no signer gave a view"):
        median_view([])
    views = honest()
    assert views[0].chain is not None
    fewer = replace(views[0].chain, groups=views[0].chain.groups[:2])
    with pytest.raises(ReportError, match="different listings"):
        median_view([replace(views[0], chain=fewer), *views[1:]])
    late = demo_chain().groups[0].expiry_unix - demo_chain().snapshot_unix
    expired = [
        OracleView(moved_chain(demo_chain(), 0, late), None, 7),
        *(OracleView(moved_chain(demo_chain(), 0, late - 1), None, 7) for _ in range(2)),
    ]
    assert median_view(expired).chain is not None


@pytest.mark.parametrize("form", ["svi", "series"])
def test_at_the_money_is_the_expiry_nearest_thirty_days(form: str) -> None:
    margin = demo_margin(form)
    distances = [abs(margin.seconds_to_expiry(i) - 30 * 86_400) for i in range(len(margin.slices))]
    index = distances.index(min(distances))
    each = margin.slices[index]
    if each.svi is not None:
        expected = svi_volatility(each.svi, 0)
    else:
        listed = [s for s in margin.series if s.slice_index == index]
        nearest = min(listed, key=lambda s: abs(s.strike_ticks - each.forward_ticks))
        expected = nearest.volatility
    assert at_the_money_volatility(margin) == expected
    assert 0.3 < expected * 2e-8 < 0.45


def test_curves_agree_with_the_formula() -> None:
    one = curve(honest()[0])
    a, b, m, s = (value / 2**40 for value in (one.a, one.b, one.m, one.s))
    rho, seconds = one.rho / 2**30, 86_400 * 8
    root = (seconds / 31_536_000) ** 0.5
    for j, volatility in zip(range(-4, 5), curve_volatilities(one, seconds), strict=True):
        x = j * root / 2 - m
        expected = (a + b * (rho * x + (x * x + s * s) ** 0.5)) ** 0.5
        assert volatility * 2e-8 == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda v: {"chain": None, "margin": None}, "needs a chain"),
        (lambda v: {"next_number": 0}, "number 0"),
        (lambda v: {"chain": moved_chain(v.chain, 0, 1)}, "snapshot_unix is"),
        (
            lambda v: {"margin": replace(v.margin, at_the_money_volatility=1)},
            "at-the-money volatility 1, expected",
        ),
        (lambda v: {"chain": _two_curves(v.chain)}, "has two forwards"),
        (lambda v: {"chain": _own_rate(v.chain)}, "rate 5, expected"),
        (lambda v: {"chain": replace(v.chain, groups=v.chain.groups[::-1])}, "stands after"),
    ],
)
def test_a_view_is_one_sound_instant(
    change: Callable[[OracleView], dict[str, Any]], message: str
) -> None:
    view = honest()[0]
    with pytest.raises(ViewError, match=message):
        _ = replace(view, **change(view)).market


def _two_curves(chain: Market) -> Market:
    first = chain.groups[0]
    options = tuple(replace(o, strike_ticks=o.strike_ticks + 1) for o in first.options)
    second = replace(first, forward_ticks=first.forward_ticks + 1, options=options)
    return replace(chain, groups=(first, second, *chain.groups[1:]))


def _own_rate(chain: Market) -> Market:
    return replace(chain, groups=(replace(chain.groups[0], rate_biased=5), *chain.groups[1:]))


def test_a_margin_market_has_no_other_fields() -> None:
    """A field added to the statement must get its median and its tolerance."""
    assert set(MarginMarket.__dataclass_fields__) == {
        "underlying_id",
        "tick_exponent",
        "snapshot_unix",
        "at_the_money_volatility",
        "slices",
        "series",
        *HEAD,
    }
