"""What the demonstration found out, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

#: The cheapest Black-Scholes we know of on chain, gas per call (README, "Gas, honestly").
RECOMPUTATION_GAS = 2_776


@dataclass(frozen=True)
class MarkRow:
    """One option read back from the contract. Prices in quote currency."""

    expiry: str
    strike: str
    option_type: str
    mark: str
    delta: str
    bid: str | None
    ask: str | None
    error: str | None  #: |mark - 50-digit value| at the quantised inputs, in quote currency


@dataclass(frozen=True)
class Refusal:
    """A tampered attestation and the contract's decoded reason."""

    attempt: str
    reason: str


@dataclass(frozen=True)
class DemoReport:
    """Everything `proofmark demo` prints."""

    chain_file: str
    options: int
    expiries: int
    capacity: int
    greeks: bool
    engine: str
    chain: str
    chain_id: int
    states: tuple[str, ...]
    marks: tuple[MarkRow, ...]
    marks_checked: int
    largest_error: str | None
    refusals: tuple[Refusal, ...]
    proof_bytes: int
    quote_seconds: float
    proving_seconds: float
    attest_gas: int
    proof_shipped: bool = False  #: verified and attested, not made in this run
    key_seconds: float = 0.0
    total_seconds: float = 0.0

    @property
    def options_per_second(self) -> float:
        """Real options over the time from PROVING to PROVED."""
        return self.options / self.proving_seconds if self.proving_seconds else 0.0

    @property
    def gas_per_option(self) -> float:
        """Gas of the attestation over real options."""
        return self.attest_gas / self.options

    def data(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            **asdict(self),
            "options_per_second": round(self.options_per_second, 1),
            "gas_per_option": round(self.gas_per_option, 1),
            "recomputation_gas_per_option": RECOMPUTATION_GAS,
        }


Quotes = Mapping[tuple[str, Decimal, str], tuple[str, str]]
"""(expiry, strike, call or put) -> bid and ask in quote currency."""
