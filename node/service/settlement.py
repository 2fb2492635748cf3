"""Where proofs go: binding what a client asked to a snapshot, a consumer and a chain."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from circuits.statements.option_marks import Header, Market, Shape, market_words
from circuits.statements.option_marks.inputs import ShapeError
from node.chain import Call, Chain, Contract, Deployment, contract_abi, error_table
from node.chain.errors import ChainError, RpcUnavailableError
from node.oracle import Domain, find_snapshot, market_hash
from node.relay.attestation import Outcome, attest_call, judge
from node.rpc.errors import (
    AttestationRefused,
    ChainUnavailable,
    ConsumerRefused,
    Fault,
    KeyNotFound,
    NoSettlement,
    Refusal,
    RequestFaults,
    SnapshotUnknown,
)
from node.store import NewAttestation
from node.values import SettlementChain

_RETRY_SECONDS = 2.0
_REGISTRY_REFUSALS: dict[str, type[Refusal]] = {
    "RouteNotInStatus": KeyNotFound,
    "SnapshotUnknown": SnapshotUnknown,
    "MarketDigestUnknown": SnapshotUnknown,
}
"""Errors of contracts for which the wire has a reason of its own."""


@dataclass(frozen=True)
class Bound:
    """What is proven for a request: a whole attested snapshot at the size it was signed."""

    header: Header
    market: Market
    shape: Shape


class SettlementPort(Protocol):
    """A chain as far as submitting goes."""

    def describe(self) -> SettlementChain | None:
        """Chain id and contracts; None if the node settles nowhere."""

    def bind(self, market: Market, shapes: Sequence[Shape], consumer: bytes) -> Bound:
        """The attested snapshot these options belong to, and the header that names it.

        `shapes` are the sizes allowed, smallest first; an empty `consumer` means the default.
        Raises SnapshotUnknown, NoSettlement and ChainUnavailable (or another NodeError whose
        reason is one of the wire's).
        """

    def check_header(self, header: Header) -> None:
        """Raise unless a header is for this chain and registry and a consumer the relay pays for.

        Raises RequestFaults, ConsumerRefused and NoSettlement; asks nobody.
        """

    def ask_registry(self, attestation: NewAttestation) -> None:
        """Raise unless the registry would take the attestation now, or has it already.

        Raises AttestationRefused, KeyNotFound, SnapshotUnknown, NoSettlement and ChainUnavailable.
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

    def check_header(self, header: Header) -> None:  # noqa: ARG002
        """Refused."""
        raise NoSettlement("this node settles on no chain, so it relays nothing; ask another")

    def ask_registry(self, attestation: NewAttestation) -> None:  # noqa: ARG002
        """Refused."""
        raise NoSettlement("this node settles on no chain, so it relays nothing; ask another")


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
    """The contracts of a deployment, and the consumers (20 bytes) that the relay pays for.

    The deployment's own mark board is one of them. A header is acceptable as long as its snapshot
    is: whoever submits a snapshot, the words are the same, and the second submission is
    AlreadyAttested, which is success.
    """

    def __init__(
        self,
        chain: Chain,
        deployment: Deployment,
        *,
        book: SnapshotBook | None = None,
        consumers: Collection[bytes] = (),
    ) -> None:
        self._book = book or SnapshotBook()
        self._chain = chain
        self._oracle = Domain(deployment.chain_id, deployment.address("MarketOracle"))
        self._registry = Contract(
            chain, deployment.address("AttestationRegistry"), contract_abi("AttestationRegistry")
        )
        board = _bytes(deployment.address("MarkBoard"))
        self._described = SettlementChain(
            chain_id=deployment.chain_id,
            registry=_bytes(deployment.address("AttestationRegistry")),
            router=_bytes(deployment.address("VerifierRouter")),
            oracle=_bytes(self._oracle.oracle),
            default_consumer=board,
            consumers=frozenset({board, *consumers}),
        )

    def describe(self) -> SettlementChain:
        """The deployment."""
        return self._described

    def bind(self, market: Market, shapes: Sequence[Shape], consumer: bytes) -> Bound:
        """Found by the market hash, as the registry will find it."""
        self._check_consumer(consumer or self._described.default_consumer)
        with _chain_refusals():
            for candidate in self._book.containing(market):
                for shape in shapes:
                    number = self._number(candidate, shape)
                    if number is not None:
                        header = self._header(candidate, number, consumer)
                        return Bound(header, candidate, shape)
        raise SnapshotUnknown(
            f"the oracle {self._oracle.oracle} on chain {self._oracle.chain_id} has attested "
            f"no snapshot of {market.snapshot_unix} that is or contains these options; ask for an "
            "attested snapshot, or for SETTLEMENT_MODE_PROVE_ONLY",
            metadata={"snapshot_unix": str(market.snapshot_unix)},
        )

    def check_header(self, header: Header) -> None:
        """By the deployment and the list."""
        described, faults = self._described, []
        if header.chain_id != described.chain_id:
            faults.append(f"bound to chain {header.chain_id}, this is {described.chain_id}")
        if header.registry.to_bytes(20, "big") != described.registry:
            faults.append(f"bound to registry 0x{header.registry:040x}, not the one of this node")
        if faults:
            raise RequestFaults([Fault("attestation.words", fault) for fault in faults])
        self._check_consumer(header.consumer.to_bytes(20, "big"))

    def ask_registry(self, attestation: NewAttestation) -> None:
        """By a static call: route, time, market, order and the consumer's hook all have a say."""
        call = Call(self._registry.address, attest_call(attestation))
        with _chain_refusals():
            verdict = judge(self._chain, call, error_table(), frozenset())
        if verdict.outcome in (Outcome.PASSES, Outcome.SETTLED):
            return
        refusal = _REGISTRY_REFUSALS.get(verdict.error, AttestationRefused)
        raise refusal(f"the registry refuses it now: {verdict.reason}")

    def _check_consumer(self, consumer: bytes) -> None:
        if consumer not in self._described.consumers:
            raise ConsumerRefused(
                f"the relay does not pay for 0x{consumer.hex()}; its operator lists whom it pays "
                "for in the setting relay_consumers",
                metadata={"consumer": f"0x{consumer.hex()}"},
            )

    def _number(self, market: Market, shape: Shape) -> int | None:
        if not fits(market, shape):
            return None
        wanted = market_hash(market_words(market, shape))
        snapshot = find_snapshot(self._chain, self._oracle, wanted)
        return None if snapshot is None else snapshot.number

    def _header(self, market: Market, number: int, consumer: bytes) -> Header:
        described = self._described
        max_age = int(self._registry.read_one("maxSnapshotAgeSeconds"))
        return Header(
            chain_id=described.chain_id,
            registry=int.from_bytes(described.registry, "big"),
            consumer=int.from_bytes(consumer or described.default_consumer, "big"),
            sequence=number,
            valid_until=market.snapshot_unix + max_age,
        )


@contextmanager
def _chain_refusals() -> Iterator[None]:
    """A chain's troubles as the wire knows them."""
    try:
        yield
    except RpcUnavailableError as error:
        raise ChainUnavailable(str(error), retry_after_seconds=_RETRY_SECONDS) from error
    except ChainError as error:
        raise NoSettlement(f"the node's chain cannot be used: {error}") from error


def fits(market: Market, shape: Shape) -> bool:
    """Whether every group and option has a place."""
    try:
        shape.check_fits(market)
    except ShapeError:
        return False
    return True


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
