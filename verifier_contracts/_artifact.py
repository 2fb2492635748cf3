"""Reading a compiled contract."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

_FOLDER = "verifier_contracts.artifacts"
_SUFFIX = ".json"


class ArtifactError(Exception):
    """Something is wrong with a compiled contract."""


class ArtifactNotFoundError(ArtifactError):
    """There is no contract of that name."""


class ArtifactFormatError(ArtifactError):
    """The file does not have the shape that build_artifacts.py writes."""


@dataclass(frozen=True)
class Artifact:
    """One compiled contract.

    Attributes:
        name: the contract's name.
        abi: functions, events, errors and constructor as solc prints them; do not change them.
        bytecode: creation code; constructor arguments are appended to it.
        deployed_bytecode: runtime code with zeros where immutables go.
        immutable_references: (start, length) of every such place, in bytes.
        compiler_version: full version of solc.
        settings: solc's settings (optimizer, evmVersion, metadata, remappings).
        sources: keccak256 of every source file, by path below this folder.
    """

    name: str
    abi: tuple[Mapping[str, Any], ...]
    bytecode: bytes
    deployed_bytecode: bytes
    immutable_references: tuple[tuple[int, int], ...]
    compiler_version: str
    settings: Mapping[str, Any]
    sources: Mapping[str, str]


def names() -> tuple[str, ...]:
    """Names of the compiled contracts, sorted."""
    files = (entry.name for entry in resources.files(_FOLDER).iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in files if name.endswith(_SUFFIX)))


@cache
def load(name: str) -> Artifact:
    """Load a compiled contract.

    Raises:
        ArtifactNotFoundError: no contract of that name; the message lists those there are.
        ArtifactFormatError: the file is damaged.
    """
    if name not in names():
        raise ArtifactNotFoundError(f"no contract {name!r}: expected one of {', '.join(names())}")
    text = resources.files(_FOLDER).joinpath(name + _SUFFIX).read_text(encoding="utf-8")
    try:
        return _decode(json.loads(text))
    except (KeyError, TypeError, ValueError) as error:
        raise ArtifactFormatError(f"artifact {name}{_SUFFIX} is damaged: {error!r}") from error


def _decode(document: Mapping[str, Any]) -> Artifact:
    places = (place for group in document["immutableReferences"].values() for place in group)
    return Artifact(
        name=document["contractName"],
        abi=tuple(document["abi"]),
        bytecode=_decode_code(document["bytecode"]),
        deployed_bytecode=_decode_code(document["deployedBytecode"]),
        immutable_references=tuple(sorted((place["start"], place["length"]) for place in places)),
        compiler_version=document["compiler"]["version"],
        settings=MappingProxyType(document["compiler"]["settings"]),
        sources=MappingProxyType(document["sources"]),
    )


def _decode_code(text: str) -> bytes:
    if not text.startswith("0x"):
        raise ValueError(f"code must start with 0x, received {text[:8]!r}")
    return bytes.fromhex(text[2:])
