"""The checks that a policy's own rules need."""

from collections.abc import Iterable

from judgegate.checks.check_types import Scan
from judgegate.checks.own.imports import scan_imports
from judgegate.checks.own.patterns import scan_patterns
from judgegate.checks.own.regexes import scan_regexes
from judgegate.model.file_names import PYTHON, TEXT
from judgegate.model.own_rules import Pattern, Sought, import_contracts, patterns_for, regexes

__all__ = ["own_checks"]


def own_checks(sought: Iterable[Sought]) -> tuple[Scan, ...]:
    """The checks that search for these: one for each language, so that a file is parsed once for all its patterns."""
    sought = tuple(sought)
    languages = sorted(
        {language for one in sought if isinstance(one.search, Pattern) for language in one.search.languages}
    )
    checks = [_patterns(language, patterns_for(sought, language)) for language in languages]
    if texts := regexes(sought):
        checks.append(
            Scan("re2", _rules(texts), (TEXT,), lambda source: scan_regexes(source, texts), covers=False)
        )
    if contracts := import_contracts(sought):
        checks.append(
            Scan(
                "imports",
                _rules(contracts),
                (PYTHON,),
                lambda source: scan_imports(source, contracts),
                covers=False,
            )
        )
    return tuple(checks)


def _patterns(language: str, sought: tuple[Sought, ...]) -> Scan:
    covers = any(isinstance(one.search, Pattern) and one.search.covers for one in sought)
    return Scan(
        "ast-grep",
        _rules(sought),
        (language,),
        lambda source: scan_patterns(source, language, sought),
        covers=covers,
    )


def _rules(sought: Iterable[Sought]) -> tuple[str, ...]:
    return tuple(one.rule for one in sought)
