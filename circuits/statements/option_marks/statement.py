"""`option_marks`: N prices follow Black-76 from the attested market words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

from circuits.challenge_round import StatementWitness, build
from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.assumptions import Assumption
from circuits.edsl.builder import CircuitBuilder
from circuits.edsl.evaluation import IntegerArithmetic, Liar, WitnessArithmetic
from circuits.edsl.lanes import Lanes
from circuits.edsl.numbers import Numbers
from circuits.edsl.python_numbers import PythonNumbers
from circuits.profile import R14, Profile
from circuits.r1cs import R1CS
from circuits.statements.description import StatementDescription
from circuits.statements.header import Header
from circuits.statements.option_marks.black76 import (
    GroupValues,
    OptionValues,
    price_group,
    price_options,
)
from circuits.statements.option_marks.greeks import GreekValues, group_factors, option_greeks
from circuits.statements.option_marks.inputs import Market, Shape
from circuits.statements.option_marks.marks import Greeks, Mark
from circuits.statements.option_marks.publish import (
    publish_groups,
    publish_header,
    publish_options,
)
from circuits.statements.option_marks.words import header_words, lane_sources, word_count


@dataclass(frozen=True)
class _Traced:
    root: Lanes
    group: GroupValues
    option: OptionValues
    greeks: GreekValues | None


@dataclass(frozen=True)
class OptionMarks:
    """The statement for one shape. Everything in it is public."""

    shape: Shape
    profile: Profile = R14
    greeks: bool = False

    @property
    def description(self) -> StatementDescription:
        """Identity of the statement; the parameters are canonical JSON."""
        parameters = {
            "greeks": self.greeks,
            "groups": self.shape.groups,
            "lanes": self.shape.lanes,
            "profile": self.profile.name,
        }
        return StatementDescription(
            name="option_marks",
            version=1,
            parameters=json.dumps(parameters, sort_keys=True, separators=(",", ":")).encode(),
            word_count=word_count(self.shape, greeks=self.greeks),
        )

    def r1cs(self) -> R1CS:
        """The constraint system."""
        return build(self.trace())

    def trace(self) -> CircuitBuilder:
        """The builder after `define`, before the challenge round closes it."""
        builder = CircuitBuilder(self.profile.limb_bits)
        _define(builder, self)
        return builder

    @cached_property
    def assumptions(self) -> tuple[Assumption, ...]:
        """Every argument the types do not carry, with its must-fail test."""
        return tuple(self.trace().assumptions)

    def witness(
        self,
        header: Header,
        market: Market,
        liar: Liar | None = None,
        numbers: Numbers | None = None,
    ) -> StatementWitness:
        """Both phases of the assignment; `words` are the public words.

        `numbers` says what computes the wires (Python integers, when None).
        """
        witness = WitnessArithmetic(
            self.profile.limb_bits,
            numbers or PythonNumbers(),
            inputs=_inputs(market, self.shape) | _header_inputs(header, market),
            liar=liar,
        )
        _define(witness, self)
        return StatementWitness(witness)


def evaluate(market: Market, profile: Profile = R14, numbers: Numbers | None = None) -> list[Mark]:
    """The model itself: one mark per option, in market order, for any number of options."""
    shape = Shape(len(market.groups), max(len(group.options) for group in market.groups))
    arithmetic = IntegerArithmetic(
        profile.limb_bits, numbers or PythonNumbers(), inputs=_inputs(market, shape)
    )
    traced = _model(arithmetic, profile, shape, greeks=True)
    sources = lane_sources(market, shape)
    first_lane = {source: lane for lane, source in reversed(list(enumerate(sources)))}
    return [_mark(traced, first_lane[index]) for index in range(market.option_count)]


def _mark(traced: _Traced, lane: int) -> Mark:
    greeks = traced.greeks
    if greeks is None:
        raise ValueError("this reading has no Greeks")
    names = ("delta", "gamma", "vega", "theta")
    values = {name: int(getattr(greeks, name).payload[lane]) for name in names}
    rho = -int(greeks.rho_magnitude.payload[lane])
    return Mark(int(traced.option.price.payload[lane]), Greeks(**values, rho=rho))


def _model(ar: Arithmetic, profile: Profile, shape: Shape, *, greeks: bool) -> _Traced:
    root = ar.lanes("snapshot", 1)
    groups = ar.lanes("group", shape.groups, root)
    options = ar.lanes("option", shape.capacity, groups)
    with ar.scope("group"):
        group = price_group(ar, profile, groups)
        factors = group_factors(ar, profile, group) if greeks else None
    with ar.scope("option"):
        option = price_options(ar, profile, options, group)
        values = option_greeks(ar, profile, group, factors, option) if factors else None
    return _Traced(root, group, option, values)


def _define(ar: Arithmetic, statement: OptionMarks) -> None:
    traced = _model(ar, statement.profile, statement.shape, greeks=statement.greeks)
    with ar.scope("words"):
        snapshot = publish_header(ar, traced.root, statement.shape.groups)
        publish_groups(ar, traced.group, snapshot)
        publish_options(ar, traced.root, traced.option, traced.greeks)


def _inputs(market: Market, shape: Shape) -> dict[str, list[int]]:
    """Named input arrays, padded to the shape."""
    sources = lane_sources(market, shape)
    groups = [*market.groups, *market.groups[-1:] * (shape.groups - len(market.groups))]
    options = [option for _, option in market.options()]
    lanes = [options[source] for source in sources]
    return {
        "forward_ticks": [g.forward_ticks for g in groups],
        "discount": [g.discount for g in groups],
        "rate_biased": [g.rate_biased for g in groups],
        "seconds_to_expiry": [market.seconds_to_expiry(g) for g in groups],
        "strike_ticks": [o.strike_ticks for o in lanes],
        "volatility": [o.volatility for o in lanes],
        "is_put": [int(o.is_put) for o in lanes],
    }


def _header_inputs(header: Header, market: Market) -> dict[str, list[int]]:
    domain, call, _ = header_words(header, market)
    values = {
        "word_1": domain,
        "word_2": call,
        "underlying_id": market.underlying_id,
        "tick_exponent": market.tick_exponent,
        "snapshot_unix": market.snapshot_unix,
        "options": market.option_count,
    }
    return {name: [value] for name, value in values.items()}
