"""The workers' answers for a content, kept from one run to the next: no content is scanned twice.

Only a person's own runs use it, or an Action with a key of its own: no published verdict rests on
what another program on a developer's machine could have written.
"""

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from typing import TYPE_CHECKING

from msgspec import Struct

from judgegate.change.repository import Repository
from judgegate.checks.check_types import Check, applicable
from judgegate.model.change import Change
from judgegate.model.codec import DecodeError, decode_binary, encode, encode_binary
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.notices import Notice
from judgegate.pipeline.analysed_file import is_accident
from judgegate.pipeline.answer_store import (
    AnswerStore,
    DamagedStoreError,
    Row,
    StoreBusyError,
    open_store,
    remove_store,
)
from judgegate.pipeline.cache_folder import (
    CacheDirectory,
    UntrustedError,
    open_cache_directory,
    reason,
)
from judgegate.pipeline.file_sides import BlobContent
from judgegate.pipeline.request import AnswerCache
from judgegate.pipeline.sealed_store import open_sealed_store, remove_sealed_store
from judgegate.pipeline.tool_versions import digest_code, name_tools, stamp_code
from judgegate.policy.policy import Plan
from judgegate.sources.text import language_of
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

if TYPE_CHECKING:
    from judgegate.model.own_rules import Sought

_KINDS: Mapping[bytes, type[Answer]] = {b"s": Scanned, b"c": Compared, b"f": Failed}
"""What a value's first byte says that the rest is."""

_KINDS_BY_TYPE = {kind: start for start, kind in _KINDS.items()}

_NO_PATH_FACTS = ""
"""No check asks what a file's path says of it. One that does must have that in the key."""


class KeptAnswers:
    """The answers of earlier runs. Trouble with the store is a notice, and then there are none."""

    def __init__(
        self,
        store: AnswerStore | None = None,
        tools: Mapping[str, str] | None = None,
        notices: Sequence[Notice] = (),
    ) -> None:
        self._store = store
        self._tools = tools or {}
        self.notices = list(notices)
        # A secret that another run saw pairs with the same one here, so the salt is the store's.
        self.salt = store.salt if store is not None else os.urandom(32)

    def know(self, change: Change) -> bool:
        """Whether there is something for each content whose path names a language.

        Then it is likely that no worker is needed.
        """
        known = False
        if self._store is not None:
            with self._noticed("cache-unused"):
                known = self._store.has_all(_contents_of(change))
        return known

    def under(self, plan: Plan, checks: Sequence[Check]) -> "AnswersOfPlan":
        """Those that hold for a plan."""
        return AnswersOfPlan(self, AnswerKeys(self._tools, plan, checks))

    def read(self, keys: Iterable[bytes]) -> dict[bytes, Answer]:
        """The answers that are kept, by their keys."""
        found: dict[bytes, Answer] = {}
        with self._noticed("cache-unused"):
            values = {} if self._store is None else self._store.read(keys)
            for key, value in values.items():
                answer = unpack(value)
                if answer is not None:
                    found[key] = answer
        return found

    def write(self, rows: Iterable[Row]) -> None:
        """Keep answers for later runs."""
        if self._store is not None:
            with self._noticed("cache-not-written"):
                self._store.write(rows)

    def close(self) -> None:
        """Let the store's file go."""
        if self._store is not None:
            self._store.close()
            self._store = None

    @contextmanager
    def _noticed(self, code: str) -> Iterator[None]:
        """Let trouble with the store be a notice and the end of its use."""
        try:
            yield
        except StoreBusyError:
            # Another run writes. Nothing is wrong, and to wait could take longer than to scan.
            return
        except (DamagedStoreError, UntrustedError, OSError) as error:
            self.notices.append(_describe(code, error))
            self.close()


class AnswersOfPlan(Struct, frozen=True):
    """Kept answers that hold for one plan."""

    kept: KeptAnswers
    keys: "AnswerKeys"

    def find(self, tasks: Iterable[Task]) -> dict[str, Answer]:
        """The answers that there are, by their tasks' ids."""
        asked = {self.keys.of(task): task.id for task in tasks}
        found = self.kept.read(asked)
        return {
            answer.id: answer for key, answer in found.items() if answer.id == asked[key]
        }

    def keep(self, answers: Iterable[tuple[Task, Answer]]) -> None:
        """Keep the answers that would be the same whenever they are asked for."""
        self.kept.write(self._rows(answers))

    def _rows(self, answers: Iterable[tuple[Task, Answer]]) -> Iterator[Row]:
        for task, answer in answers:
            if is_accident(answer):
                continue
            # A text that is not Unicode, or a number that is too large, has no form there.
            with suppress(ValueError, OverflowError):
                yield Row(self.keys.of(task), _oids(task)[-1], pack(answer))


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
        digest.update(encode([*_oids(task), _NO_PATH_FACTS]))
        return digest.digest()

    def _of_terms(self, task: Task) -> "hashlib._Hash":
        """The part of a key that many tasks have in common."""
        searches: tuple[Sought, ...] = ()
        facts = False
        if isinstance(task, ScanTask):
            searches, facts = task.searches, task.facts
        terms = (type(task), task.language, task.rules, searches, facts)
        if terms not in self._terms:
            # A rule that no check of this language observes for makes no difference.
            asked = applicable(self._checks, task.language, task.rules)
            seen = chain.from_iterable(check.rules for check in asked)
            rules = sorted(task.rules.intersection(seen))
            digest = self._start.copy()
            digest.update(
                encode([type(task).__name__, task.language, rules, searches, facts])
            )
            self._terms[terms] = digest
        return self._terms[terms]


def open_answers(asked: AnswerCache, repository: Repository) -> KeptAnswers:
    """What earlier runs kept in a folder.

    Raises:
        UsageError: the folder was named by hand, and others can write into it, or the judged
            repository could have brought it.
    """
    untrusted = repository.work_tree or repository.git_dir
    try:
        folder = open_cache_directory(
            asked.folder, repository.work_tree, repository.git_dir
        )
    except UsageError as error:
        if not asked.is_usual:
            raise
        return KeptAnswers(notices=[Notice("cache-unused", error.what)])
    # What is sealed with a key was written on another machine, where files have other times.
    tools = name_tools([untrusted], digest_code if asked.key else stamp_code)
    if tools is None:
        why = "It is not known which engines are installed, so no answer of theirs is kept."
        return KeptAnswers(notices=[Notice("cache-unused", why)])
    return _open(folder, tools, asked)


def _open(
    folder: CacheDirectory, tools: Mapping[str, str], asked: AnswerCache
) -> KeptAnswers:
    key = asked.key
    try:
        store = open_store(folder) if key is None else open_sealed_store(folder, key)
        return KeptAnswers(store, tools)
    except StoreBusyError:
        return KeptAnswers()
    except DamagedStoreError as error:
        remove = remove_store if key is None else remove_sealed_store
        remove(folder)
        return KeptAnswers(notices=[_describe("cache-unused", error)])
    except UntrustedError as error:
        return KeptAnswers(notices=[_describe("cache-unused", error)])
    except OSError as error:
        # A home that cannot be written to, as in many containers, is no trouble that anybody has to
        # know of: nothing that was asked for is missing. A folder that was named is.
        notices = [] if asked.is_usual else [_describe("cache-unused", error)]
        return KeptAnswers(notices=notices)


def _describe(code: str, error: Exception) -> Notice:
    """A notice of trouble with the store."""
    what = {
        "cache-unused": "Answers that were kept could not be used",
        "cache-not-written": "The answers could not be kept",
    }[code]
    return Notice(code, f"{what} ({reason(error)}).")


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


def _contents_of(change: Change) -> frozenset[str]:
    """The ids of the contents that a check will probably read, going by names alone."""
    named = [file for file in change.files if language_of(file.path)]
    sides = chain.from_iterable((file.old, file.new, *file.others) for file in named)
    return frozenset(blob.oid for blob in filter(None, sides) if blob.is_file)


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
