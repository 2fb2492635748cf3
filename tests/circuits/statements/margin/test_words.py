"""The words of portfolio_margin: round trips, layout, identity, refusals by place."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from circuits.field import BN254_FR
from circuits.profile import R6
from circuits.statements.portfolio_margin import (
    Book,
    BookError,
    Breach,
    Claim,
    Covered,
    InputError,
    Kind,
    Level,
    MarginShape,
    Open,
    RangeError,
    Requirement,
    VolatilityForm,
    WordError,
    decode_words,
    encode_words,
)
from circuits.statements.portfolio_margin.book import DUMMY_LEG
from circuits.statements.portfolio_margin.parameters import PARAMETER_RANGES
from circuits.statements.portfolio_margin.units import (
    COLLATERAL_BITS,
    LEAVES,
    PARAMETER_ONE,
    RANGES,
)
from circuits.statements.portfolio_margin.word_table import word_fields
from circuits.statements.portfolio_margin.words import KINDS
from tests.circuits.statements.margin.examples import SCENE, book, books, leg, scenes, within

SLOTS, ROWS = 6, 33
balance = within("balance")
element = within("field_element")
claims = st.one_of(
    st.builds(Covered, scenes, element, balance),
    st.builds(Breach, scenes, element, balance, balance),
    st.builds(Requirement, scenes, element, balance),
    st.builds(Open, scenes, balance, books(SLOTS)),
)
CLAIMS: list[Claim] = [
    Covered(SCENE, 11, 12),
    Breach(SCENE, 11, 12, 13),
    Requirement(SCENE, 11, 14),
    Open(SCENE, 12, book(3)),
]


def shape(claim: Claim) -> MarginShape:
    return MarginShape(KINDS[type(claim)], SLOTS, ROWS)


@given(claims)
def test_claims_survive_their_words(claim: Claim) -> None:
    words = encode_words(claim, shape(claim))
    assert len(words) == shape(claim).word_count == shape(claim).description.word_count
    assert all(0 <= word < BN254_FR.modulus for word in words)
    assert decode_words(words, shape(claim)) == claim


@given(st.sampled_from(CLAIMS), st.data())
def test_words_that_are_read_are_those_that_are_written(claim: Claim, data: st.DataObject) -> None:
    """One word is altered in one bit, or replaced: what is still read encodes to the same words."""
    words = list(encode_words(claim, shape(claim)))
    at = data.draw(st.integers(0, len(words) - 1))
    flipped = st.integers(0, 255).map(lambda bit: words[at] ^ 1 << bit)
    words[at] = data.draw(
        flipped | st.integers(-1, BN254_FR.modulus * 2) | st.sampled_from([*words, DUMMY_LEG])
    )
    try:
        read = decode_words(words, shape(claim))
    except InputError:
        return
    assert list(encode_words(read, shape(claim))) == words


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: type(claim).__name__)
def test_a_field_element_plus_the_modulus_is_refused(claim: Claim) -> None:
    for at in range(shape(claim).word_count):
        words = list(encode_words(claim, shape(claim)))
        words[at] += BN254_FR.modulus
        with pytest.raises(WordError, match=f"word {at + 1}: "):
            decode_words(words, shape(claim))


def test_layout() -> None:
    words = encode_words(CLAIMS[1], shape(CLAIMS[1]))
    assert words[0] == 1 << 160 | 2
    assert words[1] == 3 << 88 | 4 << 40 | 5
    assert words[2:5] == (77, 1001, 1002)
    assert words[5] == SCENE.snapshot_unix << 40 | 1 << 32 | SLOTS << 16 | ROWS
    assert words[6:] == (SCENE.spot_ticks, 11, 12, 13)
    shown = encode_words(CLAIMS[3], shape(CLAIMS[3]))
    assert shown[7] == 12
    assert shown[8:14] == book(3).leaves(SLOTS)
    assert shown[14:] == (book(3).linear.packed, book(3).packed_cash)


@pytest.mark.parametrize(
    ("claim", "word", "change", "message"),
    [
        (0, 6, 1, "word 6: 6 slots and 34 rows, expected 6 and 33"),
        (0, 6, 1 << 16, "word 6: 7 slots and 33 rows, expected 6 and 33"),
        (0, 6, 2 << 32, "word 6: level 3, expected 1"),
        (0, 6, -1 << 32, "word 6: level 0, expected 1"),
        (1, 6, 1 << 32, "word 6: level 2 in a breach, expected 1"),
        (0, 7, 1 << 36, "word 7: .* does not fit its 36 bits"),
        (0, 9, 1 << 128, "word 9: .* does not fit its 128 bits"),
        (1, 10, 1 << 128, "word 10: .* does not fit its 128 bits"),
        (2, 9, 1 << 128, "word 9: .* does not fit its 128 bits"),
        (3, 8, 1 << 128, "word 8: .* does not fit its 128 bits"),
        (3, 9, 1 << 144, "word 9: .* does not fit its 144 bits"),
        (3, 14, 1, "word 14: an empty slot is not the canonical one"),
        (3, 15, 1 << 190, "word 15: .* does not fit its 190 bits"),
        (3, 16, 1 << 96, "word 16: .* does not fit its 96 bits"),
    ],
)
def test_malformed_words_are_refused_by_place(
    claim: int, word: int, change: int, message: str
) -> None:
    words = list(encode_words(CLAIMS[claim], shape(CLAIMS[claim])))
    words[word - 1] += change
    with pytest.raises(WordError, match=message):
        decode_words(words, shape(CLAIMS[claim]))


def test_public_legs_must_be_in_order() -> None:
    claim = CLAIMS[3]
    words = list(encode_words(claim, shape(claim)))
    words[8], words[9] = words[9], words[8]
    with pytest.raises(BookError, match="comes after"):
        decode_words(words, shape(claim))
    words[8] = words[9]
    with pytest.raises(BookError, match="given twice"):
        decode_words(words, shape(claim))
    words[8] = DUMMY_LEG
    with pytest.raises(WordError, match="word 9: an empty slot stands before a leg"):
        decode_words(words, shape(claim))


def test_encoding_refuses_what_does_not_fit() -> None:
    with pytest.raises(WordError, match="a claim of kind covered, expected breach"):
        encode_words(CLAIMS[0], shape(CLAIMS[1]))
    with pytest.raises(WordError, match="9 words, expected 10"):
        decode_words(encode_words(CLAIMS[0], shape(CLAIMS[0])), shape(CLAIMS[1]))
    with pytest.raises(BookError, match="7 legs, the statement has 6 slots"):
        encode_words(Open(SCENE, 0, book(7)), shape(CLAIMS[3]))
    with pytest.raises(RangeError, match="balance is"):
        encode_words(Covered(SCENE, 1, 1 << 128), shape(CLAIMS[0]))
    with pytest.raises(RangeError, match="balance is -1"):
        encode_words(Open(SCENE, -1, Book()), shape(CLAIMS[3]))
    with pytest.raises(RangeError, match="field_element"):
        encode_words(Covered(SCENE, BN254_FR.modulus, 1), shape(CLAIMS[0]))
    with pytest.raises(WordError, match="level 2 in a breach"):
        encode_words(Breach(replace(SCENE, level=Level.INITIAL), 1, 1, 1), shape(CLAIMS[1]))
    with pytest.raises(RangeError, match="spot_ticks is 0"):
        replace(SCENE, spot_ticks=0)


def test_a_requirement_always_fits() -> None:
    """The largest margin the ranges allow, one cash atom to a unit, rounded up to a step."""
    spot_factor = RANGES["forward_ticks"].high * 7 * RANGES["amount"].high
    values = LEAVES * 2 * spot_factor
    parameter = PARAMETER_RANGES["im_factor"].high / PARAMETER_ONE
    static = parameter * math.e**2
    linear = 3 * spot_factor
    gain = (values * static + linear) * parameter
    forward = values * (parameter + parameter * RANGES["seconds_to_expiry"].high / 31_536_000)
    factor = parameter * (1 + RANGES["stable_price"].high / PARAMETER_ONE)
    add_ons = (LEAVES + 4) * spot_factor * 3 * parameter
    margin = factor * (max(gain, forward) + add_ons) + values + linear + RANGES["cash"].high
    step = PARAMETER_RANGES["requirement_step"].high
    assert margin < 1 << 127
    assert margin + step < 1 << COLLATERAL_BITS


def test_an_open_empty_book() -> None:
    claim = Open(SCENE, 5, Book())
    assert decode_words(encode_words(claim, shape(claim)), shape(claim)) == claim
    full = Open(SCENE, 5, Book((leg(),)))
    one_slot = MarginShape(Kind.OPEN, 1, 24)
    assert decode_words(encode_words(full, one_slot), one_slot) == full


def test_identity_names_everything_that_fixes_the_circuit() -> None:
    base = MarginShape(Kind.COVERED, 16, 33)
    assert base.description.name == "portfolio_margin"
    assert json.loads(base.description.parameters) == {
        "kind": "covered",
        "profile": "R14",
        "rows": 33,
        "slots": 16,
        "volatility": "svi",
    }
    others = [
        replace(base, kind=Kind.BREACH),
        replace(base, slots=128),
        replace(base, rows=24),
        replace(base, form=VolatilityForm.SERIES),
        replace(base, profile=R6),
    ]
    assert len({each.description.parameters for each in [base, *others]}) == 6
    assert MarginShape(Kind.OPEN, 128, 36).word_count == 138
    for slots, rows in ((0, 1), (129, 1), (1, 0), (1, 37)):
        with pytest.raises(RangeError):
            MarginShape(Kind.OPEN, slots, rows)


@pytest.mark.parametrize("kind", list(Kind))
def test_the_word_table_covers_every_word(kind: Kind) -> None:
    fields = word_fields(kind)
    numbered = {field.word for field in fields if field.word.isdigit()}
    last = 8 if kind is Kind.OPEN else MarginShape(kind, 1, 1).word_count
    assert numbered == {str(word) for word in range(1, last + 1)}
    by_word: dict[str, int] = {}
    for field in fields:
        by_word[field.word] = by_word.get(field.word, 0) + field.bits
    assert all(bits <= 254 for bits in by_word.values())
    if kind is Kind.OPEN:
        assert (by_word["leg"], by_word["linear"], by_word["cash"]) == (144, 190, 96)
