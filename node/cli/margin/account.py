"""`proofmark margin account`: an account of CoveredLetters, from its id to its withdrawal."""

from __future__ import annotations

from typing import Annotated

import typer

from node.cli.margin.account_report import print_status, status_report
from node.cli.margin.inputs import Account, Consumer
from node.cli.margin.on_chain import (
    account_bytes,
    commitment_bytes,
    commitment_report,
    letters_at,
    newest_opening,
    print_sent,
    salt_bytes,
    signer,
)
from node.cli.options import (
    AsJson,
    DataDirectory,
    Keystore,
    PasswordFile,
    Rpc,
    checksummed_address,
)
from node.cli.output import print_json, print_report, reporting_errors

Salt = Annotated[
    str,
    typer.Option("--salt", help="Tells an owner's accounts apart: 0x and up to 64 digits."),
]
ChainId = Annotated[
    int | None, typer.Option("--chain-id", help="Refuse an endpoint of another chain.")
]
Amount = Annotated[
    int,
    typer.Option("--amount", min=1, help="In the token's smallest units.", show_default=False),
]


def register(group: typer.Typer) -> None:
    """Add the command and its parts."""
    accounts = typer.Typer(no_args_is_help=True)
    accounts.callback()(_account)
    accounts.command("id")(account_id)
    accounts.command("register")(register_account)
    accounts.command("update")(update)
    accounts.command("deposit")(deposit)
    accounts.command("withdraw")(withdraw)
    accounts.command("offer")(offer)
    accounts.command("accept")(accept)
    accounts.command("status")(status)
    group.add_typer(accounts, name="account")


def account_id(
    consumer: Consumer,
    rpc: Rpc,
    owner: Annotated[
        str,
        typer.Option(
            "--owner",
            parser=checksummed_address,
            metavar="ADDRESS",
            help="Whose account.",
            show_default=False,
        ),
    ],
    salt: Salt = "0x0",
    chain_id: ChainId = None,
    as_json: AsJson = False,
) -> None:
    """Print the id that an owner's account has or would have.

    It is what `margin commit` and `margin prove` take as --account.
    """
    chosen = salt_bytes(salt)
    with reporting_errors(as_json):
        letters = letters_at(rpc, consumer, chain_id)
        number = letters.account_id_of(owner, chosen)
    report = {
        "account": f"0x{number.hex()}",
        "consumer": letters.address,
        "owner": owner,
        "salt": f"0x{chosen.hex()}",
    }
    print_report(report, as_json)


def register_account(
    consumer: Consumer,
    rpc: Rpc,
    keystore: Keystore,
    password_file: PasswordFile,
    salt: Salt = "0x0",
    data_directory: DataDirectory = None,
    chain_id: ChainId = None,
    as_json: AsJson = False,
) -> None:
    """Open an account with the book committed last.

    The commitment is that of the vault's newest opening for this account (`margin commit`).
    """
    chosen = salt_bytes(salt)
    with reporting_errors(as_json):
        letters, owner = letters_at(rpc, consumer, chain_id), signer(keystore, password_file)
        account = letters.account_id_of(owner.address, chosen)
        opened = newest_opening(letters, owner, account, data_directory)
        sent = letters.register(owner, chosen, commitment_bytes(opened))
    print_sent(account, [sent], {**commitment_report(opened), "salt": f"0x{chosen.hex()}"}, as_json)


def update(
    consumer: Consumer,
    account: Account,
    rpc: Rpc,
    keystore: Keystore,
    password_file: PasswordFile,
    data_directory: DataDirectory = None,
    chain_id: ChainId = None,
    as_json: AsJson = False,
) -> None:
    """Replace the account's book by the one committed last.

    Its covers end, a breach stays: prove anew.
    """
    number = account_bytes(account)
    with reporting_errors(as_json):
        letters, owner = letters_at(rpc, consumer, chain_id), signer(keystore, password_file)
        opened = newest_opening(letters, owner, number, data_directory)
        sent = letters.update(owner, number, commitment_bytes(opened))
    print_sent(number, [sent], commitment_report(opened), as_json)


def deposit(
    consumer: Consumer,
    account: Account,
    amount: Amount,
    rpc: Rpc,
    keystore: Keystore,
    password_file: PasswordFile,
    chain_id: ChainId = None,
    as_json: AsJson = False,
) -> None:
    """Pay collateral into an account, whosever it is.

    The token's allowance is raised to the amount first where it is smaller.
    """
    number = account_bytes(account)
    with reporting_errors(as_json):
        letters, payer = letters_at(rpc, consumer, chain_id), signer(keystore, password_file)
        letters.account(number)  # an unknown account is refused before anything is allowed
        allowed = letters.allow(payer, amount)
        sent = letters.deposit(payer, number, amount)
        held = letters.account(number).collateral
        report = {"token": letters.token.address, "collateral": held}
    print_sent(number, [*allowed, sent], report, as_json)


def withdraw(
    consumer: Consumer,
    account: Account,
    amount: Amount,
    rpc: Rpc,
    keystore: Keystore,
    password_file: PasswordFile,
    to: Annotated[
        str | None,
        typer.Option(
            "--to", parser=checksummed_address, metavar="ADDRESS", help="Who gets it. [the owner]"
        ),
    ] = None,
    chain_id: ChainId = None,
    as_json: AsJson = False,
) -> None:
    """Take collateral out, down to the W of a live initial cover."""
    number = account_bytes(account)
    with reporting_errors(as_json):
        letters, owner = letters_at(rpc, consumer, chain_id), signer(keystore, password_file)
        recipient = owner.address if to is None else to
        sent = letters.withdraw(owner, number, amount, recipient)
        held = letters.account(number).collateral
    print_sent(number, [sent], {"to": recipient, "collateral": held}, as_json)


def offer(
    consumer: Consumer,
    account: Account,
    rpc: Rpc,
    keystore: Keystore,
    password_file: PasswordFile,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            parser=checksummed_address,
            metavar="ADDRESS",
            help="Who may accept; the zero address: nobody any more.",
            show_default=False,
        ),
    ],
    chain_id: ChainId = None,
    as_json: AsJson = False,
) -> None:
    """Offer the account to another owner.

    Id, book, collateral and covers stay. Who takes it over needs the book, to commit it anew.
    """
    number = account_bytes(account)
    with reporting_errors(as_json):
        letters, owner = letters_at(rpc, consumer, chain_id), signer(keystore, password_file)
        sent = letters.offer(owner, number, to)
    print_sent(number, [sent], {"offered_to": to}, as_json)


def accept(
    consumer: Consumer,
    account: Account,
    rpc: Rpc,
    keystore: Keystore,
    password_file: PasswordFile,
    chain_id: ChainId = None,
    as_json: AsJson = False,
) -> None:
    """Take over an account that was offered to you."""
    number = account_bytes(account)
    with reporting_errors(as_json):
        letters, taker = letters_at(rpc, consumer, chain_id), signer(keystore, password_file)
        sent = letters.accept(taker, number)
    print_sent(number, [sent], {"owner": taker.address}, as_json)


def status(
    consumer: Consumer,
    account: Account,
    rpc: Rpc,
    chain_id: ChainId = None,
    as_json: AsJson = False,
) -> None:
    """Show an account, its covers, and what the next proof names.

    Everything is public and of one block. A cover counts until it is too old, until spot or
    volatility leaves its band, or while the collateral is less than its W.
    """
    number = account_bytes(account)
    with reporting_errors(as_json):
        letters = letters_at(rpc, consumer, chain_id)
        found = letters.status(number)
        report = status_report(letters, number, found)
    if as_json:
        print_json(report)
    else:
        print_status(report)


def _account() -> None:
    """An account on chain: register a book, deposit, withdraw, ask.

    For contracts of `proofmark deploy-letters`; amounts are the token's smallest units. What is
    signed counts on the chain that the endpoint names: --chain-id says which that must be.
    """
