"""Lane spaces: the shape of a circuit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, eq=False)
class Lanes:
    """A block's lanes. Lane l of a child reads lane l // ratio of its parent.

    A reading makes each space once: a space equals itself alone, which every sum asks for.
    `block` is the index of the block in the constraint system (the public block is 0).
    """

    block: int
    name: str
    count: int
    parent: Lanes | None = None

    @property
    def ratio(self) -> int:
        """Lanes of this space for each lane of its parent (1 for a root)."""
        return self.count // self.parent.count if self.parent else 1

    def steps_from(self, ancestor: Lanes) -> int | None:
        """Lanes of this space for each lane of `ancestor`; None when it is no ancestor."""
        space: Lanes | None = self
        ratio = 1
        while space is not None:
            if space is ancestor:
                return ratio
            ratio *= space.ratio
            space = space.parent
        return None


def deeper(a: Lanes, b: Lanes) -> Lanes:
    """The space in which values of both live: the descendant of the two."""
    if a is b or b.steps_from(a) is not None:
        return b
    if a.steps_from(b) is not None:
        return a
    raise ValueError(f"lanes {a.name!r} and {b.name!r} are not on one line of descent")
