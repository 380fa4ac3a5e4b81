"""A GitHub on the loopback that remembers what happens to it, and holds every request and answer against GitHub's own description."""

from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import Account, World

__all__ = ["Account", "FakeGitHub", "World"]
