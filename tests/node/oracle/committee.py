"""Five signers with markets of their own, and a contract that says what it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from circuits.statements.option_marks import Market
from circuits.statements.portfolio_margin import MarginMarket, load_shipped
from node.chain import development_account
from node.oracle import (
    CheckedSource,
    Domain,
    Journal,
    Leader,
    Marks,
    OracleView,
    SignerRole,
    SourcePolicy,
    sign_view,
)
from node.quoting import (
    PROVING,
    market_of,
    parse_chain,
    rate_from_discount,
    read_margin_market,
    with_ruled_volatility,
)
from node.values import SignedView

DOMAIN = Domain(31337, "0x" + "0a" * 20)
ACCOUNTS = [development_account("signer", i) for i in range(5)]
ADDRESSES = [str(account.address) for account in ACCOUNTS]
THRESHOLD = 3
POLICY = SourcePolicy(parameters=[load_shipped("derive_like_33").parameters])
_DATA = resources.files("node") / "data"


@cache
def demo_chain() -> Market:
    text = (_DATA / "btc_chain_20260521.csv").read_text(encoding="utf-8")
    market = market_of(parse_chain(text, PROVING)).market
    groups = tuple(replace(g, options=g.options[:3]) for g in market.groups[:4])
    return replace(market, groups=groups)


@cache
def demo_margin(form: str = "svi") -> MarginMarket:
    with resources.as_file(_DATA / f"btc_margin_{form}_20260521.json") as path:
        return read_margin_market(Path(path)).market


NOW = demo_chain().snapshot_unix
UNDERLYING = demo_chain().underlying_id.to_bytes(12, "big")


def moved_chain(chain: Market, bps: int, seconds: int) -> Market:
    unix = chain.snapshot_unix + seconds
    return replace(
        chain,
        snapshot_unix=unix,
        groups=tuple(
            replace(
                group,
                forward_ticks=scaled(group.forward_ticks, bps),
                rate_biased=rate_from_discount(group.discount, group.expiry_unix - unix),
                options=tuple(
                    replace(option, volatility=scaled(option.volatility, 5 * bps))
                    for option in group.options
                ),
            )
            for group in chain.groups
        ),
    )


def moved_margin(margin: MarginMarket, bps: int, seconds: int) -> MarginMarket:
    slices = []
    for each in margin.slices:
        svi = each.svi and replace(
            each.svi, a=scaled(each.svi.a, 5 * bps), b=scaled(each.svi.b, 5 * bps)
        )
        forward = scaled(each.forward_variable_ticks, bps)
        slices.append(replace(each, forward_variable_ticks=forward, svi=svi))
    return with_ruled_volatility(
        replace(
            margin,
            snapshot_unix=margin.snapshot_unix + seconds,
            spot_ticks=scaled(margin.spot_ticks, bps),
            perpetual_ticks=scaled(margin.perpetual_ticks, bps),
            slices=tuple(slices),
            series=tuple(
                replace(each, volatility=scaled(each.volatility, 5 * bps)) for each in margin.series
            ),
        )
    )


def scaled(value: int, bps: int) -> int:
    return value + value * bps // 10_000


@dataclass
class FixedSource:
    """A source in memory; `read` may be told to say anything else."""

    chain: Market | None
    margin: MarginMarket | None

    def read(self) -> tuple[Market | None, MarginMarket | None]:
        return self.chain, self.margin


@dataclass
class FixedBook:
    """The contract as every signer sees it."""

    signers: Sequence[str] = tuple(ADDRESSES)
    number: int = 7

    def next_number(self, underlying: bytes) -> int:
        return self.number

    def threshold(self) -> int:
        return THRESHOLD

    def is_signer(self, address: str) -> bool:
        return address in self.signers


@dataclass
class Peer:
    """A signer as the leader reaches it; both answers can be replaced, to lie or to be silent."""

    name: str
    view: Callable[[], SignedView]
    sign: Callable[[Sequence[SignedView]], bytes]


@dataclass
class Committee:
    """Five signers whose markets differ by a few basis points and seconds."""

    directory: Path
    form: str = "svi"
    book: FixedBook = field(default_factory=FixedBook)
    now: int = NOW + 5

    def __post_init__(self) -> None:
        chain, margin = demo_chain(), demo_margin(self.form)
        moves = ((0, 0), (-2, 1), (3, 2), (1, 3), (-4, 0))
        self.sources = [
            FixedSource(moved_chain(chain, *move), moved_margin(margin, *move)) for move in moves
        ]
        self.journals: list[Journal] = []
        self.roles = [self.start(i) for i in range(len(moves))]
        self.peers = [
            Peer(address, role.view, role.sign)
            for address, role in zip(ADDRESSES, self.roles, strict=True)
        ]

    def start(self, index: int, previous: Marks | None = None, **options: Any) -> SignerRole:
        """A signer's process, as after a start; the one before must have ended."""
        journal = Journal(self.directory, DOMAIN, UNDERLYING, ADDRESSES[index])
        self.journals.append(journal)
        return SignerRole(
            ACCOUNTS[index],
            options.pop("domain", DOMAIN),
            options.pop("underlying", UNDERLYING),
            source=CheckedSource(
                self.sources[index],
                options.pop("policy", POLICY),
                lambda: self.now,
                previous,
            ),
            book=self.book,
            journal=journal,
            **options,
        )

    def leader(self) -> Leader:
        return Leader(
            self.peers,
            DOMAIN,
            UNDERLYING,
            book=self.book,
            clock=lambda: self.now,
            parameters=POLICY.parameters,
        )

    def view(self, index: int, **changes: Any) -> OracleView:
        source = self.sources[index]
        view = OracleView(source.chain, source.margin, self.book.number)
        return replace(view, **changes)

    def signed(self, index: int, **changes: Any) -> SignedView:
        return sign_view(self.view(index, **changes), ACCOUNTS[index], DOMAIN)

    def close(self) -> None:
        for journal in self.journals:
            journal.close()
