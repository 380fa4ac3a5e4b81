"""The map of definitions: which unit of the base is which of the head.

The order of the stages is the design. What a stage has paired no later one asks about: the same bytes at
the same place, then an equal form under the same name, then an equal form under another name, then the
name, then likeness. Only what found no partner in its own file looks into others.
"""

from collections.abc import Iterable

from judgegate.matching.forms import pair_equal_bodies, pair_left_forms, pair_renamed
from judgegate.matching.likeness import pair_alike, pair_alike_across
from judgegate.matching.matched import MatchedFile, Matching
from judgegate.matching.members import pair_by_members
from judgegate.matching.names import (
    pair_same_names,
    pair_same_names_alike,
    pair_same_names_and_forms,
    pair_same_names_inside,
)
from judgegate.matching.result import map_of
from judgegate.matching.statements import pair_statements
from judgegate.matching.units import FilePair
from judgegate.matching.untouched import pair_untouched
from judgegate.model.definition_map import DefinitionMap


def match_definitions(files: Iterable[FilePair]) -> DefinitionMap:
    """The map of one base side.

    It does not depend on the order of the files, and exchanging the sides exchanges them in the map.

    Raises:
        ValueError: two files have the same path on one side.
    """
    matching = Matching(files)
    match_all(matching)
    return map_of(matching)


def match_all(matching: Matching) -> None:
    """Run all stages."""
    renamed = [file for file in matching.files if file.is_renamed]
    kept = [file for file in matching.files if not file.is_renamed]
    pair_untouched(matching)
    pair_same_names_and_forms(matching)
    pair_renamed(matching)
    for file in kept:
        _pair_related(file, matching)
    # A function that only has its name left may have moved, and which file was renamed is a guess.
    pair_equal_bodies(matching)
    for file in renamed:
        _pair_related(file, matching)
    for file in matching.files:
        _pair_rest(file, matching)
    pair_alike_across(matching)
    pair_by_members(matching.bases, matching.heads, matching)


def _pair_related(file: MatchedFile, matching: Matching) -> None:
    """Pair the definitions of a file that have something in common."""
    pair_same_names_alike(file, matching)
    _pair_classes(file, matching)
    pair_alike(file, matching)
    _pair_classes(file, matching)


def _pair_rest(file: MatchedFile, matching: Matching) -> None:
    """Pair what is left over in a file."""
    pair_same_names(file, matching)
    _pair_classes(file, matching)
    pair_statements(file, matching)
    pair_left_forms(file, matching)


def _pair_classes(file: MatchedFile, matching: Matching) -> None:
    """Pair the classes that most of their members point to, and then further members by their names."""
    pair_by_members([file.base], [file.head], matching)
    pair_same_names_inside(file, matching)
