"""What CoveredLetters keeps of an account, and which of its covers count now.

The contract says only whether an account is covered; here it is said which cover counts, until
when, and what ended one that does not. The rules are `_isLive` and `_covers` of the contracts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any

from node.chain.errors import ContractMissingError

__all__ = ["AccountStatus", "Cover", "LettersAccount", "LettersRules", "Snapshot", "Standing"]

_BASIS_POINTS = 10_000


class Standing(Enum):
    """Of ICoveredLetters: whether no `covered` followed the last breach."""

    UNKNOWN = 0
    GOOD = 1
    BREACHED = 2


@dataclass(frozen=True)
class Snapshot:
    """A market that the oracle accepted or holds back: spot in ticks, volatility in 2e-8."""

    underlying: bytes
    number: int
    snapshot_unix: int
    market_hash: bytes
    spot_ticks: int
    volatility: int
    market_digest: bytes


@dataclass(frozen=True)
class LettersRules:
    """The struct Rules of IMarginConsumer; moves in 1e-4."""

    cover_seconds: int
    spot_move_bps: int
    volatility_move_bps: int
    max_snapshots_behind: int


@dataclass(frozen=True)
class Cover:
    """A proven margin: its W, the last second of its age, and the market it was proven in."""

    collateral: int
    live_until: int
    spot_ticks: int
    volatility: int
    level: int

    def spot_band(self, rules: LettersRules) -> tuple[int, int]:
        """Lowest and highest spot, in ticks, at which it counts."""
        return _band(self.spot_ticks, rules.spot_move_bps)

    def volatility_band(self, rules: LettersRules) -> tuple[int, int]:
        """The same at the money, of volatility."""
        return _band(self.volatility, rules.volatility_move_bps)


@dataclass(frozen=True)
class LettersAccount:
    """The struct Account of ICoveredLetters; a level never covered has no cover."""

    owner: str
    breach_sequence: int
    commitment: bytes
    collateral: int
    covered_sequence: int
    used_snapshot: int
    standing: Standing
    equity_bound: int
    maintenance: Cover | None
    initial: Cover | None

    @classmethod
    def of(cls, values: tuple[Any, ...]) -> "LettersAccount":
        """From the values that `accountOf` returns; ContractMissingError."""
        said = dict(zip((each.name for each in fields(cls)), values, strict=True))
        try:
            said["standing"] = Standing(said["standing"])
        except ValueError as error:
            raise ContractMissingError(f"no CoveredLetters answers: {error}") from error
        for level in ("maintenance", "initial"):
            said[level] = _cover(said[level])
        return cls(**said)

    @property
    def covers(self) -> Mapping[str, Cover]:
        """Its covers by level."""
        named = {"initial": self.initial, "maintenance": self.maintenance}
        return {level: cover for level, cover in named.items() if cover is not None}


@dataclass(frozen=True)
class AccountStatus:
    """An account, and all that its next statement and its covers depend on, as of one block.

    `newest` is the last snapshot accepted, `held` one that waits for its confirmation; None where
    there is none.
    """

    account: LettersAccount
    is_covered: bool
    rules: LettersRules
    newest: Snapshot | None
    held: Snapshot | None
    parameters_digest: bytes
    registry: str
    max_snapshot_age_seconds: int
    block_unix: int
    chain_id: int

    def endings(self, cover: Cover) -> tuple[str, ...]:
        """Why a cover does not count now; empty where it does."""
        found = {
            "age": self.block_unix > cover.live_until,
            "collateral": self.account.collateral < cover.collateral,
            "spot": not _within(cover.spot_band(self.rules), self._spots()),
            "volatility": not _within(cover.volatility_band(self.rules), self._volatilities()),
        }
        return tuple(name for name, ended in found.items() if ended)

    @property
    def next_sequences(self) -> Mapping[str, int]:
        """The number that the next statement names, by kind; a requirement counts as covered."""
        return {
            "covered": self.account.covered_sequence + 1,
            "breach": self.account.breach_sequence + 1,
        }

    @property
    def valid_until(self) -> int | None:
        """What a statement about the newest snapshot names as its last second."""
        return None if self.newest is None else self.last_second_of(self.newest)

    def last_second_of(self, snapshot: Snapshot) -> int:
        """Until when statements about a snapshot are taken; their header names it, Unix seconds."""
        return snapshot.snapshot_unix + self.max_snapshot_age_seconds

    def _markets(self) -> tuple[Snapshot, ...]:
        return tuple(each for each in (self.newest, self.held) if each is not None)

    def _spots(self) -> Iterable[int]:
        return (each.spot_ticks for each in self._markets())

    def _volatilities(self) -> Iterable[int]:
        return (each.volatility for each in self._markets())


def _cover(values: tuple[int, ...]) -> Cover | None:
    cover = Cover(*values)
    return cover if cover.level else None


def _band(base: int, move_bps: int) -> tuple[int, int]:
    """All v with |v - base| <= base * move: rounded inwards, as whole numbers meet it."""
    lowest = -(-base * (_BASIS_POINTS - move_bps) // _BASIS_POINTS)
    return lowest, base * (_BASIS_POINTS + move_bps) // _BASIS_POINTS


def _within(band: tuple[int, int], values: Iterable[int]) -> bool:
    return all(band[0] <= value <= band[1] for value in values)
