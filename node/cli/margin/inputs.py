"""Options that the margin commands share, and the files and keys they name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from circuits.field import BN254_FR
from circuits.statements.portfolio_margin import (
    SHIPPED,
    Book,
    MarginMarket,
    ParametersError,
    ParameterSet,
    load_parameter_set,
    load_shipped,
)
from node.cli.output import say
from node.errors import NodeError, Reason
from node.margin import PRODUCT_SLOTS, OwnerSecret, Valuer, Vault
from node.quoting import BookRules, QuotedMarket, Underlying, read_book, read_margin_market

if TYPE_CHECKING:
    from node.chain.signatures import LocalAccount

DEFAULT_PARAMETERS = "derive_like_33"
SHIPPED_MARKET = "btc_margin_svi_20260521.json"

Portfolio = Annotated[
    Path,
    typer.Option(
        "--portfolio", help="Book CSV file: kind,expiry_utc,strike,amount.", show_default=False
    ),
]
Market = Annotated[
    Path | None,
    typer.Option("--market", help="Margin market JSON file; default: the shipped BTC snapshot."),
]
Parameters = Annotated[
    str, typer.Option("--parameters", help=f"A set ({', '.join(SHIPPED)}) or a file.")
]
Collateral = Annotated[
    int,
    typer.Option(
        "--collateral",
        min=0,
        help="W: what the consumer holds beside the book, in the token's smallest units.",
    ),
]
Keystore = Annotated[
    Path | None, typer.Option("--keystore", help="V3 keystore of the account's owner.")
]
PasswordFile = Annotated[
    Path | None, typer.Option("--password-file", help="File with its password, mode 0600.")
]
Consumer = Annotated[
    str, typer.Option("--consumer", help="Address of the contract that holds the account.")
]
Account = Annotated[
    str, typer.Option("--account", help="Its id there (`accountIdOf`), 0x and hexadecimal digits.")
]


class ParametersRefusedError(NodeError):
    """There is no such parameter set, or its file says none."""

    reason = Reason.INVALID_REQUEST


@dataclass(frozen=True)
class Conditions:
    """A market under a parameter set, and how its money is counted."""

    name: str
    underlying: Underlying
    market: MarginMarket
    parameters: ParameterSet

    @property
    def atom_digits(self) -> int:
        """Cash atoms are 10^-atom_digits of the quote currency."""
        return self.underlying.atom_digits

    @property
    def valuer(self) -> Valuer:
        """What values books in it."""
        return Valuer(self.market, self.parameters.parameters)

    def book(self, path: Path) -> Book:
        """The book of a file; BookRefusedError with every fault."""
        number = self.parameters.parameters.underlying
        return read_book(path, BookRules(number, self.underlying.tick_exponent, self.market))


def chosen_parameters(name: str) -> ParameterSet:
    """A shipped set by its name, else the set of a file; ParametersRefusedError."""
    try:
        return load_shipped(name) if name in SHIPPED else load_parameter_set(Path(name))
    except (ParametersError, ValueError) as error:
        raise ParametersRefusedError(
            f"{error}; expected one of {', '.join(SHIPPED)} or a parameter file"
        ) from error


def chosen_conditions(market: Path | None, parameters: str, tell: bool = True) -> Conditions:
    """Market and parameters; MarketRefusedError, MarginFileError, ParametersRefusedError."""
    chosen = chosen_parameters(parameters)
    if market is None:
        with resources.as_file(resources.files("node.data") / SHIPPED_MARKET) as path:
            quoted = read_margin_market(path, chosen.parameters)
        if tell:
            say(f"no --market given: the shipped snapshot {SHIPPED_MARKET} is used")
        return _conditions(SHIPPED_MARKET, quoted, chosen)
    return _conditions(market.name, read_margin_market(market, chosen.parameters), chosen)


def _conditions(name: str, quoted: QuotedMarket, chosen: ParameterSet) -> Conditions:
    return Conditions(name, quoted.underlying, quoted.market, chosen)


def chosen_slots(slots: int) -> int:
    """A number of slots there are circuits for; another one is a usage error."""
    if slots not in PRODUCT_SLOTS:
        raise typer.BadParameter(f"expected one of {PRODUCT_SLOTS}", param_hint="--slots")
    return slots


def hexadecimal(text: str, largest: int, name: str) -> int:
    """A number as 0x and hexadecimal digits; a wrong one is a usage error."""
    try:
        value = int(text, 16) if text[:2] == "0x" else -1
    except ValueError:
        value = -1
    if not 0 <= value <= largest:
        raise typer.BadParameter(
            f"expected 0x and up to {len(f'{largest:x}')} digits", param_hint=name
        )
    return value


def consumer_address(text: str) -> int:
    """An address as a number."""
    return hexadecimal(text, (1 << 160) - 1, "--consumer")


def account_number(text: str) -> int:
    """An account id as a number."""
    return hexadecimal(text, BN254_FR.modulus - 1, "--account")


def owner_account(
    keystore: Path | None, password_file: Path | None, notify: Callable[[str], None] = say
) -> LocalAccount:
    """The owner's key; without a keystore the published development key, with a message.

    Programs that are told nothing read `development_owner` in the report.
    """
    from node.chain import development_account, load_keystore  # noqa: PLC0415

    if (keystore is None) != (password_file is None):
        raise typer.BadParameter("--keystore and --password-file belong together")
    if keystore is None or password_file is None:
        notify(
            "proofmark: no --keystore given: the development owner's key is used, which everybody"
            " knows: what it seals is open to all"
        )
        return development_account("owner")
    return load_keystore(keystore, password_file)


def owner_vault(data_directory: Path, account: LocalAccount) -> Vault:
    """The vault in the data directory, opened with the owner's key."""
    return Vault(data_directory / "vault", OwnerSecret.of(account))
