"""Custom errors in words."""

import pytest
from eth_abi.abi import encode

from node.chain import Call, Contract, EmbeddedChain, ErrorTable, development_account
from node.chain.abi import selector
from node.chain.errors import RevertedError
from tests.node.chain.toy import START, TOY_ABI, TOY_ERRORS, deploy_toy

ALICE = development_account("test-alice")


@pytest.fixture(scope="module")
def toy() -> Contract:
    return deploy_toy(EmbeddedChain(start_time=START, funded=[ALICE.address]), ALICE)


@pytest.mark.parametrize(
    ("kind", "name", "sentence"),
    [
        (0, "Error", "plain words"),
        (1, "Panic", "division by zero"),
        (
            2,
            "SnapshotUnknown",
            "snapshot unknown (underlying 0x425443000000000000000000, number 7)",
        ),
        (3, "Empty", "reverted without a reason (out of gas, or no such function)"),
    ],
)
def test_decoded_from_a_real_revert(toy: Contract, kind: int, name: str, sentence: str) -> None:
    with pytest.raises(RevertedError) as caught:
        toy.read("fail", kind)
    revert = TOY_ERRORS.decode(caught.value.data)
    assert (revert.name, revert.sentence) == (name, sentence)


def test_arguments_by_name() -> None:
    entry = TOY_ABI.find("error", "SequenceNotIncreasing")
    data = selector(entry) + encode(["uint48", "uint48"], [9, 8])
    revert = TOY_ERRORS.decode(data)
    assert revert.arguments == {"last": 9, "sequence": 8}
    assert revert.sentence == "sequence not increasing (last 9, sequence 8)"


def test_foreign_and_malformed_data_never_raise() -> None:
    assert TOY_ERRORS.decode(b"\xde\xad\xbe\xef").name == "Unknown"
    known = selector(TOY_ABI.find("error", "SequenceNotIncreasing"))
    assert "malformed" in TOY_ERRORS.decode(known + b"\1").sentence
    assert TOY_ERRORS.decode(b"\1").name == "Unknown"
    huge = encode(["uint256"], [99])
    assert "panic code 99" in ErrorTable().decode(bytes.fromhex("4e487b71") + huge).sentence


def test_an_estimate_reverts_alike(toy: Contract) -> None:
    with pytest.raises(RevertedError) as caught:
        toy.chain.estimate_gas(Call(toy.address, TOY_ABI.encode_call("fail", 2)))
    assert TOY_ERRORS.decode(caught.value.data).name == "SnapshotUnknown"
