"""Sums over the members of a group, grouped by a key, without sorting the members.

Members (a lane each) have a key and values v_i; groups have distinct keys and sums S_i. Claimed is

    S_i[g] = sum of factor * v_i over the members whose key is g's,   for every i and every group.

With X the challenge and Y = Poseidon(X), both drawn after keys, factors, values and sums were
committed, the circuit checks one equation:

    sum_groups (sum_i Y^i S_i) / (X - key)  =  sum_members (sum_i Y^i factor v_i) / (X - key)

Sound, because both sides are rational functions of X over the field of fractions in Y, with simple
poles at the keys only. Where a residue differs, it is a non-zero polynomial in Y of degree below
the number n of sums; the difference of the sides times the product of (X - key) is then a non-zero
polynomial of degree below (groups + members) in X, and vanishes at a random (X, Y) with probability
at most (n + groups + members)/r. Residues that agree as polynomials in Y agree coefficient by
coefficient: every sum of every group is right, and a key of no group has residue 0. Distinct group
keys are the caller's duty; so is that the keys of members are keys of groups, where a key without
a group must be refused even if its members cancel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from circuits.edsl.numbers import LaneVector
from circuits.edsl.values import FieldElement, Integer

if TYPE_CHECKING:
    from circuits.edsl.arithmetic import Arithmetic
    from circuits.edsl.lanes import Lanes


@dataclass(frozen=True)
class Share:
    """Values of the members that are added up, all times one factor (1 when None)."""

    factor: Integer | None
    values: tuple[Integer, ...]

    def reach(self, value: Integer) -> int:
        """The largest magnitude of one member's part."""
        size = max(-value.lo, value.hi)
        return size if self.factor is None else size * max(-self.factor.lo, self.factor.hi)


@dataclass(frozen=True)
class GroupSum:
    """Members' shares against groups' sums, one tuple of sums for each share."""

    path: str
    member_key: FieldElement
    shares: tuple[Share, ...]
    group_key: FieldElement
    sums: tuple[tuple[Integer, ...], ...]


def sum_by_group(
    ar: Arithmetic,
    name: str,
    member_key: FieldElement,
    shares: Sequence[Share],
    group_key: FieldElement,
) -> tuple[tuple[Integer, ...], ...]:
    """The sums of every share's values, in the groups' lanes. Exact: nothing is rounded."""
    members, groups = member_key.lanes, group_key.lanes
    factors = [share.factor for share in shares if share.factor is not None]
    values = [value for share in shares for value in share.values]
    ar.refuse_after_challenge(member_key, group_key, *factors, *values)
    payloads = [
        [_weighted(ar, members, share, value) for value in share.values] for share in shares
    ]
    keys = ar.compute(members, lambda key: key.tolist(), member_key)
    sums = []
    with ar.scope(name):
        for position, share in enumerate(shares):
            claimed = []
            for index, value in enumerate(share.values):
                weighted = payloads[position][index]

                def added(group: LaneVector, weighted: list[int] = weighted) -> LaneVector:
                    return ar.numbers.vector(_added(group.tolist(), keys, weighted))

                (wire,) = ar.hint(f"sum[{position}][{index}]", groups, 1, added, group_key)
                reach = members.count * share.reach(value)
                claimed.append(Integer(ar, groups, wire.payload, False, lo=-reach, hi=reach))
            sums.append(tuple(claimed))
        ar.rely_on(
            because="a sum is an exact sum of as many Integers as there are members: the weighted "
            "sums agree at a challenge drawn after all of them were committed",
            must_fail="test_a_group_sum_is_of_every_member_once",
        )
    found = GroupSum(f"{ar.path}/{name}", member_key, tuple(shares), group_key, tuple(sums))
    ar.group_sums.append(found)
    return found.sums


def _weighted(ar: Arithmetic, lanes: Lanes, share: Share, value: Integer) -> list[int]:
    if share.factor is None:
        return ar.compute(lanes, lambda v: v.tolist(), value)  # type: ignore[no-any-return]
    return ar.compute(  # type: ignore[no-any-return]
        lanes, lambda f, v: (f * v).tolist(), share.factor, value
    )


def _added(groups: Sequence[int], keys: Sequence[int], weighted: Sequence[int]) -> list[int]:
    totals: dict[int, int] = {}
    for key, value in zip(keys, weighted, strict=True):
        totals[key] = totals.get(key, 0) + value
    return [totals.get(group, 0) for group in groups]
