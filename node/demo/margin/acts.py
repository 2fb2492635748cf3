"""The acts of the demonstration: a hidden book with letters, an open one at a desk."""

from __future__ import annotations

from circuits.statements.portfolio_margin import Book, Kind, Leg, Level
from node.attestations import Attestation
from node.demo.margin.owner import Prover
from node.demo.margin.stage import (
    DEPLOYER,
    OWNER,
    TRADER,
    attest_margin_market,
)
from node.demo.stage import Say
from node.margin import (
    AccountReference,
    BookOpening,
    OwnerSecret,
    Valuer,
    Vault,
    breach_headroom,
)

TOKEN = 10**6
DEPOSIT = 50_000 * TOKEN
BOUND = 20_000 * TOKEN
TOP_UP = 30_000 * TOKEN
_SALT = bytes(31) + b"\1"
_BREACHED = 2
"""Of the enum Standing of ICoveredLetters."""


def register(prover: Prover, vault: Vault, book: Book) -> BookOpening:
    """The owner seals an opening, registers its commitment, and deposits."""
    stage = prover.stage
    letters = stage.contracts["CoveredLetters"]
    account = letters.read_one("accountIdOf", OWNER.address, _SALT)
    reference = AccountReference(int(letters.address, 16), int.from_bytes(account, "big"))
    opened = vault.commit(book, reference)
    commitment = _commitment(opened)
    stage.send(OWNER, "CoveredLetters", "register the commitment", "register", _SALT, commitment)
    stage.send(OWNER, "TestToken", "mint play money", "mint", OWNER.address, DEPOSIT + TOP_UP)
    stage.send(
        OWNER, "TestToken", "allow the deposit", "approve", letters.address, DEPOSIT + TOP_UP
    )
    stage.send(OWNER, "CoveredLetters", "deposit 50,000", "deposit", account, DEPOSIT)
    return opened


def cover_and_withdraw(prover: Prover, opened: BookOpening, valuer: Valuer) -> Attestation:
    """Withdrawals are refused before a cover, allowed down to its bound, refused below it."""
    stage, account = prover.stage, _account(opened)
    name = "CoveredLetters"
    stage.refused(
        OWNER,
        name,
        "withdraw 30,000 uncovered",
        "withdraw",
        account,
        DEPOSIT - BOUND,
        OWNER.address,
    )
    made = prover.attest(
        Kind.COVERED, opened, valuer, sequence=1, level=Level.INITIAL, collateral=BOUND
    )
    stage.note(
        "isCovered", str(stage.contracts[name].read_one("isCovered", account, _commitment(opened)))
    )
    stage.send(
        OWNER, name, "withdraw 30,000 covered", "withdraw", account, DEPOSIT - BOUND, OWNER.address
    )
    stage.refused(
        OWNER, name, "withdraw 1 more than the bound allows", "withdraw", account, 1, OWNER.address
    )
    return made


def fall_and_breach(prover: Prover, opened: BookOpening, fallen: Valuer, say: Say) -> Attestation:
    """The next snapshot is 15 % lower: the cover is dead at once, and a breach is proven."""
    stage, account = prover.stage, _account(opened)
    letters = stage.contracts["CoveredLetters"]
    stage.chain.set_time(fallen.market.snapshot_unix + 1)
    stage.chain.mine()
    attest_margin_market(stage, fallen.market)
    stage.note(
        "isCovered after the fall", str(letters.read_one("isCovered", account, _commitment(opened)))
    )
    stage.refused(
        OWNER, "CoveredLetters", "withdraw after the fall", "withdraw", account, 1, OWNER.address
    )
    sheet = fallen.quote(opened.book)
    headroom = breach_headroom(sheet, fallen.parameters, held=BOUND)
    say("the maintenance margin is negative: proving the breach, with headroom for deposits")
    made = prover.attest(Kind.BREACH, opened, fallen, sequence=1, collateral=headroom)
    held = letters.read_one("accountOf", account)
    standing, equity_bound = held[6], held[7]
    stage.note("in breach, equity bound Q", f"{standing == _BREACHED}, {equity_bound / TOKEN:,.2f}")
    return made


def cure(prover: Prover, opened: BookOpening, fallen: Valuer) -> Attestation:
    """A deposit lifts the margin, and a cover of the same snapshot ends the breach."""
    stage, account = prover.stage, _account(opened)
    stage.send(OWNER, "CoveredLetters", "deposit 30,000 more", "deposit", account, TOP_UP)
    made = prover.attest(Kind.COVERED, opened, fallen, sequence=2, collateral=BOUND + TOP_UP)
    letters = stage.contracts["CoveredLetters"]
    stage.note(
        "isCovered after the deposit",
        str(letters.read_one("isCovered", account, _commitment(opened))),
    )
    return made


def open_gate(prover: Prover, fallen: Valuer) -> None:
    """A desk that holds public positions books a request only after an open proof."""
    stage = prover.stage
    desk = stage.contracts["OptionDesk"]
    account = desk.read_one("accountOf", TRADER.address)
    reference = AccountReference(int(desk.address, 16), int.from_bytes(account, "big"))
    slice_ = fallen.market.slices[-1]
    ticks = 1000 * 10**fallen.market.tick_exponent
    strike = slice_.forward_ticks // ticks * ticks
    short = Leg(fallen.parameters.underlying, slice_.expiry_unix, strike, True, -(10**6))
    opened = BookOpening.new(Book((short,)), reference, 1, OwnerSecret.of(TRADER))
    collateral = 60_000 * TOKEN
    stage.send(
        DEPLOYER, "OptionDesk", "credit the trader 60,000", "credit", TRADER.address, collateral
    )
    stage.send(TRADER, "OptionDesk", "ask to sell one put", "request", short.packed)
    stage.refused(TRADER, "OptionDesk", "execute unproven", "execute")
    prover.attest(Kind.OPEN, opened, fallen, sequence=1, level=Level.INITIAL, collateral=collateral)
    stage.send(TRADER, "OptionDesk", "execute behind the gate", "execute")
    stage.note("legs the desk holds", str(len(desk.read_one("legsOf", TRADER.address))))


def _commitment(opened: BookOpening) -> bytes:
    return opened.commitment().to_bytes(32, "big")


def _account(opened: BookOpening) -> bytes:
    return opened.opening.account_id.to_bytes(32, "big")
