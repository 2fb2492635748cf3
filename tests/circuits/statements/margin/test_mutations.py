"""Changed committed wires of a margin, each completed as favourably as a prover can."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from functools import cache

from circuits.field import BN254_FR
from circuits.r1cs import FINGERPRINT
from circuits.statements.portfolio_margin import Book, Kind, MarginShape
from circuits.statements.portfolio_margin.statement import PortfolioMargin, claim_arrays
from tests.circuits.forger import Forger
from tests.circuits.reading import respond
from tests.circuits.statements.margin.examples import leg
from tests.circuits.statements.margin.statements import BOOK, circuit, claim, evidence

SHAPE = MarginShape(Kind.COVERED, 2, 5)
OWN = Book((leg(amount=-3), leg(2, put=True, amount=2)), BOOK.linear, BOOK.cash)
DELTAS = (1, -1, 1 << 14, -(1 << 14), BN254_FR.inverse(2), BN254_FR.inverse(1 << 14), 0x5EED << 230)
#: What no output depends on, in this market: slices without legs, tails, and inputs of the words.
MOST_REFUSED = 0.9


@cache
def forger() -> Forger:
    about = evidence(OWN)
    inputs = claim_arrays(claim(Kind.COVERED, about), about, SHAPE)
    return Forger(circuit(SHAPE), respond(PortfolioMargin(SHAPE).assign(inputs)))


def test_the_forger_reproduces_the_honest_assignment() -> None:
    honest = forger().answer({})
    assert not honest.violations
    assert honest.fingerprint == forger().honest[FINGERPRINT]


def judged(changes: Mapping[int, int], *, follow: bool) -> str:
    """What becomes of a change; no accepted assignment shows this book under another margin."""
    forgery = forger().answer(changes, follow=follow)
    if forgery.violations:
        return "refused"
    if forgery.fingerprint == forger().honest[FINGERPRINT]:
        return "harmless"
    words, honest = forger().words(forgery.values), forger().words(forger().honest)
    # Free inputs (header, salt, account, collateral) may change: then the words name others.
    assert words[7] != honest[7] or words[:7] != honest[:7] or words[8] > honest[8]
    return "another claim"


def test_changed_wires_are_refused_or_change_nothing() -> None:
    rng = random.Random(11)
    counts: Counter[str] = Counter()
    for wire in rng.sample(forger().committed_wires, 900):
        changes = {wire: forger().honest[wire] + rng.choice(DELTAS)}
        counts[judged(changes, follow=rng.random() < 0.5)] += 1
    assert counts["refused"] >= MOST_REFUSED * counts.total(), counts


def test_pairs_that_keep_a_linear_form_are_refused_or_change_nothing() -> None:
    """Two wires of one constraint's side change, the side does not."""
    rng = random.Random(12)
    counts: Counter[str] = Counter()
    while counts.total() < 400:
        row, side = rng.randrange(forger().row_count), rng.randrange(3)
        changes = forger().balanced_pair(row, side, rng.choice(DELTAS), rng.randrange(64))
        if changes is not None:
            counts[judged(changes, follow=rng.random() < 0.5)] += 1
    assert counts["refused"] >= MOST_REFUSED * counts.total(), counts
