"""`option_marks`: N prices follow Black-76 from the attested market words."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property

from circuits.challenge_round import StatementWitness, build
from circuits.edsl.arithmetic import Arithmetic, Assumption
from circuits.edsl.builder import CircuitBuilder
from circuits.edsl.evaluation import (
    IntegerArithmetic,
    IntegerArray,
    Liar,
    WitnessArithmetic,
    integer_array,
)
from circuits.edsl.lanes import Lanes
from circuits.profile import R14, Profile
from circuits.r1cs import R1CS
from circuits.statements.description import StatementDescription
from circuits.statements.option_marks.black76 import (
    GroupValues,
    OptionValues,
    price_group,
    price_options,
)
from circuits.statements.option_marks.inputs import Header, Market, Shape
from circuits.statements.option_marks.publish import (
    publish_groups,
    publish_header,
    publish_options,
)
from circuits.statements.option_marks.words import header_words, lane_sources, word_count


@dataclass(frozen=True)
class Mark:
    """What the model says of one option: the price in atoms of 1e-5 tick."""

    price_atoms: int


@dataclass(frozen=True)
class _Traced:
    root: Lanes
    group: GroupValues
    option: OptionValues


@dataclass(frozen=True)
class OptionMarks:
    """The statement for one shape. Everything in it is public."""

    shape: Shape
    profile: Profile = R14

    @property
    def description(self) -> StatementDescription:
        """Identity of the statement; the parameters are canonical JSON."""
        parameters = {
            "groups": self.shape.groups,
            "lanes": self.shape.lanes,
            "profile": self.profile.name,
        }
        return StatementDescription(
            name="option_marks",
            version=1,
            parameters=json.dumps(parameters, sort_keys=True, separators=(",", ":")).encode(),
            word_count=word_count(self.shape),
        )

    def r1cs(self) -> R1CS:
        """The constraint system."""
        return build(self.trace())

    def trace(self) -> CircuitBuilder:
        """The builder after `define`, before the challenge round closes it."""
        builder = CircuitBuilder(self.profile.limb_bits)
        _define(builder, self.profile, self.shape)
        return builder

    @cached_property
    def assumptions(self) -> tuple[Assumption, ...]:
        """Every argument the types do not carry, with its must-fail test."""
        return tuple(self.trace().assumptions)

    def witness(self, header: Header, market: Market, liar: Liar | None = None) -> StatementWitness:
        """Both phases of the assignment; `words` are the public words."""
        inputs = _inputs(market, self.shape) | _header_inputs(header, market)
        witness = WitnessArithmetic(self.profile.limb_bits, inputs=inputs, liar=liar)
        _define(witness, self.profile, self.shape)
        return StatementWitness(witness)


def evaluate(market: Market, profile: Profile = R14) -> list[Mark]:
    """The model itself: one mark per option, in market order, for any number of options."""
    shape = Shape(len(market.groups), max(len(group.options) for group in market.groups))
    arithmetic = IntegerArithmetic(profile.limb_bits, inputs=_inputs(market, shape))
    traced = _model(arithmetic, profile, shape)
    marks: dict[int, Mark] = {}
    for source, atoms in zip(lane_sources(market, shape), traced.option.price.payload, strict=True):
        marks.setdefault(source, Mark(price_atoms=int(atoms)))
    return [marks[index] for index in range(market.option_count)]


def _model(ar: Arithmetic, profile: Profile, shape: Shape) -> _Traced:
    root = ar.lanes("snapshot", 1)
    groups = ar.lanes("group", shape.groups, root)
    options = ar.lanes("option", shape.capacity, groups)
    with ar.scope("group"):
        group = price_group(ar, profile, groups)
    with ar.scope("option"):
        option = price_options(ar, profile, options, group)
    return _Traced(root, group, option)


def _define(ar: Arithmetic, profile: Profile, shape: Shape) -> None:
    traced = _model(ar, profile, shape)
    with ar.scope("words"):
        snapshot = publish_header(ar, traced.root, shape.groups)
        publish_groups(ar, traced.group, snapshot)
        publish_options(ar, traced.root, traced.option)


def _inputs(market: Market, shape: Shape) -> dict[str, IntegerArray]:
    """Named input arrays, padded to the shape."""
    sources = lane_sources(market, shape)
    groups = [*market.groups, *market.groups[-1:] * (shape.groups - len(market.groups))]
    options = [option for _, option in market.options()]
    lanes = [options[source] for source in sources]
    return {
        "forward_ticks": integer_array([g.forward_ticks for g in groups]),
        "discount": integer_array([g.discount for g in groups]),
        "rate_biased": integer_array([g.rate_biased for g in groups]),
        "seconds_to_expiry": integer_array([market.seconds_to_expiry(g) for g in groups]),
        "strike_ticks": integer_array([o.strike_ticks for o in lanes]),
        "volatility": integer_array([o.volatility for o in lanes]),
        "is_put": integer_array([int(o.is_put) for o in lanes]),
    }


def _header_inputs(header: Header, market: Market) -> dict[str, IntegerArray]:
    destination, consumer, _ = header_words(header, market)
    values = {
        "word_1": destination,
        "word_2": consumer,
        "underlying_id": market.underlying_id,
        "tick_exponent": market.tick_exponent,
        "snapshot_unix": market.snapshot_unix,
        "options": market.option_count,
    }
    return {name: integer_array([value]) for name, value in values.items()}
