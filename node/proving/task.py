"""What a job stores for its worker: one line about it, then the inputs.

    {"marks":1,"statement":"price","options":387,"groups":32,"lanes":16,"profile":"R14","settle":true}
    {"header":[...],"underlying_id":...,"tick_exponent":...,"snapshot_unix":...,"groups":[...]}

Both lines are canonical JSON (sorted keys, no spaces, integers only). The first is read on every
look at a job, the second by the worker alone.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from circuits.profile import PROFILES, R14
from circuits.statements.option_marks import (
    GroupInputs,
    Header,
    InputError,
    Market,
    OptionInputs,
    OptionMarks,
    Shape,
)
from node.proving.errors import TaskError
from node.values import MarksStatement

_VERSION = 1
_HEADER = ("chain_id", "registry", "consumer", "sequence", "valid_until")


@dataclass(frozen=True)
class TaskSummary:
    """The first line: what a job is about."""

    statement: MarksStatement
    options: int
    shape: Shape
    profile: str
    settle: bool

    @classmethod
    def decode_bytes(cls, payload: bytes) -> TaskSummary:
        """From a stored payload; TaskError if it is none."""
        try:
            line = json.loads(payload.partition(b"\n")[0])
            if line["marks"] != _VERSION:
                raise TaskError(f"task version {line['marks']}, this program reads {_VERSION}")
            return cls(
                statement=MarksStatement(line["statement"]),
                options=int(line["options"]),
                shape=Shape(int(line["groups"]), int(line["lanes"])),
                profile=str(line["profile"]),
                settle=bool(line["settle"]),
            )
        except (ValueError, KeyError, TypeError) as error:
            raise TaskError(f"not a task of marks ({type(error).__name__})") from error


@dataclass(frozen=True)
class MarksTask:
    """A proof to make. `settle` says that the relay is to send it."""

    statement: MarksStatement
    shape: Shape
    header: Header
    market: Market
    settle: bool
    profile: str = R14.name

    @property
    def option_marks(self) -> OptionMarks:
        """The statement at this size."""
        return option_marks(self.statement, self.shape, self.profile)

    def to_bytes(self) -> bytes:
        """The stored payload."""
        header = [getattr(self.header, name) for name in _HEADER]
        body = {"header": header, **market_fields(self.market)}
        return canonical(self._summary()) + b"\n" + canonical(body)

    @classmethod
    def decode_bytes(cls, payload: bytes) -> MarksTask:
        """From a stored payload; TaskError if it is none."""
        summary = TaskSummary.decode_bytes(payload)
        if summary.profile not in PROFILES:
            raise TaskError(f"profile {summary.profile!r} is unknown to this program")
        try:
            body = json.loads(payload.partition(b"\n")[2])
            return cls(
                statement=summary.statement,
                shape=summary.shape,
                header=Header(**dict(zip(_HEADER, body["header"], strict=True))),
                market=_market_of(body),
                settle=summary.settle,
                profile=summary.profile,
            )
        except (ValueError, KeyError, TypeError, InputError) as error:
            raise TaskError(f"not a task of marks ({type(error).__name__})") from error

    def _summary(self) -> dict[str, Any]:
        return {
            "marks": _VERSION,
            "statement": self.statement.value,
            "options": self.market.option_count,
            "groups": self.shape.groups,
            "lanes": self.shape.lanes,
            "profile": self.profile,
            "settle": self.settle,
        }


def market_fields(market: Market) -> dict[str, Any]:
    """A market as plain numbers, for `canonical`."""
    return {
        "underlying_id": market.underlying_id,
        "tick_exponent": market.tick_exponent,
        "snapshot_unix": market.snapshot_unix,
        "groups": [
            [
                group.forward_ticks,
                group.discount,
                group.rate_biased,
                group.expiry_unix,
                [[o.strike_ticks, o.volatility, int(o.is_put)] for o in group.options],
            ]
            for group in market.groups
        ],
    }


def option_marks(statement: MarksStatement, shape: Shape, profile: str) -> OptionMarks:
    """The statement of this name, size and profile."""
    greeks = statement is MarksStatement.PRICE_AND_GREEKS
    return OptionMarks(shape, PROFILES[profile], greeks)


def _market_of(body: dict[str, Any]) -> Market:
    return Market(
        underlying_id=body["underlying_id"],
        tick_exponent=body["tick_exponent"],
        snapshot_unix=body["snapshot_unix"],
        groups=tuple(
            GroupInputs(
                forward,
                discount,
                rate,
                expiry,
                tuple(OptionInputs(strike, vol, bool(put)) for strike, vol, put in options),
            )
            for forward, discount, rate, expiry, options in body["groups"]
        ),
    )


def canonical(value: dict[str, Any]) -> bytes:
    """One encoding for one value: sorted keys, no spaces; integers, texts and lists only."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
