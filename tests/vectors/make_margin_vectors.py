"""Writes portfolio_margin.json beside this script: `python -m tests.vectors.make_margin_vectors`.

Packing is done here from the documented widths, as strings of bits, apart from the product's; only
Poseidon is shared. Numbers are hexadecimal strings.
"""

from __future__ import annotations

import json
from itertools import chain
from pathlib import Path
from typing import Any

from eth_hash.auto import keccak

from circuits.field import BN254_FR
from circuits.poseidon import poseidon
from circuits.statements.portfolio_margin import (
    SHIPPED,
    Book,
    Leg,
    Level,
    LinearHoldings,
    MarginMarket,
    MarginParameters,
    Opening,
    Slice,
    load_shipped,
)
from tests.circuits.statements.margin.examples import FLAT, HEADER, OPENING, SCENE, book, market

PATH = Path(__file__).with_name("portfolio_margin.json")

BOOKS = {"empty": Book(), "one leg": book(1), "sixteen": book(16), "all 128": book(128)}
BOOKS["extremes"] = Book(
    (
        Leg(254, 0, 1 << 20, False, 1 - (1 << 63)),
        Leg(254, (1 << 35) - 1, (1 << 36) - 1, True, (1 << 63) - 1),
    ),
    LinearHoldings(1 - (1 << 63), (1 << 63) - 1, 0),
    1 - (1 << 95),
)
MARKETS = {
    "svi, 1": market(1, FLAT),
    "svi, 16": market(16),
    "series, 4 x 20": market(4, None, 20),
    "series, full": market(16, None, 512),
}


def bits(*fields: tuple[int, int]) -> int:
    """(value, width) pairs, the first the most significant."""
    return int("".join(f"{value:0{width}b}" for value, width in fields) or "0", 2)


def tag(name: str) -> int:
    return int.from_bytes(keccak(name.encode()), "big") % BN254_FR.modulus


def leaf(leg: Leg) -> int:
    key = (leg.underlying, 8), (leg.expiry_unix, 35), (leg.strike_ticks, 36), (int(leg.is_put), 1)
    return bits(*key, (leg.amount + 2**63, 64))


def leaves(of: Book, slots: int) -> list[int]:
    dummy = bits((2**80 - 1, 80), (2**63, 64))
    return [*map(leaf, of.legs), *[dummy] * (slots - len(of.legs))]


def linear(of: Book) -> int:
    held = of.linear
    return bits((held.perpetual + 2**63, 64), (held.collateral_1, 63), (held.collateral_2, 63))


def commitment(of: Book, opening: Opening) -> int:
    packed = leaves(of, 128)
    chunks = [poseidon(packed[at : at + 16]) for at in range(0, 128, 16)]
    head = (opening.group, opening.account_id, opening.settled_through, opening.salt)
    return poseidon((tag("proofmark.portfolio.v1"), *head, of.cash + 2**95, *chunks, linear(of)))


def sponge(name: str, elements: list[int]) -> int:
    state = tag(name)
    filled = elements + [0] * (-len(elements) % 15)
    for at in range(0, len(filled), 15):
        state = poseidon((state, *filled[at : at + 15]))
    return state


def slice_elements(each: Slice) -> list[int]:
    head = bits(
        (each.expiry_unix, 40),
        (each.forward_variable_ticks, 36),
        (each.forward_fixed_ticks, 36),
        (each.discount, 46),
        (each.rate_biased, 28),
        (each.confidence, 31),
    )
    svi = each.svi
    if svi is None:
        return [head]
    smile = bits(
        (svi.a + 2**47, 48), (svi.b, 46), (svi.rho + 2**30, 31), (svi.m + 2**45, 46), (svi.s, 46)
    )
    return [head, smile]


def market_elements(of: MarginMarket) -> list[int]:
    listed = bool(of.series)
    first = bits(
        (of.underlying_id, 96),
        (of.tick_exponent, 8),
        (of.snapshot_unix, 40),
        (of.spot_ticks, 36),
        (of.perpetual_ticks, 36),
        (of.stable_price, 31),
    )
    second = bits(
        (int(listed), 1),
        (of.spot_confidence, 31),
        (of.perpetual_confidence, 31),
        (of.collateral_1_ticks, 36),
        (of.collateral_2_ticks, 36),
        (of.at_the_money_volatility, 28),
    )
    slices = [*of.slices, *[of.slices[-1]] * (16 - len(of.slices))]
    elements = [first, second, *(element for each in slices for element in slice_elements(each))]
    if listed:
        series = [*of.series, *[of.series[-1]] * (512 - len(of.series))]
        lanes = [[(s.slice_index, 4), (s.strike_ticks, 36), (s.volatility, 28)] for s in series]
        lanes.append([(0, 68)])
        for at in range(0, 513, 3):
            elements.append(bits(*lanes[at], *lanes[at + 1], *lanes[at + 2]))
    return elements


SIGNED = (
    "linear_cap_base",
    "linear_cap_slope",
    "absolute_cap_base",
    "absolute_cap_slope",
    "volatility_parameter_scale",
)
WIDTHS = {
    "underlying": 8,
    "minimum_up_volatility": 28,
    "floor_seconds": 28,
    "requirement_step": 40,
    "im_scales_contingencies": 1,
    "confidence_threshold": 30,
    "peg_threshold": 31,
    "risk_cancelling_1": 1,
    "risk_cancelling_2": 1,
    "forward_contingency_up": 16,
    "forward_contingency_down": 16,
    "collateral_unit": 60,
} | dict.fromkeys(SIGNED, 35)
ELEMENTS = (
    "underlying range_up range_down minimum_up_volatility short_power long_power floor_seconds",
    "static_long_base static_short_base static_long_multiplier static_short_multiplier"
    " static_long_addition static_short_addition requirement_step",
    "linear_cap_base linear_cap_slope absolute_cap_base absolute_cap_slope minimum_k_star"
    " width_scale",
    "volatility_parameter_static volatility_parameter_scale im_factor mm_factor"
    " im_scales_contingencies confidence_threshold confidence_margin peg_threshold",
    "mm_option im_option mm_perpetual im_perpetual peg_factor"
    " forward_contingency_addition forward_contingency_multiplier",
    "mm_collateral_1 im_collateral_1 mm_collateral_2 im_collateral_2 risk_cancelling_1"
    " risk_cancelling_2 forward_contingency_up forward_contingency_down collateral_unit",
)


def parameter_elements(of: MarginParameters) -> list[int]:
    def field(name: str) -> tuple[int, int]:
        return getattr(of, name) + (2**34 if name in SIGNED else 0), WIDTHS.get(name, 34)

    heads = [[field(name) for name in names.split()] for names in ELEMENTS]
    heads[0].insert(0, (len(of.rows), 8))
    rows = [[(row.spot_factor, 16), (int(row.rule), 3), (row.dampening, 34)] for row in of.rows]
    rows += [[(0, 53)]] * (-len(rows) % 4)
    packed = [list(chain(*rows[at : at + 4])) for at in range(0, len(rows), 4)]
    return [bits(*fields) for fields in [*heads, *packed]]


def words() -> dict[str, list[int]]:
    """The words of every kind, with four slots and 33 rows."""
    scene = SCENE
    head = [
        bits((HEADER.chain_id, 88), (HEADER.registry, 160)),
        bits((HEADER.consumer, 160), (HEADER.sequence, 48), (HEADER.valid_until, 40)),
        scene.account_id,
        scene.parameters_digest,
        scene.market_digest,
        bits((scene.snapshot_unix, 40), (Level.MAINTENANCE, 8), (4, 16), (33, 16)),
        scene.spot_ticks,
    ]
    shown = book(3)
    return {
        "covered": [*head, 11, 12],
        "breach": [*head, 11, 12, 13],
        "requirement": [*head, 11, 14],
        "open": [*head, 12, *leaves(shown, 4), linear(shown), shown.cash + 2**95],
    }


def parameter_sets() -> dict[str, MarginParameters]:
    """The shipped sets, and each with as many rows as the product's statement."""
    sets = {name: load_shipped(name).parameters for name in SHIPPED}
    rows = {"deribit_like": 36, "derive_like_21": 24, "derive_like_33": 36, "paradex_like": 24}
    return sets | {f"{name}, {rows[name]} rows": sets[name].padded(rows[name]) for name in sets}


def document() -> dict[str, Any]:
    def shown(value: Any) -> Any:
        return [hex(each) for each in value] if isinstance(value, list) else hex(value)

    def section(values: dict[str, Any]) -> dict[str, Any]:
        return {name: shown(value) for name, value in values.items()}

    return {
        "source": "own; python -m tests.vectors.make_margin_vectors",
        "licence": "Apache-2.0",
        "inputs": "tests/circuits/statements/margin/examples.py and the shipped parameter sets",
        "commitments": section({name: commitment(of, OPENING) for name, of in BOOKS.items()}),
        "first_leaves": section({name: leaves(of, 128)[0] for name, of in BOOKS.items()}),
        "market_digests": section(
            {
                name: sponge("proofmark.margin_market.v1", market_elements(of))
                for name, of in MARKETS.items()
            }
        ),
        "parameter_digests": section(
            {
                name: sponge("proofmark.margin_parameters.v1", parameter_elements(of))
                for name, of in parameter_sets().items()
            }
        ),
        "words": section(words()),
    }


def main() -> None:
    PATH.write_text(json.dumps(document(), indent=1) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
