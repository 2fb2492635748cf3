"""Plain data that crosses the chain's door: blocks, calls, transactions, receipts, logs.

Addresses are checksummed hex strings, hashes and data are bytes, amounts are wei, times are unix
seconds.
"""

from collections.abc import Callable
from dataclasses import dataclass

from eth_account import Account
from eth_account.signers.local import LocalAccount

__all__ = ["Block", "Call", "Log", "LogFilter", "Progress", "Receipt", "SignedTransaction",
           "Transaction"]  # fmt: skip

Progress = Callable[[str], None]
"""Takes one line for the user."""


@dataclass(frozen=True)
class Block:
    """A block's header, as far as we need it."""

    number: int
    hash: bytes
    timestamp: int
    base_fee: int


@dataclass(frozen=True)
class Call:
    """A message to run without a transaction.

    ``to`` None creates a contract; ``sender`` None is the zero address.
    """

    to: str | None
    data: bytes
    sender: str | None = None
    value: int = 0


@dataclass(frozen=True)
class Log:
    """One event of a mined transaction."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    block_number: int
    block_hash: bytes
    tx_hash: bytes


@dataclass(frozen=True)
class LogFilter:
    """Which events to read: blocks inclusive; a topic None matches anything."""

    address: str
    from_block: int
    to_block: int
    topics: tuple[bytes | None, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """What became of a mined transaction; ``succeeded`` is False when it reverted."""

    tx_hash: bytes
    block_number: int
    block_hash: bytes
    succeeded: bool
    gas_used: int
    effective_gas_price: int
    contract_address: str | None
    logs: tuple[Log, ...]


@dataclass(frozen=True)
class SignedTransaction:
    """Bytes ready to send, and the hash they will have on chain."""

    raw: bytes
    hash: bytes


@dataclass(frozen=True)
class Transaction:
    """An EIP-1559 transaction; ``to`` None creates a contract. Fees are wei per gas."""

    chain_id: int
    nonce: int
    to: str | None
    data: bytes
    gas_limit: int
    max_fee: int
    priority_fee: int
    value: int = 0

    def sign(self, account: LocalAccount) -> SignedTransaction:
        """Sign with a local key (deterministic, RFC 6979)."""
        fields: dict[str, object] = {
            "type": 2,
            "chainId": self.chain_id,
            "nonce": self.nonce,
            "value": self.value,
            "data": self.data,
            "gas": self.gas_limit,
            "maxFeePerGas": self.max_fee,
            "maxPriorityFeePerGas": self.priority_fee,
        }
        if self.to is not None:
            fields["to"] = self.to
        signed = Account.sign_transaction(fields, account.key)
        return SignedTransaction(bytes(signed.raw_transaction), bytes(signed.hash))
