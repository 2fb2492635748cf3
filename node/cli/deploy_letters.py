"""`proofmark deploy-letters`: a contract for hidden margins, beside the contracts on record."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from circuits.statements.portfolio_margin import Kind, MarginShape, VolatilityForm
from node.cli.margin.inputs import (
    DEFAULT_PARAMETERS,
    Parameters,
    chosen_parameters,
    chosen_slots,
)
from node.cli.options import (
    AsJson,
    DataDirectory,
    EngineName,
    EngineOption,
    Keystore,
    NewOwner,
    PasswordFile,
    Rpc,
    checksummed_address,
    chosen_engine,
    chosen_underlying,
    key_store,
    settings_in,
)
from node.cli.output import print_fields, print_json, reporting_errors, sayer
from node.margin import PRODUCT_SLOTS

if TYPE_CHECKING:
    from circuits.statements.portfolio_margin import MarginParameters
    from node.chain import LettersPlan
    from node.cli.letters_deployment import LettersRequest
    from node.quoting import Underlying


class KindName(StrEnum):
    """Statements that letters read."""

    COVERED = "covered"
    REQUIREMENT = "requirement"
    BREACH = "breach"


class FormName(StrEnum):
    """How a market tells its volatilities."""

    SVI = "svi"
    SERIES = "series"


TokenAddress = Annotated[
    str,
    typer.Option(
        "--token",
        parser=checksummed_address,
        metavar="ADDRESS",
        help="ERC-20 that collateral is paid in.",
        show_default=False,
    ),
]
Symbol = Annotated[
    str, typer.Option("--underlying", help="Listed symbol, such as BTC.", show_default=False)
]
Name = Annotated[
    str | None, typer.Option("--name", help="Its name on record. [the symbol and letters]")
]
Kinds = Annotated[
    list[KindName] | None,
    typer.Option("--kind", help="Statements to allow; may be repeated. [covered and breach]"),
]
Slots = Annotated[
    list[int] | None,
    typer.Option(
        "--slots", help=f"Of their circuits, {', '.join(map(str, PRODUCT_SLOTS))}; repeat. [128]"
    ),
]
Forms = Annotated[
    list[FormName] | None,
    typer.Option("--volatilities", help="Form of the markets; may be repeated. [svi]"),
]
CoverSeconds = Annotated[
    int,
    typer.Option(
        "--cover-seconds", min=1, max=86_400, help="How long a cover counts after its snapshot."
    ),
]
SpotMove = Annotated[
    int,
    typer.Option(
        "--spot-move-bps", min=1, max=10_000, help="Move of spot that ends covers, in 1e-4."
    ),
]
VolatilityMove = Annotated[
    int,
    typer.Option(
        "--volatility-move-bps", min=1, max=9_999, help="The same at the money, of volatility."
    ),
]
Behind = Annotated[
    int,
    typer.Option(
        "--max-snapshots-behind", min=0, help="How far behind the newest a proof's snapshot may be."
    ),
]
Afresh = Annotated[
    bool, typer.Option("--afresh", help="Replace the letters on record under this name.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("deploy-letters")(deploy_letters)


def deploy_letters(
    rpc: Rpc,
    keystore: Keystore,
    password_file: PasswordFile,
    token: TokenAddress,
    underlying: Symbol,
    parameters: Parameters = DEFAULT_PARAMETERS,
    name: Name = None,
    kind: Kinds = None,
    slots: Slots = None,
    volatilities: Forms = None,
    cover_seconds: CoverSeconds = 1_800,
    spot_move_bps: SpotMove = 200,
    volatility_move_bps: VolatilityMove = 1_000,
    max_snapshots_behind: Behind = 2,
    owner: NewOwner = None,
    afresh: Afresh = False,
    engine: EngineOption = EngineName.AUTO,
    data_directory: DataDirectory = None,
    as_json: AsJson = False,
) -> None:
    """Deploy CoveredLetters, for accounts of hidden books.

    It stands beside the contracts that `deploy` made, and takes proofs by keys of the key store.
    Nothing is sent unless a breach can answer every cover, and --parameters fit token and ticks.
    """
    listed = chosen_underlying(underlying)
    wanted = [chosen_slots(each) for each in slots or [PRODUCT_SLOTS[-1]]]
    rules = (cover_seconds, spot_move_bps, volatility_move_bps, max_snapshots_behind)
    with reporting_errors(as_json):
        from node.cli.letters_deployment import LettersRequest  # noqa: PLC0415

        chosen = chosen_parameters(parameters).parameters
        shapes = _shapes(kind, wanted, len(chosen.rows), volatilities)
        plan = _plan(token, listed, chosen, rules, owner)
        worth = chosen.collateral_unit, listed.atom_digits
        request = LettersRequest(name or f"{underlying} letters", plan, shapes, afresh, *worth)
        where = _Where(rpc, keystore, password_file, data_directory, engine)
        report = _deploy(request, where, as_json)
    _print(report, as_json)


def _plan(
    token: str,
    listed: Underlying,
    chosen: MarginParameters,
    rules: tuple[int, int, int, int],
    owner: str | None,
) -> LettersPlan:
    from node.chain import LettersPlan  # noqa: PLC0415

    number, digest = listed.underlying_id.to_bytes(12, "big"), chosen.digest().to_bytes(32, "big")
    return LettersPlan(token, number, digest, {}, *rules, owner)


@dataclass(frozen=True)
class _Where:
    """The chain, who sends, where keys and records are, and what makes keys."""

    rpc: str
    keystore: Path
    password_file: Path
    data_directory: Path | None
    engine: EngineName


def _deploy(request: LettersRequest, where: _Where, as_json: bool) -> dict[str, Any]:
    from node.chain import DeploymentsFile, RpcChain, load_keystore  # noqa: PLC0415
    from node.cli import letters_deployment as job  # noqa: PLC0415

    settings = settings_in(where.data_directory)
    return job.deploy_beside(
        RpcChain(where.rpc),
        load_keystore(where.keystore, where.password_file),
        request,
        key_store(settings),
        DeploymentsFile(settings.deployments_file),
        chosen_engine(where.engine),
        sayer(as_json),
    )


def _print(report: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(report)
        return
    keys = {f"key {key_id}": title for key_id, title in report.pop("keys").items()}
    print_fields(report | keys)


def _shapes(
    kinds: list[KindName] | None,
    slots: list[int],
    rows: int,
    forms: list[FormName] | None,
) -> list[MarginShape]:
    """One of each kind, size and form."""
    chosen = [Kind[each.name] for each in kinds or (KindName.COVERED, KindName.BREACH)]
    told = [VolatilityForm[each.name] for each in forms or [FormName.SVI]]
    return [
        MarginShape(kind, count, rows, form) for kind in chosen for count in slots for form in told
    ]
