"""The public words of `option_marks`: the contract with Solidity, written once.

Every word is below 2^248; the first field of a word is the most significant::

    1         chain_id (88) | registry (160)
    2         consumer (160) | sequence (48) | valid_until (40)
    3         subject = underlying_id (96)
    4         underlying_id (96) | tick_exponent (8) | snapshot_unix (40) | options (16) | G (16)
    5..4+G    forward_ticks (36) | discount (46) | rate_biased (28) | expiry_unix (40)
    ⌈N/3⌉     3 x [strike_ticks (36) | volatility (28) | is_put (1)], missing ones 0
    ⌈N/4⌉     4 x price_atoms (56), missing ones 0

with G groups of L lanes and N = G L. Words of Greeks, where a statement has them, follow.
Padding: an unused lane repeats the last option of its group, an unused group repeats the group
before it. Market words are word 4 to the last word of option inputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from circuits.statements.option_marks.inputs import (
    GroupInputs,
    Header,
    Market,
    MarketError,
    OptionInputs,
    Shape,
    check_range,
)

HEADER_WORDS = 3
OPTIONS_PER_WORD = 3
PRICES_PER_WORD = 4
GREEK_WORDS_PER_OPTION = 2

_Item = TypeVar("_Item")

_DESTINATION = (88, 160)
_CONSUMER = (160, 48, 40)
_SUBJECT = (96,)
_SNAPSHOT = (96, 8, 40, 16, 16)
_GROUP = (36, 46, 28, 40)
_OPTIONS = (36, 28, 1) * OPTIONS_PER_WORD
_PRICES = (56,) * PRICES_PER_WORD


class WordError(MarketError):
    """Words do not say a market and its prices; `word` counts from 1, 0 means all of them."""

    def __init__(self, word: int, message: str) -> None:
        super().__init__(f"word {word}: {message}" if word else message)
        self.word = word


@dataclass(frozen=True, slots=True)
class DecodedWords:
    """What the words say: prices are in market order, repeats of padding left out."""

    header: Header
    market: Market
    price_atoms: tuple[int, ...]


def market_word_count(shape: Shape) -> int:
    """Words the oracle signers sign: snapshot, groups and options."""
    return 1 + shape.groups + _ceil_div(shape.capacity, OPTIONS_PER_WORD)


def word_count(shape: Shape, *, greeks: bool = False) -> int:
    """All words of the statement."""
    prices = _ceil_div(shape.capacity, PRICES_PER_WORD)
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
    """Words 1 to 3."""
    return (
        _pack(_DESTINATION, (header.chain_id, header.registry)),
        _pack(_CONSUMER, (header.consumer, header.sequence, header.valid_until)),
        _pack(_SUBJECT, (market.underlying_id,)),
    )


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
        _pack(_OPTIONS, [value for fields_of_one in chunk for value in fields_of_one])
        for chunk in _chunks(fields, OPTIONS_PER_WORD)
    ]
    return (_pack(_SNAPSHOT, snapshot), *(_pack(_GROUP, group) for group in groups), *option_words)


def price_words(market: Market, price_atoms: Sequence[int], shape: Shape) -> tuple[int, ...]:
    """The words of prices; `price_atoms` in market order, one for each option."""
    if len(price_atoms) != market.option_count:
        raise WordError(0, f"{len(price_atoms)} prices, expected {market.option_count}")
    for price in price_atoms:
        check_range("price_atoms", price)
    padded = [price_atoms[source] for source in lane_sources(market, shape)]
    return tuple(_pack(_PRICES, chunk) for chunk in _chunks(padded, PRICES_PER_WORD))


def encode_words(
    header: Header, market: Market, price_atoms: Sequence[int], shape: Shape
) -> tuple[int, ...]:
    """All words of the statement without Greeks, in order."""
    return (
        *header_words(header, market),
        *market_words(market, shape),
        *price_words(market, price_atoms, shape),
    )


def decode_words(words: Sequence[int], shape: Shape) -> DecodedWords:
    """Read untrusted words; accepts exactly what `encode_words` can have written.

    Words of Greeks are not read here: pass the first `word_count(shape)` words. Raises
    MarketError: WordError for a malformed word, RangeError for a field out of range,
    DuplicateSeriesError for a repeated series that is not padding.
    """
    if len(words) != word_count(shape):
        raise WordError(0, f"{len(words)} words, expected {word_count(shape)}")
    prices_from = HEADER_WORDS + market_word_count(shape)
    header, subject = _decode_header(words)
    market = _decode_market(words[HEADER_WORDS:prices_from], shape)
    if subject != market.underlying_id:
        raise WordError(3, f"subject {subject:#x}, expected underlying {market.underlying_id:#x}")
    lanes = _unpack_lanes(words, prices_from, _PRICES, shape.capacity)
    prices: dict[int, int] = {}
    for lane, source in enumerate(lane_sources(market, shape)):
        price = lanes[lane][0]
        if prices.setdefault(source, price) != price:
            raise WordError(
                prices_from + lane // PRICES_PER_WORD + 1,
                f"padding lane {lane} has price {price}, expected {prices[source]}",
            )
    return DecodedWords(header, market, tuple(prices[i] for i in range(market.option_count)))


def _decode_header(words: Sequence[int]) -> tuple[Header, int]:
    chain_id, registry = _unpack(_DESTINATION, words[0], 1)
    consumer, sequence, valid_until = _unpack(_CONSUMER, words[1], 2)
    (subject,) = _unpack(_SUBJECT, words[2], 3)
    return Header(chain_id, registry, consumer, sequence, valid_until), subject


def _decode_market(words: Sequence[int], shape: Shape) -> Market:
    """The market of market words, refused unless encoding it gives the words again."""
    underlying_id, tick_exponent, snapshot_unix, options, groups = _unpack(_SNAPSHOT, words[0], 4)
    if groups != shape.groups:
        raise WordError(4, f"shape of {groups} groups, expected {shape.groups}")
    all_words = [0] * HEADER_WORDS + list(words)
    first_option_word = HEADER_WORDS + 1 + shape.groups
    lanes = _unpack_lanes(all_words, first_option_word, _OPTIONS, shape.capacity)
    full: list[GroupInputs] = []
    for index in range(shape.groups):
        forward, discount, rate, expiry = _unpack(
            _GROUP, words[1 + index], HEADER_WORDS + 2 + index
        )
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


def _pack(widths: Sequence[int], values: Sequence[int]) -> int:
    """Fields, most significant first; fields missing at the end are 0."""
    word = 0
    for width, value in zip(widths, [*values, *[0] * (len(widths) - len(values))], strict=True):
        word = word << width | value
    return word


def _unpack(widths: Sequence[int], word: int, position: int) -> tuple[int, ...]:
    total = sum(widths)
    if not isinstance(word, int) or not 0 <= word < 1 << total:
        raise WordError(position, f"{word} does not fit its {total} bits")
    fields: list[int] = []
    for width in reversed(widths):
        fields.append(word & ((1 << width) - 1))
        word >>= width
    return tuple(reversed(fields))


def _unpack_lanes(
    words: Sequence[int], start: int, widths: Sequence[int], lanes: int
) -> list[tuple[int, ...]]:
    """Equal lanes packed several to a word, from words[start] on; slots past the end must be 0."""
    per_word = OPTIONS_PER_WORD if widths is _OPTIONS else PRICES_PER_WORD
    size = len(widths) // per_word
    found: list[tuple[int, ...]] = []
    last = start + _ceil_div(lanes, per_word)
    for index in range(start, last):
        fields = _unpack(widths, words[index], index + 1)
        found += [fields[at : at + size] for at in range(0, len(fields), size)]
    if any(any(fields) for fields in found[lanes:]):
        raise WordError(last, "the missing fields of the last word are not 0")
    return found[:lanes]


def _chunks(items: Sequence[_Item], size: int) -> list[Sequence[_Item]]:
    return [items[at : at + size] for at in range(0, len(items), size)]


def _ceil_div(value: int, divisor: int) -> int:
    return -(-value // divisor)
