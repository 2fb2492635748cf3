"""Where proofs go: what the node must know of its chain to bind a proof to it."""

from __future__ import annotations

from typing import Protocol

from circuits.statements.option_marks import Header, Market, Shape
from node.rpc.errors import NoSettlement
from node.values import SettlementChain

#: The header of a proof that no registry accepts (formats.md, `prove marks`).
OFF_CHAIN = Header(chain_id=0, registry=0, consumer=0, sequence=0, valid_until=0)


class Settlement(Protocol):
    """A chain as far as submitting goes."""

    def describe(self) -> SettlementChain | None:
        """Chain id and contracts; None if the node settles nowhere."""

    def header(self, market: Market, shape: Shape, consumer: bytes) -> Header:
        """The header that binds these market words to the registry, consumer and snapshot.

        `consumer` empty means the default. Raises SnapshotUnknown, NoSettlement and
        ChainUnavailable (or another NodeError whose reason is one of the wire's).
        """


class NoChain:
    """A node that settles nowhere: it prices and proves."""

    def describe(self) -> SettlementChain | None:
        """None."""
        return None

    def header(self, market: Market, shape: Shape, consumer: bytes) -> Header:  # noqa: ARG002
        """Refused."""
        raise NoSettlement(
            "this node settles on no chain; ask for SETTLEMENT_MODE_PROVE_ONLY, or configure one"
        )
