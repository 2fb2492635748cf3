"""The public words of `option_marks`: the contract with Solidity, written once.

Every word is below 2^248; the first field of a word is the most significant::

    1         chain_id (88) | registry (160)
    2         consumer (160) | sequence (48) | valid_until (40)
    3         subject = underlying_id (96)
    4         underlying_id (96) | tick_exponent (8) | snapshot_unix (40) | options (16) | G (16)
    5..4+G    forward_ticks (36) | discount (46) | rate_biased (28) | expiry_unix (40)
    ⌈N/3⌉     3 x [strike_ticks (36) | volatility (28) | is_put (1)], missing ones 0
    ⌈N/4⌉     4 x price_atoms (56), missing ones 0

with G groups of L lanes and N = G L. Where a statement proves Greeks, 2 N words more follow:
greek_words.py lays them out.

Padding: an unused lane repeats the last option of its group, an unused group repeats the group
before it. Market words are word 4 to the last word of option inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from circuits.statements.header import HEADER_WORDS, Header, pack_header, unpack_header
from circuits.statements.option_marks.greek_words import (
    GREEK_WORDS_PER_OPTION,
    pack_greeks,
    unpack_greeks,
)
from circuits.statements.option_marks.inputs import (
    GroupInputs,
    Market,
    OptionInputs,
    Shape,
    check_range,
)
from circuits.statements.option_marks.marks import Greeks
from circuits.statements.packing import (
    WordError,
    ceil_div,
    chunks,
    pack,
    unpack,
    unpack_lanes,
    without_padding,
)

OPTIONS_PER_WORD = 3
PRICES_PER_WORD = 4

_SUBJECT = (96,)
_SNAPSHOT = (96, 8, 40, 16, 16)
_GROUP = (36, 46, 28, 40)
_OPTIONS = (36, 28, 1) * OPTIONS_PER_WORD
_PRICES = (56,) * PRICES_PER_WORD


@dataclass(frozen=True, slots=True)
class DecodedWords:
    """What the words say: prices and Greeks are in market order, repeats of padding left out.

    `greeks` is None where the statement proves prices only.
    """

    header: Header
    market: Market
    price_atoms: tuple[int, ...]
    greeks: tuple[Greeks, ...] | None = None


def market_word_count(shape: Shape) -> int:
    """Words the oracle signers sign: snapshot, groups and options."""
    return 1 + shape.groups + ceil_div(shape.capacity, OPTIONS_PER_WORD)


def word_count(shape: Shape, *, greeks: bool = False) -> int:
    """All words of the statement."""
    prices = ceil_div(shape.capacity, PRICES_PER_WORD)
    greek_words = GREEK_WORDS_PER_OPTION * shape.capacity if greeks else 0
    return HEADER_WORDS + market_word_count(shape) + prices + greek_words


def lane_sources(market: Market, shape: Shape) -> tuple[int, ...]:
    """For each of the N lanes the option it shows, as an index in market order (padding rule)."""
    shape.check_fits(market)
    lanes: list[int] = []
    first = 0
    block: list[int] = []
    for group in market.groups:
        last = len(group.options) - 1
        block = [first + min(lane, last) for lane in range(shape.lanes)]
        lanes += block
        first += len(group.options)
    return tuple(lanes + block * (shape.groups - len(market.groups)))


def header_words(header: Header, market: Market) -> tuple[int, ...]:
    """Words 1 to 3: domain, call and subject, as HeaderWords.sol calls them."""
    return (*pack_header(header), pack(_SUBJECT, (market.underlying_id,)))


def market_words(market: Market, shape: Shape) -> tuple[int, ...]:
    """Word 4 to the last word of option inputs, padded to the shape.

    Raises ShapeError when the market does not fit, DuplicateSeriesError when a series comes twice
    (readers tell padding from options by distinctness).
    """
    market.check_distinct_series()
    sources = lane_sources(market, shape)
    snapshot = (
        market.underlying_id,
        market.tick_exponent,
        market.snapshot_unix,
        market.option_count,
        shape.groups,
    )
    groups = [_group_fields(group) for group in market.groups]
    groups += groups[-1:] * (shape.groups - len(groups))
    options = [option for _, option in market.options()]
    fields = [
        (options[source].strike_ticks, options[source].volatility, int(options[source].is_put))
        for source in sources
    ]
    option_words = [
        pack(_OPTIONS, [value for fields_of_one in chunk for value in fields_of_one])
        for chunk in chunks(fields, OPTIONS_PER_WORD)
    ]
    return (pack(_SNAPSHOT, snapshot), *(pack(_GROUP, group) for group in groups), *option_words)


def price_words(market: Market, price_atoms: Sequence[int], shape: Shape) -> tuple[int, ...]:
    """The words of prices; `price_atoms` in market order, one for each option."""
    if len(price_atoms) != market.option_count:
        raise WordError(0, f"{len(price_atoms)} prices, expected {market.option_count}")
    for price in price_atoms:
        check_range("price_atoms", price)
    padded = [price_atoms[source] for source in lane_sources(market, shape)]
    return tuple(pack(_PRICES, chunk) for chunk in chunks(padded, PRICES_PER_WORD))


def greek_words(market: Market, greeks: Sequence[Greeks], shape: Shape) -> tuple[int, ...]:
    """The words of Greeks; `greeks` in market order, one for each option."""
    if len(greeks) != market.option_count:
        raise WordError(0, f"Greeks of {len(greeks)} options, expected {market.option_count}")
    return pack_greeks(greeks, lane_sources(market, shape))


def encode_words(
    header: Header,
    market: Market,
    price_atoms: Sequence[int],
    shape: Shape,
    greeks: Sequence[Greeks] | None = None,
) -> tuple[int, ...]:
    """All words of the statement, in order; with Greeks of every option, or without."""
    return (
        *header_words(header, market),
        *market_words(market, shape),
        *price_words(market, price_atoms, shape),
        *(greek_words(market, greeks, shape) if greeks is not None else ()),
    )


def decode_words(words: Sequence[int], shape: Shape, *, greeks: bool = False) -> DecodedWords:
    """Read untrusted words; accepts exactly what `encode_words` can have written.

    `greeks` says whether the statement proves them. Raises InputError: WordError for a malformed
    word, RangeError for a field out of range, DuplicateSeriesError for a repeated series that is
    not padding.
    """
    expected = word_count(shape, greeks=greeks)
    if len(words) != expected:
        raise WordError(0, f"{len(words)} words, expected {expected}")
    prices_from = HEADER_WORDS + market_word_count(shape)
    header = unpack_header(words)
    (subject,) = unpack(_SUBJECT, words[2], 3)
    market = _decode_market(words[HEADER_WORDS:prices_from], shape)
    if subject != market.underlying_id:
        raise WordError(3, f"subject {subject:#x}, expected underlying {market.underlying_id:#x}")
    sources = lane_sources(market, shape)
    lanes = unpack_lanes(words, prices_from, _PRICES, PRICES_PER_WORD, shape.capacity)
    prices = without_padding(lanes, sources, prices_from, PRICES_PER_WORD, "price")
    greeks_from = prices_from + ceil_div(shape.capacity, PRICES_PER_WORD)
    return DecodedWords(
        header,
        market,
        tuple(price for (price,) in prices),
        unpack_greeks(words, greeks_from, sources) if greeks else None,
    )


def _decode_market(words: Sequence[int], shape: Shape) -> Market:
    """The market of market words, refused unless encoding it gives the words again."""
    underlying_id, tick_exponent, snapshot_unix, options, groups = unpack(_SNAPSHOT, words[0], 4)
    if groups != shape.groups:
        raise WordError(4, f"shape of {groups} groups, expected {shape.groups}")
    all_words = [0] * HEADER_WORDS + list(words)
    first_option_word = HEADER_WORDS + 1 + shape.groups
    lanes = unpack_lanes(all_words, first_option_word, _OPTIONS, OPTIONS_PER_WORD, shape.capacity)
    full: list[GroupInputs] = []
    for index in range(shape.groups):
        forward, discount, rate, expiry = unpack(_GROUP, words[1 + index], HEADER_WORDS + 2 + index)
        block = lanes[index * shape.lanes : (index + 1) * shape.lanes]
        inputs = tuple(OptionInputs(strike, vol, bool(put)) for strike, vol, put in block)
        full.append(GroupInputs(forward, discount, rate, expiry, inputs))
    while len(full) > 1 and full[-1] == full[-2]:
        full.pop()
    market = Market(
        underlying_id, tick_exponent, snapshot_unix, tuple(_without_padding(g) for g in full)
    )
    if market.option_count != options:
        raise WordError(4, f"{options} options, expected {market.option_count} as the words show")
    market.check_distinct_series()
    return market


def _without_padding(group: GroupInputs) -> GroupInputs:
    options = group.options
    count = len(options)
    while count > 1 and options[count - 1] == options[count - 2]:
        count -= 1
    return GroupInputs(*_group_fields(group), options[:count])


def _group_fields(group: GroupInputs) -> tuple[int, int, int, int]:
    return group.forward_ticks, group.discount, group.rate_biased, group.expiry_unix
