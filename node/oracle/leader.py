"""The leader's role: collect views, have the report of their medians signed, submit it.

A leader needs no trust: signers compute the report themselves, and anybody may submit it. It
decides whose views are used, so it leaves out what would spoil a round: views of nobody, stale
ones, those of another listing than most signers have, numbers ahead of their time, curves without
provable margins. Signers look at a view later and by clocks of their own, so the leader is stricter
about time than they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from statistics import median_low
from typing import Protocol, TypeVar

from circuits.statements.portfolio_margin import MarginParameters
from circuits.statements.ranges import InputError
from node.errors import NodeError
from node.oracle.errors import SignaturesError, SourceError, ViewError
from node.oracle.median import median_view
from node.oracle.report import SnapshotReport
from node.oracle.signer import open_views
from node.oracle.signing import SignedReport, recover
from node.oracle.source import check_listing
from node.oracle.submission import OracleBook
from node.oracle.typed_data import Domain
from node.oracle.view import OracleView
from node.values import SignedView

__all__ = ["Leader", "Round", "SignerPeer"]

_Answer = TypeVar("_Answer")

_LONGEST_TROUBLE = 500
_SECONDS_AHEAD = 1
"""Of the clock; signers allow 2."""


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


@dataclass(frozen=True)
class _Found:
    """A view and who gave it: any peer may pass on a view of another that it got in a round."""

    name: str
    signed: SignedView
    view: OracleView

    def recency(self) -> tuple[int, int]:
        """Larger for a later view of one signer."""
        return self.view.snapshot_unix, self.view.next_number


class Leader:
    """Brings one underlying's reports about.

    ``max_age_seconds`` is how old a view may be for signers; three quarters of it, here.
    ``parameters`` are the sets by which signers want margins provable.
    """

    def __init__(
        self,
        peers: Sequence[SignerPeer],
        domain: Domain,
        underlying: bytes,
        *,
        book: OracleBook,
        clock: Callable[[], int],
        max_age_seconds: int = 120,
        parameters: Sequence[MarginParameters] = (),
    ) -> None:
        self._peers = list(peers)
        self._domain = domain
        self._underlying = underlying
        self._book = book
        self._clock = clock
        self._max_age_seconds = max_age_seconds * 3 // 4
        self._parameters = parameters

    def round(self) -> Round:
        """One report, signed by at least the threshold.

        Raises ViewError or SignaturesError where too few took part (with every peer's reason),
        ReportError where the medians are no market, and ChainError.
        """
        threshold = self._book.threshold()
        troubles: dict[str, str] = {}
        views = self._views(threshold, troubles)
        report = median_view([each.view for each in views]).report()
        signatures = self._signatures(report, [each.signed for each in views], troubles)
        if len(signatures) < threshold:
            raise SignaturesError(
                f"{len(signatures)} signatures, the oracle wants {threshold}{_told(troubles)}"
            )
        ordered = sorted(signatures, key=lambda address: int(address, 16))
        signed = SignedReport(
            report, self._domain, tuple(ordered), tuple(signatures[each] for each in ordered)
        )
        return Round(signed, troubles)

    def _views(self, threshold: int, troubles: dict[str, str]) -> list[_Found]:
        """The views of one listing, of which signers would sign the medians."""
        found: dict[str, _Found] = {}
        for name, signed in self._ask(lambda peer: peer.view(), troubles).items():
            try:
                ((signer, view),) = open_views([signed], self._domain, self._book).items()
                self._check(view)
            except NodeError as error:
                troubles[name] = str(error)
                continue
            given = _Found(name, signed, view)
            older, found[signer] = sorted((found.get(signer, given), given), key=_Found.recency)
            if older is not found[signer]:
                troubles[older.name] = f"another view of {signer} is as new or newer"
        listings = Counter(each.view.listing for each in found.values())
        usual = listings.most_common(1)[0][0] if listings else None
        alike = []
        for _, each in sorted(found.items()):
            if each.view.listing == usual:
                alike.append(each)
            else:
                troubles[each.name] = "lists other assets, expiries or series than most"
        chosen = self._signable(alike, troubles)
        if len(chosen) < threshold:
            raise ViewError(
                f"{len(chosen)} views that agree what is listed, the oracle wants {threshold}"
                f"{_told(troubles)}"
            )
        return chosen

    def _check(self, view: OracleView) -> None:
        if view.underlying != self._underlying:
            raise ViewError(f"a view of another underlying, 0x{view.underlying.hex()}")
        age = self._clock() - view.snapshot_unix
        if not -_SECONDS_AHEAD <= age <= self._max_age_seconds:
            raise ViewError(
                f"a view of {view.snapshot_unix}, {age} s old; expected {-_SECONDS_AHEAD} to "
                f"{self._max_age_seconds} s"
            )

    def _signable(self, alike: Sequence[_Found], troubles: dict[str, str]) -> list[_Found]:
        """All but those that would have every signer refuse, the highest number first."""
        chosen = sorted(alike, key=lambda each: -each.view.next_number)
        while chosen:
            unix = median_low(each.view.snapshot_unix for each in chosen)
            faults = ((each, self._fault(each.view, unix)) for each in chosen)
            worst, fault = next((pair for pair in faults if pair[1]), (None, ""))
            if worst is None:
                break
            troubles[worst.name] = fault
            chosen.remove(worst)
        return chosen

    def _fault(self, view: OracleView, unix: int) -> str:
        """Why signers would refuse what this view may bring into a report; or nothing."""
        if view.next_number > unix:
            return f"asks for number {view.next_number}, the last one now is {unix}"
        try:
            if view.margin is not None:
                check_listing(replace(view.margin, snapshot_unix=unix), self._parameters)
        except (InputError, SourceError) as error:
            return str(error)
        return ""

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
                    troubles[name] = str(error)[:_LONGEST_TROUBLE]
        return answers


def _told(troubles: Mapping[str, str]) -> str:
    return "".join(f"; {name}: {reason}" for name, reason in sorted(troubles.items()))
