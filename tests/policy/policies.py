"""Policies in a few words, for the tests of this room: rows, a reader over a dictionary, and loading from text."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from judgegate.model.levels import Authorship, Severity
from judgegate.model.rules import Option, RulePage, RuleSpec, Stricter
from judgegate.policy.conditions import Facts
from judgegate.policy.loading import load_organisation, load_policy
from judgegate.policy.oversight import OVERSIGHT
from judgegate.policy.policy import Policy
from judgegate.policy.problems import PolicyError, PolicyProblem

PAGE = RulePage(what="What.", why="Why.", fix="Mend.", tune="Tune.")

INSECURE = RuleSpec(
    "security/insecure-code", "Insecure.", Severity.MEDIUM, "Mend it.", PAGE
)
COMPLEX = RuleSpec(
    "architecture/complex-function",
    "Complex.",
    Severity.MEDIUM,
    "Split it.",
    PAGE,
    (
        Option(
            "max_complexity",
            "The limit.",
            15,
            1,
            1000,
            Stricter.SMALLER,
            limits_measure=True,
        ),
        Option("min_depth", "A floor.", 2, 0, 10, Stricter.LARGER),
        Option("style", "Neither.", 1, 0, 10, Stricter.INCOMPARABLE),
    ),
)
ROWS = (INSECURE, COMPLEX, *OVERSIGHT)


class MemoryReader(Struct, frozen=True):
    """Files by their paths."""

    files: Mapping[str, bytes]

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)


def load(text: str, files: Mapping[str, str] | None = None) -> Policy:
    """The policy with this text, and files beside it."""
    all_files = {".judgegate.yml": text, **(files or {})}
    return load_policy(
        ROWS,
        MemoryReader({path: content.encode() for path, content in all_files.items()}),
        commit="c" * 40,
    )


def problems_of(
    text: str, files: Mapping[str, str] | None = None
) -> tuple[PolicyProblem, ...]:
    """What is wrong with the policy; empty where it loads."""
    try:
        load(text, files)
    except PolicyError as error:
        return error.problems
    return ()


def lines_of(text: str, files: Mapping[str, str] | None = None) -> list[str]:
    """The problems, each in one line without its excerpt."""
    return [
        str(problem).splitlines()[0].removeprefix(".judgegate.yml")
        for problem in problems_of(text, files)
    ]


def ask(
    path: str | None = "src/a.py",
    provenance: Authorship = Authorship.UNMARKED,
    **known: object,
) -> Facts:
    """Facts about a finding."""
    return Facts(path=path, provenance=provenance, **known)  # type: ignore[arg-type]  # a test's shorthand


def load_over(organisation: str, repository: str | None, folder: Path) -> Policy:
    """A repository's policy (None: it has none) above an organisation's, which is written into the folder."""
    file = folder / "organisation.yml"
    file.write_text(organisation)
    files = {} if repository is None else {".judgegate.yml": repository.encode()}
    return load_policy(
        ROWS, MemoryReader(files), organisation=load_organisation(ROWS, file)
    )


def lines_over(organisation: str, repository: str, folder: Path) -> list[str]:
    """The problems of a repository's policy above an organisation's, each in one line; the folder's name is left out."""
    try:
        load_over(organisation, repository, folder)
    except PolicyError as error:
        return [
            f"{problem.line}:{problem.column}: {problem.message}".replace(f"{folder}/", "")
            for problem in error.problems
        ]
    return []
