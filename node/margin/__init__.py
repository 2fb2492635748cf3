"""The owner's side of portfolio margin: quotes, openings sealed at rest, proofs made at home.

What answers signed calls is not imported here (`authority`, `desk`): it needs the chain room.
"""

from node.margin.errors import (
    BookRefused,
    ClaimRefused,
    MarginError,
    NotTheOwner,
    OpeningReused,
    SealError,
    VaultError,
)
from node.margin.opening import AccountReference, BookOpening, OwnerSecret
from node.margin.prove import (
    PRODUCT_SLOTS,
    MarginRequest,
    breach_headroom,
    claim_of,
    margin_statement,
    prove_margin,
)
from node.margin.sealing import SEALED_BYTES, seal, unseal
from node.margin.trade import apply_trade
from node.margin.valuation import MarginSheet, RowProfit, Valuer, WhatIf
from node.margin.vault import Vault

__all__ = [
    "PRODUCT_SLOTS",
    "SEALED_BYTES",
    "AccountReference",
    "BookOpening",
    "BookRefused",
    "ClaimRefused",
    "MarginError",
    "MarginRequest",
    "MarginSheet",
    "NotTheOwner",
    "OpeningReused",
    "OwnerSecret",
    "RowProfit",
    "SealError",
    "Valuer",
    "Vault",
    "VaultError",
    "WhatIf",
    "apply_trade",
    "breach_headroom",
    "claim_of",
    "margin_statement",
    "prove_margin",
    "seal",
    "unseal",
]
