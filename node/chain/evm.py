"""Reads py-evm's objects into ours, for the embedded chain alone."""

from typing import Any

from eth_utils.address import to_checksum_address

from node.chain.errors import ChainError, RevertedError
from node.chain.types import Block, Log, LogFilter, Progress, Receipt

__all__ = [
    "block_of",
    "intrinsic_gas",
    "load_backend",
    "matches",
    "raise_if_failed",
    "receipt_of",
]


def load_backend(notify: Progress | None) -> tuple[Any, Any]:
    """Import eth-tester late: it is an extra and takes most of a second."""
    try:
        from eth_tester.backends.pyevm.main import PyEVMBackend  # noqa: PLC0415

        from node.chain.precompiles import native_bn254_available, prague_vm  # noqa: PLC0415
    except ImportError as error:
        raise ChainError(
            "the embedded chain needs the demo extra: pip install 'proofmark[demo]', "
            "or name a node with --rpc URL"
        ) from error
    if notify is not None and not native_bn254_available():
        notify("pyrevm is missing: pairings run in Python, about a second per verification")
    return PyEVMBackend, prague_vm()


def block_of(header: Any) -> Block:
    """Our view of a py-evm header."""
    return Block(
        int(header.block_number), bytes(header.hash), int(header.timestamp),
        int(header.base_fee_per_gas),
    )  # fmt: skip


def raise_if_failed(computation: Any) -> None:
    """Raise RevertedError with the data of a failed execution."""
    if computation.is_error:
        raise RevertedError(bytes(computation.output))


def intrinsic_gas(transaction: Any) -> int:
    """Return the gas of an empty execution, calldata floor of EIP-7623 included."""
    data = bytes(transaction.data)
    tokens = 4 * len(data) - 3 * data.count(0)
    return max(int(transaction.intrinsic_gas), 21_000 + 10 * tokens)


def matches(log: Log, wanted: LogFilter) -> bool:
    """Whether a filter takes a log."""
    if log.address != to_checksum_address(wanted.address):
        return False
    if not wanted.from_block <= log.block_number <= wanted.to_block:
        return False
    if len(wanted.topics) > len(log.topics):
        return False
    pairs = zip(wanted.topics, log.topics, strict=False)
    return all(topic is None or topic == actual for topic, actual in pairs)


def receipt_of(head: Any, transaction: Any, receipt: Any, computation: Any) -> Receipt:
    """Our receipt of the only transaction in the block ``head``."""
    tx_hash, block_hash = bytes(transaction.hash), bytes(head.hash)
    logs = tuple(
        Log(
            to_checksum_address(log.address),
            tuple(topic.to_bytes(32, "big") for topic in log.topics),
            bytes(log.data),
            head.block_number,
            block_hash,
            tx_hash,
        )
        for log in receipt.logs
    )
    created = computation.msg.is_create and not computation.is_error
    return Receipt(
        tx_hash=tx_hash,
        block_number=head.block_number,
        block_hash=block_hash,
        succeeded=not computation.is_error,
        gas_used=int(receipt.gas_used),
        effective_gas_price=min(
            transaction.max_fee_per_gas,
            transaction.max_priority_fee_per_gas + head.base_fee_per_gas,
        ),
        contract_address=to_checksum_address(computation.msg.storage_address) if created else None,
        logs=logs,
    )
