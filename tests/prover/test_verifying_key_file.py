"""The verifying key's JSON file: what was written is read, and nothing else is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from prover import ProvingKey, VerifyingKey
from prover.errors import CorruptKeyFileError


def test_a_verifying_key_survives_its_file(key: ProvingKey, tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    key.verifying_key.save(path)
    opened = VerifyingKey.open(path)
    assert opened == key.verifying_key
    assert opened.key_id == key.verifying_key.key_id


def _changed(document: dict[str, Any], path: str, value: object) -> str:
    *parents, last = path.split(".")
    target = document
    for parent in parents:
        target = target[parent]
    target[last] = value
    return json.dumps(document)


ALTERED: list[tuple[str, object]] = [
    ("format", "zkey"),
    ("version", 2),
    ("key_id", "00" * 32),
    ("unsafe_dev", 1),
    ("statement.name", "other"),
    ("statement.name", 5),
    ("statement.name", "\ud800"),
    ("statement.version", 2),
    ("statement.version", "1"),
    ("statement.word_count", 0),
    ("statement.parameters", "zz"),
    ("statement", None),
    ("r1cs_digest", "00" * 31),
    ("r1cs_digest", "00" * 32),
    ("key_words", []),
    ("key_words", ["ff" * 32] * 24),
    ("key_words", "00"),
]


@pytest.mark.parametrize(("path", "value"), ALTERED)
def test_an_altered_verifying_key_is_refused(key: ProvingKey, path: str, value: object) -> None:
    document = json.loads(key.verifying_key.to_json())
    with pytest.raises(CorruptKeyFileError):
        VerifyingKey.decode_json(_changed(document, path, value))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", "[" * 100_000, b"\xff"])
def test_json_that_is_no_key_is_refused(text: str | bytes) -> None:
    with pytest.raises(CorruptKeyFileError):
        VerifyingKey.decode_json(text)
