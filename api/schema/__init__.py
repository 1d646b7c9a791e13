"""What OpenAPI cannot see in the code: keys, problems, headers, events, servers."""

from .document import GUIDE, describe_all
from .operations import Operation
from .schemes import KeyScheme, PersonScheme

__all__ = ["GUIDE", "KeyScheme", "Operation", "PersonScheme", "describe_all"]
