"""What `margin prove --rpc` reads of an account: the header of its next proof, and why none is due.

A proof takes long and its words are for all to see: what the contract would refuse is refused
before. No message holds anything of the book, W, or a commitment.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from circuits.statements.header import Header
from circuits.statements.portfolio_margin import Kind, MarginMarket, MarginParameters
from node.attestations import shipped_set_name
from node.cli.margin.on_chain import commitment_bytes, letters_at
from node.margin import AccountReference, BookOpening, MarginError, MarginRequest, Valuer
from node.quoting import format_instant

if TYPE_CHECKING:
    from node.chain import AccountStatus, Snapshot


class ProofNotDueError(MarginError):
    """The contract would refuse the proof as the chain is now; nothing was proven."""

    way_out = (
        "See `proofmark margin account status`: market, parameters, book and W must be those that"
        " the account's contract takes now."
    )


@dataclass(frozen=True)
class HeaderOptions:
    """The header as far as options say it; None: as the chain says, 0 where none is asked."""

    chain_id: int | None
    registry: int | None
    sequence: int | None
    valid_until: int | None

    def over(self, read: Header) -> Header:
        """That header with the options in it."""
        given = {name: value for name, value in asdict(self).items() if value is not None}
        return replace(read, **given)


@dataclass(frozen=True)
class Destination:
    """Where a proof is to go: its header, and the account there as of one block, if asked for."""

    header: Header
    status: AccountStatus | None

    @classmethod
    def of(
        cls, rpc: str | None, account: AccountReference, kind: Kind, given: HeaderOptions
    ) -> Destination:
        """Read behind `rpc` where one is named; ChainError, ProofNotDueError without a snapshot."""
        if rpc is None:
            return cls(given.over(Header(0, 0, account.group, 0, 0)), None)
        letters = letters_at(rpc, f"0x{account.group:040x}")
        status = letters.status(account.account_id.to_bytes(32, "big"))
        return cls(given.over(_next_header(status, account.group, kind)), status)

    @property
    def collateral(self) -> int:
        """What the account holds; 0 where no chain is asked."""
        return 0 if self.status is None else self.status.account.collateral

    def check(self, request: MarginRequest, opened: BookOpening, valuer: Valuer) -> None:
        """ProofNotDueError for what the contract would refuse, whatever the book is."""
        if self.status is None:
            return
        _check_market(self.status, valuer.market)
        _check_parameters(self.status, valuer.parameters)
        _check_collateral(self.status, request)
        if commitment_bytes(opened) != self.status.account.commitment:
            raise ProofNotDueError(
                f"the vault's newest opening, update {opened.update}, is not the book that the"
                " account has on chain: `proofmark margin account update` replaces it there"
            )


def _next_header(status: AccountStatus, consumer: int, kind: Kind) -> Header:
    """Of the account's next proof of a kind, in the newest snapshot."""
    sequence = status.next_sequences["breach" if kind is Kind.BREACH else "covered"]
    last_second = status.last_second_of(_newest(status))
    return Header(status.chain_id, int(status.registry, 16), consumer, sequence, last_second)


def _newest(status: AccountStatus) -> Snapshot:
    if status.newest is None:
        raise ProofNotDueError("the chain has no snapshot of the account's underlying")
    return status.newest


def _check_market(status: AccountStatus, market: MarginMarket) -> None:
    newest = _newest(status)
    time = format_instant(newest.snapshot_unix)
    if market.digest().to_bytes(32, "big") != newest.market_digest:
        raise ProofNotDueError(
            f"the market is not the newest snapshot on chain: it is of"
            f" {format_instant(market.snapshot_unix)}, digest 0x{market.digest():064x}; the chain"
            f" has number {newest.number} of {time}, digest 0x{newest.market_digest.hex()}"
        )
    last_second = status.last_second_of(newest)
    if status.block_unix > last_second:
        raise ProofNotDueError(
            f"the newest snapshot on chain, of {time}, is too old: proofs of it were taken until"
            f" {format_instant(last_second)}"
        )


def _check_parameters(status: AccountStatus, parameters: MarginParameters) -> None:
    governed, given = int.from_bytes(status.parameters_digest, "big"), parameters.digest()
    if given != governed:
        raise ProofNotDueError(
            f"the parameters are not those of the account's contract: {_set_name(given)}, expected"
            f" {_set_name(governed)}"
        )


def _check_collateral(status: AccountStatus, request: MarginRequest) -> None:
    """A cover's W is held, a breach's is no less than what is held; a requirement has none."""
    held = status.account.collateral
    if request.kind is Kind.COVERED and request.collateral > held:
        raise ProofNotDueError(f"W (--collateral) is more than the account holds, {held}")
    if request.kind is Kind.BREACH and request.collateral < held:
        raise ProofNotDueError(f"W (--collateral) of a breach is less than is held, {held}")


def _set_name(digest: int) -> str:
    return f"{shipped_set_name(digest) or 'a set that is not shipped'}, digest 0x{digest:064x}"
