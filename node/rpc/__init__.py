"""The gRPC servers of a node, `PricingServer` and `OracleServer`, over `node.rpc.ports`."""

from node.rpc.changes import ChangeCounter
from node.rpc.guard import ServerLimits
from node.rpc.ports import Rooms
from node.rpc.server import AddressRefusedError, OracleServer, PricingServer

__all__ = [
    "AddressRefusedError",
    "ChangeCounter",
    "OracleServer",
    "PricingServer",
    "Rooms",
    "ServerLimits",
]
