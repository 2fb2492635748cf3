"""The signer's role: publish what its source says; sign the medians it has computed itself.

Nobody sends a signer a report or a hash. It gets the signed views of a quorum, makes the report of
them by the one function there is, compares every field with its own source, writes down what it is
about to sign, and signs. The leader's only freedom is whose views to use.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

from node.chain.signatures import LocalAccount
from node.oracle.comparison import Tolerances, compare_views
from node.oracle.errors import DisagreementError, ViewError
from node.oracle.journal import Journal
from node.oracle.median import median_view
from node.oracle.report import SnapshotReport, signable
from node.oracle.source import CheckedSource
from node.oracle.submission import OracleBook
from node.oracle.typed_data import Domain
from node.oracle.view import OracleView
from node.oracle.view_codec import decode_view, sign_view, signer_of
from node.values import SignedView

__all__ = ["LARGEST_QUORUM", "SignerRole", "open_views"]

LARGEST_QUORUM = 64
"""Views in one request."""


class SignerRole:
    """One signer of one underlying. Safe to use from several threads; signs one at a time."""

    def __init__(
        self,
        account: LocalAccount,
        domain: Domain,
        underlying: bytes,
        *,
        source: CheckedSource,
        book: OracleBook,
        journal: Journal,
        tolerances: Tolerances | None = None,
    ) -> None:
        self._account = account
        self._domain = domain
        self._underlying = underlying
        self._source = source
        self._book = book
        self._journal = journal
        self._tolerances = tolerances or Tolerances()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The signer's checksummed address, as leaders call it."""
        return str(self._account.address)

    def view(self) -> SignedView:
        """What the source says now, signed; SourceError, ChainError."""
        with self._lock:
            return sign_view(self._own_view(), self._account, self._domain)

    def sign(self, views: Sequence[SignedView]) -> bytes:
        """The signature (65 bytes) under the report that these views make.

        Raises ViewError for views that are no quorum of signers, ReportError where their medians
        are no market, DisagreementError, EquivocationError, SourceError, JournalError, ChainError.
        """
        with self._lock:
            opened = list(self._open(views).values())
            told = median_view(opened)
            report = told.report()
            if report != self._journal.last:
                for view in opened:
                    self._source.check_fresh(view.snapshot_unix)
                self._check(told)
                self._journal.claim(report)
            return self._signature(report)

    def _check(self, told: OracleView) -> None:
        """Everything but the journal's rule; the report signed last needs no second look.

        Numbers end at the snapshot's Unix second. Rounds that fail use numbers up, differently for
        each signer, and anybody among them may ask for high ones; but every second brings one more,
        so no signer is ever beyond the others for long, and 2^48 of them never end.
        """
        if told.underlying != self._underlying:
            raise DisagreementError(f"another underlying: 0x{told.underlying.hex()}")
        own = self._own_view()
        if not own.next_number <= told.next_number <= told.snapshot_unix:
            raise DisagreementError(
                f"number {told.next_number}, the next one is {own.next_number} here, "
                f"the last one by that time {told.snapshot_unix}"
            )
        self._source.check_fresh(told.snapshot_unix)
        self._source.check_admissible(told.margin)
        compare_views(own, told, self._tolerances)

    def _own_view(self) -> OracleView:
        last = self._journal.last
        signed = 0 if last is None else last.number
        view = self._source.read(max(self._book.next_number(self._underlying), signed + 1))
        if view.underlying != self._underlying:
            raise DisagreementError(f"the source is of another underlying: {view.underlying.hex()}")
        return view

    def _open(self, views: Sequence[SignedView]) -> Mapping[str, OracleView]:
        if len(views) > LARGEST_QUORUM:
            raise ViewError(f"{len(views)} views, expected at most {LARGEST_QUORUM}")
        threshold = self._book.threshold()
        if len(views) < threshold:
            raise ViewError(f"{len(views)} views, a report needs those of {threshold} signers")
        return open_views(views, self._domain, self._book)

    def _signature(self, report: SnapshotReport) -> bytes:
        message = signable(report, self._domain)
        return bytes(self._account.sign_message(message).signature)


def open_views(
    views: Sequence[SignedView], domain: Domain, book: OracleBook
) -> dict[str, OracleView]:
    """Views by signer; ViewError for one that is malformed, doubled or of no signer.

    Nothing is decoded before all are known to be of signers.
    """
    contents: dict[str, bytes] = {}
    for signed in views:
        signer = signer_of(signed, domain)
        if signer in contents:
            raise ViewError(f"two views of {signer}")
        if not book.is_signer(signer):
            raise ViewError(f"a view of {signer}, which is no signer of {domain.oracle}")
        contents[signer] = signed.content
    return {signer: decode_view(content) for signer, content in contents.items()}
