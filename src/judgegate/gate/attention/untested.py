"""Whether the change touches a test at all. More is not known: which test runs which line, only a run would say."""

from collections.abc import Iterable, Iterator

from judgegate.gate.analysis import AnalysedFile
from judgegate.gate.attention.concerns import Weighed
from judgegate.gate.attention.questions import UNTESTED as QUESTION
from judgegate.gate.attention.weights import UNTESTED
from judgegate.gate.looking.testing import is_test
from judgegate.model.attention import Concern, Stake
from judgegate.model.change import FileChange
from judgegate.model.languages import language_by_suffix


def tests_touched(changes: Iterable[FileChange]) -> bool:
    """Whether a file that is a test by its name is added or modified; taking tests away tests nothing."""
    return any(change.new is not None and is_test(change.path, language_by_suffix(change.path)) for change in changes)


def moved_as_they_are(changes: Iterable[FileChange]) -> frozenset[str]:
    """Paths of files that only have another name now: what a test would have to show is as it was."""
    known = list(changes)
    gone = {change.path: change.old for change in known if change.new is None}
    renamed = ((one, gone.get(one.old_path)) for one in known if one.old_path is not None)
    return frozenset(one.path for one, old in renamed if old is not None and one.new is not None and old.oid == one.new.oid)


def weigh_untested(file: AnalysedFile) -> Iterator[Weighed]:
    """The concern of a source file, in a language that some check knows, of a change without tests."""
    change = file.change
    changed = change.new is not None and (change.added or change.removed)
    if changed and file.coverable and not is_test(change.path, file.language):
        yield Weighed(Concern(Stake.UNTESTED, "no test of the change touches it", QUESTION, generic=True), UNTESTED)
