"""A chain as markets: groups of options that share expiry, forward, discount factor and rate.

The order is a function of the set of options, not of the order they were given in, so every signer
and prover forms the same words: groups by (expiry, forward, discount, rate), options by (strike,
call before put), sixteen to a group.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from circuits.statements.option_marks.inputs import (
    LANES,
    PRODUCT_SHAPES,
    GroupInputs,
    Market,
    OptionInputs,
)
from node.quoting.chain import Chain, QuotedOption
from node.quoting.errors import ChainRefusedError, Fault
from node.quoting.underlyings import Underlying

_GROUPS_OF_A_BATCH = PRODUCT_SHAPES[-1].groups


@dataclass(frozen=True, slots=True)
class PlacedMarket:
    """A market and where its options stand in the chain.

    `chain_indices[i]` is the place in the chain of option i in market order.
    """

    underlying: Underlying
    market: Market
    chain_indices: tuple[int, ...]

    def places(self) -> dict[int, tuple[int, int]]:
        """(group, lane) of each option, by its place in the chain."""
        found: dict[int, tuple[int, int]] = {}
        indices = iter(self.chain_indices)
        for group, inputs in enumerate(self.market.groups):
            for lane in range(len(inputs.options)):
                found[next(indices)] = (group, lane)
        return found


def market_of(chain: Chain) -> PlacedMarket:
    """The one market of a chain quantised for proving."""
    markets = _markets(chain, groups_at_most=None)
    if len(markets) != 1:
        raise ChainRefusedError(
            [
                Fault(
                    None,
                    "options",
                    f"{len(markets)} snapshots",
                    "one snapshot of one underlying",
                    "split the chain into one file or request for each",
                )
            ]
        )
    return markets[0]


def markets_of(chain: Chain) -> list[PlacedMarket]:
    """Markets that together hold the chain, each small enough for a product shape."""
    return _markets(chain, groups_at_most=_GROUPS_OF_A_BATCH)


def group_count(options: Iterable[QuotedOption]) -> int:
    """Groups that the options of one snapshot open."""
    sizes: dict[tuple[int, int, int, int], int] = defaultdict(int)
    for option in options:
        sizes[_group_key(option)] += 1
    return sum(-(-size // LANES) for size in sizes.values())


def _markets(chain: Chain, groups_at_most: int | None) -> list[PlacedMarket]:
    snapshots: dict[tuple[str, int], list[int]] = defaultdict(list)
    for index, option in enumerate(chain.options):
        snapshots[option.underlying.symbol, option.snapshot_unix].append(index)
    markets: list[PlacedMarket] = []
    for indices in snapshots.values():
        groups = _groups(chain.options, indices)
        step = groups_at_most or len(groups)
        markets += [
            _place(chain.options, groups[at : at + step]) for at in range(0, len(groups), step)
        ]
    return markets


def _groups(options: Sequence[QuotedOption], indices: Iterable[int]) -> list[list[int]]:
    """Groups, in order, of at most 16 places in the chain each."""
    by_key: dict[tuple[int, int, int, int], list[int]] = defaultdict(list)
    for index in indices:
        by_key[_group_key(options[index])].append(index)
    groups: list[list[int]] = []
    for key in sorted(by_key):
        ordered = sorted(
            by_key[key], key=lambda index: (options[index].strike_ticks, options[index].is_put)
        )
        groups += [ordered[at : at + LANES] for at in range(0, len(ordered), LANES)]
    return groups


def _place(options: Sequence[QuotedOption], groups: Sequence[Sequence[int]]) -> PlacedMarket:
    first = options[groups[0][0]]
    market = Market(
        underlying_id=first.underlying.underlying_id,
        tick_exponent=first.underlying.tick_exponent,
        snapshot_unix=first.snapshot_unix,
        groups=tuple(_group_inputs([options[index] for index in group]) for group in groups),
    )
    return PlacedMarket(first.underlying, market, tuple(i for group in groups for i in group))


def _group_inputs(options: Sequence[QuotedOption]) -> GroupInputs:
    first = options[0]
    return GroupInputs(
        forward_ticks=first.forward_ticks,
        discount=first.discount,
        rate_biased=first.rate_biased,
        expiry_unix=first.expiry_unix,
        options=tuple(
            OptionInputs(option.strike_ticks, option.volatility, option.is_put)
            for option in options
        ),
    )


def _group_key(option: QuotedOption) -> tuple[int, int, int, int]:
    return option.expiry_unix, option.forward_ticks, option.discount, option.rate_biased
