"""Changed committed wires of a margin, each completed as favourably as a prover can."""

from __future__ import annotations

import random
from collections import Counter
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


def test_changed_wires_are_refused_or_change_nothing() -> None:
    """No accepted assignment has other words, unless they are another opening's.

    The free inputs (header, salt, account) may change: then the words that name them follow.
    """
    rng = random.Random(11)
    counts: Counter[str] = Counter()
    wires = forger().committed_wires
    honest_words = forger().words(forger().honest)
    for wire in rng.sample(wires, 900):
        changes = {wire: forger().honest[wire] + rng.choice(DELTAS)}
        forgery = forger().answer(changes, follow=rng.random() < 0.5)
        if forgery.violations:
            counts["refused"] += 1
        elif forgery.fingerprint == forger().honest[FINGERPRINT]:
            counts["harmless"] += 1
        else:
            words = forger().words(forgery.values)
            # Whatever was opened instead, it is not this book under this margin.
            assert words[7] != honest_words[7] or words[:7] != honest_words[:7]
            counts["another opening"] += 1
    assert counts["refused"] >= MOST_REFUSED * counts.total(), counts
