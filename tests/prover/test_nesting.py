"""Documents nested without end never reach the parser, whatever stands in their texts."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prover import VerifyingKey
from prover.errors import CorruptInteropFileError, CorruptKeyFileError
from prover.interop import decode_proof, decode_public
from prover.recursion import check_nesting

DEPTH = 3_000

#: Closing brackets in texts, which a measure that counts them takes for the end of something.
HIDDEN = {
    "before": b'{"a":"' + b"]" * DEPTH + b'","b":' + b"[" * DEPTH,
    "in member names": b'{"}":' * DEPTH,
    "after an escaped quote": b'["\\"' + b"]" * DEPTH + b'",' + b"[" * DEPTH,
    "after an escaped backslash": b'["\\\\",' * DEPTH,
    "in UTF-16": ('["∢",' * DEPTH).encode("utf-16"),
    "in UTF-32": ('["∢]]",' * DEPTH).encode("utf-32-le"),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_closing_brackets_in_texts_hide_no_depth(name: str) -> None:
    data = HIDDEN[name]
    with pytest.raises(ValueError, match=r"nested deeper|zero byte"):
        check_nesting(data)
    with pytest.raises(CorruptKeyFileError):
        VerifyingKey.decode_json(data)
    for decode in (decode_proof, decode_public):
        with pytest.raises(CorruptInteropFileError):
            decode(data)


_texts = st.text('[]{}"\\ab∢,:\u5b5b', max_size=6)
_documents = st.recursive(
    st.none() | _texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
)


def _depth(document: object) -> int:
    if isinstance(document, dict):
        return 1 + max(map(_depth, document.values()), default=0)
    if isinstance(document, list):
        return 1 + max(map(_depth, document), default=0)
    return 0


@given(document=_documents, deeper=st.integers(0, 20), ascii_only=st.booleans())
def test_the_measure_is_the_depth(document: object, deeper: int, ascii_only: bool) -> None:
    for _ in range(deeper):
        document = [document]
    data = json.dumps(document, ensure_ascii=ascii_only).encode()
    if _depth(document) <= 16:
        check_nesting(data)
        return
    with pytest.raises(ValueError, match="nested deeper"):
        check_nesting(data)


@pytest.mark.parametrize("data", [b'"' * 1_000_001, b'"' + b'\\"' * 500_000, b'\\"' * 500_000])
def test_open_texts_take_no_longer_than_closed_ones(data: bytes) -> None:
    """Quotes without an end are where a careless pattern starts again and again."""
    check_nesting(data)
