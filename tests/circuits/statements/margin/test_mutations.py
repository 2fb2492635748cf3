"""Changed committed wires of a margin, each completed as favourably as a prover can."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from functools import cache

from circuits.challenge_round import StatementWitness
from circuits.edsl import FieldElement
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
def made() -> StatementWitness:
    about = evidence(OWN)
    return PortfolioMargin(SHAPE).assign(claim_arrays(claim(Kind.COVERED, about), about, SHAPE))


@cache
def forger() -> Forger:
    return Forger(circuit(SHAPE), respond(made()))


def test_the_forger_reproduces_the_honest_assignment() -> None:
    honest = forger().answer({})
    assert not honest.violations
    assert honest.fingerprint == forger().honest[FINGERPRINT]
    assert forger().words(honest.values) == made().words
    assert forger().recounted() == {}


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


def in_lane(value: FieldElement, lane: int) -> int:
    """What a linear form of wires is in a lane."""
    found = 0
    for (wire, lanes), coefficient in value.payload.terms.items():
        source = int(lanes.source(value.lanes.count)[lane])
        found += coefficient * forger().honest[circuit(SHAPE).first_index(wire) + source]
    return found % BN254_FR.modulus


def as_wire(value: FieldElement, lane: int) -> int | None:
    """The wire that a value is, in a lane, if it is one."""
    ((wire, _), *others) = value.payload.terms
    return None if others else circuit(SHAPE).first_index(wire) + lane


def test_whole_rows_of_others_are_refused_though_they_are_counted() -> None:
    """A leg takes the other leg's slice, number included, or another level than its row's: in each
    table alone and in all. What it takes is offered, and its multiplicity is right."""
    builder = PortfolioMargin(SHAPE).trace()
    offered = {rows.path: rows for rows in builder.wire_rows}
    for lane in range(SHAPE.slots):
        together: dict[int, int] = {}
        for query in builder.wire_queries:
            table = offered.get(query.path.removeprefix("leg/"))
            own = query.entries + (query.index if table else ())
            rows = table or offered["leg/up_level"]
            theirs, place = rows.entries + rows.index, 1 - lane if table else lane
            changes = {
                wire: in_lane(taken, place)
                for wire, taken in zip((as_wire(each, lane) for each in own), theirs, strict=False)
                if wire is not None
            }
            together |= changes
            assert judged(changes, follow=True) in ("refused", "harmless")
        assert judged(together, follow=True) == "refused"


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
