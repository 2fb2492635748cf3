"""Custom errors in plain words: the selector table that web3 does not keep.

The table is built from the ABIs in the contracts' artifacts, and knows Solidity's own
``Error(string)`` and ``Panic(uint256)``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from node.chain.abi import Entry, input_types, selector

__all__ = ["ErrorTable", "Revert"]

_BUILT_IN: tuple[Entry, ...] = (
    {"type": "error", "name": "Error", "inputs": [{"name": "message", "type": "string"}]},
    {"type": "error", "name": "Panic", "inputs": [{"name": "code", "type": "uint256"}]},
)
_PANICS = {
    0x01: "an assertion failed",
    0x11: "arithmetic overflow",
    0x12: "division by zero",
    0x21: "a value is no member of its enum",
    0x31: "pop of an empty array",
    0x32: "array index out of bounds",
    0x41: "out of memory",
    0x51: "call of an uninitialised function",
}
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


@dataclass(frozen=True)
class Revert:
    """A decoded revert.

    ``name`` is the error's name, ``Unknown`` for a foreign selector and ``Empty`` without data;
    ``arguments`` are by name; ``sentence`` is for people.
    """

    name: str
    arguments: Mapping[str, Any]
    sentence: str


class ErrorTable:
    """Selector to custom error, over any number of ABIs."""

    def __init__(self, *abis: Sequence[Entry]) -> None:
        entries = [entry for abi in (_BUILT_IN, *abis) for entry in abi]
        self._by_selector = {selector(e): e for e in entries if e.get("type") == "error"}

    @property
    def names(self) -> frozenset[str]:
        """Names of every error known."""
        return frozenset(str(entry["name"]) for entry in self._by_selector.values())

    def decode(self, data: bytes) -> Revert:
        """Decode revert bytes; never raises."""
        if not data:
            return Revert(
                "Empty", {}, "reverted without a reason (out of gas, or no such function)"
            )
        entry = self._by_selector.get(data[:4])
        if entry is None:
            return Revert("Unknown", {}, f"reverted with an unknown error 0x{data[:4].hex()}")
        try:
            values = decode(input_types(entry), data[4:])
        except (DecodingError, OverflowError, UnicodeDecodeError):
            return Revert("Unknown", {}, f"reverted with a malformed {entry['name']}")
        names = [each.get("name") or str(i) for i, each in enumerate(entry["inputs"])]
        arguments = dict(zip(names, values, strict=True))
        name = str(entry["name"])
        return Revert(name, arguments, _sentence(name, arguments))


def _sentence(name: str, arguments: Mapping[str, Any]) -> str:
    if name == "Error":
        return _printable(str(arguments["message"]))
    if name == "Panic":
        return _PANICS.get(arguments["code"], f"panic code {arguments['code']}")
    listed = ", ".join(_arguments(arguments.items()))
    return f"{_words(name)} ({listed})" if listed else _words(name)


def _printable(text: str) -> str:
    """A contract's words: no control characters in a log, a terminal or a database."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)


def _words(name: str) -> str:
    """``SnapshotTooOld`` to ``snapshot too old``; acronyms stay."""
    words = _WORD.findall(name)
    return " ".join(w if len(w) > 1 and w.isupper() else w.lower() for w in words)


def _arguments(pairs: Iterable[tuple[str, Any]]) -> Iterable[str]:
    for name, value in pairs:
        shown = "0x" + value.hex() if isinstance(value, bytes) else str(value)
        yield shown if name.isdigit() else f"{_words(name)} {shown}"
