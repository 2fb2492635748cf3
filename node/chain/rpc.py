"""Any JSON-RPC endpoint: anvil, a node of one's own, a provider.

The door to web3, of which we use the HTTP provider; replies are read here because web3 neither
decodes custom errors nor agrees with every endpoint about where revert data lives. Reads are
retried a few times, sending never is.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from eth_utils.address import to_checksum_address
from requests import RequestException
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential
from web3 import HTTPProvider
from web3.exceptions import Web3Exception
from web3.types import RPCResponse

from node.chain.embedded import BLOCK_SECONDS
from node.chain.errors import (
    ClockError,
    RpcRejectedError,
    RpcUnavailableError,
    WrongChainIdError,
)
from node.chain.rpc_errors import translate_error
from node.chain.types import Block, Call, Log, LogFilter, Receipt
from node.untrusted_json import check_nesting

__all__ = ["RpcChain"]

_T = TypeVar("_T")

_READ_ATTEMPTS = 3
_DEVELOPMENT_CLIENTS = ("anvil/", "hardhatnetwork/")


class RpcChain:
    """A chain behind a URL.

    The constructor asks for the chain id and raises RpcUnavailableError when nobody answers and
    WrongChainIdError when ``expected_chain_id`` is given and differs. ``timeout`` is seconds per
    request. Credentials in the URL never reach a message.
    """

    def __init__(
        self, url: str, *, expected_chain_id: int | None = None, timeout: float = 10.0
    ) -> None:
        self._where = _endpoint_name(url)
        self._provider = _Provider(
            url, request_kwargs={"timeout": timeout}, exception_retry_configuration=None
        )
        self._chain_id = _integer(self._read("eth_chainId"))
        if expected_chain_id is not None and self._chain_id != expected_chain_id:
            raise WrongChainIdError(expected_chain_id, self._chain_id, self._where)
        self.name = self._client_version()

    @property
    def clock_settable(self) -> bool:
        """True on anvil and hardhat."""
        return self.name.lower().startswith(_DEVELOPMENT_CLIENTS)

    def chain_id(self) -> int:
        """Ask again, so that an endpoint that was switched is noticed; WrongChainIdError."""
        received = _integer(self._read("eth_chainId"))
        if received != self._chain_id:
            raise WrongChainIdError(self._chain_id, received, self._where)
        return received

    def head(self) -> Block:
        """Return the newest mined block."""
        block = self._block("latest")
        if block is None:
            raise RpcUnavailableError(f"{self._where} has no latest block")
        return block

    def finalized(self) -> Block | None:
        """Return the block under the ``finalized`` tag, or None where the tag is unknown."""
        try:
            return self._block("finalized")
        except RpcRejectedError:
            return None

    def block(self, number: int) -> Block | None:
        """Return the canonical block of that height, or None above the head."""
        return self._block(hex(number))

    def balance(self, address: str) -> int:
        """Return wei at the newest block."""
        return _integer(self._read("eth_getBalance", address, "latest"))

    def nonce(self, address: str) -> int:
        """Return the next nonce, counting mined transactions only."""
        return _integer(self._read("eth_getTransactionCount", address, "latest"))

    def code_at(self, address: str) -> bytes:
        """Return runtime code, empty where there is none."""
        return _bytes(self._read("eth_getCode", address, "latest"))

    def priority_fee(self) -> int:
        """Return the endpoint's suggested tip; 1 gwei where it has no opinion."""
        try:
            return _integer(self._read("eth_maxPriorityFeePerGas"))
        except RpcRejectedError:
            return 1_000_000_000

    def call(self, call: Call, block_number: int | None = None) -> bytes:
        """Run a message; RevertedError."""
        tag = "latest" if block_number is None else hex(block_number)
        return _bytes(self._read("eth_call", _message(call), tag))

    def estimate_gas(self, call: Call) -> int:
        """Ask for a gas limit; RevertedError. Callers cap it: the endpoint is not trusted."""
        return _integer(self._read("eth_estimateGas", _message(call)))

    def send_raw(self, raw: bytes) -> bytes:
        """Hand a signed transaction to the pool, once; TransactionRefusedError."""
        return _bytes(self._request("eth_sendRawTransaction", "0x" + raw.hex()))

    def receipt(self, tx_hash: bytes) -> Receipt | None:
        """Return the receipt, or None while not mined."""
        reply = self._read("eth_getTransactionReceipt", "0x" + tx_hash.hex())
        return None if reply is None else _parsed(_receipt, reply, self._where)

    def logs(self, log_filter: LogFilter) -> tuple[Log, ...]:
        """Return matching events in chain order."""
        topics = [None if t is None else "0x" + t.hex() for t in log_filter.topics]
        reply = self._read(
            "eth_getLogs",
            {
                "address": log_filter.address,
                "fromBlock": hex(log_filter.from_block),
                "toBlock": hex(log_filter.to_block),
                "topics": topics,
            },
        )
        return _parsed(_logs, reply, self._where)

    def set_time(self, timestamp: int) -> None:
        """Set a development chain's clock; ClockError elsewhere; only anvil's may run backward."""
        if not self.clock_settable:
            raise ClockError(f"{self.name} at {self._where} keeps its own time")
        head = self.head()
        if timestamp <= head.timestamp:
            if not self._is_anvil:
                raise ClockError(
                    f"block time {timestamp} is not after the head's, {head.timestamp}: "
                    f"{self.name}'s clock only runs forward"
                )
            self._request("evm_setTime", timestamp - 1)  # anvil's clock may run backward
        self._request("evm_setNextBlockTimestamp", timestamp)
        if self._is_anvil:
            self._request("anvil_setBlockTimestampInterval", BLOCK_SECONDS)

    def mine(self, blocks: int = 1) -> None:
        """Mine empty blocks on a development chain; ClockError elsewhere."""
        for _ in range(blocks):
            self.development_request("evm_mine")

    def fund(self, address: str, wei: int) -> None:
        """Give an account play money on a development chain; ClockError elsewhere."""
        prefix = "anvil" if self._is_anvil else "hardhat"
        self.development_request(f"{prefix}_setBalance", address, hex(wei))

    def development_request(self, method: str, *params: Any) -> Any:
        """Send a raw request such as ``evm_mine`` to a development chain; ClockError elsewhere."""
        if not self.clock_settable:
            raise ClockError(f"{method} is for development chains, {self.name} is none")
        return self._request(method, *params)

    @property
    def _is_anvil(self) -> bool:
        return self.name.lower().startswith("anvil/")

    def _client_version(self) -> str:
        try:
            return str(self._read("web3_clientVersion"))
        except RpcRejectedError:
            return self._where

    def _block(self, tag: str) -> Block | None:
        reply = self._read("eth_getBlockByNumber", tag, False)
        return None if reply is None else _parsed(_header, reply, self._where)

    def _read(self, method: str, *params: Any) -> Any:
        retrying = Retrying(
            retry=retry_if_exception_type(RpcUnavailableError),
            stop=stop_after_attempt(_READ_ATTEMPTS),
            wait=wait_random_exponential(multiplier=0.1, max=1.0),
            reraise=True,
        )
        return retrying(self._request, method, *params)

    def _request(self, method: str, *params: Any) -> Any:
        try:
            reply = self._provider.make_request(method, list(params))
        except (RequestException, Web3Exception, ValueError, OSError) as error:
            raise RpcUnavailableError(
                f"no answer from {self._where} to {method} ({type(error).__name__}): "
                "is the node running and the URL right?"
            ) from None  # the cause may hold the URL, and the URL a credential
        fault = reply.get("error") if isinstance(reply, dict) else reply
        if isinstance(fault, dict):
            raise translate_error(method, fault, self._where)
        if fault is not None or not isinstance(reply, dict) or "result" not in reply:
            raise RpcUnavailableError(
                f"{self._where} answered {method} with neither result nor error"
            )
        return reply["result"]


class _Provider(HTTPProvider):
    """web3's, but for replies nested so deep that reading them would end the process."""

    @staticmethod
    def decode_rpc_response(raw_response: bytes) -> RPCResponse:
        """ValueError for such a reply."""
        check_nesting(raw_response)
        return HTTPProvider.decode_rpc_response(raw_response)


def _endpoint_name(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:  # its text quotes the URL, and the URL may hold a credential
        raise RpcUnavailableError("the RPC URL is none: no host and port can be read") from None
    return f"{parts.scheme}://{parts.hostname or ''}{port}"


def _parsed(parse: Callable[[Any], _T], reply: Any, where: str) -> _T:
    try:
        return parse(reply)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise RpcUnavailableError(f"{where} sent a malformed reply: {error!r}") from error


def _integer(value: Any) -> int:
    try:
        return int(value, 16)
    except (TypeError, ValueError) as error:
        raise RpcUnavailableError(f"expected a hex number, received {value!r}") from error


def _bytes(value: Any) -> bytes:
    try:
        return bytes.fromhex(value.removeprefix("0x"))
    except (AttributeError, ValueError) as error:
        raise RpcUnavailableError(f"expected hex bytes, received {value!r}") from error


def _message(call: Call) -> dict[str, str]:
    message = {"data": "0x" + call.data.hex()}
    if call.to is not None:
        message["to"] = call.to
    if call.sender is not None:
        message["from"] = call.sender
    if call.value:
        message["value"] = hex(call.value)
    return message


def _header(reply: Any) -> Block:
    return Block(
        number=_integer(reply["number"]),
        hash=_bytes(reply["hash"]),
        timestamp=_integer(reply["timestamp"]),
        base_fee=_integer(reply.get("baseFeePerGas", "0x0")),
    )


def _log(reply: Any) -> Log:
    return Log(
        address=to_checksum_address(reply["address"]),
        topics=tuple(_bytes(topic) for topic in reply["topics"]),
        data=_bytes(reply["data"]),
        block_number=_integer(reply["blockNumber"]),
        block_hash=_bytes(reply["blockHash"]),
        tx_hash=_bytes(reply["transactionHash"]),
    )


def _logs(reply: Any) -> tuple[Log, ...]:
    return tuple(map(_log, reply))


def _receipt(reply: Any) -> Receipt:
    created = reply.get("contractAddress")
    return Receipt(
        tx_hash=_bytes(reply["transactionHash"]),
        block_number=_integer(reply["blockNumber"]),
        block_hash=_bytes(reply["blockHash"]),
        succeeded=_integer(reply["status"]) == 1,
        gas_used=_integer(reply["gasUsed"]),
        effective_gas_price=_integer(reply.get("effectiveGasPrice", "0x0")),
        contract_address=to_checksum_address(created) if created else None,
        logs=tuple(_log(each) for each in reply["logs"]),
    )
