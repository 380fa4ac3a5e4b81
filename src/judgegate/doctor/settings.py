"""What GitHub enforces on the branch: rules of rulesets, and the older protection of branches."""

from dataclasses import dataclass

OWN_ACTIONS = 15368
"""The number of the App "GitHub Actions" on github.com: what every workflow's own token acts as."""


@dataclass(frozen=True, slots=True)
class RequiredCheck:
    """A status or check that a merge waits for. `app` is the only one that may post it, by number; None: anybody with write permission."""

    context: str
    app: int | None
    source: str


@dataclass(frozen=True, slots=True)
class RequiredWorkflow:
    """A workflow that a ruleset runs, in whatever repository it stands."""

    path: str
    repository: int
    source: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for one branch. `passes` are clauses: who may go past the rules that require something.

    `is_whole` is false where something more might be required that could not be read.
    """

    repository: int
    is_private: bool
    checks: tuple[RequiredCheck, ...] = ()
    workflows: tuple[RequiredWorkflow, ...] = ()
    has_queue: bool = False
    passes: tuple[str, ...] = ()
    is_whole: bool = True
