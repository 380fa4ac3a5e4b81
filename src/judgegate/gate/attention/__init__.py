"""What a human should question first: the places of the change, what is at stake in each, and the question to ask."""

from judgegate.gate.attention.attending import Attention, attend
from judgegate.gate.attention.heightened import asker

__all__ = ["Attention", "asker", "attend"]
