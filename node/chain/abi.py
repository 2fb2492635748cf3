"""Encoding and decoding by ABI: calls, results, events, constructor arguments.

Types are read from the contracts' own artifacts, so a changed signature shows up here first.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError, EncodingError
from eth_hash.auto import keccak
from eth_utils.abi import collapse_if_tuple

from node.chain.errors import ArtifactError, ContractMissingError
from node.chain.interface import Chain
from node.chain.types import Call, Log, LogFilter

__all__ = ["Abi", "Contract", "Event", "input_types", "selector", "signature"]

Entry = Mapping[str, Any]
"""One member of an ABI list: function, error, event or constructor."""


def input_types(entry: Entry) -> tuple[str, ...]:
    """Canonical types of an entry's inputs, structs written as tuples."""
    return tuple(collapse_if_tuple(dict(each)) for each in entry.get("inputs", ()))


def signature(entry: Entry) -> str:
    """Canonical signature such as ``attest(bytes32,uint256[10],uint256[])``."""
    return f"{entry['name']}({','.join(input_types(entry))})"


def selector(entry: Entry) -> bytes:
    """First four bytes of the signature's keccak."""
    return bytes(keccak(signature(entry).encode())[:4])


@dataclass(frozen=True)
class Event:
    """A decoded event; ``arguments`` by name, indexed ones included."""

    name: str
    arguments: Mapping[str, Any]
    log: Log


class Abi:
    """A contract's ABI, looked up by name. Overloaded functions are not used here."""

    def __init__(self, entries: Sequence[Entry], contract: str = "contract") -> None:
        self.contract = contract
        self.entries = tuple(entries)

    def find(self, kind: str, name: str | None = None) -> Entry:
        """Return the entry of that kind (``function``, ``event``, ``constructor``) and name."""
        for entry in self.entries:
            if entry.get("type") == kind and (name is None or entry.get("name") == name):
                return entry
        if kind == "constructor":
            return {"type": "constructor", "inputs": []}
        raise ArtifactError(f"{self.contract} has no {kind} named {name}: rebuild the artifacts")

    def encode_call(self, name: str, *arguments: Any) -> bytes:
        """Calldata of a function call."""
        entry = self.find("function", name)
        return selector(entry) + self._encode(entry, arguments)

    def encode_constructor(self, *arguments: Any) -> bytes:
        """Constructor arguments, to append to the creation code."""
        return self._encode(self.find("constructor"), arguments)

    def decode_result(self, name: str, data: bytes) -> dict[str, Any]:
        """Results of a function by name; unnamed ones are called ``0``, ``1``, and so on."""
        outputs = self.find("function", name).get("outputs", ())
        types = [collapse_if_tuple(dict(each)) for each in outputs]
        try:
            values = decode(types, data)
        except DecodingError as error:
            raise ContractMissingError(
                f"{self.contract}.{name} returned {len(data)} bytes that are not "
                f"({','.join(types)}): another contract lives at this address"
            ) from error
        names = [each.get("name") or str(i) for i, each in enumerate(outputs)]
        return dict(zip(names, values, strict=True))

    def decode_event(self, log: Log) -> Event | None:
        """Decode one log, or return None when this ABI does not know it."""
        for entry in self.entries:
            if entry.get("type") != "event" or not log.topics:
                continue
            if keccak(signature(entry).encode()) == log.topics[0]:
                return Event(str(entry["name"]), _event_arguments(entry, log), log)
        return None

    def topic(self, event: str) -> bytes:
        """The first topic of an event."""
        return bytes(keccak(signature(self.find("event", event)).encode()))

    def _encode(self, entry: Entry, arguments: Sequence[Any]) -> bytes:
        types = input_types(entry)
        name = entry.get("name", "constructor")
        if len(types) != len(arguments):
            raise ArtifactError(
                f"{self.contract}.{name} takes {len(types)} arguments, received {len(arguments)}"
            )
        try:
            return bytes(encode(types, arguments))
        except EncodingError as error:
            raise ArtifactError(f"{self.contract}.{name}({','.join(types)}): {error}") from error


class Contract:
    """A contract at an address: typed reads and calldata for transactions."""

    def __init__(self, chain: Chain, address: str, abi: Abi) -> None:
        self.chain = chain
        self.address = address
        self.abi = abi

    def read(self, name: str, *arguments: Any, block_number: int | None = None) -> dict[str, Any]:
        """Call a view function, results by name, as of a block (the newest).

        RevertedError, ContractMissingError.
        """
        call = Call(self.address, self.abi.encode_call(name, *arguments))
        return self.abi.decode_result(name, self.chain.call(call, block_number))

    def read_one(self, name: str, *arguments: Any, block_number: int | None = None) -> Any:
        """Call a view function that returns one value."""
        (value,) = self.read(name, *arguments, block_number=block_number).values()
        return value

    def events(self, name: str, from_block: int, to_block: int) -> Iterator[Event]:
        """Read events of one name in chain order, blocks inclusive."""
        topics = (self.abi.topic(name),)
        for log in self.chain.logs(LogFilter(self.address, from_block, to_block, topics)):
            event = self.abi.decode_event(log)
            if event is not None:
                yield event


def _event_arguments(entry: Entry, log: Log) -> dict[str, Any]:
    indexed = [each for each in entry["inputs"] if each.get("indexed")]
    plain = [each for each in entry["inputs"] if not each.get("indexed")]
    values: dict[str, Any] = {}
    for each, topic in zip(indexed, log.topics[1:], strict=True):
        (values[each["name"]],) = decode([_topic_type(each)], topic)
    types = [collapse_if_tuple(dict(each)) for each in plain]
    values |= zip([each["name"] for each in plain], decode(types, log.data), strict=True)
    return {each["name"]: values[each["name"]] for each in entry["inputs"]}


def _topic_type(parameter: Entry) -> str:
    """Dynamic indexed values appear as their hash."""
    kind = collapse_if_tuple(dict(parameter))
    dynamic = kind in {"string", "bytes"} or kind.endswith("]") or kind.startswith("(")
    return "bytes32" if dynamic else kind
