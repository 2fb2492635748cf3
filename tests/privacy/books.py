"""Books whose every number can be looked for: five bytes or more, seen nowhere else."""

from __future__ import annotations

from functools import cache
from random import Random

from circuits.statements.header import Header
from circuits.statements.portfolio_margin import Book, Leg, LinearHoldings
from node.attestations import Attestation
from node.chain import development_account
from node.margin import AccountReference, BookOpening, MarginRequest, OwnerSecret, Valuer
from node.margin.prove import prove_margin
from prover import ProvingKey, default_engine
from tests.circuits.statements.margin.statements import MARKET, PARAMETERS

SLOTS = 128
LEGS = {"empty": 0, "one leg": 1, "full": SLOTS}
"""Books by name, and their legs."""

OWNER = development_account("owner")
SECRET = OwnerSecret.of(OWNER)
ACCOUNT = AccountReference(group=0xC0FFEE, account_id=0xACC0)
HEADER = Header(chain_id=1, registry=2, consumer=0xC0FFEE, sequence=1, valid_until=1_800_000_000)
VALUER = Valuer(MARKET, PARAMETERS)


@cache
def hidden_book(name: str) -> Book:
    """A book that is covered without collateral."""
    random = Random(name)
    legs = [
        Leg(
            PARAMETERS.underlying,
            random.choice(MARKET.slices).expiry_unix,
            random.randrange(1 << 34, 1 << 36),
            random.random() < 0.5,
            random.choice((-1, 1)) * random.randrange(1 << 33, 1 << 36),
        )
        for _ in range(LEGS[name])
    ]
    linear = LinearHoldings(*(random.randrange(1 << 33, 1 << 36) for _ in range(3)))
    cash = random.randrange(1 << 92, 1 << 93)
    return Book(tuple(sorted(legs, key=lambda leg: leg.key)), linear, cash)


def hidden_opening(name: str, update: int = 1, account: AccountReference = ACCOUNT) -> BookOpening:
    """Its opening under the owner's secret."""
    return BookOpening.new(hidden_book(name), account, update, SECRET)


def attested(request: MarginRequest, opened: BookOpening, key: ProvingKey) -> Attestation:
    """What an owner publishes."""
    return prove_margin(request, opened, VALUER, key, default_engine(), slots=SLOTS)[0]
