"""What an observer learned of the hidden book, checked against everything that was sent."""

from __future__ import annotations

from circuits.statements.portfolio_margin import decode_words
from node.attestations import Attestation
from node.chain.types import LogFilter
from node.demo.margin.owner import SLOTS, DemoKey
from node.demo.margin.report import Learned
from node.demo.margin.stage import MarginStage
from node.margin import BookOpening

_TOKEN = 10**6
_COLLATERAL, _EQUITY_BOUND = 8, 9


def leaked(stage: MarginStage, opened: BookOpening) -> list[str]:
    """Every private number of the book that is in some event of the chain; empty is right."""
    logs = [
        log
        for name in ("CoveredLetters", "AttestationRegistry")
        for log in stage.chain.logs(
            LogFilter(stage.contracts[name].address, 0, stage.chain.head().number, ())
        )
    ]
    text = b"".join(part for log in logs for part in (*log.topics, log.data))
    return [name for name, secret in _secrets(opened) if secret in text]


def in_words(attestations: list[Attestation], opened: BookOpening) -> list[str]:
    """The same for the words that were attested about it, which are their calldata."""
    text = b"".join(word.to_bytes(32, "big") for each in attestations for word in each.words)
    return [name for name, secret in _secrets(opened) if secret in text]


def _secrets(opened: BookOpening) -> list[tuple[str, bytes]]:
    found = [("salt", opened.opening.salt.to_bytes(31, "big"))]
    for index, leg in enumerate(opened.book.legs):
        found.append((f"leg {index}", leg.packed.to_bytes(18, "big")))
        found.append(
            (f"strike {index}", (leg.expiry_unix << 36 | leg.strike_ticks).to_bytes(9, "big"))
        )
    found.append(("cash", opened.book.packed_cash.to_bytes(12, "big")))
    found.append(("linear", opened.book.linear.packed.to_bytes(24, "big")))
    return found


def what_was_learned(
    covered: Attestation, breach: Attestation, key: DemoKey
) -> tuple[Learned, ...]:
    """Questions about the book, and what the chain answers."""
    cover = decode_words(covered.words, key.statement.shape)
    bound = covered.words[_COLLATERAL]
    slots = next(iter(SLOTS.values()))
    return (
        Learned("whose account, which contract", "yes: the account id and its owner's address"),
        Learned("which underlying, snapshot, spot", "yes: what the signers published anyway"),
        Learned(
            "which parameters", f"yes: digest 0x{cover.scene.parameters_digest:064x}"[:34] + "…"
        ),
        Learned("how many legs", f"at most {slots}: the circuit's size (128 hides more)"),
        Learned("which options, strikes, amounts, sides", "nothing: one commitment of 32 bytes"),
        Learned("cash, perpetual, collateral inside the book", "nothing"),
        Learned(
            "the margin while covered",
            f"a bound: covered with W = {bound / _TOKEN:,.0f}, chosen by the owner",
        ),
        Learned("the worst scenario, profit and loss", "nothing: the row is hidden"),
        Learned(
            "after the breach",
            f"more than W = {breach.words[_COLLATERAL] / _TOKEN:,.2f} is missing, equity with it"
            f" is at most Q = {breach.words[_EQUITY_BOUND] / _TOKEN:,.2f}",
        ),
        Learned("whether two commitments are of one book", "nothing: each has a salt of its own"),
        Learned("a private number in events or words", "searched for: none found"),
    )
