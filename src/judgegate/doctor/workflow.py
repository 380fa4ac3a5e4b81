"""A workflow as far as it matters here: what starts it, which jobs it has, and what they may do.

Reading it never fails on a shape.
"""

import os
import re
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct

from judgegate.change.repository import Repository
from judgegate.doctor.document import (
    entries_of,
    find,
    read_nodes,
    scalar_at,
    scalars_of,
    text_at,
)
from judgegate.doctor.finding import FindingLocation
from judgegate.model.errors_and_exit_codes import IncompleteError, UsageError
from judgegate.pipeline.read_change import GitTree
from judgegate.policy.yaml_document import Mapping as Table
from judgegate.policy.yaml_document import Node, Scalar, Sequence

FOLDER = ".github/workflows/"
DEFAULT_TYPES = MappingProxyType(
    {
        "pull_request": ("opened", "synchronize", "reopened"),
        "pull_request_target": ("opened", "synchronize", "reopened"),
        "pull_request_review": ("submitted", "edited", "dismissed"),
        "issue_comment": ("created", "edited", "deleted"),
        "merge_group": ("checks_requested",),
        "workflow_run": ("completed", "requested", "in_progress"),
    }
)
"""The activity types of an event for which none are named.

https://docs.github.com/en/actions/reference/events-that-trigger-workflows
"""
FILTERS = ("branches", "branches-ignore", "paths", "paths-ignore")
PATH_FILTERS = ("paths", "paths-ignore")


class Trigger(Struct, frozen=True):
    """An event, and what narrows it.

    `filters` are those of `FILTERS` that are there, with their patterns.
    """

    event: str
    location: FindingLocation
    types: tuple[str, ...]
    filters: Mapping[str, tuple[Scalar, ...]]
    workflows: tuple[str, ...] = ()

    @property
    def path_filter(self) -> str | None:
        """The name of its first filter of paths; None: it starts whatever files a change touches."""
        return next(filter(self.filters.__contains__, PATH_FILTERS), None)


class Permissions(Struct, frozen=True):
    """What a token may do, by scope: `read` or `write`; `rest` is for the scopes that are not named."""

    location: FindingLocation
    scopes: Mapping[str, str]
    rest: str = "none"

    def level(self, scope: str) -> str:
        """What the token may do in a scope."""
        return self.scopes.get(scope, self.rest)


class Concurrency(Struct, frozen=True):
    """One run at a time: of what, and whether a newer one ends an older one."""

    location: FindingLocation
    group: str
    cancels: str


class WorkflowStep(Struct, frozen=True):
    """One step of a job. `inputs` are those of `with`, in lower case, as GitHub tells them apart."""

    location: FindingLocation
    uses: Scalar | None
    run: Scalar | None
    condition: Scalar | None
    continues: Scalar | None
    inputs: Mapping[str, Scalar]
    environment: Mapping[str, Scalar]
    shell: str

    @property
    def scripts(self) -> tuple[Scalar, ...]:
        """What it runs as it is written: a shell's script, or one that an action is given."""
        given = self.inputs.get("script") if self.uses is not None else None
        return tuple(filter(None, (self.run, given)))


class Job(Struct, frozen=True):
    """One job. `uses` is the workflow that it calls, if it calls one."""

    id: str
    name: str
    location: FindingLocation
    condition: Scalar | None
    needs: tuple[str, ...]
    continues: Scalar | None
    matrix: FindingLocation | None
    permissions: Permissions | None
    concurrency: Concurrency | None
    uses: Scalar | None
    inputs: Mapping[str, Scalar]
    environment: Mapping[str, Scalar]
    steps: tuple[WorkflowStep, ...]

    @property
    def scripts(self) -> tuple[Scalar, ...]:
        """The scripts of all its steps, in their order."""
        return tuple(script for step in self.steps for script in step.scripts)


class Workflow(Struct, frozen=True):
    """One file."""

    path: str
    name: str
    triggers: tuple[Trigger, ...]
    permissions: Permissions | None
    concurrency: Concurrency | None
    environment: Mapping[str, Scalar]
    jobs: tuple[Job, ...]

    def trigger(self, event: str) -> Trigger | None:
        """How the event starts it; None if it does not."""
        return next((trigger for trigger in self.triggers if trigger.event == event), None)

    def types_on(self, event: str) -> frozenset[str]:
        """The types of the event that start it."""
        trigger = self.trigger(event)
        return frozenset(trigger.types) if trigger is not None else frozenset()

    @property
    def events(self) -> frozenset[str]:
        """The names of the events that start it."""
        return frozenset(trigger.event for trigger in self.triggers)


Chain = tuple[tuple[Workflow, Job], ...]
"""The calls from the workflow that an event starts to a job, each with the workflow that it is in."""


def grants_along(chain: Chain) -> tuple[Permissions, ...]:
    """What is said of the token, from outside to inside; empty: nothing is said."""
    # A job that names permissions takes the place of its workflow's: they do not add up.
    said = (job.permissions or workflow.permissions for workflow, job in chain)
    return tuple(filter(None, said))


def read_workflow(content: bytes, path: str) -> Workflow:
    """The workflow.

    Raises:
        UnreadableWorkflowError: it is no YAML that GitHub takes.
    """
    root = read_nodes(content, path)
    shell = text_at(find(find(root, "defaults"), "run"), "shell")
    return Workflow(
        path=path,
        name=text_at(root, "name") or path,
        triggers=tuple(_triggers(find(root, "on"))),
        permissions=_permissions(find(root, "permissions")),
        concurrency=_concurrency(find(root, "concurrency")),
        environment=_words(find(root, "env")),
        jobs=tuple(_jobs(find(root, "jobs"), shell)),
    )


def _triggers(node: Node | None) -> Iterator[Trigger]:
    """The triggers of `on`: one event, a list of events, or events with their options."""
    for event in scalars_of(node):
        yield _trigger(event, None)
    for key, options in entries_of(node):
        yield _trigger(key, options)


def _trigger(event: Scalar, options: Node | None) -> Trigger:
    """An event with its options; None where it is only named."""
    types = DEFAULT_TYPES.get(event.text, ())
    # An empty list names types too, namely none: then the default does not apply.
    if find(options, "types") is not None:
        types = _texts(find(options, "types"))
    filters = {
        key: scalars_of(find(options, key))
        for key in FILTERS
        if find(options, key) is not None
    }
    return Trigger(
        event=event.text,
        location=location_of(event),
        types=types,
        filters=filters,
        workflows=_texts(find(options, "workflows")),
    )


def _texts(node: Node | None) -> tuple[str, ...]:
    return tuple(one.text for one in scalars_of(node))


def _permissions(node: Node | None) -> Permissions | None:
    """What `permissions` grants: one word for all scopes, or a level for each that is named."""
    if isinstance(node, Scalar):
        word = re.fullmatch("(read|write)-all", node.text)
        return Permissions(location_of(node), {}, word[1] if word else "none")
    if isinstance(node, Table):
        scopes = {name: level.text for name, level in _words(node).items()}
        return Permissions(location_of(node), scopes)
    return None


def _concurrency(node: Node | None) -> Concurrency | None:
    """What `concurrency` says: a group alone, or with what becomes of the older run."""
    if isinstance(node, Scalar):
        return Concurrency(location_of(node), node.text, "")
    if node is None:
        return None
    cancels = scalar_at(node, "cancel-in-progress")
    return Concurrency(
        location=location_of(cancels or node),
        group=text_at(node, "group"),
        cancels=text_at(node, "cancel-in-progress"),
    )


def _jobs(node: Node | None, shell: str) -> Iterator[Job]:
    """The jobs; what has not the shape of a job is left out."""
    for key, job in entries_of(node):
        if isinstance(job, Table):
            yield _job(key, job, shell)


def _job(key: Scalar, node: Table, shell: str) -> Job:
    """One job; `shell` is the workflow's default, and the job may name another one."""
    matrix = find(find(node, "strategy"), "matrix")
    own_shell = text_at(find(find(node, "defaults"), "run"), "shell") or shell
    return Job(
        id=key.text,
        name=text_at(node, "name") or key.text,
        location=location_of(key),
        condition=scalar_at(node, "if"),
        needs=_texts(find(node, "needs")),
        continues=scalar_at(node, "continue-on-error"),
        matrix=location_of(matrix) if matrix is not None else None,
        permissions=_permissions(find(node, "permissions")),
        concurrency=_concurrency(find(node, "concurrency")),
        uses=scalar_at(node, "uses"),
        inputs=_inputs(find(node, "with")),
        environment=_words(find(node, "env")),
        steps=tuple(_steps(find(node, "steps"), own_shell)),
    )


def _steps(node: Node | None, shell: str) -> Iterator[WorkflowStep]:
    """The steps; what has not the shape of a step is left out."""
    if isinstance(node, Sequence):
        for item in node.items:
            if isinstance(item, Table):
                yield _step(item, shell)


def _step(node: Table, shell: str) -> WorkflowStep:
    """One step; `shell` is the job's default."""
    return WorkflowStep(
        location=location_of(node),
        uses=scalar_at(node, "uses"),
        run=scalar_at(node, "run"),
        condition=scalar_at(node, "if"),
        continues=scalar_at(node, "continue-on-error"),
        inputs=_inputs(find(node, "with")),
        environment=_words(find(node, "env")),
        shell=text_at(node, "shell") or shell,
    )


def _words(node: Node | None) -> Mapping[str, Scalar]:
    """The entries of a mapping whose values are single ones."""
    return {key.text: value for key, value in entries_of(node) if isinstance(value, Scalar)}


def _inputs(node: Node | None) -> Mapping[str, Scalar]:
    """The inputs of `with`, in lower case."""
    return {name.lower(): value for name, value in _words(node).items()}


def location_of(node: Node) -> FindingLocation:
    """The file and the line of a node."""
    return FindingLocation(node.place.file, node.place.line)


LARGEST_READ = 4 * 1024 * 1024
"""Bytes: more than any file that is read here may have."""


class FileSource(Protocol):
    """Files by their paths. `read` gives None where there is no regular file."""

    def read(self, path: str) -> bytes | None:
        """The file's bytes."""

    def is_irregular(self, path: str) -> bool:
        """Whether something is there that is no regular file: a link, a submodule."""

    def workflows(self) -> tuple[str, ...]:
        """The paths of the workflows, sorted: GitHub looks at no folders below."""


class CommittedSource(Struct, frozen=True):
    """A commit."""

    tree: GitTree

    def read(self, path: str) -> bytes | None:
        return self.tree.read(path)

    def is_irregular(self, path: str) -> bool:
        blob = self.tree.repository.blob_at(self.tree.oid, path)
        return blob is not None and not blob.is_file

    def workflows(self) -> tuple[str, ...]:
        entries = self.tree.repository.list_tree(self.tree.oid, FOLDER)
        return tuple(sorted(path for path, _ in entries if _is_workflow(path)))


class DiskSource(Struct, frozen=True):
    """The work tree. Links are not followed."""

    root: Path

    def read(self, path: str) -> bytes | None:
        if self._is_behind_link(path):
            return None
        # A link is refused when it is opened, so it cannot appear between a check and the opening.
        # Without O_NONBLOCK a named pipe would wait for a writer.
        flags = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW
        try:
            descriptor = os.open(self.root / path, flags)
        except OSError:
            return None
        with os.fdopen(descriptor, "rb", closefd=True) as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            return stream.read(LARGEST_READ)

    def _is_behind_link(self, path: str) -> bool:
        """Whether one of the path's folders is a link: O_NOFOLLOW looks at the last part only."""
        folders = PurePosixPath(path).parents
        return any((self.root / folder).is_symlink() for folder in list(folders)[:-1])

    def is_irregular(self, path: str) -> bool:
        return os.path.lexists(self.root / path) and self.read(path) is None

    def workflows(self) -> tuple[str, ...]:
        try:
            names = sorted(os.listdir(self.root / FOLDER))  # noqa: PTH208 - names, as git spells them
        except (FileNotFoundError, NotADirectoryError):
            return ()
        except OSError as error:
            raise IncompleteError(
                f"The folder {FOLDER} cannot be read: {error.strerror}."
            ) from error
        return tuple(filter(_is_workflow, (FOLDER + name for name in names)))


def open_source(repository: Repository, revision: str | None) -> FileSource:
    """The source: a revision's, or the work tree's if none is named.

    Raises:
        UsageError: there is no such revision, or no work tree.
    """
    if revision is not None:
        return CommittedSource(GitTree(repository, repository.resolve(revision)))
    if repository.work_tree is None:
        raise UsageError("This repository has no work tree to check.", "Remove --worktree.")
    return DiskSource(Path(repository.work_tree))


def _is_workflow(path: str) -> bool:
    """Whether GitHub runs the file: it looks at no folders below."""
    return path.endswith((".yml", ".yaml")) and "/" not in path.removeprefix(FOLDER)
