"""Where our contracts live, per chain, and what code they should hold.

One JSON file for all chains::

    {"format": "proofmark.deployments.v1",
     "chains": {"31337": {"contracts": {"MarkBoard": {"address", "code_digest", "block"}, ...},
                          "verifiers": {"0x<key id>": {...}}, "feeds": {"BTC ...": {...}},
                          "consumers": {"BTC letters": {...}}}}}

Code digests are keccak256 of the runtime code found after deployment, immutables included.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from eth_hash.auto import keccak
from eth_utils.address import is_checksum_address

from node.chain.errors import ContractMissingError, DeploymentError
from node.chain.interface import Chain
from node.files import replace_file
from node.untrusted_json import decode_json

__all__ = ["DeployedContract", "DeployedVerifier", "Deployment", "DeploymentsFile"]

_FORMAT = "proofmark.deployments.v1"
_REQUIRED = ("VerifierRouter", "MarketOracle", "AttestationRegistry", "MarkBoard")


@dataclass(frozen=True)
class DeployedContract:
    """A contract's address, keccak256 of its runtime code, and the block it was made in."""

    address: str
    code_digest: str
    block: int

    @classmethod
    def at(cls, chain: Chain, address: str, block: int) -> "DeployedContract":
        """Describe the contract that lives at an address now."""
        return cls(address, _digest(chain, address), block)


@dataclass(frozen=True)
class DeployedVerifier(DeployedContract):
    """A verifier and what it is routed for; ``unsafe_dev`` keys have known toxic waste."""

    statement: str
    word_count: int
    market_word_count: int
    unsafe_dev: bool


@dataclass(frozen=True)
class Deployment:
    """Everything of ours on one chain. Verifiers are found by key id, ``0x`` and 64 digits."""

    chain_id: int
    contracts: Mapping[str, DeployedContract]
    verifiers: Mapping[str, DeployedVerifier] = field(default_factory=dict)
    feeds: Mapping[str, DeployedContract] = field(default_factory=dict)
    consumers: Mapping[str, DeployedContract] = field(default_factory=dict)

    def address(self, name: str) -> str:
        """Address of a contract by name; DeploymentError."""
        try:
            return self.contracts[name].address
        except KeyError as error:
            raise DeploymentError(f"chain {self.chain_id} has no {name} on record") from error

    def verifier(self, key_id: bytes) -> DeployedVerifier | None:
        """The verifier of a key, if one was deployed."""
        return self.verifiers.get("0x" + key_id.hex())

    def with_verifier(self, key_id: bytes, verifier: DeployedVerifier) -> "Deployment":
        """A copy that knows one verifier more."""
        return replace(self, verifiers={**self.verifiers, "0x" + key_id.hex(): verifier})

    def with_feed(self, name: str, feed: DeployedContract) -> "Deployment":
        """A copy that knows one series feed more."""
        return replace(self, feeds={**self.feeds, name: feed})

    def with_consumer(self, name: str, consumer: DeployedContract) -> "Deployment":
        """A copy that knows one consumer of account statements more."""
        return replace(self, consumers={**self.consumers, name: consumer})

    def check(self, chain: Chain) -> None:
        """Compare every recorded contract with the chain; ContractMissingError lists all faults."""
        if chain.chain_id() != self.chain_id:
            raise DeploymentError(
                f"these addresses are of chain {self.chain_id}, "
                f"{chain.name} is chain {chain.chain_id()}"
            )
        recorded = {**self.contracts, **self.verifiers, **self.feeds, **self.consumers}
        faults = [
            f"{name} at {each.address}: {_difference(chain, each)}"
            for name, each in recorded.items()
            if _digest(chain, each.address) != each.code_digest
        ]
        if faults:
            raise ContractMissingError(
                f"not deployed on {chain.name} (chain {self.chain_id}): {'; '.join(faults)}. "
                "Run proofmark deploy, or point at the right chain"
            )


class DeploymentsFile:
    """The JSON file on disk; absent means empty. Writing replaces it in one step."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self, chain_id: int) -> Deployment | None:
        """Return the deployment on a chain, or None when there is none; DeploymentError."""
        entry = self._chains().get(str(chain_id))
        if entry is None:
            return None
        try:
            return _parse(chain_id, entry)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise DeploymentError(
                f"{self.path}: entry of chain {chain_id} is malformed: {error!r}"
            ) from error

    def recorded(self, chain: Chain) -> Deployment:
        """The contracts of a chain, with the code on record.

        DeploymentError where none are on record, ContractMissingError where they are not there.
        """
        found = self.load(chain.chain_id())
        if found is None:
            raise DeploymentError(
                f"no contracts on record for chain {chain.chain_id()} in {self.path}: run"
                " `proofmark deploy` first, or name the data directory that has them"
            )
        found.check(chain)
        return found

    def save(self, deployment: Deployment) -> None:
        """Write or replace the entry of one chain, keeping the others."""
        chains = self._chains()
        chains[str(deployment.chain_id)] = {
            kind: {name: asdict(each) for name, each in sorted(members.items())}
            for kind, members in (
                ("contracts", deployment.contracts),
                ("verifiers", deployment.verifiers),
                ("feeds", deployment.feeds),
                ("consumers", deployment.consumers),
            )
        }
        self.path.parent.mkdir(parents=True, exist_ok=True)
        document = {"format": _FORMAT, "chains": chains}
        replace_file(self.path, json.dumps(document, indent=2) + "\n")

    def _chains(self) -> dict[str, Any]:
        if not self.path.exists():
            return {}
        try:
            document = decode_json(self.path.read_bytes())
            if document["format"] != _FORMAT:
                raise DeploymentError(
                    f"{self.path}: expected format {_FORMAT}, received {document['format']!r}"
                )
            return dict(document["chains"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise DeploymentError(f"{self.path} is not a deployments file: {error!r}") from error


def _parse(chain_id: int, entry: Mapping[str, Any]) -> Deployment:
    contracts = {k: DeployedContract(**v) for k, v in entry["contracts"].items()}
    missing = [name for name in _REQUIRED if name not in contracts]
    if missing:
        raise ValueError(f"without {', '.join(missing)}")
    verifiers = {k: DeployedVerifier(**v) for k, v in entry["verifiers"].items()}
    feeds = {k: DeployedContract(**v) for k, v in entry["feeds"].items()}
    # records from before there were consumers have none
    consumers = {k: DeployedContract(**v) for k, v in entry.get("consumers", {}).items()}
    for each in (
        *contracts.values(),
        *verifiers.values(),
        *feeds.values(),
        *consumers.values(),
    ):
        if not is_checksum_address(each.address):
            raise ValueError(f"{each.address!r} is not a checksummed address")
    return Deployment(chain_id, contracts, verifiers, feeds, consumers)


def _digest(chain: Chain, address: str) -> str:
    return "0x" + keccak(chain.code_at(address)).hex()


def _difference(chain: Chain, contract: DeployedContract) -> str:
    return "other code" if chain.code_at(contract.address) else "no code"
