"""A policy's values in the words in which they are written."""

from collections.abc import Iterable
from enum import Enum

from judgegate.model.verdict import Standing
from judgegate.policy.conditions import (
    AddedLinesAre,
    AllOf,
    AnyOf,
    AuthorIs,
    BranchIs,
    CodeIs,
    Condition,
    ConfidenceIs,
    LabelIs,
    LanguageIs,
    Not,
    PathIs,
    ProvenanceIs,
    SeverityIs,
    UpdatesDependencies,
)


def word_condition(condition: Condition) -> str:
    """The condition as YAML in one line, without the outermost braces: `severity: high, paths: [src/**]`."""
    match condition:
        case AllOf(parts) if len({type(part) for part in parts}) == len(parts):
            result = ", ".join(word_condition(part) for part in parts)
        case AllOf(parts):
            result = f"all: {_many(parts)}"
        case AnyOf(parts):
            result = f"any: {_many(parts)}"
        case UpdatesDependencies():
            result = "dependency_update: true"
        case Not(UpdatesDependencies()):
            result = "dependency_update: false"
        case Not(part):
            result = f"not: {{{word_condition(part)}}}"
        case AddedLinesAre(minimum, maximum):
            limits = [f"min: {minimum}"] if minimum else []
            result = (
                f"added_lines: {{{', '.join([*limits, *([] if maximum is None else [f'max: {maximum}'])])}}}"
            )
        case _:
            result = f"{_NAMES[type(condition)]}: {_list(_values(condition))}"
    return result


def _values(condition: Condition) -> Iterable[str]:
    """What a condition names."""
    match condition:
        case PathIs(values) | CodeIs(values) | BranchIs(values):
            return values
        case ProvenanceIs(members) | SeverityIs(members) | ConfidenceIs(members):
            return _ordered(members)
        case AuthorIs(names) | LabelIs(names) | LanguageIs(names):
            return sorted(names)
        case _:
            raise AssertionError(condition)


_NAMES: dict[type, str] = {
    PathIs: "paths",
    CodeIs: "code",
    BranchIs: "target_branch",
    ProvenanceIs: "provenance",
    SeverityIs: "severity",
    ConfidenceIs: "confidence",
    AuthorIs: "author",
    LabelIs: "labels",
    LanguageIs: "languages",
}


def _ordered(members: Iterable[Enum]) -> list[str]:
    found = list(members)
    return [member.value for member in type(found[0]) if member in found] if found else []


def _many(parts: Iterable[Condition]) -> str:
    return f"[{', '.join(f'{{{word_condition(part)}}}' for part in parts)}]"


def _list(values: Iterable[str]) -> str:
    found = list(values)
    return found[0] if len(found) == 1 else f"[{', '.join(found)}]"


def word_standings(standings: Iterable[Standing]) -> str:
    """Whom a review is accepted from, as it is written: `[{permission: write}, code_owners]`."""
    return f"[{', '.join(standing.kind if standing.value is None else f'{{{standing.kind}: {standing.value}}}' for standing in standings)}]"
