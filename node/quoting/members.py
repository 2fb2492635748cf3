"""Members of a JSON document from outside: each is read by name, and every fault is collected.

Numbers are decimal strings. A fault names the path, such as `expiries[2].svi.rho`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any, TypeVar

from circuits.statements.ranges import InputError, Range
from node.quoting.decimals import DECIMAL_GRAMMAR, parse_decimal
from node.quoting.errors import DecimalError, Fault, InstantError
from node.quoting.instants import INSTANT_GRAMMAR, parse_instant

_Made = TypeVar("_Made")


class Members:
    """One object of the document; None stands for what has been reported."""

    def __init__(self, value: object, path: str, faults: list[Fault]) -> None:
        self.path = path
        self._faults = faults
        self._unread: dict[str, Any] = {}
        if isinstance(value, Mapping):
            self._unread = dict(value)
        else:
            self._report(path or "document", value, "an object", "write members in braces")

    def report(self, name: str, value: object, expected: str, way_out: str) -> None:
        """Add a fault of a member."""
        self._report(self._path_of(name), value, expected, way_out)

    def take(self, name: str, expected: str, default: Any = None) -> Any:
        """The member as it stands; missing without default, or null, is a fault."""
        value = self._unread.pop(name, default)
        if value is None:
            self.report(name, "", expected, f"give the member {name} a value")
        return value

    def text(self, name: str, expected: str, default: str | None = None) -> str | None:
        """A text."""
        value = self.take(name, expected, default)
        if value is None or isinstance(value, str):
            return value
        self.report(name, value, expected, "write it as a text in double quotes")
        return None

    def decimal(self, name: str, default: str | None = None) -> Fraction | None:
        """An exact decimal, written as a text."""
        text = self.text(name, DECIMAL_GRAMMAR, default)
        if text is None:
            return None
        try:
            return parse_decimal(text)
        except DecimalError:
            self.report(name, text, DECIMAL_GRAMMAR, "write the number in digits")
            return None

    def scaled(
        self,
        name: str,
        scale: Callable[[Fraction], int],
        allowed: Range,
        default: str | None = None,
    ) -> int | None:
        """A decimal after its one rounding by `scale`, in range."""
        given = self._unread.get(name, default)
        value = self.decimal(name, default)
        if value is None:
            return None
        scaled = scale(value)
        if scaled in allowed:
            return scaled
        self.report(name, given, f"{allowed} after rounding", "correct the number")
        return None

    def instant(self, name: str) -> Fraction | None:
        """A UTC time in Unix seconds, exactly."""
        text = self.text(name, INSTANT_GRAMMAR)
        if text is None:
            return None
        try:
            return parse_instant(text)
        except InstantError:
            self.report(name, text, INSTANT_GRAMMAR, "write the time in ISO form with Z")
            return None

    def child(self, name: str, expected: str) -> Members:
        """An object."""
        return Members(self.take(name, expected, {}), self._path_of(name), self._faults)

    def items(self, name: str, expected: str) -> list[Members]:
        """A list of objects."""
        value = self.take(name, expected)
        if not isinstance(value, list):
            if value is not None:
                self.report(name, value, expected, "write a list in brackets")
            return []
        path = self._path_of(name)
        return [Members(each, f"{path}[{i}]", self._faults) for i, each in enumerate(value)]

    def has(self, name: str) -> bool:
        """Whether the member is there and unread."""
        return name in self._unread

    def names(self) -> Iterator[str]:
        """Names not read yet."""
        return iter(tuple(self._unread))

    def finish(self) -> None:
        """Report members nobody asked for."""
        for name in self._unread:
            self.report(name, "", "no other members", f"remove or rename {name}")

    def build(self, make: Callable[..., _Made], *values: Any, **named: Any) -> _Made | None:
        """What `make` makes of values, None where it refuses them (a fault of this object)."""
        try:
            return make(*values, **named)
        except InputError as error:
            self._report(self.path or "document", "", str(error), "correct these members")
            return None

    def _path_of(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def _report(self, path: str, value: object, expected: str, way_out: str) -> None:
        shown = value if isinstance(value, str) else str(value)
        self._faults.append(Fault(None, path, shown, expected, way_out))
