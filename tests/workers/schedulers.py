"""Pools for these tests: real worker processes, with the rows of `rows.py` or the real ones."""

from pathlib import Path

from judgegate.checks.registry import RULES
from judgegate.workers.pool import Pool
from judgegate.workers.wire import Answer, Content, Failed, Limits, Scanned, ScanTask
from tests.workers.rows import OTHER, RULE

SALT = b"salt of this run"
REAL_RULES = frozenset(rule.id for rule in RULES)
OWN_RULES = frozenset({RULE, OTHER})
HERE = Path(__file__).parent


def own_pool(size: int = 1, limits: Limits | None = None, rows: str = "CHECKS") -> Pool:
    return Pool(size, SALT, limits=limits, checks=f"rows:{rows}", folders=[HERE])


def own_task(name: str, content: Content | None = None) -> ScanTask:
    """A task whose source asks for an act of `rows.py`, which its name says too."""
    return ScanTask(
        name, "python", OWN_RULES, f"# {name}\n".encode() if content is None else content
    )


def real_task(name: str, content: Content) -> ScanTask:
    return ScanTask(name, "python", REAL_RULES, content)


def reasons(answers: list[Answer]) -> dict[str, str | None]:
    """Why each file could not be checked, None where it could."""
    return {answer.id: _reason(answer) for answer in answers}


def _reason(answer: Answer) -> str | None:
    if isinstance(answer, Scanned):
        return answer.failure
    return answer.reason if isinstance(answer, Failed) else None


def said(answer: Answer) -> str:
    """What the misbehaving check reported."""
    assert isinstance(answer, Scanned), answer
    return answer.observations[0].message
