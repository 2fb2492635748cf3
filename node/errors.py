"""The root of the node's error tree.

NodeError
└── one branch per room (``node/<room>/errors.py``)
"""

__all__ = ["NodeError"]


class NodeError(Exception):
    """Something the node refuses or cannot do; the message says what, where and the way out."""
