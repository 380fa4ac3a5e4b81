"""The fake GitHub, for what doctor asks it."""

from tests.github.conftest import fake, stage

__all__ = ["fake", "stage"]
