"""An endpoint that answers with whatever it likes, and files like its answers."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from node.chain import Call, DeploymentsFile, LogFilter, RpcChain, load_keystore
from node.chain import errors as e
from tests.node.chain.test_rpc import ADDRESS, Endpoint

NESTED = b"[" * 200_000
HIDDEN = b'{"}":' * 200_000


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint()
    yield made
    made.close()


READS: dict[str, Callable[[RpcChain], object]] = {
    "eth_getBlockByNumber": lambda chain: chain.head(),
    "eth_getTransactionReceipt": lambda chain: chain.receipt(bytes(32)),
    "eth_getLogs": lambda chain: chain.logs(LogFilter(ADDRESS, 0, 1)),
    "eth_call": lambda chain: chain.call(Call(ADDRESS, b"")),
    "eth_getBalance": lambda chain: chain.balance(ADDRESS),
    "eth_sendRawTransaction": lambda chain: chain.send_raw(b"\x02"),
}
ANSWERS: tuple[object, ...] = (
    b"null", b"[]", b"1", b'"x"', b"{}", b"{", b"\xff", b'{"error": null}', b'{"error": 7}',
    "x", 7, [], [7], {"number": 7}, {"logs": 7}, True,
)  # fmt: skip


@pytest.mark.parametrize("method", READS)
def test_every_strange_answer_is_an_endpoint_that_is_not_available(
    endpoint: Endpoint, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.chain.rpc._READ_ATTEMPTS", 1)
    chain = RpcChain(endpoint.url)
    for answer in ANSWERS:
        if method == "eth_getLogs" and answer == []:
            continue  # no logs
        endpoint.answers[method] = answer
        with pytest.raises(e.RpcUnavailableError) as caught:
            READS[method](chain)
        assert "secret-token" not in str(caught.value)


_ASK = """
import sys
from node.chain import RpcChain, errors
try:
    RpcChain(sys.argv[1])
except errors.RpcUnavailableError:
    print("refused")
"""


@pytest.mark.parametrize("reply", [NESTED, HIDDEN], ids=["plain", "hidden by texts"])
def test_a_reply_nested_without_end_does_not_end_the_process(
    endpoint: Endpoint, reply: bytes
) -> None:
    """py_ecc lifts Python's recursion limit above what the stack holds."""
    endpoint.answers["eth_chainId"] = reply
    command = [sys.executable, "-c", _ASK, endpoint.url]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, "refused\n"), done.stderr[-300:]


@pytest.mark.parametrize("content", [NESTED, HIDDEN], ids=["plain", "hidden by texts"])
def test_files_nested_without_end_are_refused(tmp_path: Path, content: bytes) -> None:
    path, password = tmp_path / "file", tmp_path / "password"
    path.write_bytes(content)
    password.write_text("secret\n")
    path.chmod(0o600)
    password.chmod(0o600)
    with pytest.raises(e.KeystoreError, match="no JSON"):
        load_keystore(path, password)
    with pytest.raises(e.DeploymentError, match="not a deployments file"):
        DeploymentsFile(path).load(1)


@pytest.mark.parametrize("url", ["http://user:secret@h:port", "http://h:99999", "http://[secret"])
def test_a_url_that_is_none_is_refused_without_a_word_of_it(url: str) -> None:
    with pytest.raises(e.RpcUnavailableError) as caught:
        RpcChain(url)
    assert "secret" not in str(caught.value)
