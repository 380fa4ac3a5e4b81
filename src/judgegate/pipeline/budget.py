"""What of a change is analysed where it is too large for all of it: the rest needs a human.

By counts alone, so that the same change is always cut off in the same place. Only where those were
not enough does this process stop by its own CPU time.
"""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.notices import Notice
from judgegate.pipeline.analysed_file import comparison_id
from judgegate.pipeline.file_sides import Sides
from judgegate.policy.resource_limits import LimitTerms
from judgegate.workers.wire import Failed, Task

MOST_CPU = 600
"""Seconds of CPU time of this process, after which no further file is given to a worker.

An ordinary run takes less than one. So a run that gets here is busy with something that no count
bounds, and every further file would add to it.
"""


class _Need(Struct, frozen=True):
    """What it takes to analyse a file: its tasks, and the sizes of the contents that they read."""

    path: bytes
    sizes: Mapping[str, int]
    tasks: frozenset[str]

    @property
    def size(self) -> int:
        """Bytes of all contents."""
        return sum(self.sizes.values())


def beyond_budget(
    tasks: Sequence[Task], every_side: Iterable[Sides], limits: LimitTerms
) -> dict[str, Failed]:
    """The answers to the tasks for which the policy leaves no room, by the tasks' ids.

    The smallest files come first, and of equal ones those whose path does: so nothing large can be
    put beside a small file to push it out. Nor can copies of a smaller one: what is equal counts once.
    What a file within the budget needs anyway is done, also where another file needs the same.
    """
    asked = frozenset(task.id for task in tasks)
    every_need = (_need(sides, asked, limits) for sides in every_side)
    needs = list(_without_copies(filter(None, every_need)))
    size = sum(need.size for need in needs)
    if len(needs) <= limits.files and size <= limits.bytes:
        return {}
    within: set[str] = set()
    room = limits.bytes
    for need in needs[: limits.files]:
        room -= need.size
        if room < 0:
            break
        within |= need.tasks
    reason = _explain(len(needs), size, limits)
    return {id_: Failed(id_, reason, lasting=True) for id_ in asked - within}


def _without_copies(needs: Iterable[_Need]) -> Iterator[_Need]:
    """The smallest file first, each with what no smaller one needs, and without those that need no more."""
    tasks: set[str] = set()
    sizes: dict[str, int] = {}
    for need in sorted(needs, key=lambda need: (need.size, need.path)):
        if not need.tasks <= tasks:
            new = {oid: size for oid, size in need.sizes.items() if oid not in sizes}
            yield replace(need, sizes=new)
            tasks |= need.tasks
            sizes |= new


def _need(sides: Sides, asked: frozenset[str], limits: LimitTerms) -> _Need | None:
    """What it takes to analyse the file; None where nothing is asked of it."""
    present = [side for side in (sides.new, *sides.olds) if side is not None]
    ids = {side.task for side in present} | {side.text_task for side in present}
    if sides.new is not None:
        ids.update(comparison_id(sides.new, old) for old in sides.olds)
    needed = asked.intersection(ids)
    if not needed:
        return None
    sizes = {side.blob.oid: side.blob.size or 0 for side in present}
    # No worker reads what is larger than a file may be.
    read = {oid: size for oid, size in sizes.items() if size <= limits.source_bytes}
    return _Need(sides.change.path.encode("utf-8", "surrogateescape"), read, needed)


def _explain(files: int, size: int, limits: LimitTerms) -> str:
    """Why a file is not analysed, as a clause."""
    if files > limits.files:
        much, most = f"{files:,} files", f"{limits.files:,}"
    else:
        much, most = f"{size:,} bytes", f"{limits.bytes:,}"
    return f"the change has {much} to analyse, the policy's limit is {most}, and smaller files come first"


def until_cpu_is_spent(tasks: Iterable[Task]) -> Iterator[Task]:
    """The tasks, up to where this process has used the CPU time that a run may have."""
    for task in tasks:
        if time.process_time() > MOST_CPU:
            return
        yield task


def stopped(tasks: Iterable[Task]) -> dict[str, Failed]:
    """The answers to the tasks that were not given to a worker any more, by their ids.

    Another run may get further, so this is no property of the change.
    """
    reason = (
        f"judgegate stopped after {MOST_CPU} seconds of CPU time, before it was its turn"
    )
    return {task.id: Failed(task.id, reason, lasting=False) for task in tasks}


def explain_stop(contents: int) -> Iterator[Notice]:
    """What a report says where tasks were not given to a worker any more."""
    if contents:
        yield Notice(
            "analysis-stopped",
            f"judgegate stopped after {MOST_CPU} seconds of its own CPU time: {contents} contents of files "
            "were not analysed. A smaller change can be analysed as a whole.",
        )
