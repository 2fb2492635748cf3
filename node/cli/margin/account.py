"""`proofmark margin account`: an account of CoveredLetters, from its id to its withdrawal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from node.cli.margin.account_report import print_status, status_report
from node.cli.margin.inputs import (
    Account,
    Consumer,
    account_number,
    consumer_address,
    hexadecimal,
    owner_vault,
)
from node.cli.options import (
    AsJson,
    DataDirectory,
    Keystore,
    PasswordFile,
    Rpc,
    checksummed_address,
    settings_in,
)
from node.cli.output import print_json, print_report, reporting_errors
from node.margin import AccountReference

if TYPE_CHECKING:
    from node.chain import CoveredLetters, Receipt
    from node.chain.signatures import LocalAccount
    from node.margin import BookOpening

Salt = Annotated[
    str,
    typer.Option("--salt", help="Tells an owner's accounts apart: 0x and up to 64 digits."),
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
    as_json: AsJson = False,
) -> None:
    """Print the id that an owner's account has or would have.

    It is what `margin commit` and `margin prove` take as --account.
    """
    chosen = _salt_bytes(salt)
    with reporting_errors(as_json):
        letters = _letters(rpc, consumer)
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
    as_json: AsJson = False,
) -> None:
    """Open an account with the book committed last.

    The commitment is that of the vault's newest opening for this account (`margin commit`).
    """
    chosen = _salt_bytes(salt)
    with reporting_errors(as_json):
        letters, owner = _letters(rpc, consumer), _signer(keystore, password_file)
        account = letters.account_id_of(owner.address, chosen)
        opened = _newest(letters, owner, account, data_directory)
        sent = letters.register(owner, chosen, _commitment(opened))
    _print_sent(account, [sent], {**_said(opened), "salt": f"0x{chosen.hex()}"}, as_json)


def update(
    consumer: Consumer,
    account: Account,
    rpc: Rpc,
    keystore: Keystore,
    password_file: PasswordFile,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Replace the account's book by the one committed last.

    Its covers end, a breach stays: prove anew.
    """
    number = _account_bytes(account)
    with reporting_errors(as_json):
        letters, owner = _letters(rpc, consumer), _signer(keystore, password_file)
        opened = _newest(letters, owner, number, data_directory)
        sent = letters.update(owner, number, _commitment(opened))
    _print_sent(number, [sent], _said(opened), as_json)


def deposit(
    consumer: Consumer,
    account: Account,
    amount: Amount,
    rpc: Rpc,
    keystore: Keystore,
    password_file: PasswordFile,
    as_json: AsJson = False,
) -> None:
    """Pay collateral into an account, whosever it is.

    The token's allowance is raised to the amount first where it is smaller.
    """
    number = _account_bytes(account)
    with reporting_errors(as_json):
        letters, payer = _letters(rpc, consumer), _signer(keystore, password_file)
        letters.account(number)  # an unknown account is refused before anything is allowed
        allowed = letters.allow(payer, amount)
        sent = letters.deposit(payer, number, amount)
        held = letters.account(number).collateral
    _print_sent(number, [*allowed, sent], {"collateral": held}, as_json)


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
    as_json: AsJson = False,
) -> None:
    """Take collateral out, down to the W of a live initial cover."""
    number = _account_bytes(account)
    with reporting_errors(as_json):
        letters, owner = _letters(rpc, consumer), _signer(keystore, password_file)
        recipient = owner.address if to is None else to
        sent = letters.withdraw(owner, number, amount, recipient)
        held = letters.account(number).collateral
    _print_sent(number, [sent], {"to": recipient, "collateral": held}, as_json)


def status(consumer: Consumer, account: Account, rpc: Rpc, as_json: AsJson = False) -> None:
    """Show an account, its covers, and what the next proof names.

    Everything is public and of one block. A cover counts until it is too old, until spot or
    volatility leaves its band, or while the collateral is less than its W.
    """
    number = _account_bytes(account)
    with reporting_errors(as_json):
        letters = _letters(rpc, consumer)
        found = letters.status(number)
        report = status_report(letters, number, found)
    if as_json:
        print_json(report)
    else:
        print_status(report)


def _account() -> None:
    """An account on chain: register a book, deposit, withdraw, ask.

    For contracts of `proofmark deploy-letters`; amounts are the token's smallest units.
    """


def _letters(rpc: str, consumer: str) -> CoveredLetters:
    from node.chain import CoveredLetters, RpcChain  # noqa: PLC0415

    address = checksummed_address(f"0x{consumer_address(consumer):040x}")
    return CoveredLetters(RpcChain(rpc), address)


def _signer(keystore: Path, password_file: Path) -> LocalAccount:
    from node.chain import load_keystore  # noqa: PLC0415

    return load_keystore(keystore, password_file)


def _newest(
    letters: CoveredLetters, owner: LocalAccount, account: bytes, data_directory: Path | None
) -> BookOpening:
    vault = owner_vault(settings_in(data_directory).data_directory, owner)
    group = int(letters.address, 16)
    return vault.newest(AccountReference(group, int.from_bytes(account, "big")))


def _commitment(opened: BookOpening) -> bytes:
    return opened.commitment().to_bytes(32, "big")


def _said(opened: BookOpening) -> dict[str, object]:
    return {"commitment": f"0x{opened.commitment():064x}", "update": opened.update}


def _salt_bytes(text: str) -> bytes:
    return hexadecimal(text, (1 << 256) - 1, "--salt").to_bytes(32, "big")


def _account_bytes(text: str) -> bytes:
    return account_number(text).to_bytes(32, "big")


def _print_sent(
    account: bytes, receipts: Sequence[Receipt], more: Mapping[str, object], as_json: bool
) -> None:
    last = receipts[-1]
    report = {
        "account": f"0x{account.hex()}",
        **more,
        "transaction": f"0x{last.tx_hash.hex()}",
        "block": last.block_number,
        "gas": sum(each.gas_used for each in receipts),
    }
    print_report(report, as_json)
