"""A chain that misbehaves on request: pool, re-organisations, outages, other people's moves.

State is always recomputed from the canonical blocks, so a re-organisation cannot leave traces.
Its pool is as strict as geth's: replacements need 10 % more on both fees.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from eth_abi.abi import decode, encode
from eth_account import Account
from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_hash.auto import keccak
from eth_utils.address import to_checksum_address
from hexbytes import HexBytes

from node.chain import Block, Call, Log, LogFilter, Receipt
from node.chain import errors as e
from prover.transcript import data_hash
from tests.node.relay.slots import slot_of

REGISTRY = str(to_checksum_address("0x" + "22" * 20))
CHAIN_ID = 31337
GWEI = 10**9
ATTEST = keccak(b"attest(bytes32,uint256[10],uint256[])")[:4]
TOPIC = keccak(b"Attested(bytes32,address,bytes32,uint48,bytes32,bytes32)")
_ERRORS = {
    "AlreadyAttested": ("bytes32", "address", "bytes32", "uint48"),
    "SequenceNotIncreasing": ("uint48", "uint48"),
    "SnapshotUnknown": ("bytes12", "uint48"),
    "ProofRejected": (),
}


def error_data(name: str, *arguments: Any) -> bytes:
    types = _ERRORS[name]
    return bytes(keccak(f"{name}({','.join(types)})".encode())[:4] + encode(types, arguments))


@dataclass(frozen=True)
class Tx:
    sender: str
    nonce: int
    to: str
    data: bytes
    gas: int
    max_fee: int
    tip: int
    hash: bytes
    foreign: bool = False


@dataclass
class FakeBlock:
    number: int
    hash: bytes
    timestamp: int
    txs: list[Tx] = field(default_factory=list)


@dataclass
class State:
    nonces: dict[str, int] = field(default_factory=dict)
    last: dict[tuple[bytes, bytes, bytes], tuple[int, bytes]] = field(default_factory=dict)
    receipts: dict[bytes, Receipt] = field(default_factory=dict)
    effects: list[Any] = field(default_factory=list)


class FakeChain:
    name = "fake"
    clock_settable = True

    def __init__(self, start_time: int) -> None:
        self.blocks = [FakeBlock(0, keccak(b"genesis"), start_time)]
        self.pool: dict[tuple[str, int], Tx] = {}
        self.seen: list[Tx] = []
        self.base_fee = 10 * GWEI
        self.tip = GWEI
        self.funds = 10**18
        self.gas_estimate = 300_000
        self.salt = 0
        self.down = False
        self.congested = False
        self.gaps_refused = False
        self.code = b"\x60"
        self.topic = TOPIC
        self.known_snapshots = 10**9
        self.proof_valid = True
        self.execution_fails = False
        self.finality: Block | None = None
        self.on_send: list[Callable[[], None]] = []

    # the interface

    def chain_id(self) -> int:
        self._answer()
        return CHAIN_ID

    def head(self) -> Block:
        self._answer()
        return self._block(self.blocks[-1])

    def finalized(self) -> Block | None:
        return self.finality

    def block(self, number: int) -> Block | None:
        self._answer()
        return self._block(self.blocks[number]) if number < len(self.blocks) else None

    def balance(self, address: str) -> int:
        self._answer()
        return self.funds

    def nonce(self, address: str) -> int:
        self._answer()
        return self.state().nonces.get(address, 0)

    def code_at(self, address: str) -> bytes:
        self._answer()
        return self.code

    def priority_fee(self) -> int:
        self._answer()
        return self.tip

    def call(self, call: Call, block_number: int | None = None) -> bytes:
        self._answer()
        refusal = self._refusal(self.state(block_number), call.data)
        if refusal is not None:
            raise e.RevertedError(refusal)
        return b""

    def estimate_gas(self, call: Call) -> int:
        self.call(call)
        return self.gas_estimate

    def send_raw(self, raw: bytes) -> bytes:
        self._answer()
        if self.on_send:
            self.on_send.pop(0)()
        return self.accept(raw)

    def receipt(self, tx_hash: bytes) -> Receipt | None:
        self._answer()
        return self.state().receipts.get(tx_hash)

    def logs(self, log_filter: LogFilter) -> tuple[Log, ...]:
        raise NotImplementedError

    def set_time(self, timestamp: int) -> None:
        raise NotImplementedError

    # what tests do to it

    def accept(self, raw: bytes) -> bytes:
        """Put a transaction in the pool, or refuse it as geth would."""
        tx = _decode(raw)
        state = self.state()
        if tx.hash in state.receipts:
            raise e.NonceTooLowError("nonce too low")
        if tx.nonce < state.nonces.get(tx.sender, 0):
            raise e.NonceTooLowError("nonce too low")
        if self.gaps_refused and tx.nonce > state.nonces.get(tx.sender, 0):
            raise e.NonceGapError("nonce too high")
        rival = self.pool.get((tx.sender, tx.nonce))
        if rival is not None and rival.hash == tx.hash:
            raise e.AlreadyKnownError("already known")
        if tx.gas * tx.max_fee > self.funds:
            raise e.InsufficientFundsError("insufficient funds for gas * price + value")
        if rival is not None and (
            tx.max_fee * 10 < rival.max_fee * 11 or tx.tip * 10 < rival.tip * 11
        ):
            raise e.UnderpricedError("replacement transaction underpriced")
        self.pool[tx.sender, tx.nonce] = tx
        self.seen.append(tx)
        return tx.hash

    def mine(self, blocks: int = 1, first: tuple[Tx, ...] = ()) -> None:
        """Mine blocks; what can be executed and pays is included, unless congested."""
        for _ in range(blocks):
            parent = self.blocks[-1]
            self.salt += 1
            block_hash = keccak(parent.hash + self.salt.to_bytes(8, "big"))
            block = FakeBlock(parent.number + 1, block_hash, parent.timestamp + 12, list(first))
            self.blocks.append(block)
            if not self.congested:
                self._include(block)
            self._forget_mined()

    def mine_foreign(self, sender: str, data: bytes = b"", to: str = "0x00") -> None:
        """Mine a transaction that is not ours, from any sender, with its next nonce."""
        nonce = self.state().nonces.get(sender, 0)
        self.salt += 1
        tx_hash = keccak(b"foreign" + self.salt.to_bytes(8, "big"))
        foreign = Tx(sender, nonce, to, data, 10**6, 10**12, GWEI, tx_hash, foreign=True)
        self.mine(first=(foreign,))

    def reorganise(self, depth: int, *, keep: bool = True) -> None:
        """Drop the newest blocks; their transactions go back to the pool, or are lost."""
        dropped = [tx for block in self.blocks[-depth:] for tx in block.txs]
        del self.blocks[-depth:]
        if keep:
            self.pool |= {(tx.sender, tx.nonce): tx for tx in dropped if not tx.foreign}

    def mined(self, sender: str) -> list[Tx]:
        """Everything mined from a sender on the canonical chain."""
        return [tx for block in self.blocks for tx in block.txs if tx.sender == sender]

    def effects(self) -> list[Any]:
        """Slots attested on the canonical chain, in order, repetitions included."""
        return self.state().effects

    def state(self, number: int | None = None) -> State:
        """Replay the canonical blocks, up to a number."""
        state = State()
        for block in self.blocks if number is None else self.blocks[: number + 1]:
            for tx in block.txs:
                self._execute(state, block, tx)
        return state

    # inside

    def _answer(self) -> None:
        if self.down:
            raise e.RpcUnavailableError("no answer")

    def _block(self, block: FakeBlock) -> Block:
        return Block(block.number, block.hash, block.timestamp, self.base_fee)

    def _include(self, block: FakeBlock) -> None:
        state = self.state()
        for (sender, nonce), tx in sorted(self.pool.items()):
            if nonce == state.nonces.get(sender, 0) and tx.max_fee >= self.base_fee:
                block.txs.append(tx)
                state.nonces[sender] = nonce + 1

    def _forget_mined(self) -> None:
        nonces = self.state().nonces
        self.pool = {k: tx for k, tx in self.pool.items() if k[1] >= nonces.get(k[0], 0)}

    def _execute(self, state: State, block: FakeBlock, tx: Tx) -> None:
        state.nonces[tx.sender] = tx.nonce + 1
        attest = tx.to == REGISTRY
        refused = attest and (self._refusal(state, tx.data) is not None or self.execution_fails)
        logs: tuple[Log, ...] = ()
        if attest and not refused:
            key_id, words = _arguments(tx.data)
            slot = slot_of(key_id, words)
            state.last[key_id, slot.consumer, slot.subject] = (slot.sequence, data_hash(words))
            state.effects.append((key_id, slot.consumer, slot.subject, slot.sequence))
            topics = (self.topic, key_id, slot.consumer.rjust(32, b"\0"), slot.subject)
            logs = (Log(REGISTRY, topics, b"", block.number, block.hash, tx.hash),)
        state.receipts[tx.hash] = Receipt(
            tx.hash, block.number, block.hash, not refused, 250_000, GWEI, None, logs
        )

    def _refusal(self, state: State, data: bytes) -> bytes | None:
        if not self.proof_valid:
            return error_data("ProofRejected")
        key_id, words = _arguments(data)
        slot = slot_of(key_id, words)
        if slot.sequence > self.known_snapshots:
            return error_data("SnapshotUnknown", bytes(12), slot.sequence)
        last, digest = state.last.get((key_id, slot.consumer, slot.subject), (0, b""))
        if slot.sequence == last and digest == data_hash(words):
            consumer = "0x" + slot.consumer.hex()
            return error_data("AlreadyAttested", key_id, consumer, slot.subject, slot.sequence)
        if slot.sequence <= last:
            return error_data("SequenceNotIncreasing", last, slot.sequence)
        return None


def _arguments(data: bytes) -> tuple[bytes, tuple[int, ...]]:
    key_id, _, words = decode(["bytes32", "uint256[10]", "uint256[]"], data[4:])
    return key_id, words


def _decode(raw: bytes) -> Tx:
    fields = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    return Tx(
        sender=Account.recover_transaction(raw),
        nonce=fields["nonce"],
        to=to_checksum_address(fields["to"]),
        data=bytes(fields["data"]),
        gas=fields["gas"],
        max_fee=fields["maxFeePerGas"],
        tip=fields["maxPriorityFeePerGas"],
        hash=keccak(raw),
    )
