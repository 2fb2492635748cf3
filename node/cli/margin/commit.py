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
    chosen_conditions,
    consumer_address,
    owner_account,
    owner_vault,
)
from node.cli.options import AsJson, DataDirectory, settings_in
from node.cli.output import print_report, reporting_errors, sayer
from node.margin import AccountReference


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("commit")(commit)


def commit(
    portfolio: Portfolio,
    consumer: Consumer,
    account: Account,
    market: Market = None,
    parameters: Parameters = DEFAULT_PARAMETERS,
    update: Annotated[
        int | None,
        typer.Option(
            "--update", help="Number of the commitment; default: the vault's next.", min=1
        ),
    ] = None,
    keystore: Keystore = None,
    password_file: PasswordFile = None,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Seal a book in the vault, and print its commitment.

    The commitment is what the consumer's `register` or `update` takes. Each has a salt of its own;
    whoever lost a vault names an --update above all before. Market and parameters say how the file
    is read (ticks, underlying): they are no part of the commitment.
    """
    reference = AccountReference(consumer_address(consumer), account_number(account))
    with reporting_errors(as_json):
        settings = settings_in(data_directory)
        settings.make_directories()
        book = chosen_conditions(market, parameters, tell=not as_json).book(portfolio)
        owner = owner_account(keystore, password_file, sayer(as_json))
        vault = owner_vault(settings.data_directory, owner)
        opened = vault.commit(book, reference, update)
    report = {
        "commitment": f"0x{opened.commitment():064x}",
        "account": f"0x{reference.account_id:064x}",
        "consumer": f"0x{reference.group:040x}",
        "update": opened.update,
        "development_owner": keystore is None,
    }
    print_report(report, as_json)
