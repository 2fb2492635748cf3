"""`proofmark margin commit`: seal an opening of a book, and print its commitment."""

from __future__ import annotations

from typing import Annotated

import typer

from node.cli.margin.inputs import (
    DEFAULT_PARAMETERS,
    Account,
    Consumer,
    Keystore,
    Market,
    Parameters,
    PasswordFile,
    Portfolio,
    account_number,
    chosen_scene,
    consumer_address,
    owner_account,
    owner_vault,
)
from node.cli.options import AsJson, DataDirectory, settings_in
from node.cli.output import print_fields, print_json, reporting_errors
from node.margin import AccountReference


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("commit")(commit)


def commit(
    portfolio: Portfolio,
    consumer: Consumer,
    account: Account,
    keystore: Keystore = None,
    password_file: PasswordFile = None,
    update: Annotated[
        int | None,
        typer.Option(
            "--update", help="Number of the commitment; default: the vault's next.", min=1
        ),
    ] = None,
    market: Market = None,
    parameters: Parameters = DEFAULT_PARAMETERS,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Seal an opening of the book in the vault and print the commitment to register.

    Every commitment has a salt of its own; whoever lost a vault names a higher --update.
    """
    reference = AccountReference(consumer_address(consumer), account_number(account))
    with reporting_errors(as_json):
        settings = settings_in(data_directory)
        settings.make_directories()
        book = chosen_scene(market, parameters, tell=False).book(portfolio)
        vault = owner_vault(settings.data_directory, owner_account(keystore, password_file))
        opened = vault.commit(book, reference, update)
    report = {
        "commitment": f"0x{opened.commitment():064x}",
        "account": f"0x{reference.account_id:064x}",
        "consumer": f"0x{reference.group:040x}",
        "update": opened.update,
    }
    if as_json:
        print_json(report)
    else:
        print_fields(report)
