"""The room of chains, and the only door to web3 and eth-tester.

``Chain`` is the interface; ``EmbeddedChain`` lives in this process, ``RpcChain`` behind a URL.
``deploy`` puts the contracts on either; ``error_table`` puts their refusals into words.
"""

from node.chain.abi import Abi, Contract, Event
from node.chain.accounts import development_account, load_keystore, write_keystore
from node.chain.artifacts import contract_abi, error_table
from node.chain.calls import ask, invoke
from node.chain.covered_letters import CoveredLetters
from node.chain.deploy import (
    DeploymentPlan,
    Series,
    VerifierSpec,
    add_verifier,
    deploy,
    deploy_feed,
    refuse_unsafe_key,
)
from node.chain.deployments import Deployment, DeploymentsFile
from node.chain.embedded import BLOCK_SECONDS, EmbeddedChain
from node.chain.interface import Chain
from node.chain.letters import LettersPlan, deploy_letters, refuse_unanswered_covers
from node.chain.letters_account import AccountStatus, Cover, LettersAccount, Snapshot, Standing
from node.chain.reverts import ErrorTable, Revert
from node.chain.rpc import RpcChain
from node.chain.send import transact
from node.chain.token import Token
from node.chain.types import (
    Block,
    Call,
    Log,
    LogFilter,
    Receipt,
    SignedTransaction,
    Transaction,
)

__all__ = [
    "BLOCK_SECONDS",
    "Abi",
    "AccountStatus",
    "Block",
    "Call",
    "Chain",
    "Contract",
    "Cover",
    "CoveredLetters",
    "Deployment",
    "DeploymentPlan",
    "DeploymentsFile",
    "EmbeddedChain",
    "ErrorTable",
    "Event",
    "LettersAccount",
    "LettersPlan",
    "Log",
    "LogFilter",
    "Receipt",
    "Revert",
    "RpcChain",
    "Series",
    "SignedTransaction",
    "Snapshot",
    "Standing",
    "Token",
    "Transaction",
    "VerifierSpec",
    "add_verifier",
    "ask",
    "contract_abi",
    "deploy",
    "deploy_feed",
    "deploy_letters",
    "development_account",
    "error_table",
    "invoke",
    "load_keystore",
    "refuse_unanswered_covers",
    "refuse_unsafe_key",
    "transact",
    "write_keystore",
]
