"""The chain in memory: its clock, its pool's refusals, its precompiles."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from py_ecc import bn128 as _bn128

from node.chain import (
    BLOCK_SECONDS,
    Call,
    Chain,
    Contract,
    EmbeddedChain,
    LogFilter,
    Transaction,
    development_account,
    transact,
)
from node.chain import errors as e
from prover import DEVELOPMENT_CHAINS
from tests.node.chain.toy import START, TOY_ABI, deploy_toy, send, toy_words

bn128: Any = _bn128  # its stub exports nothing
ALICE = development_account("test-alice")
POOR = development_account("test-poor")


@pytest.fixture
def chain() -> EmbeddedChain:
    return EmbeddedChain(start_time=START, funded=[ALICE.address])


@pytest.fixture
def toy(chain: EmbeddedChain) -> Contract:
    return deploy_toy(chain, ALICE)


def transfer(chain: Chain, **changes: int) -> bytes:
    fields = {"nonce": 0, "gas_limit": 21_000, "max_fee": 2 * 10**9, "priority_fee": 10**9}
    fields |= changes
    chain_id = fields.pop("chain_id", chain.chain_id())
    return Transaction(chain_id=chain_id, to=ALICE.address, data=b"", **fields).sign(ALICE).raw


def test_satisfies_the_interface(chain: EmbeddedChain) -> None:
    satisfied: Chain = chain
    assert satisfied.chain_id() in DEVELOPMENT_CHAINS
    assert satisfied.finalized() is None


def test_blocks_are_twelve_seconds_apart_from_the_start(chain: EmbeddedChain) -> None:
    assert chain.head().timestamp == START
    chain.mine(2)
    assert [chain.block(n).timestamp for n in range(3)] == [  # type: ignore[union-attr]
        START,
        START + BLOCK_SECONDS,
        START + 2 * BLOCK_SECONDS,
    ]
    assert chain.block(3) is None


def test_clock_is_seen_by_contracts_and_only_runs_forward(
    chain: EmbeddedChain, toy: Contract
) -> None:
    chain.set_time(START + 1_000)
    chain.mine()
    assert toy.read_one("clock") == START + 1_000
    with pytest.raises(e.ClockError, match="only runs forward"):
        chain.set_time(START + 1_000)


def test_a_call_can_look_at_an_older_block(chain: EmbeddedChain, toy: Contract) -> None:
    created = chain.head()
    chain.mine(3)
    data = TOY_ABI.encode_call("clock")
    assert int.from_bytes(chain.call(Call(toy.address, data), created.number)) == created.timestamp


def test_receipt_event_and_state(chain: EmbeddedChain, toy: Contract) -> None:
    words = toy_words(toy.address)
    data = TOY_ABI.encode_call("attest", bytes(32), [1] * 10, words)
    receipt = transact(chain, ALICE, toy.address, data)
    block = chain.block(receipt.block_number)
    assert receipt.succeeded
    assert block is not None
    assert block.hash == receipt.block_hash
    (event,) = toy.events("Attested", 0, receipt.block_number)
    assert event.arguments["sequence"] == 1
    assert int(event.arguments["consumer"], 16) == 0xC0
    assert event.log.tx_hash == receipt.tx_hash
    assert toy.read_one("count") == 1
    nothing = LogFilter(toy.address, 0, receipt.block_number, (b"\1" * 32,))
    assert chain.logs(nothing) == ()


def test_structs_and_several_results(toy: Contract) -> None:
    result = toy.read("pair", (7, b"BTC".ljust(12, b"\0")))
    assert result["echo"] == (7, b"BTC".ljust(12, b"\0"))
    assert result["length"] == 4 + 64


def test_a_failing_transaction_is_mined_and_says_so(chain: EmbeddedChain, toy: Contract) -> None:
    data = TOY_ABI.encode_call("fail", 0)
    signed = Transaction(
        chain.chain_id(), chain.nonce(ALICE.address), toy.address, data, 100_000, 2 * 10**9, 10**9
    ).sign(ALICE)
    chain.send_raw(signed.raw)
    receipt = chain.receipt(signed.hash)
    assert receipt is not None
    assert not receipt.succeeded


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda c: transfer(c, nonce=1), e.NonceGapError),
        (lambda c: transfer(c, max_fee=1, priority_fee=1), e.UnderpricedError),
        (lambda c: transfer(c, value=10**30), e.InsufficientFundsError),
        (lambda c: transfer(c, chain_id=1), e.TransactionRefusedError),
        (lambda c: transfer(c, gas_limit=20_000), e.TransactionRefusedError),
        (lambda _: b"\x02abc", e.TransactionRefusedError),
        (lambda _: b"", e.TransactionRefusedError),
    ],
)
def test_the_pool_refuses(
    chain: EmbeddedChain, make: Callable[[Chain], bytes], error: type[Exception]
) -> None:
    with pytest.raises(error):
        chain.send_raw(make(chain))
    assert chain.head().number == 0


def test_sent_twice_and_nonce_reused(chain: EmbeddedChain) -> None:
    raw = transfer(chain)
    chain.send_raw(raw)
    with pytest.raises(e.AlreadyKnownError):
        chain.send_raw(raw)
    with pytest.raises(e.NonceTooLowError):
        chain.send_raw(transfer(chain, value=1))


def test_transact_refuses_before_sending(chain: EmbeddedChain, toy: Contract) -> None:
    with pytest.raises(e.InsufficientFundsError, match=POOR.address):
        transact(chain, POOR, toy.address, TOY_ABI.encode_call("setKnownSnapshots", 1))
    with pytest.raises(e.RevertedError):
        transact(chain, ALICE, toy.address, TOY_ABI.encode_call("fail", 2))


def test_estimates_suffice(chain: EmbeddedChain, toy: Contract) -> None:
    data = TOY_ABI.encode_call("attest", bytes(32), [1] * 10, toy_words(toy.address))
    estimate = chain.estimate_gas(Call(toy.address, data, ALICE.address))
    signed = Transaction(
        chain.chain_id(), chain.nonce(ALICE.address), toy.address, data, estimate, 2 * 10**9, 1
    ).sign(ALICE)
    chain.send_raw(signed.raw)
    receipt = chain.receipt(signed.hash)
    assert receipt is not None
    assert receipt.succeeded
    assert receipt.gas_used <= estimate <= receipt.gas_used + 30_000


def test_native_pairing_agrees_with_py_ecc(chain: EmbeddedChain, toy: Contract) -> None:
    """e(2 G1, G2) e(-2 G1, G2) = 1, e(G1, G2) is not, and malformed points fail."""

    def word(value: Any) -> bytes:
        return int(value).to_bytes(32, "big")

    def pair(point: Any) -> bytes:
        (x, y), (g2x, g2y) = point, bn128.G2
        coefficients = (g2x.coeffs[1], g2x.coeffs[0], g2y.coeffs[1], g2y.coeffs[0])
        return b"".join(word(each) for each in (x, y, *coefficients))

    doubled = bn128.multiply(bn128.G1, 2)
    one = pair(doubled) + pair(bn128.neg(doubled))
    assert toy.read("pairing", one)["output"] == word(1)
    assert toy.read("pairing", pair(bn128.G1))["output"] == word(0)
    off_curve = pair((bn128.FQ(1), bn128.FQ(3)))
    assert toy.read("pairing", off_curve)["success"] is False
    assert toy.read("pairing", one[:-1])["success"] is False


def test_missing_code_is_named(chain: EmbeddedChain) -> None:
    nobody = Contract(chain, POOR.address, TOY_ABI)
    with pytest.raises(e.ContractMissingError, match=r"ToyRegistry\.clock"):
        nobody.read_one("clock")


def test_several_threads_may_read(chain: EmbeddedChain, toy: Contract) -> None:
    seen: list[int] = []
    threads = [
        threading.Thread(target=lambda: seen.append(toy.read_one("count"))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    send(chain, ALICE, toy, "setKnownSnapshots", 5)
    for thread in threads:
        thread.join()
    assert seen == [0, 0, 0, 0]


def test_without_pyrevm_it_says_so_and_still_works(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyrevm", None)
    lines: list[str] = []
    chain = EmbeddedChain(start_time=START, funded=[ALICE.address], notify=lines.append)
    assert "pyrevm is missing" in lines[0]
    assert chain.call(Call("0x" + "00" * 19 + "08", b""))[-1] == 1
