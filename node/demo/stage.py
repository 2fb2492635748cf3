"""The chain side of the demonstration: contracts, oracle signers, an attested snapshot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from circuits.statements.option_marks import OptionMarks, market_words
from node.chain import (
    Chain,
    Contract,
    Deployment,
    DeploymentPlan,
    EmbeddedChain,
    RpcChain,
    VerifierSpec,
    contract_abi,
    deploy,
    development_account,
)
from node.chain.errors import DeploymentError
from node.demo.snapshot import Snapshot, redated
from node.oracle import (
    Domain,
    MarketView,
    OracleSigner,
    build_report,
    collect,
    next_number,
    submit_report,
)
from prover import VerifyingKey

Say = Callable[[str], None]

SIGNERS = 3
THRESHOLD = 2
_ETHER = 10**18
_RELAY = development_account("relay")
_DEPLOYER = development_account("deployer")


@dataclass(frozen=True)
class Stage:
    """A chain with everything deployed."""

    chain: Chain
    deployment: Deployment

    def contract(self, name: str) -> Contract:
        """A deployed contract."""
        return Contract(self.chain, self.deployment.address(name), contract_abi(name))


def open_chain(rpc: str | None, snapshot: Snapshot, say: Say) -> tuple[Chain, Snapshot]:
    """The embedded chain, or the endpoint; its clock set to the snapshot's time where possible."""
    accounts = (_DEPLOYER.address, _RELAY.address)
    valuation = snapshot.placed.market.snapshot_unix
    if rpc is None:
        return EmbeddedChain(start_time=valuation, funded=accounts, notify=say), snapshot
    chain = RpcChain(rpc)
    if not chain.clock_settable:
        now = chain.head().timestamp
        say(f"{chain.name} keeps its own time: the snapshot is re-dated to its newest block")
        return chain, redated(snapshot, now)
    chain.set_time(valuation + 1)
    for address in accounts:
        chain.fund(address, 1_000 * _ETHER)
    return chain, snapshot


def deploy_contracts(chain: Chain, statement: OptionMarks, key: VerifyingKey, say: Say) -> Stage:
    """Deploy everything for one key, with three oracle signers of whom two must sign."""
    if chain.balance(_DEPLOYER.address) == 0:
        raise DeploymentError(
            f"{_DEPLOYER.address} has no coins on {chain.name}: the demonstration needs a "
            "development chain that lends some (anvil), or the embedded one (leave out --rpc)"
        )
    plan = DeploymentPlan(
        signers=[development_account("signer", index).address for index in range(SIGNERS)],
        threshold=THRESHOLD,
        verifiers=[VerifierSpec.of(statement, key)],
    )
    return Stage(chain, deploy(chain, _DEPLOYER, plan, say))


def attest_snapshot(stage: Stage, snapshot: Snapshot) -> int:
    """Three signers sign the snapshot, the oracle contract takes it; its number."""
    market = snapshot.placed.market
    domain = Domain(stage.chain.chain_id(), stage.deployment.address("MarketOracle"))
    underlying = market.underlying_id.to_bytes(12, "big")
    words = market_words(market, snapshot.shape)
    report = build_report(
        underlying=underlying,
        number=next_number(stage.chain, domain, underlying),
        snapshot_unix=market.snapshot_unix,
        market_words=words,
        spots=[snapshot.spot_ticks] * SIGNERS,
    )
    signers = [OracleSigner(development_account("signer", index)) for index in range(SIGNERS)]
    view = MarketView(words, snapshot.spot_ticks, report.number)
    signed = collect(
        report,
        domain,
        [signer.sign(report, domain, view) for signer in signers],
        signers=[signer.address for signer in signers],
        threshold=THRESHOLD,
    )
    submit_report(stage.chain, _DEPLOYER, signed)
    return report.number
