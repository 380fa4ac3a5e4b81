"""Where a policy's tests are, and which policy they try."""

from dataclasses import dataclass
from pathlib import Path

from judgegate.model.errors import UsageError
from judgegate.policy.policy_file import POLICY_NAME
from judgegate.policy.problems import MOST_PROBLEMS, Problems
from judgegate.policy.yaml_document import LARGEST_FILE
from judgegate.tuning.cases import CaseFileError, PolicyTestCase, read_cases

HOME = Path(".judgegate") / "tests"
"""Where tests are searched: beside the policy, and hidden as it is."""


@dataclass(frozen=True, slots=True)
class Suite:
    """The cases of a folder, in the order of their files, and the policy that they try."""

    policy: Path
    cases: tuple[PolicyTestCase, ...]


def read_suite(folder: Path, policy: Path | None = None) -> Suite:
    """The cases in the folder's YAML files, and the policy: the one named, or the nearest `.judgegate.yml` in the folder or above it.

    Raises:
        UsageError: there is no such folder, no case in it, or no policy.
        CaseFileError: a file of cases cannot be understood.
    """
    if not folder.is_dir():
        raise UsageError(
            f"There is no folder {folder} with a policy's tests.",
            f"Write cases to {HOME}/*.yml, or name another folder.",
        )
    files = sorted(
        file
        for file in folder.rglob("*")
        if file.suffix in {".yml", ".yaml"} and file.name != POLICY_NAME and file.is_file()
    )
    cases = _read(files)
    if not cases:
        raise UsageError(
            f"There is no case in {folder}.",
            "A file of cases ends in .yml (see: judgegate schema policy-test).",
        )
    return Suite(policy or _nearest(folder), cases)


def _nearest(folder: Path) -> Path:
    home = folder.resolve()
    found = next(
        (place / POLICY_NAME for place in (home, *home.parents) if (place / POLICY_NAME).is_file()), None
    )
    if found is None:
        raise UsageError(
            f"There is no {POLICY_NAME} in {folder} or above it.", "Name the policy with --policy."
        )
    return found


def _read(files: list[Path]) -> tuple[PolicyTestCase, ...]:
    problems = Problems()
    cases: list[PolicyTestCase] = []
    for file in files:
        if len(problems.found) < MOST_PROBLEMS:
            cases += read_cases(_content(file), str(file), problems)
    if problems.found:
        raise CaseFileError(
            tuple(sorted(problems.found, key=lambda problem: (problem.file, problem.line, problem.column)))
        )
    return tuple(cases)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
