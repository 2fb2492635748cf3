"""Where an attestation goes, read off its words."""

from collections.abc import Sequence

from node.store import Slot


def slot_of(key_id: bytes, words: Sequence[int]) -> Slot:
    """Read the header words: chain, registry, consumer, sequence, expiry, subject."""
    domain, call, subject = words[:3]
    return Slot(
        chain_id=domain >> 160,
        registry=(domain & (1 << 160) - 1).to_bytes(20, "big"),
        key_id=key_id,
        consumer=(call >> 88).to_bytes(20, "big"),
        subject=subject.to_bytes(32, "big"),
        sequence=call >> 40 & (1 << 48) - 1,
        valid_until=call & (1 << 40) - 1,
    )
