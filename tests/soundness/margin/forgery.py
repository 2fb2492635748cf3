"""A forgery of `portfolio_margin`: what its twin leaves out, and the lie that this lets pass.

The twin is the product's own constraint system without the sites named, and its prover counts no
lookups there (`tests/circuits/judge.py`). One reading of the model serves product and twin: the
same prover tells both the same lie.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from circuits.challenge_round import StatementWitness
from circuits.edsl import Liar, WitnessArithmetic
from circuits.edsl.python_numbers import PythonNumbers
from circuits.statements.portfolio_margin import (
    Book,
    Claim,
    Kind,
    Level,
    MarginMarket,
    MarginParameters,
    MarginShape,
    VolatilityForm,
    encode_words,
)
from circuits.statements.portfolio_margin import statement as statement_module
from circuits.statements.portfolio_margin.statement import Evidence, claim_arrays
from tests.circuits.judge import Sites
from tests.circuits.reading import Reading, respond
from tests.circuits.remembered import remembered_hashes
from tests.circuits.statements.margin.lies import SLOTS, W, nothing
from tests.circuits.statements.margin.statements import (
    BOOK,
    MARKET,
    PARAMETERS,
    ROWS,
    claim,
    evidence,
    judge,
)

ENOUGH = 10**12
#: Margins told to the atom, so that the smallest lie shows.
ONE_ATOM = replace(PARAMETERS, collateral_unit=1)


@dataclass(frozen=True)
class Forgery:
    """A lie about a book, with `off` units beside the collateral that its margin needs.

    What it claims is false. Either the words are those of the true book, market and parameters
    (then `off` makes the claim one that their margin does not show), or they name something that
    nobody else can have committed or signed: `other` says what.
    """

    without: Sites
    liar: Liar = nothing
    own: Book = BOOK
    off: int = -1
    other: str = ""
    changes: Mapping[str, Sequence[int]] = field(default_factory=dict)
    listing: MarginMarket = MARKET
    parameters: MarginParameters = PARAMETERS
    kind: Kind = Kind.COVERED
    level: Level = Level.MAINTENANCE
    patches: tuple[tuple[Any, str, Any], ...] = ()

    @property
    def shape(self) -> MarginShape:
        """Of the smallest circuit it fits."""
        form = self.listing.form
        slots = 2 if form is VolatilityForm.SERIES else SLOTS
        return MarginShape(self.kind, slots, ROWS, form)

    @property
    def about(self) -> Evidence:
        """What the claim is about."""
        return evidence(self.own, self.listing, self.parameters)

    @property
    def told(self) -> Claim:
        """What is claimed."""
        return claim(self.kind, self.about, self.level, off=self.off)


@dataclass(frozen=True)
class Tried:
    """What stops a forgery in product and twin, and whether its words are the claim's."""

    product: list[str]
    twin: list[str]
    says_the_claim: bool


def attempt(forgery: Forgery) -> Tried:
    """One prover, two circuits."""
    with remembered_hashes():
        return _attempt(forgery)


def _attempt(forgery: Forgery) -> Tried:
    told, shape = forgery.told, forgery.shape
    inputs = claim_arrays(told, forgery.about, shape)
    inputs |= {name: list(values) for name, values in forgery.changes.items()}
    witness = WitnessArithmetic(W, PythonNumbers(), inputs=inputs, liar=forgery.liar)
    with Reading(patches=forgery.patches).patched():
        statement_module._define(witness, shape)
        twin = respond(_counting(witness, forgery.without))
        made = StatementWitness(witness)
        product = respond(made)
    judged = judge(shape)
    return Tried(
        judged.violations(product),
        judged.violations(twin, forgery.without),
        made.words == encode_words(told, shape),
    )


def _counting(witness: WitnessArithmetic, without: Sites) -> StatementWitness:
    """The twin's prover: lookups that are left out have no part in the multiplicities."""
    own = copy.copy(witness)
    own.spaces = list(witness.spaces)
    own.recorded = witness.recorded.copy()
    for key, vectors in witness.recorded.items():
        own.recorded[key] = list(vectors)
    names = ("range_queries", "row_queries", "wire_queries")
    for name in names:
        kept = [each for each in getattr(witness, name) if not without.has_query(each.path)]
        setattr(own, name, kept)
    made = StatementWitness(own)
    for name in names:
        setattr(own, name, getattr(witness, name))
    return made
