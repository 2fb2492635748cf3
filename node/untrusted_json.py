"""JSON from files that nobody vouches for."""

from __future__ import annotations

import json
from typing import Any

from prover.recursion import check_nesting

__all__ = ["check_nesting", "decode_json"]


def decode_json(data: bytes) -> Any:
    """The document; ValueError unless it is strict JSON in UTF-8, flat, each member once.

    The nesting is measured first: the parser recurses, and some libraries raise Python's recursion
    limit beyond what the stack can hold.
    """
    check_nesting(data)
    return json.loads(
        data.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refuse_constant
    )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is given twice")
    return members


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
