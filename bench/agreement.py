"""Whether the gate sees in a change what plain bandit and plain radon see, path by path."""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from bench.history import Pair
from bench.plain_engines import Issue, Seen, look
from judgegate.change.commits import read_commits
from judgegate.change.repository import Repository
from judgegate.checks.registry import RULEBOOK
from judgegate.decision.pair_observations import pair_with_all
from judgegate.model.analysis import AnalysedFile, Analysis, Paired
from judgegate.model.change import Blob, Revision
from judgegate.model.observation import Observation
from judgegate.pipeline.collect import collect
from judgegate.policy.policy import Plan
from judgegate.policy.resource_limits import LimitTerms
from judgegate.sources.text import PYTHON
from judgegate.workers.pool import Pool

SECURITY = "security/insecure-code"
COMPLEXITY = "architecture/complex-function"
_GRADES = ["low", "medium", "high"]

T = TypeVar("T")
Place = tuple[str, str]
"""A path and the id of one of bandit's tests."""
_Paths = dict[str, list[Issue]]


class Agreement(Struct, frozen=True):
    """What was compared in one change, and what did not agree.

    `moved`: findings that paired with one in another file.
    """

    files: int = 0
    issues: int = 0
    introduced: int = 0
    moved: int = 0
    blocks: int = 0
    differences: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


class Expected(Struct, frozen=True):
    """How many issues of each path and test are introduced, and of each test in all.

    `moved`: where the base has the like elsewhere.
    """

    introduced: Counter[Place]
    totals: Counter[tuple[str]]
    moved: set[Place]


def compare(pair: Pair, pool: Pool) -> Agreement:
    """Look at the change with the gate and with the commands, before any policy."""
    with Repository.open(pair.repository) as repository:
        plan = Plan(tuple(sorted(RULEBOOK)), LimitTerms(), ())
        change = read_commits(
            repository, Revision(pair.base, pair.base, "--base"), pair.head
        )
        analysis = collect(change, repository, plan, pool)
        before = _look(
            repository,
            [
                (file.change.path, file.change.old)
                for file in analysis.files
                if file.language == PYTHON
            ],
        )
        after = _look(
            repository,
            [
                (file.change.path, file.change.new)
                for file in analysis.files
                if file.language == PYTHON
            ],
        )
    paired = pair_with_all(
        analysis.files, 1, analysis.definition_maps, lambda _now, _was: False
    )
    return _judge(
        analysis, before, after, [one for one in paired if one.now.seen.rule == SECURITY]
    )


def _look(repository: Repository, sides: Iterable[tuple[str, Blob | None]]) -> Seen:
    contents = {
        path: repository.read(blob.oid)
        for path, blob in sides
        if blob is not None and blob.is_file
    }
    with tempfile.TemporaryDirectory(prefix="plain-") as folder:
        return look(contents, Path(folder))


def _judge(
    analysis: Analysis, before: Seen, after: Seen, paired: Sequence[Paired]
) -> Agreement:
    readable = {
        file.change.path: file
        for file in analysis.files
        if file.language == PYTHON and not file.obstacle
    }
    differences = [
        *_compare_sides(readable.values(), before, after),
        *_compare_introduced(
            paired, expect(*(_of(readable, seen.issues) for seen in (before, after)))
        ),
    ]
    return Agreement(
        files=len(readable),
        issues=len(before.issues) + len(after.issues),
        introduced=sum(one.introduced for one in paired),
        moved=sum(
            one.was is not None
            and one.was.path not in {one.now.path, one.now.file.change.old_path}
            for one in paired
        ),
        blocks=len(before.blocks) + len(after.blocks),
        differences=tuple(differences),
        remarks=tuple(_unread(analysis, before, after)),
    )


def _of(paths: Container[str], issues: Iterable[Issue]) -> list[Issue]:
    return [issue for issue in issues if issue.path in paths]


def _unread(analysis: Analysis, before: Seen, after: Seen) -> Iterator[str]:
    """What one of the three could not read.

    A file that bandit reads and the gate does not, or the other way round, is worth a look.
    """
    for file in (file for file in analysis.files if file.language == PYTHON):
        path = file.change.path
        for name, seen, obstacle in (
            ("base", before, file.blind_side),
            ("head", after, file.obstacle),
        ):
            said = {
                "bandit": seen.bandit_unread.get(path),
                "radon": seen.radon_unread.get(path),
                "gate": obstacle,
            }
            if any(said.values()):
                yield f"{path} ({name}): " + "; ".join(
                    f"{who}: {why or 'reads it'}" for who, why in said.items()
                )


def _compare_sides(
    files: Iterable[AnalysedFile], before: Seen, after: Seen
) -> Iterator[str]:
    for file in files:
        for name, seen, plain in (
            ("base", file.before[0] if file.before else (), before),
            ("head", file.after, after),
        ):
            path = file.change.path
            if path not in plain.bandit_unread:
                issues = Counter(
                    _places(issue for issue in plain.issues if issue.path == path)
                )
                observed = Counter(_observed_places(seen))
                yield from _tell(
                    f"{path} ({name}) security", issues, observed, may_find_more=True
                )
            if path not in plain.radon_unread:
                blocks = Counter(
                    (block.line, block.complexity)
                    for block in plain.blocks
                    if block.path == path
                )
                counted = Counter(
                    (one.lines.start, one.measure or 0)
                    for one in seen
                    if one.rule == COMPLEXITY
                )
                yield from _tell(f"{path} ({name}) complexity", blocks, counted)


def _places(issues: Iterable[Issue]) -> Iterator[tuple[str, int, str, str]]:
    return ((issue.code, issue.line, *_grades(issue)) for issue in issues)


def _grades(issue: Issue) -> tuple[str, str]:
    """The gate's lowest grade stands for what bandit leaves undefined, too."""
    severity, confidence = (
        grade.lower().replace("undefined", "low") for grade in issue.grades
    )
    return severity, confidence


def _observed_places(seen: Iterable[Observation]) -> Iterator[tuple[str, int, str, str]]:
    for one in seen:
        if one.rule == SECURITY and one.severity and one.confidence:
            yield one.code, one.lines.start, one.severity.value, one.confidence.value


def _tell(
    where: str, plain: Counter[T], gate: Counter[T], *, may_find_more: bool = False
) -> Iterator[str]:
    """What differs. `may_find_more`: the gate knows names that bandit does not follow."""
    only_plain = sorted((plain - gate).elements(), key=str)
    only_gate = [] if may_find_more else sorted((gate - plain).elements(), key=str)
    if only_plain or only_gate:
        yield f"{where}: only plain {only_plain}, only gate {only_gate}"


def _compare_introduced(paired: Iterable[Paired], expected: Expected) -> Iterator[str]:
    """Path by path where no finding moved.

    Where one did, the gate chooses which of the copies to blame, and the totals must agree.
    """
    introduced = [one for one in paired if one.introduced]
    said = Counter((one.now.path, one.now.seen.code) for one in introduced)
    totals = Counter((one.now.seen.code,) for one in introduced)
    yield from _tell(
        "introduced",
        _without(expected.introduced, expected.moved),
        _without(said, expected.moved),
        may_find_more=True,
    )
    yield from _tell(
        "introduced over all files", expected.totals, totals, may_find_more=True
    )


def _without(counts: Counter[Place], places: set[Place]) -> Counter[Place]:
    return Counter({place: count for place, count in counts.items() if place not in places})


def expect(before: Iterable[Issue], after: Iterable[Issue]) -> Expected:
    """The difference of bandit's two multisets: in each path first, then the rest in the whole change."""
    expected = Expected(Counter(), Counter(), set())
    for key, (was, now) in _by_key(before, after).items():
        kept = {path: _surplus(issues, was.get(path, [])) for path, issues in now.items()}
        code = key[0]
        over = Counter({(path, code): count for path, (count, _) in kept.items() if count})
        gone = sum(
            max(0, len(issues) - len(now.get(path, []))) for path, issues in was.items()
        )
        if gone:
            expected.moved.update(over)
        worse = Counter({(path, code): count for path, (_, count) in kept.items() if count})
        expected.introduced.update(over + worse)
        expected.totals[code,] += max(0, over.total() - gone) + worse.total()
    return expected


def _by_key(
    before: Iterable[Issue], after: Iterable[Issue]
) -> dict[tuple[str, ...], tuple[_Paths, _Paths]]:
    sides: dict[tuple[str, ...], tuple[_Paths, _Paths]] = defaultdict(
        lambda: (defaultdict(list), defaultdict(list))
    )
    for number, issues in enumerate((before, after)):
        for issue in issues:
            sides[issue.key][number][issue.path].append(issue)
    return sides


def _surplus(now: Sequence[Issue], was: Sequence[Issue]) -> tuple[int, int]:
    """How many of a path's issues with one key have no partner in the base, or a milder one."""
    pairs = list(
        zip_longest(*(sorted(map(_ranks, side), reverse=True) for side in (now, was)))
    )
    worse = sum(
        bool(new and old) and any(one > other for one, other in zip(new, old, strict=True))
        for new, old in pairs
    )
    return max(0, len(now) - len(was)), worse


def _ranks(issue: Issue) -> tuple[int, ...]:
    return tuple(_GRADES.index(grade) for grade in _grades(issue))
