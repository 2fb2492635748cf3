"""The leader's role: collect views, have the report of their medians signed, submit it.

A leader needs no trust: signers compute the report themselves, and anybody may submit it. It
decides whose views are used, so it leaves out what would spoil a round: views of nobody, stale
ones, those of another listing than most signers have, and numbers far ahead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

from node.errors import NodeError
from node.oracle.errors import SignaturesError, ViewError
from node.oracle.median import median_view
from node.oracle.report import SnapshotReport
from node.oracle.signer import NUMBER_WINDOW, open_views
from node.oracle.signing import SignedReport, recover
from node.oracle.submission import OracleBook
from node.oracle.typed_data import Domain
from node.oracle.view import OracleView
from node.values import SignedView

__all__ = ["Leader", "Round", "SignerPeer"]

_Answer = TypeVar("_Answer")


class SignerPeer(Protocol):
    """A signer as the leader reaches it; whatever a method raises concerns this signer alone."""

    @property
    def name(self) -> str:
        """What to call it in messages."""

    def view(self) -> SignedView:
        """What its source says now."""

    def sign(self, views: Sequence[SignedView]) -> bytes:
        """Its signature under the report that these views make."""


@dataclass(frozen=True)
class Round:
    """A report that enough have signed; ``troubles`` says by peer why it is missing."""

    signed: SignedReport
    troubles: Mapping[str, str]


class Leader:
    """Brings one underlying's reports about; ``max_age_seconds`` is how old a view may be."""

    def __init__(
        self,
        peers: Sequence[SignerPeer],
        domain: Domain,
        underlying: bytes,
        *,
        book: OracleBook,
        clock: Callable[[], int],
        max_age_seconds: int = 120,
    ) -> None:
        self._peers = list(peers)
        self._domain = domain
        self._underlying = underlying
        self._book = book
        self._clock = clock
        self._max_age_seconds = max_age_seconds

    def round(self) -> Round:
        """One report, signed by at least the threshold.

        Raises ViewError or SignaturesError where too few took part (with every peer's reason),
        ReportError where the medians are no market, and ChainError.
        """
        threshold = self._book.threshold()
        troubles: dict[str, str] = {}
        views = self._views(threshold, troubles)
        report = median_view([view for _, view in views]).report()
        signatures = self._signatures(report, [signed for signed, _ in views], troubles)
        if len(signatures) < threshold:
            raise SignaturesError(
                f"{len(signatures)} signatures, the oracle wants {threshold}{_told(troubles)}"
            )
        ordered = sorted(signatures, key=lambda address: int(address, 16))
        signed = SignedReport(
            report, self._domain, tuple(ordered), tuple(signatures[each] for each in ordered)
        )
        return Round(signed, troubles)

    def _views(
        self, threshold: int, troubles: dict[str, str]
    ) -> list[tuple[SignedView, OracleView]]:
        """The views of one listing, sorted by signer."""
        first = self._book.next_number(self._underlying)
        found: dict[str, tuple[str, SignedView, OracleView]] = {}
        for name, signed in self._ask(lambda peer: peer.view(), troubles).items():
            try:
                ((signer, view),) = open_views([signed], self._domain, self._book).items()
                self._check(view, first)
            except NodeError as error:
                troubles[name] = str(error)
                continue
            if signer in found:
                troubles[name] = f"the view of {signer} again"
            else:
                found[signer] = name, signed, view
        listings = Counter(view.listing for _, _, view in found.values())
        usual = listings.most_common(1)[0][0] if listings else None
        chosen = []
        for _, (name, signed, view) in sorted(found.items()):
            if view.listing == usual:
                chosen.append((signed, view))
            else:
                troubles[name] = "lists other assets, expiries or series than most"
        if len(chosen) < threshold:
            raise ViewError(
                f"{len(chosen)} views that agree what is listed, the oracle wants {threshold}"
                f"{_told(troubles)}"
            )
        return chosen

    def _check(self, view: OracleView, first: int) -> None:
        if view.underlying != self._underlying:
            raise ViewError(f"a view of another underlying, 0x{view.underlying.hex()}")
        if abs(self._clock() - view.snapshot_unix) > self._max_age_seconds:
            raise ViewError(f"a view of {view.snapshot_unix}, {self._max_age_seconds} s off")
        if view.next_number >= first + NUMBER_WINDOW:
            raise ViewError(f"asks for number {view.next_number}, the next one is {first}")

    def _signatures(
        self, report: SnapshotReport, views: Sequence[SignedView], troubles: dict[str, str]
    ) -> dict[str, bytes]:
        """Signatures under exactly this report, by signer; nobody's word is taken for it."""
        found: dict[str, bytes] = {}
        for name, signature in self._ask(lambda peer: peer.sign(views), troubles).items():
            try:
                signer = recover(report, self._domain, signature)
            except SignaturesError as error:
                troubles[name] = str(error)
                continue
            if self._book.is_signer(signer):
                found[signer] = signature
            else:
                troubles[name] = "signed something else, or is no signer"
        return found

    def _ask(
        self, question: Callable[[SignerPeer], _Answer], troubles: dict[str, str]
    ) -> dict[str, _Answer]:
        """Every peer at the same time; the answers by name, the failures into ``troubles``."""
        answers: dict[str, _Answer] = {}
        with ThreadPoolExecutor(max(len(self._peers), 1), "oracle-peer") as pool:
            pending = {peer.name: pool.submit(question, peer) for peer in self._peers}
            for name, future in pending.items():
                try:
                    answers[name] = future.result()
                except Exception as error:  # a peer's failure, of whatever kind, is its own
                    troubles[name] = str(error)
        return answers


def _told(troubles: Mapping[str, str]) -> str:
    return "".join(f"; {name}: {reason}" for name, reason in sorted(troubles.items()))
