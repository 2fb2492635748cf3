"""Sends one transaction and waits for it: for deployment and oracle reports.

The relay does not use this; its outbox survives crashes and shares a key's nonces.
"""

import contextlib
import time
from collections.abc import Callable

from node.chain.errors import (
    AlreadyKnownError,
    GasCeilingError,
    InsufficientFundsError,
    RevertedError,
    TransactionTimeoutError,
)
from node.chain.interface import Chain
from node.chain.signatures import LocalAccount
from node.chain.types import Call, Receipt, SignedTransaction, Transaction

__all__ = ["transact"]

_POLL_SECONDS = 0.2
_GAS_MARGIN_PERCENT = 110
_PRIORITY_FEE_CEILING = 50 * 10**9
"""Wei per gas. The tip is the endpoint's suggestion and the miner's gain: they may be friends."""


def transact(
    chain: Chain,
    account: LocalAccount,
    to: str | None,
    data: bytes,
    *,
    gas_ceiling: int | None = None,
    timeout: float = 120.0,
    sleep: Callable[[float], None] = time.sleep,
) -> Receipt:
    """Send a transaction (``to`` None creates a contract) and return its receipt.

    Raises RevertedError (found by a static call where possible), GasCeilingError for a gas limit
    above the ceiling, InsufficientFundsError and
    other TransactionRefusedErrors, TransactionTimeoutError after ``timeout`` seconds.
    """
    signed = _signed(chain, account, to, data, gas_ceiling)
    with contextlib.suppress(AlreadyKnownError):
        chain.send_raw(signed.raw)
    deadline = time.monotonic() + timeout
    while (receipt := chain.receipt(signed.hash)) is None:
        if time.monotonic() > deadline:
            raise TransactionTimeoutError(
                f"0x{signed.hash.hex()} has no receipt on {chain.name} after {timeout:.0f} s"
            )
        sleep(_POLL_SECONDS)
    if not receipt.succeeded:
        raise RevertedError(b"", f"transaction 0x{signed.hash.hex()}")
    return receipt


def _signed(
    chain: Chain, account: LocalAccount, to: str | None, data: bytes, gas_ceiling: int | None
) -> SignedTransaction:
    head = chain.head()
    priority_fee = min(chain.priority_fee(), _PRIORITY_FEE_CEILING)
    max_fee = 2 * head.base_fee + priority_fee
    message = Call(to, data, account.address)
    chain.call(message)  # reverts carry their reason here, not always in an estimate
    gas_limit = chain.estimate_gas(message) * _GAS_MARGIN_PERCENT // 100
    if gas_ceiling is not None and gas_limit > gas_ceiling:
        raise GasCeilingError(f"{to} needs {gas_limit} gas, expected at most {gas_ceiling}")
    balance, cost = chain.balance(account.address), gas_limit * max_fee
    if balance < cost:
        raise InsufficientFundsError(
            f"{account.address} holds {balance} wei on {chain.name}, needs {cost}"
        )
    return Transaction(
        chain_id=chain.chain_id(),
        nonce=chain.nonce(account.address),
        to=to,
        data=data,
        gas_limit=gas_limit,
        max_fee=max_fee,
        priority_fee=priority_fee,
    ).sign(account)
