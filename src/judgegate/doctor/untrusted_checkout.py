"""Where a job takes in a pull request's code: by an action that checks it out, or by a script that fetches it.

A script is read as far as its words show, and never run. docs/doctor.md lists what that cannot see.
"""

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from judgegate.doctor.finding import FindingLocation
from judgegate.doctor.scripts import logical_lines
from judgegate.doctor.workflow import Job, Workflow, WorkflowStep, location_of
from judgegate.policy.yaml_document import Scalar

MOST_PASSES = 5
"""How often names are looked for: a name that gets its value by way of more others than that is not followed.
"""

_BRACKETS = re.compile(r"\[\s*['\"]([\w-]+)['\"]\s*\]")
_CODE = re.compile(
    r"pull_request\.head\b|github\.head_ref|GITHUB_HEAD_REF|workflow_run\.(?:head|pull_requests)|merge_commit_sha|event\.after\b|refs/pull/"
    r"|\bpull/.{1,100}?/(?:head|merge)\b|\.head\.(?:sha|ref|repo|label)\b|head(?:Ref(?:Name|Oid)|Repository)|outputs\.[\w-]*head",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?:event|payload|issue|pull_request)\.number\b|\bjq\b[^|;]*\.number\b|outputs\.(?:pr|pull)[\w-]*",
    re.IGNORECASE,
)
_USED = re.compile(r"(?:\$\{?[!#]?(?:env:)?|\b(?:env|outputs|inputs)\.)([A-Za-z_][\w-]*)")
_ASSIGNED = re.compile(r"(?:^|(?<=[\s;&|\"'({]))([A-Za-z_][\w-]*)=")

_INJECTED = re.compile(
    r"github\.head_ref|event\.(?:pull_request|issue)\.(?:title|body)|pull_request\.head\.(?:ref|label)|head\.repo\.default_branch"
    r"|event\.(?:comment|review|discussion)\.(?:body|title)|workflow_run\.(?:head_branch|display_title|head_commit\.message)",
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
    rf"(?:{_GIT}(?:fetch|pull|clone|remote\s+(?:add|set-url)|config\s[^;|&]*\bremote\.[\w.-]+)|\bgh\s+repo\s+clone)(?![\w-])"
)
_FETCH = re.compile(rf"{_GIT}(?:fetch|pull)(?![\w-])")
_CLONES = re.compile(rf"(?:{_GIT}(?:pull|clone)|\bgh\s+repo\s+clone)(?![\w-])")
_TAKES = re.compile(
    rf"{_GIT}(?:(?:checkout|checkout-index|switch|merge|reset|pull|clone|worktree|restore|read-tree|archive|am|apply|cherry-pick|rebase"
    r"|submodule)(?![\w-])|(?:show|cat-file)\s[^|>]*[|>])|\bgh\s+repo\s+clone\b|(?:^|[;|&]\s*)patch\b"
)
_GH_CHECKOUT = re.compile(r"\b(?:gh|hub)\s+(?:pr\s+checkout|co)\b")
_GH_DIFF = re.compile(r"\bgh\s+pr\s+diff\b")
_DOWNLOADS = re.compile(r"\b(?:curl|wget|gh\s+api|Invoke-WebRequest|iwr)\b")
_INSTALLS = re.compile(
    r"\bgit\+\w+:|\bgithub:|\b(?:docker|podman)\s[^|;&]*\bbuild\b[^|;&]*https?:|\bgo\s+(?:install|run|get)\b|\bcargo\s[^|;&]*--git\b"
)
"""What has a package's or an image's source fetched by itself."""
_APPLIES = re.compile(
    r"\bgit\s[^|;&\n]*\b(?:apply|am)\b|(?:^|[;|&]\s*)patch\b", re.MULTILINE
)
_UNPACKS = re.compile(
    r"tarball|zipball|/archive/|codeload\.|raw\.githubusercontent|/raw/|/contents/|\.(?:patch|diff)\b|\b(?:tar|bsdtar|unzip|7z|cpio)\b"
    r"|\|\s*(?:sudo\s+)?(?:(?:ba|da|z)?sh|python3?|node|perl|ruby)\b(?:\s+-s?\b)?\s*(?:$|[;|&)])",
    re.MULTILINE,
)


class HeadNames(Struct, frozen=True):
    """How a workflow can call the head: `code` are names of variables, inputs and outputs with its commit, branch or repository.

    `numbers` are those with the pull request's number. All are in lower case.
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


NO_NAMES = HeadNames()


def find_head_names(workflow: Workflow, known: HeadNames = NO_NAMES) -> HeadNames:
    """The names that the workflow gives to the head, beside those that its caller handed over."""
    pairs = list(_assignments(workflow))
    for _ in range(MOST_PASSES):
        found = HeadNames(
            known.code | {name for name, value in pairs if known.name_head(value)},
            known.numbers | {name for name, value in pairs if known.name_number(value)},
        )
        if found == known:
            break
        known = found
    return known


def hand_over(job: Job, head_names: HeadNames) -> HeadNames:
    """The names that a workflow gets which the job calls."""
    return HeadNames(
        frozenset(
            name.lower()
            for name, value in job.inputs.items()
            if head_names.name_head(value.text)
        ),
        frozenset(
            name.lower()
            for name, value in job.inputs.items()
            if head_names.name_number(value.text)
        ),
    )


def find_checkouts(job: Job, head_names: HeadNames) -> Iterator[FindingLocation]:
    """Every step that takes in the head's code."""
    fetching = _read_fetching(job, head_names)
    for step in job.steps:
        if (location := _checked_out(step, head_names)) is not None:
            yield location
        for script in scripts_of(step):
            lines = _lines_of(script)
            takes = any(_takes(line, head_names, fetching) for line in lines)
            if takes or _downloads("\n".join(lines), head_names):
                yield location_of(script)


def find_injected(script: Scalar) -> str | None:
    """The first expression in a script that stands for a text which a stranger writes."""
    return next(
        (
            text
            for text in _EXPRESSION.findall(script.text)
            if _INJECTED.search(_BRACKETS.sub(r".\1", text))
        ),
        None,
    )


def scripts_of(step: WorkflowStep) -> Iterator[Scalar]:
    """What a step runs as it is written: a shell's script, or one that an action is given."""
    if step.run is not None:
        yield step.run
    if step.uses is not None and "script" in step.inputs:
        yield step.inputs["script"]


def _lines_of(script: Scalar) -> list[str]:
    return [text for _, text in logical_lines(script.text)]


class _Fetching(Struct, frozen=True):
    """What a job fetches: `head` if a line fetches the head, `is_plain` if all is named word by word."""

    head: bool
    is_plain: bool


def _read_fetching(job: Job, head_names: HeadNames) -> _Fetching:
    # The whole job is read at once: one step may fetch what a later one checks out.
    lines = [
        line
        for step in job.steps
        for script in scripts_of(step)
        for line in _lines_of(script)
    ]
    fetched = [line for line in lines if _FETCH.search(line)]
    return _Fetching(
        head=any(head_names.name_either(line) for line in lines if _FETCHES.search(line)),
        is_plain=bool(fetched) and not any("$" in line for line in fetched),
    )


def _checked_out(step: WorkflowStep, head_names: HeadNames) -> FindingLocation | None:
    if step.uses is None or not _CHECKOUT.match(step.uses.text):
        return None
    taken = (one for name, one in step.inputs.items() if name in _NAMING)
    return next(
        (location_of(one) for one in taken if head_names.name_either(one.text)), None
    )


def _takes(line: str, head_names: HeadNames, fetching: _Fetching) -> bool:
    """Whether the line brings the head's files into a folder."""
    if _GH_CHECKOUT.search(line):
        return True
    if _INSTALLS.search(line) and head_names.name_either(line):
        return True
    if not _TAKES.search(line):
        return False
    # FETCH_HEAD is what was fetched last: harmless only if every fetch can be read, and none is of the head.
    if fetching.head or ("FETCH_HEAD" in line and not fetching.is_plain):
        return True
    # A number alone names no commit that is here already; but a clone or a pull takes the pull request by it.
    return head_names.name_head(line) or (
        _CLONES.search(line) is not None and head_names.name_number(line)
    )


def _downloads(script: str, head_names: HeadNames) -> bool:
    """Whether the script fetches the head's files, or what it changes, without git and puts them to use."""
    applies = _APPLIES.search(script) is not None
    if applies and _GH_DIFF.search(script):
        return True
    unpacks = applies or _UNPACKS.search(script) is not None
    return (
        unpacks and _DOWNLOADS.search(script) is not None and head_names.name_either(script)
    )


def _names(text: str, words: re.Pattern[str], names: frozenset[str]) -> bool:
    plain = _BRACKETS.sub(r".\1", text)
    return words.search(plain) is not None or any(
        used[1].lower() in names for used in _USED.finditer(plain)
    )


def _assignments(workflow: Workflow) -> Iterator[tuple[str, str]]:
    """Each name in lower case with what it may hold: values of `env`, and what stands behind an assignment on its line."""
    environments = [workflow.environment, *(job.environment for job in workflow.jobs)]
    steps = [step for job in workflow.jobs for step in job.steps]
    for environment in (*environments, *(step.environment for step in steps)):
        yield from ((name.lower(), value.text) for name, value in environment.items())
    for step in steps:
        for script in scripts_of(step):
            yield from _in_script(_lines_of(script))


def _in_script(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        found = list(_ASSIGNED.finditer(line))
        if found:
            value = line[found[0].end() :]
            yield from (
                (name, value) for name in dict.fromkeys(one[1].lower() for one in found)
            )
