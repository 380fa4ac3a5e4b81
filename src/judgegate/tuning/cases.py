"""Cases of a policy's tests, and how they are written.

A small change, who wrote and approved it, and what the gate should say.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from msgspec import Struct, field

from judgegate.model.approvals import Permission
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.levels import Action, Authorship, Outcome, Severity
from judgegate.model.verdict import Standing
from judgegate.policy.problems import (
    Place,
    PolicyProblem,
    Problems,
    TooManyProblems,
    nearest,
    quoted,
)
from judgegate.policy.reader import (
    FieldReader,
    Read,
    day,
    is_plain,
    list_of,
    matching,
    one_of,
    refuse,
    refuse_word,
    table,
    truth,
    whole_number,
    word,
    written,
)
from judgegate.policy.review import standings
from judgegate.policy.yaml_document import Node, Scalar, read_document

AUTHOR = "author"
"""Who commits the change of a case, where it says nothing else."""


class GivenPullRequest(Struct, frozen=True):
    """The pull request's fields that conditions ask about."""

    author: str = AUTHOR
    title: str = ""
    body: str = ""
    branch: str = "topic"
    target_branch: str = "main"
    labels: tuple[str, ...] = ()


class GivenApproval(Struct, frozen=True):
    """An approval of the change's head, or with `stale` of an older one.

    Instead of an approval `attests` is the author's own word, and `overrides` says why someone lets
    the change pass in an emergency.
    """

    by: str
    permission: Permission = Permission.WRITE
    teams: tuple[str, ...] = ()
    stale: bool = False
    attests: str | None = None
    overrides: str | None = None

    def comment(self, head: str) -> str | None:
        """What they write instead of approving; None where they approve."""
        if self.attests is not None:
            return f"/judgegate reviewed {head} {self.attests}"
        if self.overrides is not None:
            return f"/judgegate override {head} {self.overrides}"
        return None


class ExpectedFinding(Struct, frozen=True):
    """A finding that the change must introduce; only what is given is compared."""

    rule: str
    code: str | None = None
    path: str | None = None
    line: int | None = None
    action: Action | None = None
    severity: Severity | None = None
    waived: bool | None = None


class ExpectedDemand(Struct, frozen=True):
    """A review that must be asked for; only what is given is compared."""

    approvals: int | None = None
    standings: tuple[Standing, ...] | None = None
    rules: tuple[str, ...] | None = None
    missing: int | None = None


class Expectation(Struct, frozen=True):
    """What the gate should say. None: that part is not compared."""

    outcome: Outcome
    findings: tuple[ExpectedFinding, ...] | None = None
    demands: tuple[ExpectedDemand, ...] | None = None


class PolicyTestCase(Struct, frozen=True):
    """One case.

    `after` are the files that the change writes; instead of it `patch` may be a unified diff.
    """

    name: str
    place: Place
    expect: Expectation
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    executable: tuple[str, ...] = ()
    patch: str | None = None
    written_by: Authorship = Authorship.UNMARKED
    message: str = "A change"
    pull_request: GivenPullRequest | None = None
    approvals: tuple[GivenApproval, ...] | None = None
    today: date | None = None

    @property
    def author(self) -> str:
        """The login of the account that made the change."""
        return self.pull_request.author if self.pull_request else AUTHOR


VERSION = 1
_FORBIDDEN_PART = re.compile(r"(?:^|/)(?:\.{1,2}|\.git|)(?:/|$)", re.IGNORECASE)
_LOGIN = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9-]{0,98}")
_ACCOUNT = re.compile(rf"{_LOGIN.pattern}(?:\[bot\])?")
_TEAM = re.compile(r"@?[A-Za-z0-9][A-Za-z0-9-]{0,98}/[A-Za-z0-9_.-]{1,100}")
_RULE = re.compile(r"[a-z]+/[a-z0-9-]+")


class CaseFileError(UsageError):
    """Files of cases that cannot be understood, with all their problems."""

    code = "policy-test"

    def __init__(self, problems: tuple[PolicyProblem, ...]) -> None:
        self.problems = problems
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(
            "\n".join([f"The policy's tests cannot be read: {count}.", *map(str, problems)])
        )


def read_cases(content: bytes, file: str, problems: Problems) -> tuple[PolicyTestCase, ...]:
    """The cases of one file. Problems are noted."""
    try:
        root = read_document(content, file, problems, what="a file of cases")
        if root is None:
            return ()
        fields = FieldReader(root, problems)
        fields.need(
            "version", _version, f"a file of cases must start with `version: {VERSION}`"
        )
        found = fields.need("cases", list_of(_case, "a list of cases"), "the test cases")
        fields.close("a file of cases")
        _check_names(found or (), problems)
    except TooManyProblems:
        return ()
    return found or ()


def _version(node: Node, problems: Problems) -> int | None:
    """The version of the format, of which there is one."""
    if is_plain(node, {str(VERSION)}):
        return VERSION
    return refuse(
        node,
        problems,
        f"the number {VERSION}, the version of the case format that this judgegate supports",
    )


def _check_names(cases: tuple[PolicyTestCase, ...], problems: Problems) -> None:
    """Note cases of the same name: a report could not tell them apart."""
    seen: set[str] = set()
    for case in cases:
        if case.name in seen:
            problems.add(
                case.place, f"there is already a case with the name {quoted(case.name)}"
            )
        seen.add(case.name)


def _case(node: Node, problems: Problems) -> PolicyTestCase | None:
    """One case, or None where something that it needs is missing or wrong."""
    fields = table(node, problems, "a case")
    if fields is None:
        return None
    name = fields.need("name", word, "a sentence that says what the case shows")
    expect = fields.need(
        "expect", _expectation, "the gate's result, such as {outcome: review}"
    )
    given = _take(fields, _CASE)
    fields.close("a case")
    _check_change(fields, problems)
    if name is None or expect is None:
        return None
    return PolicyTestCase(name, node.place, expect, **given)


def _take(fields: FieldReader, readers: Mapping[str, Read[Any]]) -> dict[str, Any]:
    """The values of these fields, as far as they are there and right."""
    taken = {name: fields.take(name, read) for name, read in readers.items()}
    # What is left out keeps the default of its class.
    return {name: value for name, value in taken.items() if value is not None}


def _check_change(fields: FieldReader, problems: Problems) -> None:
    """Note a case that changes nothing, or that says in two ways what it changes."""
    changing = [name for name in ("after", "removed") if fields.has(name)]
    patch = fields.node_of("patch")
    if patch is not None and changing:
        message = (
            f"a case changes files with `patch` or with `{changing[0]}`, not with both"
        )
        problems.add(patch.place, message)
    if patch is None and not changing:
        message = "this case changes nothing: add `after`, `removed` or a `patch`"
        problems.add(fields.node.place, message)


def _files(node: Node, problems: Problems) -> dict[str, str] | None:
    """The contents of files by their paths."""
    files = table(node, problems, "files by their paths")
    if files is None:
        return None
    found = {
        key.text: _content(value, problems)
        for key, value in files.node.entries
        if _path(key, problems) is not None
    }
    return {path: text for path, text in found.items() if text is not None}


def _path(node: Node, problems: Problems) -> str | None:
    """A path that stays in the repository, and out of git's own folder."""
    text = word(node, problems)
    if text is not None and _FORBIDDEN_PART.search(text):
        expected = "a path from the top of the repository, such as src/app.py"
        return refuse(node, problems, expected)
    return text


_paths = list_of(_path, "a list of paths", alone=True)


def _content(node: Node, problems: Problems) -> str | None:
    """Any text, even an empty one, a number or a date: a file may contain anything."""
    if isinstance(node, Scalar) and not node.broken:
        return node.text
    return refuse(node, problems, "a text, as a block after `|`")


def _pull_request(node: Node, problems: Problems) -> GivenPullRequest | None:
    """What is known of the pull request."""
    fields = table(node, problems, "a pull request's fields")
    if fields is None:
        return None
    given = _take(fields, _PULL_REQUEST)
    fields.close("a pull request")
    return GivenPullRequest(**given)


def _without_at(text: str) -> str:
    """The name itself: people write `@alice` as well as `alice`."""
    return text.removeprefix("@")


_login = matching(_LOGIN, "a login").then(_without_at)
_account = matching(_ACCOUNT, "a login").then(_without_at)
"""A login, or an app's, which ends in brackets."""
_team = matching(_TEAM, "a team such as org/team").then(_without_at)


def _approval(node: Node, problems: Problems) -> GivenApproval | None:
    """An approval, an attestation or an override."""
    fields = table(node, problems, "an approval such as {by: alice}")
    if fields is None:
        return None
    by = fields.need("by", _login, "who approved")
    given = _take(fields, _APPROVAL)
    fields.close("an approval")
    if {"attests", "overrides"} <= given.keys():
        message = "one entry cannot both attest and override: write two entries"
        problems.add(node.place, message)
    return None if by is None else GivenApproval(by, **given)


_PULL_REQUEST: dict[str, Read[Any]] = {
    "author": _account,
    "title": word,
    "body": _content,
    "branch": word,
    "target_branch": word,
    "labels": list_of(word, "a list of labels", alone=True, empty=True),
}
_APPROVAL: dict[str, Read[Any]] = {
    "permission": one_of(Permission),
    "teams": list_of(_team, "a list of teams", alone=True),
    "stale": truth,
    "attests": word,
    "overrides": word,
}
_CASE: dict[str, Read[Any]] = {
    "before": _files,
    "after": _files,
    "removed": _paths,
    "executable": _paths,
    "patch": _content,
    "written_by": one_of(Authorship),
    "message": _content,
    "pull_request": _pull_request,
    "approvals": list_of(_approval, "a list of approvals", empty=True),
    "today": day,
}
"""The fields that a case may have besides its name and what is expected."""


def _expectation(node: Node, problems: Problems) -> Expectation | None:
    """What the gate should say: at least the outcome."""
    fields = table(node, problems, "the gate's result, such as {outcome: review}")
    if fields is None:
        return None
    outcome = fields.need("outcome", _outcome, "pass, review or block")
    findings = fields.take("findings", list_of(_finding, "a list of findings", empty=True))
    demands = fields.take("demands", list_of(_demand, "a list of demands", empty=True))
    fields.close("what is expected")
    return None if outcome is None else Expectation(outcome, findings, demands)


_OUTCOMES = {
    outcome.value: outcome for outcome in (Outcome.PASS, Outcome.REVIEW, Outcome.BLOCK)
}


def _outcome(node: Node, problems: Problems) -> Outcome | None:
    """What the gate can say of a change that it could judge."""
    if isinstance(node, Scalar) and node.text in _OUTCOMES:
        return _OUTCOMES[node.text]
    hint = nearest(written(node), _OUTCOMES)
    return refuse_word(node, problems, "pass, review or block", hint)


_rule: Read[str] = matching(_RULE, "a rule's id, such as security/insecure-code")


def _finding(node: Node, problems: Problems) -> ExpectedFinding | None:
    """A finding, of which at least the rule is given."""
    # A rule alone is short for a finding of this rule of which nothing else is compared.
    if isinstance(node, Scalar):
        rule = _rule(node, problems)
        return None if rule is None else ExpectedFinding(rule)
    fields = table(
        node, problems, "a finding such as {rule: security/insecure-code, action: block}"
    )
    if fields is None:
        return None
    rule = fields.need("rule", _rule, "the rule of the finding")
    given = _take(fields, _FINDING)
    fields.close("a finding")
    return None if rule is None else ExpectedFinding(rule, **given)


_FINDING: dict[str, Read[Any]] = {
    "code": word,
    "path": _path,
    "line": whole_number(1, 1_000_000),
    "action": one_of(Action),
    "severity": one_of(Severity),
    "waived": truth,
}


def _demand(node: Node, problems: Problems) -> ExpectedDemand | None:
    """A demand, of which nothing need be given."""
    fields = table(node, problems, "a demand such as {approvals: 2, from: [code_owners]}")
    if fields is None:
        return None
    demand = ExpectedDemand(
        approvals=fields.take("approvals", whole_number(1, 100)),
        standings=fields.take("from", standings),
        rules=fields.take("rules", list_of(_rule, "a list of rules", alone=True)),
        missing=fields.take("missing", whole_number(0, 100)),
    )
    fields.close("a demand")
    return demand
