"""A cache of analyses, so that nothing is scanned again when only the people's answers are new.

It holds what was observed in the files. Who wrote them and what the base's tip says is found out
anew; nothing that was decided is kept.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from judgegate.change.repository import Repository
from judgegate.model.analysis import AnalysedFile, Analysis
from judgegate.model.change import Change
from judgegate.model.codec import DecodeError, decode, encode
from judgegate.model.definition_map import DefinitionMap
from judgegate.model.notices import Notice
from judgegate.pipeline.cache_folder import (
    LARGEST_FILE,
    CacheDirectory,
    UntrustedError,
    open_cache_directory,
    reason,
)
from judgegate.pipeline.pool_scaling import Background
from judgegate.pipeline.request import CacheKey
from judgegate.pipeline.tool_versions import digest_code, name_tools

_MAGIC = b"judgegate analysis 2\n"
_DIGEST = 64
_UNUSED = "The cached analysis was not used, and the change was analysed again"


class _Entry(Struct, frozen=True):
    """What is kept of an analysis. `key` is its own: a file that was renamed is no other change's."""

    key: str
    files: tuple[AnalysedFile, ...]
    elsewhere: tuple[AnalysedFile, ...]
    notices: tuple[Notice, ...]
    definition_maps: tuple[DefinitionMap, ...]


def key_of(change: Change, plan: str, tools: Mapping[str, str]) -> str:
    """The key, in hexadecimal.

    `plan` is the digest of what is searched, limits included; `tools` are what searches.

    Merge bases count by their commits, and so by their trees. Neither the base's tip nor the
    commits between count: they are read anew.
    """
    sides = [
        change.source.value,
        change.assurance.value,
        change.base_tree,
        change.head_tree,
        list(change.merge_bases),
    ]
    return hashlib.sha256(
        encode([sides, list(change.files), plan, sorted(tools.items())])
    ).hexdigest()


def open_cache(
    path: Path, repository: Repository, key: CacheKey | None = None
) -> "AnalysisCache":
    """The cache in a folder. With a `key` only what is sealed with it counts.

    Raises:
        UsageError: others can write into the folder, or the judged repository could have brought it.
    """
    folder = open_cache_directory(path, repository.work_tree, repository.git_dir)
    # Reading all of judgegate's own code for the key takes a while, so it starts before the key is asked for.
    untrusted = [repository.work_tree or repository.git_dir]
    return AnalysisCache(
        folder, Background(lambda: name_tools(untrusted, digest_code)).result, key
    )


class AnalysisCache(Struct, frozen=True):
    """Keeps analyses in a folder.

    `tools` names what scans, or says None where that is not known: then nothing is kept.
    """

    folder: CacheDirectory
    tools: Callable[[], Mapping[str, str] | None]
    secret: CacheKey | None = None

    def analyse_once(
        self, change: Change, plan: str, collect: Callable[[], Analysis]
    ) -> Analysis:
        """The analysis that is kept, or else what `collect` gives, which is kept from then on.

        Trouble with the folder is a notice.

        `plan` is the digest of what is searched.
        """
        tools = self.tools()
        if tools is None:
            why = "It is not known which engines are installed, so the analysis is not cached."
            return _with(collect(), Notice("cache-unused", why))
        key = key_of(change, plan, tools)
        try:
            known = self._find(key, change, plan)
        except (OSError, UntrustedError, DecodeError) as error:
            analysis = self._keep(key, collect())
            return _with(
                analysis, Notice("cache-unusable", f"{_UNUSED} ({reason(error)}).")
            )
        return known or self._keep(key, collect())

    def _find(self, key: str, change: Change, plan: str) -> Analysis | None:
        data = self.folder.read(key)
        if data is None:
            return None
        entry = _unpack(data, self.secret)
        if entry.key != key or [file.change for file in entry.files] != list(change.files):
            raise DecodeError("it belongs to another change")
        return Analysis(
            change,
            plan,
            entry.files,
            elsewhere=entry.elsewhere,
            notices=entry.notices,
            definition_maps=entry.definition_maps,
        )

    def _keep(self, key: str, analysis: Analysis) -> Analysis:
        """The same analysis. One that may come out otherwise the next time is not kept."""
        if not analysis.lasting:
            return analysis
        entry = _Entry(
            key,
            analysis.files,
            analysis.elsewhere,
            analysis.notices,
            analysis.definition_maps,
        )
        data = _pack(entry, self.secret)
        if len(data) > LARGEST_FILE:
            why = f"The analysis is larger than {LARGEST_FILE >> 20} MiB, so it is not cached."
            return _with(analysis, Notice("cache-not-written", why))
        try:
            self.folder.write(key, data)
        except (OSError, UntrustedError) as error:
            why = f"The analysis could not be cached ({reason(error)})."
            return _with(analysis, Notice("cache-not-written", why))
        return analysis


def _pack(entry: _Entry, secret: CacheKey | None) -> bytes:
    body = encode(entry)
    return _head(body, secret) + body


def _head(body: bytes, secret: CacheKey | None) -> bytes:
    """What shows that an entry is whole; with a secret also that it is from somebody who has it."""
    if secret is None:
        digest = hashlib.sha256(body).hexdigest()
    else:
        digest = hmac.new(secret.derive("analysis"), body, hashlib.sha256).hexdigest()
    return _MAGIC + digest.encode("ascii") + b"\n"


def _unpack(data: bytes, secret: CacheKey | None = None) -> _Entry:
    """What was packed.

    Raises:
        DecodeError: it was not packed with this secret, or not all of it is there.
    """
    start = len(_MAGIC) + _DIGEST + 1
    head, body = data[:start], data[start:]
    if not hmac.compare_digest(head, _head(body, secret)):
        raise DecodeError("it is damaged" if secret is None else "its seal is not right")
    return decode(_Entry, body)


def _with(analysis: Analysis, notice: Notice) -> Analysis:
    return replace(analysis, notices=(*analysis.notices, notice))
