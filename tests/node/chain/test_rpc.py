"""The JSON-RPC chain against a scripted endpoint, and its reading of other people's errors."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from node.chain import Call, RpcChain
from node.chain import errors as e
from node.chain.rpc_errors import translate_error

ADDRESS = "0x" + "11" * 20
BLOCK = {"number": "0x5", "hash": "0x" + "ab" * 32, "timestamp": "0x64", "baseFeePerGas": "0x7"}


class Endpoint:
    """A JSON-RPC server whose answers are a dictionary: method to result, error or bytes."""

    def __init__(self) -> None:
        self.answers: dict[str, Any] = {
            "eth_chainId": "0x7a69",
            "web3_clientVersion": "anvil/v1.7.1",
        }
        self.asked: list[tuple[str, Any]] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.asked.append((request["method"], request["params"]))
                answer = endpoint.answers.get(request["method"])
                if isinstance(answer, list) and answer and isinstance(answer[0], Again):
                    answer = answer[0].value if len(answer) == 1 else answer.pop(0).value
                body = self.reply(request, answer)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def reply(self, request: Any, answer: Any) -> bytes:
                if isinstance(answer, bytes):
                    return answer
                member = "error" if isinstance(answer, dict) and "message" in answer else "result"
                reply = {"jsonrpc": "2.0", "id": request["id"], member: answer}
                return json.dumps(reply).encode()

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/secret-token"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Again:
    """One of several answers to be given in turn."""

    def __init__(self, value: Any) -> None:
        self.value = value


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    server = Endpoint()
    yield server
    server.close()


def test_reads(endpoint: Endpoint) -> None:
    endpoint.answers |= {
        "eth_getBlockByNumber": BLOCK,
        "eth_getBalance": "0xff",
        "eth_getCode": "0x6001",
        "eth_call": "0x2a",
        "eth_getTransactionReceipt": None,
    }
    chain = RpcChain(endpoint.url, expected_chain_id=31337)
    assert chain.head().base_fee == 7
    assert chain.balance(ADDRESS) == 255
    assert chain.code_at(ADDRESS) == b"\x60\x01"
    assert chain.call(Call(ADDRESS, b"\1", sender=ADDRESS, value=3)) == b"\x2a"
    assert endpoint.asked[-1][1][0] == {
        "to": ADDRESS,
        "data": "0x01",
        "from": ADDRESS,
        "value": "0x3",
    }
    assert chain.receipt(bytes(32)) is None


def test_wrong_chain_id(endpoint: Endpoint) -> None:
    with pytest.raises(e.WrongChainIdError, match="31337, expected 1"):
        RpcChain(endpoint.url, expected_chain_id=1)
    chain = RpcChain(endpoint.url)
    endpoint.answers["eth_chainId"] = "0x1"
    with pytest.raises(e.WrongChainIdError):
        chain.chain_id()


def test_nobody_answers_and_no_credential_leaks() -> None:
    with pytest.raises(e.RpcUnavailableError) as caught:
        RpcChain("http://user:password@127.0.0.1:9/secret-token")
    assert "127.0.0.1:9" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "password" not in str(caught.value)


@pytest.mark.parametrize("answer", [b"<html>", b"{}", b"[]", b""])
def test_what_is_not_json_rpc_is_unavailable(endpoint: Endpoint, answer: bytes) -> None:
    endpoint.answers["eth_chainId"] = answer
    with pytest.raises(e.RpcUnavailableError):
        RpcChain(endpoint.url)


def test_reads_are_retried_sends_are_not(endpoint: Endpoint) -> None:
    busy = {"code": -32005, "message": "rate limit exceeded"}
    endpoint.answers["eth_getBalance"] = [Again(busy), Again("0x1")]
    chain = RpcChain(endpoint.url)
    assert chain.balance(ADDRESS) == 1
    endpoint.answers["eth_sendRawTransaction"] = busy
    with pytest.raises(e.RpcUnavailableError):
        chain.send_raw(b"\2")
    assert [method for method, _ in endpoint.asked].count("eth_sendRawTransaction") == 1


def test_clock(endpoint: Endpoint) -> None:
    endpoint.answers |= {"eth_getBlockByNumber": BLOCK, "evm_setNextBlockTimestamp": None}
    chain = RpcChain(endpoint.url)
    assert chain.clock_settable
    chain.set_time(1_000)
    assert ("evm_setNextBlockTimestamp", [1_000]) in endpoint.asked
    chain.set_time(50)  # before the head's 100: only anvil goes back
    assert ("evm_setTime", [49]) in endpoint.asked
    endpoint.answers["web3_clientVersion"] = "Geth/v1.16"
    with pytest.raises(e.ClockError, match="keeps its own time"):
        RpcChain(endpoint.url).set_time(1_000)


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("already known", e.AlreadyKnownError),
        ("ALREADY_EXISTS: already known", e.AlreadyKnownError),
        ("transaction already imported", e.AlreadyKnownError),
        ("AlreadyKnown", e.AlreadyKnownError),
        ("nonce too low: next nonce 5, tx nonce 4", e.NonceTooLowError),
        ("Transaction nonce is too low. Try incrementing the nonce.", e.NonceTooLowError),
        ("OldNonce", e.NonceTooLowError),
        ("nonce too high", e.NonceGapError),
        ("insufficient funds for gas * price + value: balance 0", e.InsufficientFundsError),
        ("Insufficient funds for gas * price + value", e.InsufficientFundsError),
        ("Sender doesn't have enough funds to send tx", e.InsufficientFundsError),
        ("replacement transaction underpriced", e.UnderpricedError),
        ("transaction underpriced: gas tip cap 1, minimum needed 2", e.UnderpricedError),
        ("FeeTooLow, EffectivePriorityFeePerGas too low", e.UnderpricedError),
        ("max fee per gas less than block base fee: address 0x0", e.UnderpricedError),
        ("intrinsic gas too low", e.TransactionRefusedError),
        ("exceeds block gas limit", e.TransactionRefusedError),
        ("invalid chain id for signer", e.TransactionRefusedError),
        ("429 Too Many Requests", e.RpcUnavailableError),
        ("request timed out", e.RpcUnavailableError),
        ("header not found", e.RpcUnavailableError),
        ("execution reverted", e.RevertedError),
        ("VM Exception while processing transaction: revert", e.RevertedError),
        ("out of gas", e.RevertedError),
        ("the method eth_foo does not exist", e.RpcRejectedError),
    ],
)
def test_corpus_of_messages(message: str, kind: type[Exception]) -> None:
    error = translate_error("eth_sendRawTransaction", {"code": -32000, "message": message}, "x")
    assert type(error) is kind


@pytest.mark.parametrize(
    "data",
    ["0xdeadbeef", "Reverted 0xdeadbeef", {"data": "0xdeadbeef"}, {"result": "0xdeadbeef"}],
)
def test_revert_data_wherever_it_hides(data: Any) -> None:
    reply = {"code": 3, "message": "execution reverted: custom error", "data": data}
    error = translate_error("eth_call", reply, "x")
    assert isinstance(error, e.RevertedError)
    assert error.data == bytes.fromhex("deadbeef")
