"""What a verified attestation is expected to be about: files and sets of the caller's own.

Whoever attests chooses market and parameters: without an oracle, only files say which.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from circuits.statements.option_marks import DecodedWords, OptionMarks, market_words
from circuits.statements.portfolio_margin import Claim
from node.attestations import InvalidAttestationError, shipped_set_name
from node.cli.margin.inputs import chosen_parameters
from node.keys import KnownStatement
from node.quoting import (
    format_instant,
    market_of,
    proving_rules,
    read_chain,
    read_margin_market,
)


@dataclass(frozen=True)
class Expected:
    """A chain file for marks; for margins a market file, and a parameter set by name or file."""

    chain: Path | None
    market: Path | None
    parameters: str | None

    @property
    def has_market(self) -> bool:
        """Whether it says which market."""
        return self.chain is not None or self.market is not None

    def compare(self, words: DecodedWords | Claim, statement: KnownStatement) -> None:
        """InvalidAttestationError for words about something else; refusals of the files."""
        if self.chain is not None:
            _compare_chain(words, statement, self.chain)
        if self.market is not None:
            _compare_market(words, self.market)
        if self.parameters is not None:
            _compare_parameters(words, self.parameters)


def _compare_chain(words: DecodedWords | Claim, statement: KnownStatement, path: Path) -> None:
    if not isinstance(statement, OptionMarks) or not isinstance(words, DecodedWords):
        raise InvalidAttestationError(
            "the proof holds, but it is of a margin, whose market is a --market file, not of a"
            " chain's marks"
        )
    shape = statement.shape
    expected = market_of(read_chain(path, proving_rules(shape))).market
    if market_words(words.market, shape) != market_words(expected, shape):
        raise InvalidAttestationError(
            f"the proof holds, but for another market than {path}:"
            f" {_summary(words)}, expected the file's {expected.option_count} options"
        )


def _compare_market(words: DecodedWords | Claim, path: Path) -> None:
    """The digest holds time and spot; the words' own are what contracts compare."""
    scene, market = _claim(words).scene, read_margin_market(path).market
    received = (scene.market_digest, scene.snapshot_unix, scene.spot_ticks)
    expected = (market.digest(), market.snapshot_unix, market.spot_ticks)
    if received != expected:
        raise InvalidAttestationError(
            f"the proof holds, but for another market than {path}: {_market(*received)},"
            f" expected {_market(*expected)}"
        )


def _compare_parameters(words: DecodedWords | Claim, name: str) -> None:
    received = _claim(words).scene.parameters_digest
    expected = chosen_parameters(name).parameters.digest()
    if received != expected:
        raise InvalidAttestationError(
            f"the proof holds, but by other parameters than {name}:"
            f" {shipped_set_name(received) or 'a set that is not shipped'}, digest"
            f" 0x{received:064x}, expected 0x{expected:064x}"
        )


def _claim(words: DecodedWords | Claim) -> Claim:
    if isinstance(words, DecodedWords):
        raise InvalidAttestationError(
            "the proof holds, but it is of marks, whose market is a --chain file, not of a margin"
        )
    return words


def _market(digest: int, snapshot_unix: int, spot_ticks: int) -> str:
    return f"{format_instant(snapshot_unix)}, spot {spot_ticks} ticks, digest 0x{digest:064x}"


def _summary(words: DecodedWords) -> str:
    market = words.market
    return f"{market.option_count} options at Unix time {market.snapshot_unix}"
