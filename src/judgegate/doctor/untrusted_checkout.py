"""Where a job takes in a pull request's code: an action checks it out, or a script fetches it.

A script is read as far as its words show, and never run. docs/doctor.md lists what that cannot see.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from judgegate.doctor.finding import FindingLocation
from judgegate.doctor.scripts import logical_lines
from judgegate.doctor.workflow import Job, Workflow, WorkflowStep, location_of
from judgegate.policy.yaml_document import Scalar

MOST_PASSES = 5
"""How often names are looked for: a name that gets its value by way of more others is not followed."""

_BRACKETS = re.compile(r"\[\s*['\"]([\w-]+)['\"]\s*\]")
_CODE = re.compile(
    r"pull_request\.head\b|github\.head_ref|GITHUB_HEAD_REF|workflow_run\.(?:head|pull_requests)"
    r"|merge_commit_sha|event\.after\b|refs/pull/|\bpull/.{1,100}?/(?:head|merge)\b"
    r"|\.head\.(?:sha|ref|repo|label)\b|head(?:Ref(?:Name|Oid)|Repository)|outputs\.[\w-]*head",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?:event|payload|issue|pull_request)\.number\b|\bjq\b[^|;]*\.number\b|outputs\.(?:pr|pull)[\w-]*",
    re.IGNORECASE,
)
_USED = re.compile(r"(?:\$\{?[!#]?(?:env:)?|\b(?:env|outputs|inputs)\.)([A-Za-z_][\w-]*)")
_ASSIGNED = re.compile(r"(?:^|(?<=[\s;&|\"'({]))([A-Za-z_][\w-]*)=")

_INJECTED = re.compile(
    r"github\.head_ref|event\.(?:pull_request|issue)\.(?:title|body)"
    r"|pull_request\.head\.(?:ref|label)|head\.repo\.default_branch"
    r"|event\.(?:comment|review|discussion)\.(?:body|title)"
    r"|workflow_run\.(?:head_branch|display_title|head_commit\.message)",
    re.IGNORECASE,
)
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)

_NAMING = frozenset(
    {
        "ref",
        "repository",
        "repo",
        "url",
        "branch",
        "commit",
        "sha",
        "pr",
        "number",
        "pr-number",
        "pull-request",
    }
)
"""Inputs that say what is checked out."""
_CHECKOUT = re.compile(r"[^@\s]*(?:checkout|clone)[^@\s/]*@", re.IGNORECASE)
_WORD = r"(?:\"[^\"]*\"|'[^']*'|\S+)"
_GIT = rf"\bgit(?:\s+(?:-[Cc]\s+{_WORD}|--?[\w-]+(?:=\S+)?)){{0,8}}\s+"
_FETCHES = re.compile(
    rf"(?:{_GIT}(?:fetch|pull|clone|remote\s+(?:add|set-url)|config\s[^;|&]*\bremote\.[\w.-]+)"
    r"|\bgh\s+repo\s+clone)(?![\w-])"
)
_FETCH = re.compile(rf"{_GIT}(?:fetch|pull)(?![\w-])")
_CLONES = re.compile(rf"(?:{_GIT}(?:pull|clone)|\bgh\s+repo\s+clone)(?![\w-])")
_TAKES = re.compile(
    rf"{_GIT}(?:(?:checkout|checkout-index|switch|merge|reset|pull|clone|worktree|restore"
    r"|read-tree|archive|am|apply|cherry-pick|rebase|submodule)(?![\w-])"
    r"|(?:show|cat-file)\s[^|>]*[|>])|\bgh\s+repo\s+clone\b|(?:^|[;|&]\s*)patch\b"
)
_GH_CHECKOUT = re.compile(r"\b(?:gh|hub)\s+(?:pr\s+checkout|co)\b")
_GH_DIFF = re.compile(r"\bgh\s+pr\s+diff\b")
_DOWNLOADS = re.compile(r"\b(?:curl|wget|gh\s+api|Invoke-WebRequest|iwr)\b")
_INSTALLS = re.compile(
    r"\bgit\+\w+:|\bgithub:|\b(?:docker|podman)\s[^|;&]*\bbuild\b[^|;&]*https?:"
    r"|\bgo\s+(?:install|run|get)\b|\bcargo\s[^|;&]*--git\b"
)
"""What has a package's or an image's source fetched by itself."""
_APPLIES = re.compile(
    r"\bgit\s[^|;&\n]*\b(?:apply|am)\b|(?:^|[;|&]\s*)patch\b", re.MULTILINE
)
_UNPACKS = re.compile(
    r"tarball|zipball|/archive/|codeload\.|raw\.githubusercontent|/raw/|/contents/"
    r"|\.(?:patch|diff)\b|\b(?:tar|bsdtar|unzip|7z|cpio)\b"
    r"|\|\s*(?:sudo\s+)?(?:(?:ba|da|z)?sh|python3?|node|perl|ruby)\b(?:\s+-s?\b)?\s*(?:$|[;|&)])",
    re.MULTILINE,
)


class HeadNames(Struct, frozen=True):
    """How a workflow can call the head, all in lower case.

    `code` are names of variables, inputs and outputs with its commit, branch or repository.
    `numbers` are those with the pull request's number.
    """

    code: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()

    def name_head(self, text: str) -> bool:
        """Whether the text names the head's commit, branch or repository."""
        return _names(text, _CODE, self.code)

    def name_number(self, text: str) -> bool:
        """Whether the text names the pull request's number."""
        return _names(text, _NUMBER, self.numbers)

    def name_either(self, text: str) -> bool:
        """Whether the text names the head, or the pull request by its number."""
        return self.name_head(text) or self.name_number(text)

    def given_by(self, assignments: Iterable[tuple[str, str]]) -> "HeadNames":
        """The names that get the head or the number by these assignments: a name and its value each."""
        code: set[str] = set()
        numbers: set[str] = set()
        for name, value in assignments:
            if self.name_head(value):
                code.add(name)
            if self.name_number(value):
                numbers.add(name)
        return HeadNames(frozenset(code), frozenset(numbers))


NO_NAMES = HeadNames()


def find_head_names(workflow: Workflow, known: HeadNames = NO_NAMES) -> HeadNames:
    """The names that the workflow gives to the head, beside those that its caller handed over."""
    assignments = list(_assignments(workflow))
    # One name can get its value from another, so each pass may find what the one before could not.
    for _ in range(MOST_PASSES):
        given = known.given_by(assignments)
        found = HeadNames(known.code | given.code, known.numbers | given.numbers)
        if found == known:
            break
        known = found
    return known


def hand_over(job: Job, head_names: HeadNames) -> HeadNames:
    """The names that a workflow gets which the job calls."""
    return head_names.given_by(
        (name.lower(), value.text) for name, value in job.inputs.items()
    )


def find_checkouts(job: Job, head_names: HeadNames) -> Iterator[FindingLocation]:
    """Every step that takes in the head's code."""
    fetching = _read_fetching(job, head_names)
    for step in job.steps:
        checked_out = _checked_out(step, head_names)
        if checked_out is not None:
            yield location_of(checked_out)
        for script in step.scripts:
            if _brings_head(script, head_names, fetching):
                yield location_of(script)


def find_injected(script: Scalar) -> str | None:
    """The first expression in a script that inserts a text which anyone can write."""
    for expression in _EXPRESSION.findall(script.text):
        if _INJECTED.search(_with_dots(expression)):
            return str(expression)
    return None


def _with_dots(text: str) -> str:
    """The text with `a['b']` written as `a.b`, which GitHub takes for the same."""
    return _BRACKETS.sub(r".\1", text)


def _lines_of(script: Scalar) -> list[str]:
    """A script's lines without comments, joined where a backslash ends them."""
    return [text for _, text in logical_lines(script.text)]


class _Fetching(Struct, frozen=True):
    """What a job fetches: `head` if a line fetches the head, `is_plain` if all is named word by word."""

    head: bool
    is_plain: bool

    def may_be_head(self, line: str) -> bool:
        """Whether what the line takes from the job's fetches may be the head."""
        # FETCH_HEAD is what was fetched last. It is harmless only if every fetch can be read, and
        # none is of the head.
        return self.head or ("FETCH_HEAD" in line and not self.is_plain)


def _read_fetching(job: Job, head_names: HeadNames) -> _Fetching:
    """What the scripts of a job fetch with git."""
    # The whole job is read at once: one step may fetch what a later one checks out.
    lines = [line for script in job.scripts for line in _lines_of(script)]
    of_git = list(filter(_FETCH.search, lines))
    return _Fetching(
        head=any(map(head_names.name_either, filter(_FETCHES.search, lines))),
        is_plain=bool(of_git) and "$" not in "".join(of_git),
    )


def _checked_out(step: WorkflowStep, head_names: HeadNames) -> Scalar | None:
    """The input by which an action checks out the head."""
    if step.uses is None or not _CHECKOUT.match(step.uses.text):
        return None
    for name, value in step.inputs.items():
        # Other inputs, such as a path, may name the head and check out nothing of it.
        if name in _NAMING and head_names.name_either(value.text):
            return value
    return None


def _brings_head(script: Scalar, head_names: HeadNames, fetching: _Fetching) -> bool:
    """Whether the script brings the head's files into a folder, by git or in another way."""
    lines = _lines_of(script)
    if any(_takes(line, head_names, fetching) for line in lines):
        return True
    return _downloads("\n".join(lines), head_names)


def _takes(line: str, head_names: HeadNames, fetching: _Fetching) -> bool:
    """Whether the line brings the head's files into a folder."""
    if _GH_CHECKOUT.search(line):
        return True
    if _INSTALLS.search(line) and head_names.name_either(line):
        return True
    if not _TAKES.search(line):
        return False
    if fetching.may_be_head(line) or head_names.name_head(line):
        return True
    # A number alone names no commit that is here already; but a clone or a pull takes the pull request by it.
    return _CLONES.search(line) is not None and head_names.name_number(line)


def _downloads(script: str, head_names: HeadNames) -> bool:
    """Whether the script fetches the head's files, or what it changes, without git and puts them to use."""
    applies = _APPLIES.search(script) is not None
    # `gh pr diff` needs no name: without one it takes the pull request of the branch.
    if applies and _GH_DIFF.search(script):
        return True
    if not applies and not _UNPACKS.search(script):
        return False
    return _DOWNLOADS.search(script) is not None and head_names.name_either(script)


def _names(text: str, words: re.Pattern[str], names: frozenset[str]) -> bool:
    """Whether the text has one of the words, or uses one of the names."""
    plain = _with_dots(text)
    if words.search(plain):
        return True
    return not names.isdisjoint(map(str.lower, _USED.findall(plain)))


def _assignments(workflow: Workflow) -> Iterator[tuple[str, str]]:
    """Each name in lower case with what it may get: values of `env`, and what scripts assign."""
    for environment in _environments(workflow):
        for name, value in environment.items():
            yield name.lower(), value.text
    for job in workflow.jobs:
        for script in job.scripts:
            yield from _in_script(_lines_of(script))


def _environments(workflow: Workflow) -> Iterator[Mapping[str, Scalar]]:
    """Every `env` of the workflow, its jobs and their steps."""
    yield workflow.environment
    for job in workflow.jobs:
        yield job.environment
        for step in job.steps:
            yield step.environment


def _in_script(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Each name that a line assigns, with all that is behind the line's first assignment.

    Where a value ends is not read: `A=1 B=$X` may give `$X` to both.
    """
    for line in lines:
        found = list(_ASSIGNED.finditer(line))
        if found:
            value = line[found[0].end() :]
            # Each name once: a line with very many assignments of one name must not take long.
            for name in {one[1].lower() for one in found}:
                yield name, value
