"""A view as bytes, and under its maker's signature.

The content is JSON with one encoding for one view (sorted names, no spaces, integers only)::

    {"chain": [underlying_id, tick_exponent, snapshot_unix,
               [[expiry, forward, discount, rate, [[strike, put, volatility], ...]], ...]],
     "format": "proofmark.oracle_view",
     "margin": [[the eleven numbers of the head], [[the six of a slice, [a, b, rho, m, s]], ...],
                [[slice, strike, volatility], ...]],
     "next_number": ..., "version": 1}

Units are those of option_marks and portfolio_margin. A missing market is null, a slice without a
curve has []. Signed is EIP-712 ``OracleView(bytes32 contentHash)`` in the oracle contract's domain,
keccak256 of these bytes: it cannot be taken for a snapshot, which is another type.
"""

from __future__ import annotations

import json
from dataclasses import astuple, fields
from typing import Any

from eth_hash.auto import keccak

from circuits.statements.option_marks import GroupInputs, Market, OptionInputs
from circuits.statements.portfolio_margin import ListedVolatility, MarginMarket, Slice, Svi
from node.chain.signatures import LocalAccount
from node.oracle.errors import SignaturesError, ViewError
from node.oracle.report import Domain
from node.oracle.typed_data import recover_typed, typed_data
from node.oracle.view import OracleView
from node.untrusted_json import decode_json
from node.values import SignedView

__all__ = ["LARGEST_VIEW", "decode_view", "encode_view", "sign_view", "signer_of"]

FORMAT = "proofmark.oracle_view"
VERSION = 1
LARGEST_VIEW = 1 << 18
"""Bytes: 4,096 options need about 130,000."""

_HEAD = tuple(each.name for each in fields(MarginMarket) if each.name not in ("slices", "series"))
_SLICE = tuple(each.name for each in fields(Slice) if each.name != "svi")
_FIELDS = (("contentHash", "bytes32"),)


def encode_view(view: OracleView) -> bytes:
    """The bytes of a view."""
    document = {
        "format": FORMAT,
        "version": VERSION,
        "next_number": view.next_number,
        "chain": None if view.chain is None else _chain_fields(view.chain),
        "margin": None if view.margin is None else _margin_fields(view.margin),
    }
    return json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def decode_view(content: bytes) -> OracleView:
    """The view of untrusted bytes; ViewError unless ``encode_view`` writes exactly them."""
    _check_size(content)
    try:
        document = decode_json(content)
        if (document["format"], document["version"]) != (FORMAT, VERSION):
            raise ViewError(f"expected {FORMAT} version {VERSION}")
        chain, margin, number = document["chain"], document["margin"], document["next_number"]
        _check_integers([chain or [], margin or []])
        view = OracleView(
            chain=None if chain is None else _chain(chain),
            margin=None if margin is None else _margin(margin),
            next_number=_integer(number),
        )
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise ViewError(f"not a view: {type(error).__name__}, {str(error)[:200]}") from error
    if encode_view(view) != content:
        raise ViewError("a view in another encoding than its only one")
    return view


def sign_view(view: OracleView, account: LocalAccount, domain: Domain) -> SignedView:
    """The bytes of a view under its maker's signature."""
    content = encode_view(view)
    message = _message(content, domain)
    return SignedView(content, bytes(account.sign_message(message).signature))


def signer_of(signed: SignedView, domain: Domain) -> str:
    """Who signed a view: any account, so that nothing of a stranger need be decoded; ViewError."""
    _check_size(signed.content)
    try:
        return recover_typed(_message(signed.content, domain), signed.signature)
    except SignaturesError as error:
        raise ViewError(str(error)) from error


def _check_size(content: bytes) -> None:
    if len(content) > LARGEST_VIEW:
        raise ViewError(f"a view of {len(content)} bytes, expected at most {LARGEST_VIEW}")


def _message(content: bytes, domain: Domain) -> Any:
    return typed_data("OracleView", _FIELDS, (keccak(content),), domain)


def _chain_fields(chain: Market) -> list[Any]:
    groups = [
        [
            group.expiry_unix,
            group.forward_ticks,
            group.discount,
            group.rate_biased,
            [[each.strike_ticks, int(each.is_put), each.volatility] for each in group.options],
        ]
        for group in chain.groups
    ]
    return [chain.underlying_id, chain.tick_exponent, chain.snapshot_unix, groups]


def _chain(values: list[Any]) -> Market:
    underlying_id, tick_exponent, snapshot_unix, groups = values
    return Market(
        underlying_id=underlying_id,
        tick_exponent=tick_exponent,
        snapshot_unix=snapshot_unix,
        groups=tuple(
            GroupInputs(
                forward_ticks=forward,
                discount=discount,
                rate_biased=rate,
                expiry_unix=expiry,
                options=tuple(OptionInputs(strike, vol, bool(put)) for strike, put, vol in options),
            )
            for expiry, forward, discount, rate, options in groups
        ),
    )


def _margin_fields(margin: MarginMarket) -> list[Any]:
    head = [getattr(margin, name) for name in _HEAD]
    slices = [
        [*(getattr(each, name) for name in _SLICE), list(astuple(each.svi)) if each.svi else []]
        for each in margin.slices
    ]
    return [head, slices, [list(astuple(each)) for each in margin.series]]


def _margin(values: list[Any]) -> MarginMarket:
    head, slices, series = values
    return MarginMarket(
        **dict(zip(_HEAD, head, strict=True)),
        slices=tuple(_slice(*each) for each in slices),
        series=tuple(ListedVolatility(*each) for each in series),
    )


def _slice(*values: Any) -> Slice:
    *numbers, curve = values
    named = dict(zip(_SLICE, numbers, strict=True))
    return Slice(**named, svi=Svi(*curve) if curve else None)


def _check_integers(value: Any) -> None:
    """Lists of integers all the way down; True and 1.0 are neither."""
    if isinstance(value, list):
        for each in value:
            _check_integers(each)
    else:
        _integer(value)


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise ViewError(f"{type(value).__name__} where an integer was expected")
    return value
