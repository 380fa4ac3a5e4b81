"""What we find is at least what the commands of our engines find, in a sample of Python's own library."""

import random
import sysconfig
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from judgegate.checks.complex_function_scan import scan_complexity
from judgegate.checks.insecure_code.scan import find_issues
from judgegate.sources.python import PythonSource, read_python
from judgegate.sources.text import Unreadable
from tests.checks.commands import Complexities, Issues, bandit_command, radon_command
from tests.checks.reading import read
from tests.checks.samples import COMPLEX, INSECURE

SEED = 20261130
FILES = 60
LARGEST = 20_000
"""Bytes of a file that is chosen, so that the commands of the engines take seconds."""

MORE = {
    (
        "_aix_support",
        "B603",
    ): "one of two imports: `except ImportError: import _bootsubprocess as subprocess`",
    ("test_dict", "B311"): "an alias by assignment: `rr = random.randrange`",
    ("test_zlib", "B311"): "a default of a parameter: `generator=random`",
    ("test_exceptions", "B301"): "a loop over modules: `for p in [pickle]`",
    ("string_tests", "B311"): "an alias by assignment: `choices = random.choices`",
}
"""What we find and bandit does not, by file and test, with the reason."""


@cache
def library() -> dict[str, PythonSource]:
    """Some files of the library of this Python by name, and our own samples."""
    root = Path(sysconfig.get_path("stdlib"))
    paths = sorted(root.rglob("*.py"))
    named = {path.stem: path for path in paths if "site-packages" not in path.parts}
    always = [named.pop(name) for name, _ in MORE if name in named]
    small = [path for path in sorted(named.values()) if path.stat().st_size <= LARGEST]
    chosen = random.Random(SEED).sample(small, FILES)  # noqa: S311 - no secret
    sources = {path.stem: source_of(path) for path in (*chosen, *always)}
    readable = {name: source for name, source in sources.items() if source}
    samples = {**INSECURE, "complex": COMPLEX}
    return {**readable, **{f"our_{name}": read(text) for name, text in samples.items()}}


def source_of(path: Path) -> PythonSource | None:
    try:
        return read_python(path.read_bytes())
    except Unreadable:
        return None


def test_nothing_is_missing_that_bandit_finds(tmp_path: Path) -> None:
    sources = library()
    theirs = bandit_command(tmp_path, {name: one.text for name, one in sources.items()})
    more: set[tuple[str, str]] = set()
    for name, source in sources.items():
        ours: Issues = Counter(
            (issue.test_id, issue.lineno, issue.severity, issue.confidence)
            for issue, _ in find_issues(source)
        )
        assert theirs[name] - ours == Counter(), name
        more |= {(name, issue[0]) for issue in ours - theirs[name]}
    assert more <= MORE.keys()


def test_each_complexity_is_radons(tmp_path: Path) -> None:
    # What catches groups of exceptions is no branch for radon.
    texts = {name: one.text.replace("except*", "except") for name, one in library().items()}
    theirs = radon_command(tmp_path, texts)
    for name, text in texts.items():
        source = read_python(text.encode())
        ours: Complexities = Counter(
            (seen.lines.start, seen.subject.rpartition(".")[2], seen.measure or 0)
            for seen in scan_complexity(source)
        )
        assert theirs[name] - ours == Counter(), name
        # Radon leaves out what stands in a class in a function.
        assert set(ours - theirs[name]) <= set(deep(source)), name


def deep(source: PythonSource) -> Iterator[tuple[int, str, int]]:
    """The functions in something that is itself in a definition."""
    for seen in scan_complexity(source):
        if seen.subject.count(".") > 1:
            yield seen.lines.start, seen.subject.rpartition(".")[2], seen.measure or 0
