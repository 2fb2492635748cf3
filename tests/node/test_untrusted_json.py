"""JSON of strangers: strict, flat, each member once, and nothing that cannot be written again."""

from __future__ import annotations

import pytest

from node.untrusted_json import decode_json


def test_ordinary_documents_are_read() -> None:
    document = decode_json(b'{"a": [1, -2.5e3, true, null], "\\u00e9": "\\ud83d\\ude00"}')
    assert document == {"a": [1, -2500.0, True, None], "\u00e9": "\U0001f600"}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "Expecting value"),
        (b"NaN", "no JSON"),
        (b"[-Infinity]", "no JSON"),
        (b"[1e400]", "beyond all numbers"),
        (b"[-1e999999999]", "beyond all numbers"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": 1, "\\u0061": 2}', "twice"),
        (b'"\\ud800"', "surrogates"),
        (b'{"\\udc00": 1}', "surrogates"),
        (b'"\\ud800\\u0061"', "surrogates"),
        (b"\xff", "invalid start byte"),
        (b"\xef\xbb\xbf1", "BOM"),
        ("1".encode("utf-16-le"), "zero byte"),
        (b"[" * 17 + b"]" * 17, "nested"),
        (b"[" * 1_000_000, "nested"),
        (b"1" * 5_000, "4300 digits"),
    ],
)
def test_others_are_refused(data: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        decode_json(data)
