"""The room that settles: an outbox state machine between the store and a chain."""

from node.relay.desk import Event, EventKind
from node.relay.policy import RelayPolicy
from node.relay.relay import Relay
from node.relay.runner import RelayRunner

__all__ = [
    "Event",
    "EventKind",
    "Relay",
    "RelayPolicy",
    "RelayRunner",
]
