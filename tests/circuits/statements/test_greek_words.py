"""The words of Greeks: the circuit's own, round trips, strict decoding."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.profile import R6, R14, Profile
from circuits.statements.option_marks import (
    Greeks,
    GroupInputs,
    Header,
    InputError,
    Market,
    OptionInputs,
    OptionMarks,
    Shape,
    WordError,
    decode_words,
    encode_words,
    evaluate,
    word_count,
)
from circuits.statements.option_marks.greek_words import GREEK_RANGES
from circuits.statements.option_marks.word_table import word_fields
from circuits.statements.ranges import RangeError

SHAPE = Shape(2, 4)
HEADER = Header(1, 2, 3, 4, 5)
MARKET = Market(
    7,
    4,
    1_700_000_000,
    (
        GroupInputs(
            650_000_000,
            (1 << 44) - 12_345,
            1 << 26,
            1_708_000_000,
            (
                OptionInputs(600_000_000, 30_000_000, True),
                OptionInputs(700_000_000, 28_000_000, False),
            ),
        ),
        GroupInputs(655_000_000, 1 << 43, 5, 1_700_000_000, (OptionInputs(600_000_000, 1, False),)),
    ),
)
FIRST_GREEK_WORD = word_count(SHAPE)

greeks = st.builds(Greeks, **{name: st.integers(r.low, r.high) for name, r in GREEK_RANGES.items()})


@pytest.mark.parametrize("profile", [R6, R14])
def test_encoding_the_model_gives_the_words_of_the_circuit(profile: Profile) -> None:
    marks = evaluate(MARKET, profile)
    witness = OptionMarks(SHAPE, profile=profile, greeks=True).witness(HEADER, MARKET)
    words = encode_words(
        HEADER, MARKET, [m.price_atoms for m in marks], SHAPE, [m.greeks for m in marks]
    )
    assert witness.words == words
    decoded = decode_words(words, SHAPE, greeks=True)
    assert decoded.greeks == tuple(mark.greeks for mark in marks)
    assert decoded.price_atoms == tuple(mark.price_atoms for mark in marks)


@given(st.lists(greeks, min_size=3, max_size=3))
def test_decoding_gives_back_what_was_encoded(given_greeks: list[Greeks]) -> None:
    words = encode_words(HEADER, MARKET, [1, 2, 3], SHAPE, given_greeks)
    assert len(words) == word_count(SHAPE, greeks=True)
    assert all(0 <= word < 1 << 183 for word in words[FIRST_GREEK_WORD:])
    assert decode_words(words, SHAPE, greeks=True).greeks == tuple(given_greeks)


def encoded() -> list[int]:
    some = [Greeks(-1, 2, 3, -4, -5), Greeks(6, 7, 8, 9, 0), Greeks(0, 0, 0, 0, -1)]
    return list(encode_words(HEADER, MARKET, [1, 2, 3], SHAPE, some))


def test_the_layout_is_the_documented_one() -> None:
    words = encoded()[FIRST_GREEK_WORD:]
    assert words[0] == (-1 + (1 << 41)) << 141 | 2 << 56 | 3
    assert words[1] == words[2] == words[3] == (6 + (1 << 41)) << 141 | 7 << 56 | 8
    assert words[8] == (-4 + (1 << 69)) << 71 | 5
    assert words[12:] == [1 << 140 | 1] * 4


@given(st.integers(0, 15), st.integers(0, 255))
def test_an_altered_bit_is_refused_or_says_something_else(index: int, bit: int) -> None:
    words = encoded()
    words[FIRST_GREEK_WORD + index] ^= 1 << bit
    try:
        decoded = decode_words(words, SHAPE, greeks=True)
    except InputError:
        return
    again = encode_words(decoded.header, decoded.market, decoded.price_atoms, SHAPE, decoded.greeks)
    assert list(again) == words


@pytest.mark.parametrize(
    ("index", "change", "message"),
    [
        (0, 1 << 183, r"word 12: .* does not fit its 183 bits"),
        (8, 1 << 141, r"word 20: .* does not fit its 141 bits"),
        (2, 1, r"word 14: padding lane 2 has Greek fields .*, 9, expected .*, 8"),
        (15, 1, r"word 27: padding lane 7 has Greek fields .*, 2, expected .*, 1"),
    ],
)
def test_malformed_words_are_refused_by_place(index: int, change: int, message: str) -> None:
    words = encoded()
    assert FIRST_GREEK_WORD == 11
    words[FIRST_GREEK_WORD + index] += change
    with pytest.raises(WordError, match=message):
        decode_words(words, SHAPE, greeks=True)


def test_words_with_and_without_greeks_are_not_taken_for_each_other() -> None:
    with pytest.raises(WordError, match="27 words, expected 11"):
        decode_words(encoded(), SHAPE)
    with pytest.raises(WordError, match="11 words, expected 27"):
        decode_words(encoded()[:FIRST_GREEK_WORD], SHAPE, greeks=True)


@pytest.mark.parametrize("name", list(GREEK_RANGES))
def test_a_greek_outside_its_range_is_refused_by_name(name: str) -> None:
    for value in (GREEK_RANGES[name].low - 1, GREEK_RANGES[name].high + 1):
        wrong = replace(Greeks(0, 0, 0, 0, 0), **{name: value})
        with pytest.raises(RangeError) as caught:
            encode_words(HEADER, MARKET, [1, 2, 3], SHAPE, [wrong] * 3)
        assert caught.value.field == name


def test_greeks_of_every_option_are_wanted() -> None:
    with pytest.raises(WordError, match="Greeks of 1 options, expected 3"):
        encode_words(HEADER, MARKET, [1, 2, 3], SHAPE, [Greeks(0, 0, 0, 0, 0)])


def test_the_table_of_fields_fills_the_words_of_greeks() -> None:
    extra = word_fields(greeks=True)[len(word_fields(greeks=False)) :]
    assert sum(field.bits for field in extra if field.word == "spot Greeks") == 183
    assert sum(field.bits for field in extra if field.word == "time Greeks") == 141
