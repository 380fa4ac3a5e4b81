"""Kept answers that hold for one plan: their keys, and the form in which they are kept."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path

from judgegate.checks.check_types import Check, applicable
from judgegate.model.codec import DecodeError, decode_binary, encode, encode_binary
from judgegate.pipeline.analysed_file import is_accident
from judgegate.pipeline.answer_store import Row
from judgegate.pipeline.file_sides import BlobContent
from judgegate.pipeline.kept_answers import KeptAnswers
from judgegate.pipeline.tool_versions import digest_code, name_tools, stamp_code
from judgegate.pipeline.uncollected import uncollected
from judgegate.policy.policy import Plan
from judgegate.workers.wire import (
    Answer,
    Compared,
    CompareTask,
    Content,
    Failed,
    Scanned,
    ScanTask,
    Task,
)

_KINDS: Mapping[bytes, type[Answer]] = {b"s": Scanned, b"c": Compared, b"f": Failed}
"""What a value's first byte says that the rest is."""

_KINDS_BY_TYPE = {kind: start for start, kind in _KINDS.items()}

_NAMED_OTHERWISE = frozenset({"id", "content", "before", "after", "rules"})
"""The fields that a key has in another form: contents by their ids, rules as far as they matter."""

_TERMS: Mapping[type[Task], tuple[str, ...]] = {
    kind: tuple(name for name in kind.__struct_fields__ if name not in _NAMED_OTHERWISE)
    for kind in (ScanTask, CompareTask)
}
"""All other fields of a task, and so those too that it will gain."""

_NO_PATH_FACTS = ""
"""No check asks what a file's path says of it. One that does must have that in the key."""


class AnswersOfPlan:
    """The answers that hold for one plan.

    `untrusted`: as for the workers.
    """

    def __init__(
        self,
        kept: KeptAnswers,
        plan: Plan,
        checks: Sequence[Check],
        untrusted: Iterable[Path],
    ) -> None:
        # What may come from another machine cannot go by the times that our files have on this one.
        tools = name_tools(untrusted, digest_code if kept.travels else stamp_code)
        if tools is None:
            kept.give_up(
                "It is not known which engines are installed, so no answer of theirs is kept."
            )
        self._kept = kept
        self._keys = AnswerKeys(tools or {}, plan, checks)

    def find(self, tasks: Iterable[Task]) -> dict[str, Answer]:
        """The answers that there are, by their tasks' ids."""
        asked = {self._keys.of(task): task.id for task in tasks}
        found: dict[str, Answer] = {}
        # A value has no cycles.
        with uncollected():
            for key, value in self._kept.read(asked).items():
                answer = unpack(value)
                if answer is not None and answer.id == asked[key]:
                    found[answer.id] = answer
        return found

    def keep(self, answers: Iterable[tuple[Task, Answer]]) -> None:
        """Keep the answers that would be the same whenever they are asked for."""
        self._kept.write(self._rows(answers))

    def _rows(self, answers: Iterable[tuple[Task, Answer]]) -> Iterator[Row]:
        for task, answer in answers:
            if is_accident(answer):
                continue
            # A text that is not Unicode, or a number that is too large, has no form there.
            with suppress(ValueError, OverflowError):
                yield Row(self._keys.of(task), _oids(task)[-1], pack(answer))


class AnswerKeys:
    """The keys of what is kept for a plan: everything that an answer depends on.

    That is the contents, the language, the tools, and of the plan the limits, the searches, and the
    rules that some check of the language observes for.
    """

    def __init__(
        self, tools: Mapping[str, str], plan: Plan, checks: Sequence[Check]
    ) -> None:
        self._start = hashlib.sha256(
            encode([sorted(tools.items()), plan.limits.of_one_file])
        )
        self._checks = tuple(checks)
        self._terms: dict[object, hashlib._Hash] = {}

    def of(self, task: Task) -> bytes:
        """The key of a task's answer."""
        digest = self._of_terms(task).copy()
        digest.update("\0".join([*_oids(task), _NO_PATH_FACTS]).encode())
        return digest.digest()

    def _of_terms(self, task: Task) -> "hashlib._Hash":
        """The part of a key that many tasks have in common."""
        wanted = [getattr(task, name) for name in _TERMS[type(task)]]
        terms = (type(task), task.rules, *wanted)
        if terms not in self._terms:
            # A rule that no check of this language observes for makes no difference.
            asked = applicable(self._checks, task.language, task.rules)
            seen = chain.from_iterable(check.rules for check in asked)
            rules = sorted(task.rules.intersection(seen))
            digest = self._start.copy()
            digest.update(encode([type(task).__name__, rules, wanted]))
            self._terms[terms] = digest
        return self._terms[terms]


def _oids(task: Task) -> tuple[str, ...]:
    """The ids of the contents that a task is about, the head's last; empty for a side that there is not."""
    if isinstance(task, CompareTask):
        return (_oid(task.before), _oid(task.after))
    return (_oid(task.content),)


def _oid(content: Content | None) -> str:
    if content is None:
        return ""
    if not isinstance(content, BlobContent):
        raise TypeError(f"a content without an id: {content!r}")
    return content.oid


def pack(answer: Answer) -> bytes:
    """An answer as it is kept.

    Raises:
        ValueError, OverflowError: it has a part without a form.
    """
    return _KINDS_BY_TYPE[type(answer)] + encode_binary(answer)


def unpack(value: bytes) -> Answer | None:
    """The answer; None: nothing that a version with this key wrote."""
    kind = _KINDS.get(value[:1])
    if kind is None:
        return None
    try:
        return decode_binary(kind, value[1:])
    except DecodeError:
        return None
