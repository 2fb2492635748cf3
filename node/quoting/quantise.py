"""Rows of text to a chain of integers, whole or not at all.

The only place where decimals become integers. Every fault of every row, and of the chain as a
whole, is found before anything is refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from node.quoting.chain import Chain, ChainRules, QuotedOption, RawOption
from node.quoting.errors import ChainRefusedError, Fault
from node.quoting.fields import RowReader
from node.quoting.grouping import group_count
from node.quoting.rounding import rate_from_discount
from node.quoting.underlyings import Underlying, load_underlyings, unlisted_underlying


def quantise_chain(
    rows: Sequence[RawOption],
    rules: ChainRules,
    *,
    underlyings: Mapping[str, Underlying] | None = None,
    earlier_faults: Iterable[Fault] = (),
) -> Chain:
    """The chain of all rows, or ChainRefusedError with every fault.

    `underlyings` are the listed ones (default: the shipped registry); `earlier_faults` are those
    found while the rows were read.
    """
    faults = list(earlier_faults)
    listed = load_underlyings() if underlyings is None else underlyings
    drafts = [_read(raw, faults) for raw in rows]
    known = _underlyings_of(drafts, rules, listed)
    ticked = [_Ticked(draft, known.get(draft.symbol or "")) for draft in drafts]
    options = [option for each in ticked if (option := each.option()) is not None]
    if not rows:
        faults.append(
            Fault(None, "options", "", "at least one option", "add a row for each option")
        )
    _check_distinct(ticked, faults)
    if rules.one_snapshot:
        _check_one_snapshot(drafts)
    _check_size(len(rows), options, rules, faults)
    if faults:
        raise ChainRefusedError(faults)
    return Chain(tuple(options))


@dataclass(frozen=True, slots=True)
class _Draft:
    """A row whose fields were read; None where a fault was reported."""

    reader: RowReader[RawOption]
    symbol: str | None
    snapshot_unix: int | None
    expiry_unix: int | None
    is_put: bool | None
    strike: Fraction | None
    forward: Fraction | None
    volatility: int | None
    discount: int | None


def _read(raw: RawOption, faults: list[Fault]) -> _Draft:
    reader = RowReader(raw, faults)
    snapshot_unix, symbol, expiry_unix = reader.valuation(), reader.symbol(), reader.expiry()
    if (
        snapshot_unix is not None
        and expiry_unix is not None
        and not reader.check_time_to_expiry(snapshot_unix, expiry_unix)
    ):
        expiry_unix = None
    return _Draft(
        reader=reader,
        symbol=symbol,
        snapshot_unix=snapshot_unix,
        expiry_unix=expiry_unix,
        strike=reader.decimal("strike"),
        is_put=reader.is_put(),
        forward=reader.decimal("forward"),
        volatility=reader.volatility(),
        discount=reader.discount(),
    )


def _underlyings_of(
    drafts: Sequence[_Draft],
    rules: ChainRules,
    listed: Mapping[str, Underlying],
) -> dict[str, Underlying]:
    """The underlyings whose tick is known; an unlisted symbol is one fault where it is refused."""
    first: dict[str, RowReader[RawOption]] = {}
    forwards: dict[str, list[Fraction]] = defaultdict(list)
    for draft in drafts:
        if draft.symbol is not None:
            first.setdefault(draft.symbol, draft.reader)
            if draft.forward is not None and draft.forward > 0:
                forwards[draft.symbol].append(draft.forward)
    known: dict[str, Underlying] = {}
    for symbol, reader in first.items():
        if symbol in listed:
            known[symbol] = listed[symbol]
        elif not rules.unlisted_symbols:
            reader.report(
                "underlying",
                f"a listed symbol: {', '.join(sorted(listed))}",
                "use a listed symbol (`proofmark price` accepts any)",
            )
        elif forwards[symbol]:
            known[symbol] = unlisted_underlying(symbol, forwards[symbol])
    return known


class _Ticked:
    """A draft with strike and forward in the ticks of its underlying, if that is known."""

    def __init__(self, draft: _Draft, underlying: Underlying | None) -> None:
        self.draft = draft
        self.underlying = underlying
        self.strike_ticks = self._ticks("strike", draft.strike)
        self.forward_ticks = self._ticks("forward", draft.forward)

    def _ticks(self, field: str, value: Fraction | None) -> int | None:
        if value is None:
            return None
        if self.underlying is None:
            self.draft.reader.check_positive(field, value)
            return None
        return self.draft.reader.ticks(field, value, self.underlying.tick_exponent)

    def series(self) -> tuple[object, ...] | None:
        """What may occur once, None while a part of it is not known."""
        draft = self.draft
        strike = draft.strike if self.strike_ticks is None else self.strike_ticks
        parts = (draft.symbol, draft.snapshot_unix, draft.expiry_unix, strike, draft.is_put)
        return None if None in parts else parts

    def option(self) -> QuotedOption | None:
        """The option, None when the row has a fault."""
        draft = self.draft
        if (
            self.underlying is None
            or self.strike_ticks is None
            or self.forward_ticks is None
            or draft.snapshot_unix is None
            or draft.expiry_unix is None
            or draft.is_put is None
            or draft.volatility is None
            or draft.discount is None
        ):
            return None
        seconds_to_expiry = draft.expiry_unix - draft.snapshot_unix
        return QuotedOption(
            row=draft.reader.raw.row,
            underlying=self.underlying,
            snapshot_unix=draft.snapshot_unix,
            expiry_unix=draft.expiry_unix,
            strike_ticks=self.strike_ticks,
            is_put=draft.is_put,
            forward_ticks=self.forward_ticks,
            volatility=draft.volatility,
            discount=draft.discount,
            rate_biased=rate_from_discount(draft.discount, seconds_to_expiry),
        )


def _check_distinct(ticked: Iterable[_Ticked], faults: list[Fault]) -> None:
    first: dict[tuple[object, ...], int] = {}
    for each in ticked:
        series = each.series()
        raw = each.draft.reader.raw
        if series is None:
            continue
        if series not in first:
            first[series] = raw.row
            continue
        faults.append(
            Fault(
                raw.row,
                "strike",
                f"{raw.underlying} {raw.expiry_utc} {raw.strike} {raw.option_type}",
                f"a series (expiry, strike, type) not given before; row {first[series]} has it",
                "remove one of the two rows",
            )
        )


def _check_one_snapshot(drafts: Iterable[_Draft]) -> None:
    """One fault for each further underlying or valuation time, at the first row that has it."""
    for field, attribute in (("underlying", "symbol"), ("valuation_utc", "snapshot_unix")):
        seen: dict[object, str] = {}
        for draft in drafts:
            value = getattr(draft, attribute)
            if value is None or value in seen:
                continue
            seen[value] = getattr(draft.reader.raw, field)
            if len(seen) > 1:
                expected = next(iter(seen.values()))
                draft.reader.report(
                    field,
                    f"{expected} as in the rows before: one snapshot of one underlying",
                    "split the chain into one file or request for each",
                )


def _check_size(
    count: int, options: Sequence[QuotedOption], rules: ChainRules, faults: list[Fault]
) -> None:
    shape = rules.shape
    if shape is None:
        return
    if count > shape.capacity:
        faults.append(
            Fault(
                None,
                "options",
                str(count),
                f"at most {shape.capacity} options",
                "choose a larger capacity or split the chain",
            )
        )
    groups = group_count(options)
    if groups > shape.groups:
        faults.append(
            Fault(
                None,
                "groups",
                str(groups),
                f"at most {shape.groups} groups; a group is up to 16 options of one expiry,"
                " forward and discount factor",
                "choose a larger capacity, or give the options of an expiry one forward",
            )
        )
