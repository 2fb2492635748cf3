"""The demonstration of margins, step by step."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

from circuits.statements.portfolio_margin import Book, Kind, load_shipped
from node.demo.margin import acts
from node.demo.margin.observer import in_words, leaked, what_was_learned
from node.demo.margin.owner import Prover, demo_keys
from node.demo.margin.report import MarginDemoReport
from node.demo.margin.stage import OWNER, attest_margin_market, open_stage
from node.demo.stage import Say
from node.errors import NodeError
from node.keys import KeyStore
from node.keys.errors import EngineTooSlowError
from node.margin import OwnerSecret, Valuer, Vault
from node.quoting import BookRules, read_book, read_margin_market
from prover import Engine, default_engine

PARAMETERS = "derive_like_33"
_BOOK = "btc_book_20260521.csv"
_MARKETS = ("btc_margin_svi_20260521.json", "btc_margin_svi_20260521_fallen.json")


class LeakError(NodeError):
    """A private number of the book was found on the chain: a privacy failure, report it."""


@dataclass(frozen=True)
class MarginDemoOptions:
    """Where keys are kept, and what proves."""

    keys_directory: Path
    engine: Engine | None = None


def run_margin_demo(options: MarginDemoOptions, say: Say) -> MarginDemoReport:
    """Run everything; `say` gets a line of progress at a time. Raises NodeError."""
    started = time.monotonic()
    engine = options.engine or default_engine()
    if engine.name == "reference":
        raise EngineTooSlowError("the demonstration of margins makes four proofs of 100,000 rows")
    book, now, fallen = _shipped()
    say(f"read a book of {len(book.legs)} legs and two snapshots, an hour and 15 % apart")
    keys = demo_keys(KeyStore(options.keys_directory), now, engine, say)
    specs = {each.statement.shape: each.spec for each in keys.values()}
    stage = open_stage(now.market, now.parameters, specs, lambda _line: None)
    say("contracts deployed on an embedded chain: letters for hidden books, a desk for open ones")
    attest_margin_market(stage, now.market)
    prover = Prover(stage, keys, engine, say)
    with tempfile.TemporaryDirectory(prefix="proofmark-vault-") as folder:
        vault = Vault(Path(folder), OwnerSecret.of(OWNER))
        opened = acts.register(prover, vault, book)
        covered = acts.cover_and_withdraw(prover, opened, now)
        breach = acts.fall_and_breach(prover, opened, fallen, say)
        cured = acts.cure(prover, opened, fallen)
    acts.open_gate(prover, fallen)
    found = leaked(stage, opened) + in_words([covered, breach, cured], opened)
    if found:
        raise LeakError(f"the chain shows {', '.join(found)} of the book")
    report = MarginDemoReport(
        chain=stage.chain.name,
        chain_id=stage.chain.chain_id(),
        engine=engine.name,
        legs=len(book.legs),
        parameters=PARAMETERS,
        before=now.quote(book),
        after=fallen.quote(book),
        steps=tuple(stage.steps),
        provings=tuple(prover.provings),
        learned=what_was_learned(covered, breach, keys[Kind.COVERED]),
    )
    return replace(report, total_seconds=round(time.monotonic() - started, 1))


def _shipped() -> tuple[Book, Valuer, Valuer]:
    """The shipped book, and both snapshots as signers attest them, under the parameters."""
    parameters = load_shipped(PARAMETERS).parameters
    data = resources.files("node.data")
    quoted = []
    for name in _MARKETS:
        with resources.as_file(data / name) as path:
            quoted.append(read_margin_market(path, parameters))
    rules = BookRules(parameters.underlying, quoted[0].underlying.tick_exponent, quoted[0].market)
    with resources.as_file(data / _BOOK) as path:
        book = read_book(path, rules)
    now, fallen = (Valuer(each.market, parameters) for each in quoted)
    return book, now, fallen
