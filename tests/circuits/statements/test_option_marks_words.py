"""The words of option_marks: round trips, layout, padding, refusals."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.statements.header import HEADER_RANGES, Header
from circuits.statements.option_marks.inputs import (
    PRODUCT_SHAPES,
    RANGES,
    DuplicateSeriesError,
    GroupInputs,
    Market,
    OptionInputs,
    Shape,
    ShapeError,
    smallest_shape,
)
from circuits.statements.option_marks.words import (
    decode_words,
    encode_words,
    lane_sources,
    market_word_count,
    market_words,
    price_words,
    word_count,
)
from circuits.statements.packing import WordError
from circuits.statements.ranges import InputError, RangeError

SHAPE = Shape(4, 4)
HEADER = Header(1, 2, 3, 4, 5)
SNAPSHOT_UNIX = 1_700_000_000


def within(field: str) -> st.SearchStrategy[int]:
    allowed = (RANGES | HEADER_RANGES)[field]
    return st.integers(allowed.low, allowed.high)


@st.composite
def markets(draw: st.DrawFn) -> Market:
    series = draw(
        st.lists(
            st.tuples(st.integers(0, 3), within("strike_ticks"), st.booleans()),
            min_size=1,
            max_size=16,
            unique=True,
        )
    )
    groups = []
    for index in range(4):
        mine = [(strike, put) for group, strike, put in series if group == index][:4]
        if mine:
            options = tuple(OptionInputs(s, draw(within("volatility")), p) for s, p in mine)
            groups.append(
                GroupInputs(
                    draw(within("forward_ticks")),
                    draw(within("discount")),
                    draw(within("rate_biased")),
                    SNAPSHOT_UNIX + 86_400 * index,
                    options,
                )
            )
    return Market(
        draw(within("underlying_id")), draw(within("tick_exponent")), SNAPSHOT_UNIX, tuple(groups)
    )


headers = st.builds(
    Header,
    chain_id=within("chain_id"),
    registry=within("registry"),
    consumer=within("consumer"),
    sequence=within("sequence"),
    valid_until=within("valid_until"),
)


def option(strike: int = 1 << 20, volatility: int = 5, is_put: bool = False) -> OptionInputs:
    return OptionInputs(strike, volatility, is_put)


def market(*strikes_of_groups: tuple[int, ...]) -> Market:
    groups = tuple(
        GroupInputs(
            1 << 29,
            1 << 44,
            1 << 26,
            SNAPSHOT_UNIX + i,
            tuple(option((1 << 20) + s) for s in strikes),
        )
        for i, strikes in enumerate(strikes_of_groups)
    )
    return Market(7, 4, SNAPSHOT_UNIX, groups)


@given(headers, markets(), st.data())
def test_decoding_gives_back_what_was_encoded(header: Header, given: Market, data: Any) -> None:
    count = given.option_count
    prices = data.draw(st.lists(within("price_atoms"), min_size=count, max_size=count))
    words = encode_words(header, given, prices, SHAPE)
    assert all(0 <= word < 1 << 248 for word in words)
    assert len(words) == word_count(SHAPE)
    decoded = decode_words(words, SHAPE)
    assert decoded.header == header
    assert decoded.market == given
    assert decoded.price_atoms == tuple(prices)


@given(st.integers(0, word_count(SHAPE) - 1), st.integers(0, 255))
def test_an_altered_bit_is_refused_or_says_something_else(index: int, bit: int) -> None:
    words = list(encode_words(HEADER, market((1, 2), (3,)), [10, 20, 30], SHAPE))
    words[index] ^= 1 << bit
    try:
        decoded = decode_words(words, SHAPE)
    except InputError:
        return
    again = encode_words(decoded.header, decoded.market, decoded.price_atoms, SHAPE)
    assert again == tuple(words)


def test_the_layout_is_the_documented_one() -> None:
    given = market((1, 2), (3,))
    words = encode_words(HEADER, given, [10, 20, 30], SHAPE)
    assert words[0] == 1 << 160 | 2
    assert words[1] == 3 << 88 | 4 << 40 | 5
    assert words[2] == 7
    assert words[3] == 7 << 80 | 4 << 72 | SNAPSHOT_UNIX << 32 | 3 << 16 | 4
    assert words[4] == 1 << 29 << 114 | 1 << 44 << 68 | 1 << 26 << 40 | SNAPSHOT_UNIX
    assert words[5] == words[6] == words[7] == words[4] + 1
    first = [(1 << 20) + strike << 29 | 5 << 1 for strike in (1, 2, 2)]
    assert words[8] == first[0] << 130 | first[1] << 65 | first[2]
    assert words[13] == ((1 << 20) + 3 << 29 | 5 << 1) << 130
    assert words[14] == 10 << 168 | 20 << 112 | 20 << 56 | 20
    assert words[15:] == (30 << 168 | 30 << 112 | 30 << 56 | 30,) * 3


def test_market_words_are_word_4_to_the_last_option_word() -> None:
    given = market((1, 2), (3,))
    words = encode_words(HEADER, given, [10, 20, 30], SHAPE)
    assert words[3 : 3 + market_word_count(SHAPE)] == market_words(given, SHAPE)
    assert market_word_count(Shape(64)) == 1 + 64 + 342
    assert word_count(Shape(64)) == 3 + 1 + 64 + 342 + 256


def test_padding_repeats_the_last_option_and_the_last_group() -> None:
    assert lane_sources(market((1, 2), (3,)), Shape(3, 3)) == (0, 1, 1, 2, 2, 2, 2, 2, 2)


def test_smallest_shape_is_the_first_that_holds_the_groups() -> None:
    assert smallest_shape(market((1,))) == Shape(4)
    assert smallest_shape(market(*[(1,)] * 5)) == Shape(16)
    assert [shape.capacity for shape in PRODUCT_SHAPES] == [64, 256, 512, 1024, 4096]
    with pytest.raises(ShapeError, match="257 groups, the largest shape holds 256"):
        smallest_shape(market(*[(1,)] * 257))


def test_a_market_larger_than_the_shape_is_refused() -> None:
    with pytest.raises(ShapeError, match="2 groups, the shape holds 1"):
        market_words(market((1,), (2,)), Shape(1, 4))
    with pytest.raises(ShapeError, match="3 options, the shape has 2 lanes"):
        market_words(market((1, 2, 3)), Shape(4, 2))


def test_a_duplicate_series_is_refused() -> None:
    with pytest.raises(DuplicateSeriesError, match="given twice"):
        market_words(market((1, 2, 1)), SHAPE)


@pytest.mark.parametrize(
    ("build", "field"),
    [
        (lambda: option(strike=(1 << 20) - 1), "strike_ticks"),
        (lambda: option(strike=1 << 36), "strike_ticks"),
        (lambda: option(volatility=1 << 28), "volatility"),
        (lambda: option(volatility=-1), "volatility"),
        (lambda: GroupInputs(1, 1, 0, 0, (option(),)), "forward_ticks"),
        (lambda: GroupInputs(1 << 20, 0, 0, 0, (option(),)), "discount"),
        (lambda: GroupInputs(1 << 20, 1 << 45, 0, 0, (option(),)), "discount"),
        (lambda: GroupInputs(1 << 20, 1, 1 << 28, 0, (option(),)), "rate_biased"),
        (lambda: GroupInputs(1 << 20, 1, 1, 1 << 40, (option(),)), "expiry_unix"),
        (lambda: GroupInputs(1 << 20, 1, 1, 1, ()), "options_of_a_group"),
        (lambda: Market(0, 0, 0, ()), "groups"),
        (lambda: Market(0, 256, 0, ()), "tick_exponent"),
        (lambda: Market(0, 0, SNAPSHOT_UNIX + 1, market((1,)).groups), "seconds_to_expiry"),
        (lambda: Market(0, 0, 0, market((1,)).groups), "seconds_to_expiry"),
        (lambda: Header(1 << 88, 0, 0, 0, 0), "chain_id"),
        (lambda: price_words(market((1,)), [1 << 56], SHAPE), "price_atoms"),
        (lambda: Shape(0), "groups"),
        (lambda: Shape(1, 17), "lanes"),
    ],
)
def test_a_field_outside_its_range_is_refused_by_name(build: Any, field: str) -> None:
    with pytest.raises(RangeError) as caught:
        build()
    assert caught.value.field == field
    assert str(caught.value.allowed) in str(caught.value)


@pytest.mark.parametrize(
    ("word", "change", "message"),
    [
        (1, 1 << 248, "word 1: .* does not fit its 248 bits"),
        (3, 1, "word 3: subject 0x8, expected underlying 0x7"),
        (4, 1, "word 4: shape of 5 groups, expected 4"),
        (4, 1 << 16, "word 4: 4 options, expected 3 as the words show"),
        (5, 1 << 150, "word 5: .* does not fit its 150 bits"),
        (14, 1, "word 14: the missing fields of the last word are not 0"),
        (15, 1, "word 15: padding lane 3 has price 21, expected 20"),
    ],
)
def test_malformed_words_are_refused_by_place(word: int, change: int, message: str) -> None:
    words = list(encode_words(HEADER, market((1, 2), (3,)), [10, 20, 30], SHAPE))
    words[word - 1] += change
    with pytest.raises(WordError, match=message):
        decode_words(words, SHAPE)


def test_a_wrong_number_of_words_or_prices_is_refused() -> None:
    words = encode_words(HEADER, market((1, 2)), [10, 20], SHAPE)
    with pytest.raises(WordError, match="19 words, expected 18"):
        decode_words((*words, 0), SHAPE)
    with pytest.raises(WordError, match="1 prices, expected 2"):
        price_words(market((1, 2)), [1], SHAPE)
