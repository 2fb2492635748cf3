"""The attestation file: JSON, version 1, every field required, no others.

    {"format": "proofmark.attestation",
     "version": 1,
     "key_id": "0x" and 64 hexadecimal digits,
     "statement": {"name": text, "version": number, "parameters": text, "word_count": number},
     "words": ["0x" and 64 digits, ...],         header first, as many as word_count says
     "proof": "0x" and 640 digits}               A, B, C, D in EVM encoding

Digits are lower case. A reader takes the verifying key from its own key store by `key_id`; the
statement is for people and must agree with that key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from node.attestations.errors import AttestationFileError, FileFault
from node.attestations.model import Attestation
from node.files import replace_file
from node.untrusted_json import decode_json
from prover import PROOF_BYTES, StatementIdentity

FORMAT = "proofmark.attestation"
VERSION = 1
LARGEST_FILE = 16 << 20
"""Bytes; 4,096 options with Greeks need about 0.9 MB."""

_WORD_DIGITS = 64
_LONGEST_TEXT = 1_000
_LONGEST_SHOWN = 60
_LARGEST_NUMBER = (1 << 32) - 1
_HEX = re.compile("0x[0-9a-f]*")
_FIELDS = ("format", "version", "key_id", "statement", "words", "proof")
_STATEMENT_FIELDS = ("name", "version", "parameters", "word_count")


def encode_attestation(attestation: Attestation) -> str:
    """The file's text."""
    statement = attestation.statement
    document = {
        "format": FORMAT,
        "version": VERSION,
        "key_id": "0x" + attestation.key_id.hex(),
        "statement": {
            "name": statement.name,
            "version": statement.version,
            "parameters": statement.parameters.decode("ascii"),
            "word_count": statement.word_count,
        },
        "words": [f"0x{word:0{_WORD_DIGITS}x}" for word in attestation.words],
        "proof": "0x" + attestation.proof.hex(),
    }
    return json.dumps(document, indent=1) + "\n"


def write_attestation(path: Path, attestation: Attestation) -> None:
    """Write the file in one step; AttestationFileError where it cannot be written."""
    try:
        replace_file(path, encode_attestation(attestation), mode=0o644)
    except OSError as error:
        fault = FileFault("file", "a path that can be written", str(error.strerror))
        raise AttestationFileError(str(path), [fault]) from error


def read_attestation(path: Path) -> Attestation:
    """Read and decode a file; AttestationFileError."""
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        fault = FileFault("file", "a readable file", str(error.strerror))
        raise AttestationFileError(str(path), [fault]) from error
    return decode_attestation(data, where=str(path))


def decode_attestation(data: bytes, *, where: str = "the input") -> Attestation:
    """Decode untrusted bytes; AttestationFileError lists every fault, with its field."""
    faults = _Faults()
    attestation = _decode(_parse(data, faults), faults) if not faults else None
    if attestation is None or faults:
        raise AttestationFileError(where, faults)
    return attestation


class _Faults(list[FileFault]):
    """Faults found so far."""

    def add(self, field: str, expected: str, received: object) -> None:
        """Note a fault; the received value is shortened."""
        self.append(FileFault(field, expected, _shown(received)))


def _parse(data: bytes, faults: _Faults) -> Any:
    if len(data) > LARGEST_FILE:
        faults.append(FileFault("file", f"at most {LARGEST_FILE} bytes", "more"))
        return None
    try:
        return decode_json(data)
    except ValueError as error:
        faults.append(FileFault("file", "JSON in UTF-8", _shortened(str(error))))
        return None


def _decode(document: Any, faults: _Faults) -> Attestation | None:
    if faults or not _has_fields("file", document, _FIELDS, faults):
        return None
    if document["format"] != FORMAT:
        faults.add("format", repr(FORMAT), document["format"])
    if not _is_number(document["version"]) or document["version"] != VERSION:
        faults.add("version", str(VERSION), document["version"])
    if faults:
        return None
    key_id = _hex_bytes("key_id", document["key_id"], 32, faults)
    statement = _statement(document["statement"], faults)
    words = _words(document["words"], statement, faults)
    proof = _hex_bytes("proof", document["proof"], PROOF_BYTES, faults)
    if statement is None:
        return None
    return Attestation(key_id, statement, words, proof)


def _statement(value: Any, faults: _Faults) -> StatementIdentity | None:
    if not _has_fields("statement", value, _STATEMENT_FIELDS, faults):
        return None
    before = len(faults)
    for name in ("name", "parameters"):
        text = value[name]
        if not isinstance(text, str) or not text.isascii() or len(text) > _LONGEST_TEXT:
            faults.add(f"statement.{name}", f"ASCII text up to {_LONGEST_TEXT} characters", text)
    for name in ("version", "word_count"):
        if not _is_number(value[name]) or not 0 < value[name] <= _LARGEST_NUMBER:
            faults.add(f"statement.{name}", f"a number from 1 to {_LARGEST_NUMBER}", value[name])
    if len(faults) > before:
        return None
    return StatementIdentity(
        value["name"], value["version"], value["parameters"].encode("ascii"), value["word_count"]
    )


def _words(value: Any, statement: StatementIdentity | None, faults: _Faults) -> tuple[int, ...]:
    if not isinstance(value, list):
        faults.add("words", "a list", value)
        return ()
    if statement is not None and len(value) != statement.word_count:
        faults.append(FileFault("words", f"{statement.word_count} words", str(len(value))))
        return ()
    decoded = (_hex_bytes(f"words[{i}]", word, 32, faults) for i, word in enumerate(value))
    return tuple(int.from_bytes(word, "big") for word in decoded)


def _hex_bytes(field: str, value: Any, size: int, faults: _Faults) -> bytes:
    if isinstance(value, str) and len(value) == 2 + 2 * size and _HEX.fullmatch(value):
        return bytes.fromhex(value[2:])
    faults.add(field, f"0x and {2 * size} lower-case hexadecimal digits", value)
    return b""


def _has_fields(field: str, value: Any, names: Iterable[str], faults: _Faults) -> bool:
    """Whether a value is an object with exactly these members; faults say what is not so."""
    if not isinstance(value, dict):
        faults.add(field, "an object", value)
        return False
    prefix = "" if field == "file" else f"{field}."
    missing = [name for name in names if name not in value]
    for name in missing:
        faults.append(FileFault(f"{prefix}{name}", "a value", "nothing"))
    for name in value.keys() - set(names):
        shown = name if name.isprintable() else ascii(name)  # no escape codes to a terminal
        faults.append(FileFault(f"{prefix}{_shortened(shown)}", "no such field", "a value"))
    return not missing


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: object) -> str:
    """A received value for people; texts also by their length."""
    if isinstance(value, list | dict):
        return f"{'a list' if isinstance(value, list) else 'an object'} of {len(value)}"
    if isinstance(value, str) and len(value) > _LONGEST_SHOWN:
        return f"{value[: _LONGEST_SHOWN // 2]!r}… ({len(value)} characters)"
    if isinstance(value, int) and value.bit_length() > 64:
        return f"a number of {value.bit_length()} bits"
    return _shortened(repr(value))


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…"
