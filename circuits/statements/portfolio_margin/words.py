"""The public words of `portfolio_margin`: the contract with Solidity, written once.

Every word but field elements is below 2^248; the first field is the most significant::

    1..3      header; word 3 is the account id
    4         parameters digest                                       field element
    5         market digest                                           field element
    6         snapshot_unix (40) | level (8) | slots P (16) | rows R (16)
    7         spot_ticks (36)

    covered       8 commitment | 9 collateral W (128)
    breach        8 commitment | 9 collateral W (128) | 10 equity bound Q (128)
    requirement   8 commitment | 9 requirement (128)
    open          8 collateral W (128) | P packed legs | linear holdings (190) | cash + 2^95 (96)

W, Q and the requirement count units of the settlement token. Levels: 1 maintenance, 2 initial.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum

from circuits.profile import R14, Profile
from circuits.statements.description import StatementDescription
from circuits.statements.header import HEADER_WORDS, Header, pack_header, unpack_header
from circuits.statements.packing import WordError, pack, unpack
from circuits.statements.portfolio_margin.book import Book, unpack_book
from circuits.statements.portfolio_margin.market import VolatilityForm
from circuits.statements.portfolio_margin.units import (
    COLLATERAL_BITS,
    RANGES,
    ROWS,
    check_range,
)
from circuits.statements.ranges import Range, check_in

SNAPSHOT_WIDTHS = (40, 8, 16, 16)
SPOT_WIDTHS = (36,)
BALANCE_WIDTHS = (COLLATERAL_BITS,)

_COMMON_WORDS = HEADER_WORDS + 4
_TAIL_WORDS = {"covered": 2, "breach": 3, "requirement": 2}


class Kind(StrEnum):
    """What a proof shows."""

    COVERED = "covered"
    BREACH = "breach"
    REQUIREMENT = "requirement"
    OPEN = "open"


class Level(IntEnum):
    """Which margin."""

    MAINTENANCE = 1
    INITIAL = 2


@dataclass(frozen=True, slots=True)
class MarginShape:
    """What fixes the circuit: kind, slots P for legs, rows R, form of volatilities, profile."""

    kind: Kind
    slots: int
    rows: int
    form: VolatilityForm = VolatilityForm.SVI
    profile: Profile = R14

    def __post_init__(self) -> None:
        check_range("slots", self.slots)
        check_in({"rows": Range(1, ROWS, "scenario rows")}, "rows", self.rows)

    @property
    def word_count(self) -> int:
        """All words of the statement."""
        tail = 3 + self.slots if self.kind is Kind.OPEN else _TAIL_WORDS[self.kind]
        return _COMMON_WORDS + tail

    @property
    def description(self) -> StatementDescription:
        """Identity of the statement; the parameters are canonical JSON."""
        parameters = {
            "kind": self.kind.value,
            "profile": self.profile.name,
            "rows": self.rows,
            "slots": self.slots,
            "volatility": self.form.name.lower(),
        }
        return StatementDescription(
            name="portfolio_margin",
            version=1,
            parameters=json.dumps(parameters, sort_keys=True, separators=(",", ":")).encode(),
            word_count=self.word_count,
        )


@dataclass(frozen=True, slots=True)
class Scene:
    """The words every kind has: whose margin, by which parameters, in which market."""

    header: Header
    account_id: int
    parameters_digest: int
    market_digest: int
    snapshot_unix: int
    level: Level
    spot_ticks: int

    def __post_init__(self) -> None:
        check_range("account_id", self.account_id)
        check_range("field_element", self.parameters_digest)
        check_range("field_element", self.market_digest)
        check_range("snapshot_unix", self.snapshot_unix)
        check_range("spot_ticks", self.spot_ticks)


@dataclass(frozen=True, slots=True)
class Covered:
    """The margin of the committed book with collateral W is not negative."""

    scene: Scene
    commitment: int
    collateral: int


@dataclass(frozen=True, slots=True)
class Breach:
    """The maintenance margin of the committed book with W is negative, its equity at most Q."""

    scene: Scene
    commitment: int
    collateral: int
    equity_bound: int


@dataclass(frozen=True, slots=True)
class Requirement:
    """The least multiple of the public step that covers the committed book."""

    scene: Scene
    commitment: int
    requirement: int


@dataclass(frozen=True, slots=True)
class Open:
    """The margin of a public book with collateral W is not negative."""

    scene: Scene
    collateral: int
    book: Book


Claim = Covered | Breach | Requirement | Open


def encode_words(claim: Claim, shape: MarginShape) -> tuple[int, ...]:
    """All words of a claim; WordError where it is of another kind, RangeError, BookError."""
    if KINDS[type(claim)] is not shape.kind:
        raise WordError(0, f"a claim of kind {KINDS[type(claim)]}, expected {shape.kind}")
    head = _scene_words(claim.scene, shape)
    if isinstance(claim, Open):
        check_range("balance", claim.collateral)
        legs = claim.book.leaves(shape.slots)
        return (*head, claim.collateral, *legs, claim.book.linear.packed, claim.book.packed_cash)
    check_range("field_element", claim.commitment)
    if isinstance(claim, Requirement):
        balances: tuple[int, ...] = (claim.requirement,)
    elif isinstance(claim, Covered):
        balances = (claim.collateral,)
    else:
        balances = (claim.collateral, claim.equity_bound)
        _check_maintenance(claim.scene.level)
    for balance in balances:
        check_range("balance", balance)
    return (*head, claim.commitment, *balances)


def decode_words(words: Sequence[int], shape: MarginShape) -> Claim:
    """Read untrusted words; accepts exactly what `encode_words` can have written.

    Raises InputError: WordError for a malformed word, RangeError for a field out of range,
    BookError for legs out of order.
    """
    if len(words) != shape.word_count:
        raise WordError(0, f"{len(words)} words, expected {shape.word_count}")
    scene = _decode_scene(words, shape)
    at = _COMMON_WORDS
    if shape.kind is Kind.OPEN:
        (collateral,) = unpack(BALANCE_WIDTHS, words[at], at + 1)
        legs = words[at + 1 : at + 1 + shape.slots]
        return Open(scene, collateral, unpack_book(legs, words[-2], words[-1], at + 2))
    commitment = _field_element(words, at)
    balances = [unpack(BALANCE_WIDTHS, words[i], i + 1)[0] for i in range(at + 1, len(words))]
    if shape.kind is Kind.BREACH:
        _check_maintenance(scene.level)
        return Breach(scene, commitment, *balances)
    if shape.kind is Kind.REQUIREMENT:
        return Requirement(scene, commitment, *balances)
    return Covered(scene, commitment, *balances)


KINDS = {
    Covered: Kind.COVERED,
    Breach: Kind.BREACH,
    Requirement: Kind.REQUIREMENT,
    Open: Kind.OPEN,
}
"""The kind of each claim."""


def _scene_words(scene: Scene, shape: MarginShape) -> tuple[int, ...]:
    snapshot = (scene.snapshot_unix, scene.level, shape.slots, shape.rows)
    return (
        *pack_header(scene.header),
        scene.account_id,
        scene.parameters_digest,
        scene.market_digest,
        pack(SNAPSHOT_WIDTHS, snapshot),
        scene.spot_ticks,
    )


def _decode_scene(words: Sequence[int], shape: MarginShape) -> Scene:
    snapshot_unix, level, slots, rows = unpack(SNAPSHOT_WIDTHS, words[5], 6)
    if (slots, rows) != (shape.slots, shape.rows):
        raise WordError(
            6, f"{slots} slots and {rows} rows, expected {shape.slots} and {shape.rows}"
        )
    if level not in list(Level):
        raise WordError(6, f"level {level}, expected 1 (maintenance) or 2 (initial)")
    (spot_ticks,) = unpack(SPOT_WIDTHS, words[6], 7)
    return Scene(
        unpack_header(words),
        _field_element(words, 2),
        _field_element(words, 3),
        _field_element(words, 4),
        snapshot_unix,
        Level(level),
        spot_ticks,
    )


def _field_element(words: Sequence[int], index: int) -> int:
    if words[index] not in RANGES["field_element"]:
        raise WordError(index + 1, f"{words[index]} is no field element")
    return words[index]


def _check_maintenance(level: Level) -> None:
    if level is not Level.MAINTENANCE:
        raise WordError(6, f"level {level:d} in a breach, expected 1 (maintenance)")
