"""The one interface that every chain satisfies: in-process, anvil or any JSON-RPC endpoint."""

from typing import Protocol

from node.chain.types import Block, Call, Log, LogFilter, Receipt

__all__ = ["Chain"]


class Chain(Protocol):
    """What the node needs from a chain.

    Every method may raise RpcUnavailableError; those that say so raise more. Implementations are
    safe to use from several threads.
    """

    @property
    def name(self) -> str:
        """What to call this chain in messages, such as ``embedded`` or the client's version."""

    @property
    def clock_settable(self) -> bool:
        """Whether set_time works."""

    def chain_id(self) -> int:
        """The chain's id (EIP-155)."""

    def head(self) -> Block:
        """The newest mined block."""

    def finalized(self) -> Block | None:
        """The newest block the chain calls final; None where it has no such notion."""

    def block(self, number: int) -> Block | None:
        """The canonical block of that height, or None above the head."""

    def balance(self, address: str) -> int:
        """Wei at the newest block."""

    def nonce(self, address: str) -> int:
        """The account's next nonce, counting mined transactions only."""

    def code_at(self, address: str) -> bytes:
        """Runtime code; empty where no contract lives."""

    def priority_fee(self) -> int:
        """A tip, in wei per gas, that miners are taking now."""

    def call(self, call: Call, block_number: int | None = None) -> bytes:
        """Run a message on the state of a block (the newest); RevertedError."""

    def estimate_gas(self, call: Call) -> int:
        """A gas limit that suffices for a transaction with this message; RevertedError."""

    def send_raw(self, raw: bytes) -> bytes:
        """Hand a signed transaction to the pool, return its hash; TransactionRefusedError."""

    def receipt(self, tx_hash: bytes) -> Receipt | None:
        """The receipt, or None while the transaction is not mined on the canonical chain."""

    def logs(self, log_filter: LogFilter) -> tuple[Log, ...]:
        """Events in chain order."""

    def set_time(self, timestamp: int) -> None:
        """Give the next block this timestamp, later blocks 12 s more each; ClockError."""
