"""The gRPC server of a node: `PricingServer` over the protocols of `node.rpc.ports`."""

from node.rpc.changes import ChangeCounter
from node.rpc.guard import ServerLimits
from node.rpc.ports import Rooms
from node.rpc.server import AddressRefusedError, PricingServer

__all__ = ["AddressRefusedError", "ChangeCounter", "PricingServer", "Rooms", "ServerLimits"]
