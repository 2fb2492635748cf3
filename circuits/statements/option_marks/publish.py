"""The public words of `option_marks` as the circuit sees them (layout: words.py).

A packed word is a sum of fields, and the fields are separate wires; the sum ties them only
together. So every field is range-checked here or where it is used, tightly enough that one word
has one reading:

    header words     wires of their own, no fields needed
    word 4           every field checked to its exact width; snapshot below 2^39
    group words      discount and rate exact; expiry = snapshot + T < 2^40; the forward on top
                     is bounded by the logarithm's table
    strike words     volatility and is_put exact; strike below 2^42, and by the table below 2^36
"""

from __future__ import annotations

from circuits.edsl.arithmetic import Arithmetic
from circuits.edsl.lanes import Lanes
from circuits.edsl.values import FieldElement, Integer
from circuits.statements.option_marks.black76 import PRICE_BITS, GroupValues, OptionValues
from circuits.statements.option_marks.greeks import (
    DELTA_BIAS,
    GAMMA_BITS,
    RHO_BITS,
    THETA_BIAS,
    VEGA_BITS,
    GreekValues,
)
from circuits.statements.option_marks.words import OPTIONS_PER_WORD, PRICES_PER_WORD

UNDERLYING_BITS = 96
TICK_EXPONENT_BITS = 8
SNAPSHOT_BITS = 39
COUNT_BITS = 16
OPTION_BITS = 65


def publish_header(ar: Arithmetic, root: Lanes, groups: int) -> Integer:
    """Words 1 to 4; returns the snapshot time."""
    for name in ("word_1", "word_2"):
        (word,) = ar.hint(name, root, 1, ar.input(name))
        ar.publish(name, word)
    underlying = ar.integer_hint("underlying", root, UNDERLYING_BITS, ar.input("underlying_id"))
    tick = ar.integer_hint("tick_exponent", root, TICK_EXPONENT_BITS, ar.input("tick_exponent"))
    snapshot = ar.integer_hint("snapshot", root, SNAPSHOT_BITS, ar.input("snapshot_unix"))
    options = ar.integer_hint("options", root, COUNT_BITS, ar.input("options"))
    ar.publish("subject", underlying)
    ar.publish(
        "market",
        (underlying * (1 << 80)).plus(
            tick * (1 << 72), snapshot * (1 << 32), options * (1 << 16), groups
        ),
    )
    return snapshot


def publish_groups(ar: Arithmetic, group: GroupValues, snapshot: Integer) -> None:
    """One word for each group."""
    expiry = group.seconds.plus(snapshot)
    ar.publish(
        "group",
        (group.forward * (1 << 114)).plus(
            group.discount * (1 << 68), group.rate_biased * (1 << 40), expiry
        ),
    )


def publish_options(
    ar: Arithmetic, root: Lanes, option: OptionValues, greeks: GreekValues | None
) -> None:
    """Words of option inputs, words of prices, then two words of Greeks for each option."""
    inputs = (option.strike * (1 << 29)).plus(option.volatility * 2, option.is_put)
    _publish_packed(ar, root, "strike_words", inputs, OPTIONS_PER_WORD, OPTION_BITS)
    _publish_packed(ar, root, "price_words", option.price, PRICES_PER_WORD, PRICE_BITS)
    if greeks is not None:
        gamma = greeks.gamma * (1 << VEGA_BITS)
        delta = greeks.delta.plus(DELTA_BIAS) * (1 << (VEGA_BITS + GAMMA_BITS))
        ar.publish("spot_greeks", delta.plus(gamma, greeks.vega))
        theta = greeks.theta.plus(THETA_BIAS) * (1 << RHO_BITS)
        ar.publish("time_greeks", theta.plus(greeks.rho_magnitude))


def _publish_packed(
    ar: Arithmetic, root: Lanes, name: str, value: Integer, per_word: int, bits: int
) -> None:
    """Lanes of `value` packed `per_word` to a word, first lane most significant."""
    lanes = ar.lanes(name, -(-value.lanes.count // per_word), root)
    word: FieldElement = ar.constant(lanes, 0)
    for position in range(per_word):
        field = ar.gather(value, lanes, per_word, position)
        word = word + field * (1 << (bits * (per_word - 1 - position)))
    ar.publish(name, word)
