"""A whole node: every room put together, started and stopped."""

from node.service.intake import IntakePolicy
from node.service.logs import configure_logging
from node.service.node import Node, NodeSettings, Runner, RunnerFactory
from node.service.relaying import RelayIntake
from node.service.settlement import Bound, ChainSettlement, NoChain, SettlementPort, SnapshotBook

__all__ = [
    "Bound",
    "ChainSettlement",
    "IntakePolicy",
    "NoChain",
    "Node",
    "NodeSettings",
    "RelayIntake",
    "Runner",
    "RunnerFactory",
    "SettlementPort",
    "SnapshotBook",
    "configure_logging",
]
