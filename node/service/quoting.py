"""From a request's text to integers and back: the quoting room behind the server's port."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

import prover
from circuits.statements.option_marks import Mark, evaluate
from node.quoting import (
    PROVING,
    Chain,
    ChainRefusedError,
    ChainRules,
    QuotedOption,
    RawOption,
    Underlying,
    evaluate_chain,
    load_underlyings,
    price_decimal,
    printed_inputs,
    quantise_chain,
)
from node.quoting import Fault as QuotingFault
from node.quoting.report import greek_decimals
from node.rpc.errors import Fault, RequestFaults
from node.rpc.ports import StillWanted
from node.values import ChainRequest, QuotedGreeks, QuotedInputs, QuotedMark

#: Columns of a row that a request says once for the whole chain, and their fields there.
_SHARED = {"valuation_utc": "valuation_time", "underlying": "underlying"}
_RENAMED = {"expiry_utc": "expiry_time"}


class QuotingDesk:
    """Quantises chains of requests and prices them with the statement's own definition."""

    def __init__(self, underlyings: Mapping[str, Underlying] | None = None) -> None:
        self.underlyings = load_underlyings() if underlyings is None else dict(underlyings)

    def quantise(self, request: ChainRequest, rules: ChainRules = PROVING) -> Chain:
        """The chain as integers; RequestFaults with every fault, by its path on the wire."""
        rows = [
            RawOption(
                row=index,
                valuation_utc=request.valuation_utc,
                underlying=request.underlying,
                expiry_utc=row.expiry_utc,
                strike=row.strike,
                option_type=row.option_type,
                forward=row.forward,
                implied_volatility=row.implied_volatility,
                discount_factor=row.discount_factor,
            )
            for index, row in enumerate(request.rows)
        ]
        try:
            return quantise_chain(rows, rules, underlyings=self.underlyings)
        except ChainRefusedError as error:
            raise RequestFaults(list(_on_the_wire(error.faults))) from error

    def quote(self, chain: ChainRequest, still_wanted: StillWanted) -> Sequence[QuotedMark]:
        """One mark per row, in order."""
        quantised = self.quantise(chain)
        still_wanted()
        marks = evaluate_chain(quantised, partial(evaluate, numbers=prover.lane_numbers()))
        still_wanted()
        return [_quoted(*pair) for pair in zip(quantised.options, marks, strict=True)]


def _quoted(option: QuotedOption, mark: Mark) -> QuotedMark:
    exponent = option.underlying.tick_exponent
    inputs = printed_inputs(option)
    return QuotedMark(
        price=price_decimal(mark.price_atoms, exponent),
        price_atoms=mark.price_atoms,
        greeks=QuotedGreeks(**greek_decimals(mark.greeks, exponent)),
        inputs=QuotedInputs(
            forward=str(inputs["forward"]),
            strike=str(inputs["strike"]),
            implied_volatility=str(inputs["implied_volatility"]),
            discount_factor=str(inputs["discount_factor"]),
            rate=str(inputs["rate"]),
            seconds_to_expiry=option.seconds_to_expiry,
            tick=str(inputs["tick"]),
        ),
    )


def _on_the_wire(faults: Sequence[QuotingFault]) -> Iterator[Fault]:
    """Faults by their path in the message; what all rows share is told once."""
    told: set[str] = set()
    for fault in faults:
        text = f"{fault.value or 'nothing'}, expected {fault.expected}; {fault.way_out}"
        if fault.field in _SHARED or fault.row is None:
            path = f"chain.{_SHARED.get(fault.field, 'options')}"
            if (path + text) not in told:
                told.add(path + text)
                yield Fault(path, text)
            continue
        name = _RENAMED.get(fault.field, fault.field)
        yield Fault(f"chain.options[{fault.row}].{name}", f"row {fault.row}: {text}")
