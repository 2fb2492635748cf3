"""Options that several commands share, and what they mean."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar

import typer

from circuits.statements.option_marks import Shape
from circuits.statements.option_marks.inputs import PRODUCT_SHAPES
from node.config import Settings, load_settings
from node.errors import NodeError, Reason
from node.keys import KeyStore, shape_of_capacity
from node.quoting import Underlying, load_underlyings
from prover import Engine, EngineUnavailableError, default_engine, native, reference

_USUAL = ", ".join(str(shape.capacity) for shape in PRODUCT_SHAPES)


class EngineName(StrEnum):
    """Which prover arithmetic to use."""

    AUTO = "auto"
    NATIVE = "native"
    REFERENCE = "reference"


class EngineMissingError(NodeError):
    """The engine asked for is not built."""

    reason: ClassVar[Reason] = Reason.UNSUPPORTED

    @property
    def help(self) -> str:
        """How to get it."""
        return "Build it with `make native`, or use --engine reference for small statements."


AsJson = Annotated[bool, typer.Option("--json", help="Data for programs, on stdout.")]
Capacity = Annotated[
    int | None,
    typer.Option("--capacity", help=f"Options the circuit holds: {_USUAL}.", show_default=False),
]
WithGreeks = Annotated[bool, typer.Option("--greeks", help="Prove the five Greeks too.")]
EngineOption = Annotated[EngineName, typer.Option("--engine", help="Prover arithmetic.")]
Rpc = Annotated[str, typer.Option("--rpc", help="URL of the chain.", show_default=False)]
Keystore = Annotated[
    Path,
    typer.Option("--keystore", help="V3 keystore of who sends or signs.", show_default=False),
]
PasswordFile = Annotated[
    Path,
    typer.Option("--password-file", help="File with its password, mode 0600.", show_default=False),
]
DataDirectory = Annotated[
    Path | None,
    typer.Option(
        "--data-directory", help="Where keys and deployments live.", show_default="~/.proofmark"
    ),
]


def checksummed_address(text: str) -> str:
    """The checksummed form; a malformed address is a usage error that names its option."""
    from eth_utils.address import is_address, to_checksum_address  # noqa: PLC0415

    if not is_address(text):
        raise typer.BadParameter(
            f"{text!r} is no address, expected 0x and 40 hexadecimal digits with a right checksum"
        )
    return to_checksum_address(text)


NewOwner = Annotated[
    str | None,
    typer.Option(
        "--owner",
        parser=checksummed_address,
        metavar="ADDRESS",
        help="Who is offered ownership. [the deployer]",
    ),
]


def chosen_engine(name: EngineName) -> Engine:
    """The engine; EngineMissingError."""
    try:
        match name:
            case EngineName.NATIVE:
                return native()
            case EngineName.REFERENCE:
                return reference()
            case EngineName.AUTO:
                return default_engine()
    except EngineUnavailableError as error:
        raise EngineMissingError(str(error)) from error


def chosen_shape(capacity: int) -> Shape:
    """The shape of a capacity; a wrong one is a usage error."""
    try:
        return shape_of_capacity(capacity)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--capacity") from error


def chosen_underlying(symbol: str) -> Underlying:
    """A listed underlying; an unlisted one is a usage error."""
    listed = load_underlyings()
    if symbol not in listed:
        raise typer.BadParameter(
            f"{symbol} is not listed: {', '.join(sorted(listed))}", param_hint="--underlying"
        )
    return listed[symbol]


def settings_in(data_directory: Path | None) -> Settings:
    """The settings in force; ConfigError."""
    return load_settings(data_directory=data_directory)


def key_store(settings: Settings) -> KeyStore:
    """The local key store; its directories are made."""
    settings.make_directories()
    return KeyStore(settings.keys_directory)
