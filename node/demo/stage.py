"""The chain side of the demonstration: contracts, oracle signers, an attested snapshot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from circuits.statements.option_marks import OptionMarks
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
from node.demo.signers import SIGNERS, THRESHOLD, KnownMarket, attest
from node.demo.snapshot import Snapshot, redated
from prover import VerifyingKey

Say = Callable[[str], None]

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
    """Deploy everything for one key, with the signers of `node.demo.signers`."""
    if chain.balance(_DEPLOYER.address) == 0:
        raise DeploymentError(
            f"{_DEPLOYER.address} has no coins on {chain.name}: the demonstration needs a "
            "development chain that lends some (anvil), or the embedded one (leave out --rpc)"
        )
    plan = DeploymentPlan(
        signers=[account.address for account in SIGNERS],
        threshold=THRESHOLD,
        verifiers=[VerifierSpec.of(statement, key)],
    )
    return Stage(chain, deploy(chain, _DEPLOYER, plan, say))


def attest_snapshot(stage: Stage, snapshot: Snapshot) -> int:
    """The signers sign the snapshot, the oracle contract takes it; its number."""
    known = KnownMarket(chain=snapshot.placed.market)
    return attest(stage.chain, stage.deployment, _DEPLOYER, known).number
