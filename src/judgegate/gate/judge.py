"""The whole story: read the change, look at it, judge it."""

import os
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from judgegate.gate.request import Request
from judgegate.model.verdict import Verdict
from judgegate.workers.limits import Limits
from judgegate.workers.pool import Pool

if TYPE_CHECKING:
    from judgegate.policy import Limits as LimitTerms

Advance = Callable[[int, int], None]

MOST_WORKERS = 8


def judge(request: Request, advance: Advance = lambda _done, _total: None) -> Verdict:
    """The verdict on what was asked.

    Raises:
        UsageError: nothing was judged.
        IncompleteError: the gate could not complete.
    """
    # The workers come first: they import what they need while this process does the same and asks git.
    with ExitStack() as pools:
        early = pools.enter_context(_pool(request, Limits()))
        early.start()
        from judgegate.gate.proceedings import hear  # noqa: PLC0415 - see above

        def recruit(terms: "LimitTerms") -> Pool:
            limits = Limits(source=terms.source_bytes, cpu=terms.cpu_seconds, memory=terms.memory_mebibytes << 20)
            if limits == Limits():
                return early
            early.close()
            return pools.enter_context(_pool(request, limits))

        return hear(request, recruit, datetime.now(UTC).date(), advance)


def _pool(request: Request, limits: Limits) -> Pool:
    size = min(os.cpu_count() or 1, MOST_WORKERS)
    return Pool(size, secrets.token_bytes(16), limits=limits, untrusted=[request.directory])
