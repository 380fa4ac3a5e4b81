"""Which policy a tool is asked about.

A file on disk, a file in a revision, a shipped pack, or what judges without a file.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from judgegate.change.repository import Repository
from judgegate.checks.registry import RULEBOOK
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.pipeline.read_change import GitTree
from judgegate.policy.layers import pack_names
from judgegate.policy.loading import (
    DEFAULT_PACK,
    Organisation,
    load_organisation,
    load_pack,
    load_policy,
    load_policy_file,
)
from judgegate.policy.policy import Policy
from judgegate.policy.policy_file import POLICY_NAME
from judgegate.policy.problems import PolicyError, PolicyProblem
from judgegate.report.json_values import Json

if TYPE_CHECKING:
    from judgegate.policy.layers import Reader


RULES = tuple(RULEBOOK.values())


def load_organisation_file(file: Path | None) -> Organisation | None:
    """The organisation's policy, if one is named."""
    return load_organisation(RULES, file) if file is not None else None


def load_named(file: Path | None, organisation: Path | None = None) -> Policy:
    """The policy in the file; without one, that in `.judgegate.yml` here.

    Where there is no such file either, the pack `default`.

    Raises:
        PolicyError: it does not load.
        UsageError: there is no such file.
    """
    above = load_organisation_file(organisation)
    if file is None and not Path(POLICY_NAME).is_file():
        return load_pack(RULES, DEFAULT_PACK, organisation=above)
    return load_policy_file(RULES, file or Path(POLICY_NAME), organisation=above)


def load_version(name: str, directory: Path, organisation: Path | None = None) -> Policy:
    """One side of a comparison.

    `name` is a file, a pack's name, a revision, whose `.judgegate.yml` (or the pack `default`) is
    meant, or `REV:path`. They are tried in this order.

    Raises:
        PolicyError: it does not load.
        UsageError: it is none of these.
    """
    above = load_organisation_file(organisation)
    if Path(name).is_file():
        return load_policy_file(RULES, Path(name), organisation=above)
    if name in pack_names():
        return load_pack(RULES, name, organisation=above)
    with Repository.open(directory) as repository:
        revision, colon, path = name.partition(":")
        try:
            tree = GitTree(repository, repository.resolve(revision or "HEAD"))
        except UsageError as error:
            raise UsageError(
                f"{name!r} is not a policy: there is no such file, revision or pack.",
                "Name a file, a revision, REV:path or a pack.",
            ) from error
        # Without this check a path that is not there would load as the pack `default`.
        if colon and tree.read(path) is None:
            raise UsageError(f"There is no file {path!r} in {revision}.")
        reader: Reader = _At(tree, path) if colon else tree
        return load_policy(RULES, reader, commit=tree.oid, organisation=above)


def load_at(
    repository: Repository, commit: str, organisation: Path | None = None
) -> Policy:
    """The policy that a commit has, or the pack `default`.

    Raises:
        PolicyError: it does not load.
    """
    return load_policy(
        RULES,
        GitTree(repository, commit),
        commit=commit,
        organisation=load_organisation_file(organisation),
    )


class _At(Struct, frozen=True):
    """A tree in which another file takes the place of the policy."""

    tree: GitTree
    path: str

    def read(self, path: str) -> bytes | None:
        return self.tree.read(self.path if path == POLICY_NAME else path)


VERSION = 1
_EXPECTED = re.compile(
    r"expected (?P<expected>.+), found (?P<found>.+?)(?:; did you mean .*)?", re.DOTALL
)
_SUGGESTION = re.compile(r'; did you mean "?(?P<word>[^"?]+)"?\?')


def valid_document(policy: Policy) -> Json:
    """The answer for a policy that loads."""
    return {
        "version": VERSION,
        "valid": True,
        "files": [file.file for file in policy.layers],
        "problems": [],
    }


def invalid_document(error: PolicyError) -> Json:
    """The answer for one that does not."""
    return {
        "version": VERSION,
        "valid": False,
        "files": [],
        "problems": [_problem(problem) for problem in error.problems],
    }


def _problem(problem: PolicyProblem) -> Json:
    """Lines and columns count from 1; line 0 is the file as a whole.

    What a problem does not say is null.
    """
    # Messages are written for people; a program gets their parts by the form that they have in common.
    expectation = _EXPECTED.fullmatch(problem.message)
    near = _SUGGESTION.search(problem.message)
    width = len(problem.underline.strip())
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "end_column": problem.column + width if problem.line else 0,
        "message": problem.message,
        "expected": expectation["expected"] if expectation else None,
        "found": expectation["found"] if expectation else None,
        "suggestion": near["word"] if near else None,
    }


def describe_policy(policy: Policy) -> str:
    """One line on a policy that loads."""
    rules_on = sum(not policy.switched_off(rule) for rule in policy.rows)
    parts = [_count(len(policy.layers), "layer"), f"{rules_on} rules on"]
    if policy.waivers:
        parts.append(_count(len(policy.waivers), "waiver"))
    return f"{policy.source.source} is a valid policy: {', '.join(parts)}."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}s" if number > 1 else f"1 {noun}"
