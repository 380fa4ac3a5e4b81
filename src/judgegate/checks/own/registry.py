"""The checks that a policy's own rules need."""

from collections.abc import Iterable

from judgegate.checks.check_types import Named, Scan
from judgegate.model.file_names import PYTHON, TEXT
from judgegate.model.own_rules import (
    Pattern,
    Sought,
    import_contracts,
    patterns_for,
    regexes,
)


def own_checks(sought: Iterable[Sought]) -> tuple[Scan, ...]:
    """The checks that search for these.

    Patterns have one for each language, so that a file is parsed once for all of them.
    """
    sought = tuple(sought)
    languages: set[str] = set()
    for one in sought:
        if isinstance(one.search, Pattern):
            languages.update(one.search.languages)
    checks = [
        _check_patterns(language, patterns_for(sought, language))
        for language in sorted(languages)
    ]
    if texts := regexes(sought):
        run = Named("judgegate.checks.own.regexes:scan_regexes", (texts,))
        prepare = Named("judgegate.checks.own.regexes:prepare")
        checks.append(
            Scan("re2", _rules(texts), (TEXT,), run, covers=False, prepare=prepare)
        )
    if contracts := import_contracts(sought):
        run = Named("judgegate.checks.own.imports:scan_imports", (contracts,))
        checks.append(Scan("imports", _rules(contracts), (PYTHON,), run, covers=False))
    return tuple(checks)


def _check_patterns(language: str, sought: tuple[Sought, ...]) -> Scan:
    """The check for the patterns of one language."""
    patterns = [one.search for one in sought if isinstance(one.search, Pattern)]
    return Scan(
        "ast-grep",
        _rules(sought),
        (language,),
        Named("judgegate.checks.own.patterns:scan_patterns", (language, sought)),
        covers=any(pattern.covers for pattern in patterns),
        prepare=Named("judgegate.checks.own.patterns:prepare"),
    )


def _rules(sought: Iterable[Sought]) -> tuple[str, ...]:
    """The ids of the rules that these belong to."""
    return tuple(one.rule for one in sought)
