"""One entry that goes wrong in a new way must not keep the others from the chain."""

from typing import Any

import pytest
from eth_abi.abi import encode

from node.chain import Call
from node.chain import errors as e
from node.store import Cause, Settlement
from tests.node.chain.toy import TOY_ERRORS
from tests.node.relay.rig import ERRORS, Rig

ERROR_STRING = bytes.fromhex("08c379a0")
#: A consumer's hook may revert with whatever it likes, and the registry passes it on.
NOT_UTF8 = ERROR_STRING + encode(["bytes"], [b"\xff\xfe"])
LATE = 2


def refuse(rig: Rig, sequence: int, error: Exception, *, method: str = "call") -> None:
    """Let one method of the chain raise for the attestation of one snapshot number."""
    honest = getattr(rig.chain, method)

    def picky(call: Call, *args: Any) -> Any:
        if sequence == int.from_bytes(call.data[4 + 32 * 14 :][:32], "big") >> 40 & (1 << 48) - 1:
            raise error
        return honest(call, *args)

    setattr(rig.chain, method, picky)


@pytest.mark.parametrize(
    "data",
    [
        NOT_UTF8,
        ERROR_STRING + encode(["uint256", "uint256"], [32, (1 << 256) - 1]),
        ERROR_STRING + encode(["uint256"], [(1 << 256) - 1]),
        ERROR_STRING,
        b"\x4e\x48\x7b\x71" + b"\xff" * 31,
    ],
)
def test_a_revert_that_is_no_abi_is_still_decoded(data: bytes) -> None:
    assert TOY_ERRORS.decode(data).name == "Unknown"


def test_a_hook_that_reverts_with_no_text_stops_nobody_else(rig: Rig) -> None:
    poisoned, honest = rig.add(1), rig.add(LATE, subject=7)
    refuse(rig, 1, e.RevertedError(NOT_UTF8))
    rig.settle()
    assert rig.settlement(poisoned) is Settlement.REJECTED
    assert rig.settlement(honest) is Settlement.FINAL


def test_an_unforeseen_answer_holds_its_entry_alone(rig: Rig) -> None:
    """geth says "gas required exceeds allowance" of one message; any other error is no better."""
    held, honest = rig.add(1), rig.add(LATE, subject=7)
    refuse(
        rig, 1, e.InsufficientFundsError("gas required exceeds allowance"), method="estimate_gas"
    )
    rig.settle()
    found = rig.job(held)
    assert (found.settlement, found.cause) == (Settlement.READY, Cause.INTERNAL)
    assert rig.settlement(honest) is Settlement.FINAL


def test_trouble_with_a_sent_entry_holds_it_alone(rig: Rig, monkeypatch: Any) -> None:
    sent, honest = rig.add(1), rig.add(LATE, subject=7)
    rig.step()
    first = rig.entry(sent).tx_hash
    receipt = rig.chain.receipt

    def broken(tx_hash: bytes) -> Any:
        if tx_hash == first:
            raise e.RpcRejectedError("receipts of this one are not served")
        return receipt(tx_hash)

    monkeypatch.setattr(rig.chain, "receipt", broken)
    rig.settle()
    assert rig.settlement(honest) is Settlement.FINAL
    monkeypatch.undo()
    rig.settle()
    assert rig.settlement(sent) is Settlement.FINAL
    assert ERRORS.decode(b"").name == "Empty"
