"""Where proofs go: binding what a client asked to a snapshot, a consumer and a chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from circuits.statements.option_marks import Header, Market, Shape
from node.chain import Chain, Contract, Deployment, contract_abi
from node.chain.errors import (
    ChainError,
    ContractMissingError,
    DeploymentError,
    RevertedError,
    RpcUnavailableError,
    WrongChainIdError,
)
from node.quoting import market_hash
from node.rpc.errors import ChainUnavailable, NoSettlement, SnapshotUnknown
from node.values import SettlementChain

_RETRY_SECONDS = 2.0
_NUMBER = 1  # of MarketSnapshot(underlying, number, snapshotUnix, marketHash, spot)

#: The header of a proof that no registry accepts (formats.md, `prove marks`).
OFF_CHAIN = Header(chain_id=0, registry=0, consumer=0, sequence=0, valid_until=0)


@dataclass(frozen=True)
class Bound:
    """What is proven for a request: a whole attested snapshot at the size it was signed."""

    header: Header
    market: Market
    shape: Shape


class Settlement(Protocol):
    """A chain as far as submitting goes."""

    def describe(self) -> SettlementChain | None:
        """Chain id and contracts; None if the node settles nowhere."""

    def bind(self, market: Market, shapes: Sequence[Shape], consumer: bytes) -> Bound:
        """The attested snapshot these options belong to, and the header that names it.

        `shapes` are the sizes allowed, smallest first; an empty `consumer` means the default.
        Raises SnapshotUnknown, NoSettlement and ChainUnavailable (or another NodeError whose
        reason is one of the wire's).
        """


class NoChain:
    """A node that settles nowhere: it prices and proves."""

    def describe(self) -> SettlementChain | None:
        """None."""
        return None

    def bind(self, market: Market, shapes: Sequence[Shape], consumer: bytes) -> Bound:  # noqa: ARG002
        """Refused."""
        raise NoSettlement(
            "this node settles on no chain; ask for SETTLEMENT_MODE_PROVE_ONLY, or configure one"
        )


class SnapshotBook:
    """Markets of snapshots that this node has seen whole, the newest first.

    The chain keeps only their hashes: a request for some series of a snapshot can be served by
    whoever knows the others.
    """

    def __init__(self, keep: int = 64) -> None:
        self._keep = keep
        self._markets: list[Market] = []

    def add(self, market: Market) -> None:
        """Remember a snapshot."""
        self._markets = [market, *(m for m in self._markets if m != market)][: self._keep]

    def containing(self, market: Market) -> Iterator[Market]:
        """The market itself, then snapshots that hold every option of it with the same inputs."""
        yield market
        wanted = _series(market)
        for known in self._markets:
            same = (known.underlying_id, known.tick_exponent, known.snapshot_unix) == (
                market.underlying_id,
                market.tick_exponent,
                market.snapshot_unix,
            )
            if same and known != market and wanted <= _series(known):
                yield known


class ChainSettlement:
    """The contracts of a deployment. `validity_seconds` is how long a header stays acceptable."""

    def __init__(
        self,
        chain: Chain,
        deployment: Deployment,
        *,
        book: SnapshotBook | None = None,
        validity_seconds: int = 3600,
    ) -> None:
        self._chain = chain
        self._book = book or SnapshotBook()
        self._validity_seconds = validity_seconds
        self._oracle = Contract(
            chain, deployment.address("MarketOracle"), contract_abi("MarketOracle")
        )
        self._described = SettlementChain(
            chain_id=deployment.chain_id,
            registry=_bytes(deployment.address("AttestationRegistry")),
            router=_bytes(deployment.address("VerifierRouter")),
            oracle=_bytes(self._oracle.address),
            default_consumer=_bytes(deployment.address("MarkBoard")),
        )

    def describe(self) -> SettlementChain:
        """The deployment."""
        return self._described

    def bind(self, market: Market, shapes: Sequence[Shape], consumer: bytes) -> Bound:
        """Found by the market hash, as the registry will find it."""
        try:
            for candidate in self._book.containing(market):
                for shape in shapes:
                    number = self._number(candidate, shape)
                    if number is not None:
                        return Bound(self._header(number, consumer), candidate, shape)
        except RpcUnavailableError as error:
            raise ChainUnavailable(str(error), retry_after_seconds=_RETRY_SECONDS) from error
        except (ContractMissingError, DeploymentError, WrongChainIdError, ChainError) as error:
            raise NoSettlement(f"the node's chain cannot be used: {error}") from error
        raise SnapshotUnknown(
            f"the oracle {self._oracle.address} on chain {self._described.chain_id} has attested "
            f"no snapshot of {market.snapshot_unix} that is or contains these options; ask for an "
            "attested snapshot, or for SETTLEMENT_MODE_PROVE_ONLY",
            metadata={"snapshot_unix": str(market.snapshot_unix)},
        )

    def _number(self, market: Market, shape: Shape) -> int | None:
        if not fits(market, shape):
            return None
        try:
            snapshot = self._oracle.read_one("snapshotByMarketHash", market_hash(market, shape))
        except RevertedError:
            return None
        return int(snapshot[_NUMBER])

    def _header(self, number: int, consumer: bytes) -> Header:
        described = self._described
        return Header(
            chain_id=described.chain_id,
            registry=int.from_bytes(described.registry, "big"),
            consumer=int.from_bytes(consumer or described.default_consumer, "big"),
            sequence=number,
            valid_until=self._chain.head().timestamp + self._validity_seconds,
        )


def fits(market: Market, shape: Shape) -> bool:
    """Whether every group and option has a place."""
    fullest = max(len(group.options) for group in market.groups)
    return len(market.groups) <= shape.groups and fullest <= shape.lanes


def _series(market: Market) -> frozenset[tuple[int, ...]]:
    return frozenset(
        (
            group.forward_ticks,
            group.discount,
            group.rate_biased,
            group.expiry_unix,
            option.strike_ticks,
            option.volatility,
            int(option.is_put),
        )
        for group, option in market.options()
    )


def _bytes(address: str) -> bytes:
    return bytes.fromhex(address.removeprefix("0x"))
