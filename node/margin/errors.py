"""What can go wrong on the owner's side. No message holds anything of a book.

NodeError
└── MarginError
    ├── BookRefused         a book, a trade or a market that the model cannot value together
    ├── ClaimRefused        the claim does not hold, or its size does not fit
    ├── SealError           a sealed opening is damaged, foreign, or sealed by another owner
    ├── VaultError          the vault's folder cannot be used, or has no opening of the account
    │    └── OpeningReused  an update number that was used already: its salt would be seen twice
    └── NotTheOwner         a call without a valid signature of the account's key
"""

from __future__ import annotations

from typing import ClassVar

from node.errors import NodeError, Reason


class MarginError(NodeError):
    """Base of this room's errors; `way_out` is the help where the reason's is too general."""

    reason: ClassVar[Reason] = Reason.INVALID_REQUEST
    way_out: ClassVar[str] = ""

    @property
    def help(self) -> str:
        """What to do about it."""
        return self.way_out or super().help


class BookRefused(MarginError):  # noqa: N818 - a refusal, as in the other rooms
    """The book, or the book after a trade, has no margin here."""

    way_out = "Check book, trade, market and parameters against each other, on the owner's screen."


class ClaimRefused(MarginError):  # noqa: N818
    """Nothing was proven: the claim is false, or the circuit too small."""

    way_out = "See `proofmark margin show`; name other collateral, level, kind, slots or consumer."


class SealError(MarginError):
    """The bytes do not open with this owner's secret."""

    reason: ClassVar[Reason] = Reason.FILE_UNREADABLE
    way_out = "Use the keystore that sealed it, or restore the file from a backup."


class VaultError(MarginError):
    """No usable opening."""

    reason: ClassVar[Reason] = Reason.FILE_UNREADABLE
    way_out = (
        "Commit a book of this account (`proofmark margin commit`) or name its data directory;"
        " files have mode 0600."
    )


class OpeningReused(VaultError):  # noqa: N818
    """A salt is for one commitment."""

    way_out = "Name a higher --update, or none."


class NotTheOwner(MarginError):  # noqa: N818
    """The call is not signed by the account's key, is late, or was made before."""

    reason: ClassVar[Reason] = Reason.NOT_THE_OWNER
