"""An EVM chain inside this process: eth-tester's py-evm back end, one block per transaction.

The first door to eth-tester. Blocks are mined at once, their times are 12 s apart and start where
the caller says, so a replayed market snapshot is fresh. Nothing is written to disk.
"""

import threading
from collections.abc import Iterable
from typing import Any

from eth_utils.address import to_canonical_address, to_checksum_address
from eth_utils.exceptions import ValidationError

from node.chain.errors import (
    AlreadyKnownError,
    ClockError,
    InsufficientFundsError,
    NonceGapError,
    NonceTooLowError,
    TransactionRefusedError,
    UnderpricedError,
)
from node.chain.evm import (
    block_of,
    intrinsic_gas,
    load_backend,
    matches,
    raise_if_failed,
    receipt_of,
)
from node.chain.types import Block, Call, Log, LogFilter, Progress, Receipt

__all__ = ["BLOCK_SECONDS", "EmbeddedChain"]

BLOCK_SECONDS = 12
_ETHER = 10**18
_GENESIS_BALANCE = 1_000_000 * _ETHER
_CALL_BALANCE = 1 << 128
_GAS_TOLERANCE = 1_000
_ZERO_ADDRESS = bytes(20)


class EmbeddedChain:
    """A development chain in memory, Prague rules, chain id 131277322940537.

    ``start_time`` is the genesis block's unix time; block n gets start_time + 12 n unless set_time
    says otherwise. ``funded`` addresses own a million ether each. ``notify`` takes one line when
    pyrevm is missing and pairings therefore run in Python (about a second a verification).
    """

    name = "embedded"
    clock_settable = True

    def __init__(
        self,
        *,
        start_time: int,
        funded: Iterable[str] = (),
        notify: Progress | None = None,
    ) -> None:
        backend_class, vm_class = load_backend(notify)
        account = {"balance": _GENESIS_BALANCE, "nonce": 0, "code": b"", "storage": {}}
        state: dict[bytes, dict[str, Any]] = {_ZERO_ADDRESS: {**account, "balance": 0}}
        state |= {bytes(to_canonical_address(address)): dict(account) for address in funded}
        genesis = backend_class.generate_genesis_params({"timestamp": start_time})
        self._backend = backend_class(genesis, state, ((0, vm_class),))
        self._chain = self._backend.chain
        self._receipts: dict[bytes, Receipt] = {}
        self._lock = threading.RLock()
        self._set_pending_time(start_time + BLOCK_SECONDS)

    def chain_id(self) -> int:
        """Return eth-tester's chain id."""
        return int(self._chain.chain_id)

    def head(self) -> Block:
        """Return the newest mined block."""
        with self._lock:
            return block_of(self._chain.get_canonical_head())

    def finalized(self) -> Block | None:
        """Return None: a chain in memory has no finality of its own."""
        return None

    def block(self, number: int) -> Block | None:
        """Return the block of that height, or None above the head."""
        with self._lock:
            if number > self._chain.get_canonical_head().block_number:
                return None
            return block_of(self._chain.get_canonical_block_header_by_number(number))

    def balance(self, address: str) -> int:
        """Return wei at the newest block."""
        with self._lock:
            return int(self._state().get_balance(to_canonical_address(address)))

    def nonce(self, address: str) -> int:
        """Return the next nonce."""
        with self._lock:
            return int(self._state().get_nonce(to_canonical_address(address)))

    def code_at(self, address: str) -> bytes:
        """Return runtime code, empty where there is none."""
        with self._lock:
            return bytes(self._state().get_code(to_canonical_address(address)))

    def priority_fee(self) -> int:
        """Return a nominal tip; there is no competition for blocks."""
        return 1_000_000_000

    def call(self, call: Call, block_number: int | None = None) -> bytes:
        """Run a message; RevertedError when it reverts or runs out of gas."""
        with self._lock:
            computation = self._execute(call, None, block_number)
            raise_if_failed(computation)
            return bytes(computation.output)

    def estimate_gas(self, call: Call) -> int:
        """Return the smallest gas limit that works, to within a thousand gas."""
        with self._lock:
            computation = self._execute(call, None, None)
            raise_if_failed(computation)
            floor = intrinsic_gas(self._spoof(call, 0))
            guess = floor + int(computation.get_gas_used()) + _GAS_TOLERANCE
            if not self._execute(call, guess, None).is_error:
                return guess
            low, high = guess, int(self._chain.header.gas_limit)
            while high - low > _GAS_TOLERANCE:
                middle = (low + high) // 2
                if self._execute(call, middle, None).is_error:
                    low = middle
                else:
                    high = middle
            return high

    def send_raw(self, raw: bytes) -> bytes:
        """Mine a signed transaction in a block of its own; TransactionRefusedError."""
        with self._lock:
            transaction = self._decode(raw)
            self._check(transaction)
            try:
                _, receipt, computation = self._chain.apply_transaction(transaction)
            except ValidationError as error:
                raise TransactionRefusedError(f"transaction refused: {error}") from error
            self._mine_pending()
            head = self._chain.get_canonical_head()
            tx_hash = bytes(transaction.hash)
            self._receipts[tx_hash] = receipt_of(head, transaction, receipt, computation)
            return tx_hash

    def receipt(self, tx_hash: bytes) -> Receipt | None:
        """Return the receipt, or None for an unknown transaction."""
        with self._lock:
            return self._receipts.get(tx_hash)

    def logs(self, log_filter: LogFilter) -> tuple[Log, ...]:
        """Return matching events in chain order."""
        with self._lock:
            receipts = list(self._receipts.values())
        return tuple(log for each in receipts for log in each.logs if matches(log, log_filter))

    def set_time(self, timestamp: int) -> None:
        """Give the next block this timestamp; ClockError unless it is after the head's."""
        with self._lock:
            head = self.head()
            if timestamp <= head.timestamp:
                raise ClockError(
                    f"block time {timestamp} is not after the head's, {head.timestamp}: "
                    "a chain's clock only runs forward"
                )
            self._set_pending_time(timestamp)

    def mine(self, blocks: int = 1) -> None:
        """Mine empty blocks, 12 s apart: the way to reach a confirmation depth."""
        with self._lock:
            for _ in range(blocks):
                self._mine_pending()

    def _state(self, block_number: int | None = None) -> Any:
        header = (
            self._chain.get_canonical_head()
            if block_number is None
            else self._chain.get_canonical_block_header_by_number(block_number)
        )
        return self._chain.get_vm(header).state

    def _spoof(self, call: Call, gas: int, base_fee: int = 0, nonce: int = 0) -> Any:
        from eth.vm.spoof import SpoofTransaction  # noqa: PLC0415  (optional dependency)

        unsigned = self._chain.get_transaction_builder().new_unsigned_dynamic_fee_transaction(
            chain_id=self._chain.chain_id,
            nonce=nonce,
            max_priority_fee_per_gas=0,
            max_fee_per_gas=base_fee,
            gas=gas,
            to=to_canonical_address(call.to) if call.to else b"",
            value=call.value,
            data=call.data,
            access_list=(),
        )
        sender = to_canonical_address(call.sender) if call.sender else _ZERO_ADDRESS
        return SpoofTransaction(unsigned, from_=sender)

    def _execute(self, call: Call, gas: int | None, block_number: int | None) -> Any:
        state = self._state(block_number)
        sender = to_canonical_address(call.sender) if call.sender else _ZERO_ADDRESS
        state.set_balance(sender, _CALL_BALANCE)
        limit = int(self._chain.header.gas_limit) if gas is None else gas
        transaction = self._spoof(call, limit, int(state.base_fee), int(state.get_nonce(sender)))
        return state.apply_transaction(transaction)

    def _decode(self, raw: bytes) -> Any:
        try:
            return self._chain.get_transaction_builder().decode(raw)
        except Exception as error:  # rlp raises many kinds for malformed bytes
            raise TransactionRefusedError(f"not a signed transaction: {error}") from error

    def _check(self, transaction: Any) -> None:
        """Refuse, with its own class, what a pool would refuse."""
        if bytes(transaction.hash) in self._receipts:
            raise AlreadyKnownError(f"0x{bytes(transaction.hash).hex()} is mined already")
        if transaction.chain_id != self._chain.chain_id:
            raise TransactionRefusedError(
                f"signed for chain {transaction.chain_id}, this is {self._chain.chain_id}"
            )
        state = self._state()
        sender = transaction.sender
        expected, received = int(state.get_nonce(sender)), int(transaction.nonce)
        if received < expected:
            raise NonceTooLowError(f"nonce too low: next nonce {expected}, received {received}")
        if received > expected:
            raise NonceGapError(f"nonce too high: next nonce {expected}, received {received}")
        base_fee = int(self._chain.header.base_fee_per_gas)
        if transaction.max_fee_per_gas < base_fee:
            raise UnderpricedError(
                f"max fee {transaction.max_fee_per_gas} is below the base fee {base_fee}"
            )
        cost = transaction.value + transaction.gas * transaction.max_fee_per_gas
        balance = int(state.get_balance(sender))
        if balance < cost:
            raise InsufficientFundsError(
                f"{to_checksum_address(sender)} holds {balance} wei, needs {cost}"
            )

    def _mine_pending(self) -> None:
        self._backend.mine_blocks(1)
        self._set_pending_time(self.head().timestamp + BLOCK_SECONDS)

    def _set_pending_time(self, timestamp: int) -> None:
        self._chain.header = self._chain.header.copy(timestamp=timestamp)
