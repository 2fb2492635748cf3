"""The acts of the demonstration: a hidden book with letters, an open one at a desk."""

from __future__ import annotations

from circuits.statements.portfolio_margin import Book, Kind, Leg, Level
from node.attestations import Attestation
from node.chain import Receipt, Standing
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


def register(prover: Prover, vault: Vault, book: Book) -> BookOpening:
    """The owner seals an opening, registers its commitment, and deposits."""
    stage, letters = prover.stage, prover.stage.letters
    account = letters.account_id_of(OWNER.address, _SALT)
    reference = AccountReference(int(letters.address, 16), int.from_bytes(account, "big"))
    opened = vault.commit(book, reference)
    stage.done("register the commitment", [letters.register(OWNER, _SALT, _commitment(opened))])
    minted = stage.send(OWNER, "TestToken", "mint", OWNER.address, DEPOSIT + TOP_UP)
    stage.done("mint play money", [minted])
    _deposit(prover, opened, "50,000", DEPOSIT)
    return opened


def cover_and_withdraw(prover: Prover, opened: BookOpening, valuer: Valuer) -> Attestation:
    """Withdrawals are refused before a cover, allowed down to its bound, refused below it."""
    stage, letters, account = prover.stage, prover.stage.letters, _account(opened)

    def withdraw(amount: int) -> Receipt:
        return letters.withdraw(OWNER, account, amount, OWNER.address)

    stage.refused("withdraw 30,000 uncovered", lambda: withdraw(DEPOSIT - BOUND))
    made = prover.attest(
        Kind.COVERED, opened, valuer, sequence=1, level=Level.INITIAL, collateral=BOUND
    )
    stage.note("isCovered", str(letters.is_covered(account, _commitment(opened))))
    stage.done("withdraw 30,000 covered", [withdraw(DEPOSIT - BOUND)])
    stage.refused("withdraw 1 more than the bound allows", lambda: withdraw(1))
    return made


def fall_and_breach(prover: Prover, opened: BookOpening, fallen: Valuer, say: Say) -> Attestation:
    """The next snapshot is 15 % lower: the cover is dead at once, and a breach is proven."""
    stage, letters, account = prover.stage, prover.stage.letters, _account(opened)
    stage.chain.set_time(fallen.market.snapshot_unix + 1)
    stage.chain.mine()
    attest_margin_market(stage, fallen.market)
    stage.note("isCovered after the fall", str(letters.is_covered(account, _commitment(opened))))
    stage.refused(
        "withdraw after the fall", lambda: letters.withdraw(OWNER, account, 1, OWNER.address)
    )
    sheet = fallen.quote(opened.book)
    headroom = breach_headroom(sheet, fallen.parameters, held=BOUND)
    say("the maintenance margin is negative: proving the breach, with headroom for deposits")
    made = prover.attest(Kind.BREACH, opened, fallen, sequence=1, collateral=headroom)
    held = letters.account(account)
    breached = held.standing is Standing.BREACHED
    stage.note("in breach, equity bound Q", f"{breached}, {held.equity_bound / TOKEN:,.2f}")
    return made


def cure(prover: Prover, opened: BookOpening, fallen: Valuer) -> Attestation:
    """A deposit lifts the margin, and a cover of the same snapshot ends the breach."""
    stage, account = prover.stage, _account(opened)
    _deposit(prover, opened, "30,000 more", TOP_UP)
    made = prover.attest(Kind.COVERED, opened, fallen, sequence=2, collateral=BOUND + TOP_UP)
    covered = stage.letters.is_covered(account, _commitment(opened))
    stage.note("isCovered after the deposit", str(covered))
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
    credited = stage.send(DEPLOYER, "OptionDesk", "credit", TRADER.address, collateral)
    stage.done("credit the trader 60,000", [credited])
    asked = stage.send(TRADER, "OptionDesk", "request", short.packed)
    stage.done("ask to sell one put", [asked])
    stage.refused("execute unproven", lambda: stage.send(TRADER, "OptionDesk", "execute"))
    prover.attest(Kind.OPEN, opened, fallen, sequence=1, level=Level.INITIAL, collateral=collateral)
    stage.done("execute behind the gate", [stage.send(TRADER, "OptionDesk", "execute")])
    stage.note("legs the desk holds", str(len(desk.read_one("legsOf", TRADER.address))))


def _deposit(prover: Prover, opened: BookOpening, amount_text: str, amount: int) -> None:
    stage, letters = prover.stage, prover.stage.letters
    stage.done(f"allow {amount_text}", letters.allow(OWNER, amount))
    deposited = letters.deposit(OWNER, _account(opened), amount)
    stage.done(f"deposit {amount_text}", [deposited])


def _commitment(opened: BookOpening) -> bytes:
    return opened.commitment().to_bytes(32, "big")


def _account(opened: BookOpening) -> bytes:
    return opened.opening.account_id.to_bytes(32, "big")
