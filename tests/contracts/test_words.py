"""The word layout in Solidity against the one in Python (circuits/docs/option_marks.md)."""

from __future__ import annotations

import re

import pytest

from circuits.statements.option_marks import (
    GroupInputs,
    Header,
    Market,
    OptionInputs,
    Shape,
)
from circuits.statements.option_marks import words as python_words
from tests.contracts import forge

_CONSTANT = re.compile(r"uint(?:256|8) internal constant (\w+) =\s*([^;]+);")


def constants(library: str) -> dict[str, int]:
    """The constants of HeaderWords.sol and one more library of words, evaluated."""
    values: dict[str, int] = {}
    for name in ("HeaderWords", library):
        text = (forge.ROOM / "src" / "libraries" / f"{name}.sol").read_text(encoding="utf-8")
        for constant, expression in _CONSTANT.findall(text):
            values[constant] = evaluated(expression.replace("HeaderWords.", ""), values)
    return values


def evaluated(expression: str, values: dict[str, int]) -> int:
    plain = re.sub(r"[A-Z]\w*", lambda found: str(values[found[0]]), expression)
    assert re.fullmatch(r"[\d\s()<>+*-]+", plain), plain
    return int(eval(plain))


HEADER = Header(chain_id=31_337, registry=(1 << 160) - 3, consumer=7 << 150, sequence=(1 << 48) - 5,
                valid_until=(1 << 40) - 7)  # fmt: skip


def market(groups: int) -> Market:
    def group(index: int) -> GroupInputs:
        options = tuple(
            OptionInputs((1 << 35) + 100 * index + lane, 30_000_000 + lane, lane % 3 == 0)
            for lane in range(16)
        )
        expiry = 1_779_000_000 + 86_400 * (index + 1)
        return GroupInputs((1 << 35) + index, 1 << 44, (1 << 26) + index, expiry, options)

    underlying = (0xFEDCBA98 << 64) + 99
    return Market(underlying, 4, 1_779_000_000, tuple(group(index) for index in range(groups)))


def bits(word: int, shift: int, width: int) -> int:
    return word >> shift & ((1 << width) - 1)


@pytest.fixture(name="c")
def evaluated_constants() -> dict[str, int]:
    return constants("OptionMarksWords")


@pytest.fixture(params=[1, 2, 3, 5], name="chain")
def chain_of_some_groups(request: pytest.FixtureRequest) -> Market:
    return market(request.param)


def prices_of(chain: Market) -> list[int]:
    return [(1 << 55) + index for index in range(chain.option_count)]


def words_of(chain: Market) -> tuple[int, ...]:
    shape = Shape(len(chain.groups))
    return python_words.encode_words(HEADER, chain, prices_of(chain), shape)


def test_header_words(c: dict[str, int], chain: Market) -> None:
    words = words_of(chain)
    domain, call = words[c["DOMAIN_INDEX"]], words[c["CALL_INDEX"]]
    assert domain >> c["CHAIN_ID_SHIFT"] == HEADER.chain_id
    assert bits(domain, 0, 160) == HEADER.registry
    assert call >> c["CALL_BITS"] == 0
    assert call >> c["CONSUMER_SHIFT"] == HEADER.consumer
    assert bits(call, c["SEQUENCE_SHIFT"], 48) == HEADER.sequence
    assert bits(call, 0, 40) == HEADER.valid_until
    assert words[c["SUBJECT_INDEX"]] == chain.underlying_id


def test_snapshot_word(c: dict[str, int], chain: Market) -> None:
    snapshot = words_of(chain)[c["MARKET_INDEX"]]
    assert snapshot >> c["UNDERLYING_SHIFT"] == chain.underlying_id
    assert bits(snapshot, c["TICK_EXPONENT_SHIFT"], 8) == chain.tick_exponent
    assert bits(snapshot, c["SNAPSHOT_UNIX_SHIFT"], 40) == chain.snapshot_unix
    assert bits(snapshot, c["OPTIONS_SHIFT"], 16) == chain.option_count
    assert bits(snapshot, 0, 16) == len(chain.groups)


def test_group_words(c: dict[str, int], chain: Market) -> None:
    words = words_of(chain)
    for index, group in enumerate(chain.groups):
        word = words[c["GROUPS_INDEX"] + index]
        assert word >> c["FORWARD_TICKS_SHIFT"] == group.forward_ticks
        assert bits(word, c["DISCOUNT_SHIFT"], 46) == group.discount
        assert bits(word, c["RATE_SHIFT"], 28) == group.rate_biased
        assert bits(word, 0, 40) == group.expiry_unix


def test_option_and_price_words(c: dict[str, int], chain: Market) -> None:
    words, prices = words_of(chain), prices_of(chain)
    per_word, per_price_word = c["OPTIONS_PER_WORD"], c["PRICES_PER_WORD"]
    option_start = c["GROUPS_INDEX"] + len(chain.groups)
    price_start = option_start + -(-chain.option_count // per_word)
    shape = Shape(len(chain.groups))
    assert price_start == c["MARKET_INDEX"] + python_words.market_word_count(shape)
    assert price_start + chain.option_count // per_price_word == len(words)
    for lane, (_, option) in enumerate(chain.options()):
        word = words[option_start + lane // per_word]
        field = word >> c["OPTION_BITS"] * (per_word - 1 - lane % per_word)
        assert field >> c["STRIKE_TICKS_SHIFT"] & c["STRIKE_TICKS_MASK"] == option.strike_ticks
        assert field >> c["VOLATILITY_SHIFT"] & c["VOLATILITY_MASK"] == option.volatility
        assert field & 1 == int(option.is_put)
        word = words[price_start + lane // per_price_word]
        shift = c["PRICE_BITS"] * (per_price_word - 1 - lane % per_price_word)
        assert bits(word, shift, c["PRICE_BITS"]) == prices[lane]


@pytest.mark.parametrize("greeks", [False, True])
def test_only_sixteen_lanes_have_the_word_counts_that_the_board_takes(
    c: dict[str, int], greeks: bool
) -> None:
    for groups in range(1, 257):
        options = groups * c["LANES"]
        priced = c["GROUPS_INDEX"] + groups + -(-options // c["OPTIONS_PER_WORD"])
        priced += options // c["PRICES_PER_WORD"]
        taken = {priced, priced + c["GREEK_WORDS_PER_OPTION"] * options}
        for lanes in range(1, c["LANES"] + 1):
            count = python_words.word_count(Shape(groups, lanes), greeks=greeks)
            assert (count in taken) == (lanes == c["LANES"])
