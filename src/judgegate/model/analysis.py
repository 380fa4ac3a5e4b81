"""What was seen of a change: a value, from which any policy can decide."""

from msgspec import Struct

from judgegate.model.change import Change, FileChange
from judgegate.model.definition_map import DefinitionMap
from judgegate.model.evidence import ProvenanceRecord
from judgegate.model.levels import Origin
from judgegate.model.notices import Notice
from judgegate.model.observation import Observation
from judgegate.model.ranges import LineRange

NO_EVIDENCE = ProvenanceRecord()


class LostGuard(Struct, frozen=True):
    """A removed line that guarded something, and that came back nowhere in the change.

    `kind` is a row's key in the table of guards, `name` the identifier that makes it one (never a
    literal of the code), `line` counts in the first merge base's side.
    """

    kind: str
    name: str
    line: int


class AnalysedFile(Struct, frozen=True):
    """A file change and what the checks saw on its sides.

    `after` are the head's observations, `before` those of each merge base, in the order of
    `Change.merge_bases`. `language` is None where nothing here names it; `covered` is whether the
    plan has a check that covers it. `rules` are the ids whose checks ran to their end. `obstacle`
    says why a check that applies could not run, `blind_side` why the merge base's side could not be
    read although the head's could: then all that the head shows counts as introduced. `coverable`:
    some check covers the language, asked or not. `missed` are the policy's own rules that cover
    nothing and could not be checked. `unread`: the content of the side that decides could not be
    had; `oddity` says what speaks against an exemption; `outdated`: the base's tip has other
    content there. `lost` are the guards that the change takes away, in the order of their lines;
    they decide nothing. `definitions` are the lines of the head's functions, where they were asked for.
    """

    change: FileChange
    language: str | None = None
    covered: bool = False
    rules: tuple[str, ...] = ()
    after: tuple[Observation, ...] = ()
    before: tuple[tuple[Observation, ...], ...] = ()
    obstacle: str | None = None
    blind_side: str | None = None
    coverable: bool = False
    missed: tuple[str, ...] = ()
    unread: bool = False
    oddity: str | None = None
    outdated: bool = False
    lost: tuple[LostGuard, ...] = ()
    definitions: tuple[LineRange, ...] = ()

    def before_of(self, side: int) -> tuple[Observation, ...]:
        """What was seen in merge base number `side`; nothing where that side was not looked at."""
        return self.before[side] if side < len(self.before) else ()


class Analysis(Struct, frozen=True):
    """All that was observed, with nothing decided.

    `plan` is the digest of the plan that said what to observe.

    `elsewhere` holds what a survey saw in files that the change does not touch; they are no part of
    the inventory. `lasting`: another run sees the same; no limit and no accident had a part in it.
    `definition_maps` are those of each merge base, in the order of `Change.merge_bases`.
    """

    change: Change
    plan: str
    files: tuple[AnalysedFile, ...]
    provenance: ProvenanceRecord = NO_EVIDENCE
    elsewhere: tuple[AnalysedFile, ...] = ()
    notices: tuple[Notice, ...] = ()
    lasting: bool = True
    definition_maps: tuple[DefinitionMap, ...] = ()


class PlacedObservation(Struct, frozen=True):
    """An observation and the file it was made in."""

    file: AnalysedFile
    seen: Observation

    @property
    def path(self) -> str:
        """The file's path on the head's side."""
        return self.file.change.path


class Paired(Struct, frozen=True):
    """A head's observation with its partner in the merge base, or none.

    `origin` says whether the change answers for it. `differs`: the code is as before, and these parts
    of its evidence context are not; that is why it is introduced.
    """

    now: PlacedObservation
    was: PlacedObservation | None
    origin: Origin
    differs: tuple[str, ...] = ()

    @property
    def introduced(self) -> bool:
        """Whether the change answers for it."""
        return self.origin is Origin.INTRODUCED

    @property
    def measure_before(self) -> int | None:
        """What the partner measured; None where there is no partner, or it measured nothing."""
        if self.was is None:
            return None
        return self.was.seen.measure

    @property
    def has_grown(self) -> bool:
        """Whether the measure is larger than before; a new one is larger than none."""
        return self.now.seen.size > (self.measure_before or 0)
