"""Values whose content no log, error or metric may show."""

from __future__ import annotations


class Hidden:
    """Base of private values: printing, formatting or logging one gives its class alone.

    Dataclasses that inherit it are declared with `repr=False`. Pickling and `asdict` still copy
    the content: they are asked for by name.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(hidden)"
