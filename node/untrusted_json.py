"""JSON from files that nobody vouches for."""

from __future__ import annotations

import json
import math
from typing import Any

from prover.recursion import check_nesting

__all__ = ["check_nesting", "decode_json"]


def decode_json(data: bytes) -> Any:
    """The document; ValueError unless it is strict JSON in UTF-8, flat, each member once.

    Every number is finite and every text can be written again: a lone half of a surrogate pair, or
    1e400, is in no file of ours.

    The nesting is measured first: the parser recurses, and some libraries raise Python's recursion
    limit beyond what the stack can hold.
    """
    check_nesting(data)
    document = json.loads(
        data.decode("utf-8"),
        object_pairs_hook=_unique,
        parse_constant=_refuse_constant,
        parse_float=_finite,
    )
    if b"\\u" in data:  # how such a half gets past the decoding
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    return document


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is given twice")
    return members


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{digits[:20]} is beyond all numbers")
    return value


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
