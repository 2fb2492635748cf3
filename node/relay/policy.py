"""How patient, how deep and how expensive the relay may be; and its fees."""

from dataclasses import dataclass

from node.chain import Block

__all__ = ["Fees", "RelayPolicy", "back_off_ms", "bumped_fees", "first_fees"]

_GWEI = 10**9
_BUMP_NUMERATOR, _BUMP_DENOMINATOR = 9, 8  # 12.5 %: geth wants 10 % on both fees, anvil less


@dataclass(frozen=True)
class RelayPolicy:
    """Settings of a relay; the defaults suit a public chain.

    ``confirmations`` and ``final_depth`` count blocks from the one that holds the transaction,
    itself included; where the chain names a finalized block and ``use_finalized`` is set, that
    decides FINAL. Fees are wei per gas and ``fee_ceiling`` is never passed, whatever waits.
    ``later_errors`` are refusals that may pass by themselves; any other refusal is for good.
    """

    confirmations: int = 3
    final_depth: int = 64
    use_finalized: bool = True
    max_in_flight: int = 8
    bump_after_blocks: int = 3
    resend_after_ms: int = 60_000
    fee_ceiling: int = 500 * _GWEI
    priority_fee_floor: int = _GWEI // 100
    priority_fee_ceiling: int = 50 * _GWEI
    gas_ceiling: int = 16_000_000
    gas_margin_percent: int = 110
    retry_ms: int = 1_000
    retry_ceiling_ms: int = 30_000
    nonce_checks: int = 3
    max_reverts: int = 3
    later_errors: frozenset[str] = frozenset(
        {
            "SnapshotUnknown",
            "MarketDigestUnknown",
            "BreakerTripped",
            "HookGasMissing",
            "RouteNotInStatus",
        }
    )

    @classmethod
    def development(cls) -> "RelayPolicy":
        """Settings for chains that mine at once: confirmed in its block, final two later."""
        return cls(
            confirmations=1,
            final_depth=3,
            use_finalized=False,
            retry_ms=100,
            retry_ceiling_ms=1_000,
        )


@dataclass(frozen=True)
class Fees:
    """EIP-1559 fees, wei per gas."""

    max_fee: int
    priority_fee: int


def first_fees(head: Block, tip: int, policy: RelayPolicy) -> Fees | None:
    """Fees of a first attempt: twice the base fee and a tip; None when above the ceiling."""
    priority = min(max(tip, policy.priority_fee_floor), policy.priority_fee_ceiling)
    if head.base_fee + priority > policy.fee_ceiling:
        return None
    return Fees(min(2 * head.base_fee + priority, policy.fee_ceiling), priority)


def bumped_fees(previous: Fees, head: Block, tip: int, policy: RelayPolicy) -> Fees | None:
    """Fees of a replacement: both at least 12.5 % higher; None when above the ceiling."""
    fresh = first_fees(head, tip, policy)
    max_fee = max(_bump(previous.max_fee), fresh.max_fee if fresh else 0)
    priority = max(_bump(previous.priority_fee), fresh.priority_fee if fresh else 0)
    max_fee = max(max_fee, priority)
    return None if max_fee > policy.fee_ceiling else Fees(max_fee, priority)


def back_off_ms(tries: int, policy: RelayPolicy) -> int:
    """Doubles with every try, up to the ceiling."""
    return int(min(policy.retry_ms << min(tries, 20), policy.retry_ceiling_ms))


def _bump(fee: int) -> int:
    return -(-fee * _BUMP_NUMERATOR // _BUMP_DENOMINATOR)
