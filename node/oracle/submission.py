"""Brings a signed report to the MarketOracle contract, and asks it what signers go by."""

from typing import Protocol

from node.chain import Chain, Contract, Receipt, contract_abi, error_table, transact
from node.chain.errors import RevertedError
from node.chain.signatures import LocalAccount
from node.oracle.report import Domain, SnapshotReport
from node.oracle.signing import SignedReport

__all__ = [
    "OracleBook",
    "OracleContract",
    "find_margin_snapshot",
    "find_snapshot",
    "next_number",
    "submit_report",
]

_UNKNOWN = frozenset({"MarketDigestUnknown", "MarketHashUnknown", "SnapshotUnknown"})


class OracleBook(Protocol):
    """What leader and signers have to know from the contract, each by its own endpoint."""

    def next_number(self, underlying: bytes) -> int:
        """The number after the newest snapshot of an underlying, accepted or held."""

    def threshold(self) -> int:
        """How many signers a report needs."""

    def is_signer(self, address: str) -> bool:
        """Whether a signature of this address counts."""


class OracleContract:
    """The contract of a domain as ``OracleBook``; every method may raise a ChainError."""

    def __init__(self, chain: Chain, domain: Domain) -> None:
        self._chain = chain
        self._domain = domain
        self._oracle = _contract(chain, domain)

    def next_number(self, underlying: bytes) -> int:
        """As ``next_number`` below."""
        return next_number(self._chain, self._domain, underlying)

    def threshold(self) -> int:
        """As of the newest block."""
        return int(self._oracle.read_one("threshold"))

    def is_signer(self, address: str) -> bool:
        """As of the newest block."""
        return bool(self._oracle.read_one("isSigner", address))


def next_number(chain: Chain, domain: Domain, underlying: bytes) -> int:
    """Return the number after the newest snapshot of an underlying, accepted or held.

    A held one's number is used up: the report that confirms it has the next.
    """
    oracle = _contract(chain, domain)
    _, held, *_ = oracle.read_one("heldSnapshot", underlying)
    return max(int(oracle.read_one("latestNumber", underlying)), int(held)) + 1


def find_snapshot(chain: Chain, domain: Domain, market_hash: bytes) -> SnapshotReport | None:
    """Return the accepted snapshot with this market hash, or None: what a proof's header names.

    Raises RevertedError for any refusal but an unknown hash.
    """
    return _find(chain, domain, "snapshotByMarketHash", market_hash)


def find_margin_snapshot(
    chain: Chain, domain: Domain, market_digest: bytes
) -> SnapshotReport | None:
    """Return the accepted snapshot with this margin listing, or None.

    Raises RevertedError for any refusal but an unknown digest.
    """
    return _find(chain, domain, "snapshotByMarketDigest", market_digest)


def _find(chain: Chain, domain: Domain, view: str, key: bytes) -> SnapshotReport | None:
    try:
        found = _contract(chain, domain).read_one(view, key)
    except RevertedError as error:
        if error_table().decode(error.data).name in _UNKNOWN:
            return None
        raise
    return SnapshotReport(*found)


def submit_report(
    chain: Chain, account: LocalAccount, signed: SignedReport
) -> tuple[Receipt, bool]:
    """Send a report; returns the receipt and whether the snapshot was accepted.

    False means held: the spot moved above the limit and the next report has to confirm it.
    Raises RevertedError with the contract's reason, and what ``transact`` raises.
    """
    contract = _contract(chain, signed.domain)
    data = contract.abi.encode_call("submit", signed.report.arguments(), signed.signatures)
    receipt = transact(chain, account, contract.address, data)
    events = [contract.abi.decode_event(log) for log in receipt.logs]
    accepted = any(event is not None and event.name == "SnapshotAccepted" for event in events)
    return receipt, accepted


def _contract(chain: Chain, domain: Domain) -> Contract:
    return Contract(chain, domain.oracle, contract_abi("MarketOracle"))
