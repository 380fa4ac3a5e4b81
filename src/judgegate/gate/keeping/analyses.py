"""Analyses that are kept, so that looking is not repeated when only the people's answers are new.

Kept is what was seen in the files. Who wrote them and what the base's tip says is found out anew, and nothing that was decided is kept.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from judgegate.change import Repository
from judgegate.gate.analysis import AnalysedFile, Analysis
from judgegate.gate.errands import Errand
from judgegate.gate.keeping.folder import LARGEST_FILE, Folder, UntrustedError, open_folder
from judgegate.gate.keeping.form import MalformedError, read, write
from judgegate.gate.keeping.key import key_of, name_tools
from judgegate.gate.request import Request
from judgegate.model.change import Change
from judgegate.model.evidence import ProvenanceRecord
from judgegate.model.notices import Notice

_MAGIC = b"judgegate analysis 1\n"
_DIGEST = 64
_UNUSED = "The kept analysis was not used, and the change was analysed again"


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of an analysis. `key` is its own: a file that was renamed is no other change's."""

    key: str
    files: tuple[AnalysedFile, ...]
    elsewhere: tuple[AnalysedFile, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps analyses in a folder. `tools` names what looks, or says None where that is not known: then nothing is kept."""

    folder: Folder
    tools: Callable[[], Mapping[str, str] | None]

    def analyse_once(self, change: Change, plan: str, look: Callable[[], Analysis]) -> Analysis:
        """The analysis that is kept, or else what `look` gives, which is kept from then on. Trouble with the folder is a notice.

        `plan` is the digest of what is looked for.
        """
        return _analyse_once(self.folder, self.tools(), change, plan, look)


def open_keeper(request: Request, repository: Repository) -> Keeper | None:
    """The keeper, if the request names a folder.

    Raises:
        UsageError: others can write into the folder, or the judged repository could have brought it.
    """
    if request.cache is None:
        return None
    folder = open_folder(request.cache, repository.work_tree, repository.git_dir)
    return Keeper(folder, Errand(lambda: name_tools([request.directory])).result)


def _analyse_once(folder: Folder, tools: Mapping[str, str] | None, change: Change, plan: str, look: Callable[[], Analysis]) -> Analysis:
    if tools is None:
        return _with(look(), Notice("cache-unused", "Which engines are installed could not be told, so no analysis is kept."))
    key = key_of(change, plan, tools)
    try:
        known = _find(folder, key, change, plan)
    except (OSError, UntrustedError, MalformedError) as error:
        analysis = _with(_keep(folder, key, look()), Notice("cache-unusable", f"{_UNUSED} ({_reason(error)})."))
    else:
        analysis = known or _keep(folder, key, look())
    return analysis


def _find(folder: Folder, key: str, change: Change, plan: str) -> Analysis | None:
    data = folder.read(key)
    if data is None:
        return None
    kept = _unpack(data)
    if kept.key != key or [file.change for file in kept.files] != list(change.files):
        raise MalformedError("it is another change's")
    return Analysis(change, plan, kept.files, ProvenanceRecord(), kept.elsewhere, kept.notices)


def _keep(folder: Folder, key: str, analysis: Analysis) -> Analysis:
    """The same analysis. One that may come out otherwise the next time is not kept."""
    if not analysis.lasting:
        return analysis
    data = _pack(_Kept(key, analysis.files, analysis.elsewhere, analysis.notices))
    if len(data) > LARGEST_FILE:
        return _with(analysis, Notice("cache-not-written", f"The analysis is larger than {LARGEST_FILE >> 20} MiB, so it is not kept."))
    try:
        folder.write(key, data)
    except (OSError, UntrustedError) as error:
        return _with(analysis, Notice("cache-not-written", f"The analysis could not be kept ({_reason(error)})."))
    return analysis


def _pack(kept: _Kept) -> bytes:
    body = write(kept)
    return _MAGIC + hashlib.sha256(body).hexdigest().encode("ascii") + b"\n" + body


def _unpack(data: bytes) -> _Kept:
    """What was packed.

    Raises:
        MalformedError: it was not packed here, or not all of it is there.
    """
    start = len(_MAGIC) + _DIGEST + 1
    head, body = data[:start], data[start:]
    if head != _MAGIC + hashlib.sha256(body).hexdigest().encode("ascii") + b"\n":
        raise MalformedError("it is damaged")
    return read(_Kept, body)


def _reason(error: Exception) -> str:
    return error.strerror or type(error).__name__ if isinstance(error, OSError) else str(error)


def _with(analysis: Analysis, notice: Notice) -> Analysis:
    return replace(analysis, notices=(*analysis.notices, notice))
