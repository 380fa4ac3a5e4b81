"""The story: analyse looks, decide judges."""
