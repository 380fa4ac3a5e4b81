import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from judgegate.checks.check_types import (
    Check,
    Compare,
    Scan,
    ScannedSide,
    Sighting,
    Survey,
    Tree,
    applicable,
)
from judgegate.checks.insecure_code.bandit_stand_ins import load_test_set
from judgegate.checks.insecure_code.rule import REMEDIES
from judgegate.checks.registry import CHECKS, RULES
from judgegate.model.change import Blob, Change, ChangeSource, FileChange, FileStatus
from judgegate.model.levels import Family
from judgegate.model.observation import Observation, fingerprint
from judgegate.model.ranges import LineRange
from judgegate.model.rules import RuleSpec, Stricter
from judgegate.sources.python import PythonSource, read_python


def observe(rule: str, line: int, message: str) -> Observation:
    mark = fingerprint(rule, "", "", [message])
    return Observation(rule, "", LineRange(line, line), "", message, mark, mark, "")


def compare_functions(
    before: PythonSource | None, after: PythonSource | None
) -> Iterator[Sighting]:
    kept = {definition.name for definition in after.definitions} if after else set()
    for definition in before.definitions if before else ():
        if definition.name not in kept:
            yield Sighting(
                observe("reliability/removed", definition.lines.start, definition.name),
                ScannedSide.BASE,
            )


class Folder:
    """A tree of a test's own."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def paths(self, prefix: str = "") -> Iterator[str]:
        return (path for path in sorted(self._files) if path.startswith(prefix))

    def read(self, path: str) -> bytes | None:
        return self._files.get(path)


def test_a_comparison_sees_both_sides_and_says_whose_lines_it_means() -> None:
    row = Compare("removed", ("reliability/removed",), ("python",), compare_functions)
    before, after = (
        read_python(b"x = 1\ndef f(): ...\ndef g(): ...\n"),
        read_python(b"def g(): ...\n"),
    )
    assert [
        (seen.side, seen.observation.lines.start, seen.observation.message)
        for seen in row.run(before, after)
    ] == [(ScannedSide.BASE, 2, "f")]
    assert len(list(row.run(before, None))) == 2
    assert list(row.run(None, after)) == []


def test_a_survey_sees_the_change_and_both_trees() -> None:
    def survey_licences(change: Change, base: Tree, head: Tree) -> Iterator[Sighting]:
        for file in change.files:
            if base.read("LICENSE") and not head.read("LICENSE"):
                yield Sighting(
                    observe(
                        "oversight/licence", 1, f"{len(list(head.paths('src/')))} files"
                    ),
                    path=file.path,
                )

    blob = Blob(0o100644, "0" * 40, 1)
    file = FileChange("LICENSE", FileStatus.DELETED, blob, None)
    change = Change(ChangeSource.COMMITS, None, None, (), "1" * 40, "2" * 40, (file,))
    row = Survey("licences", ("oversight/licence",), survey_licences)
    [seen] = row.run(change, Folder({"LICENSE": b"x"}), Folder({"src/a": b"", "b": b""}))
    assert (seen.path, seen.side, seen.observation.message) == (
        "LICENSE",
        ScannedSide.HEAD,
        "1 files",
    )


def test_a_check_applies_to_its_languages_and_only_if_one_of_its_rules_is_wanted() -> None:
    scan = Scan("scan", ("reliability/a", "reliability/b"), ("python",), lambda _: iter(()))
    compare = Compare("compare", ("reliability/c",), ("python", "toml"), compare_functions)
    survey = Survey("survey", ("reliability/a",), lambda *_: iter(()))
    rows: tuple[Check, ...] = (scan, compare, survey)
    assert applicable(rows, "python", frozenset({"reliability/b", "reliability/c"})) == (
        scan,
        compare,
    )
    assert applicable(rows, "toml", frozenset({"reliability/a", "reliability/c"})) == (
        compare,
    )
    assert applicable(rows, "python", frozenset({"security/other"})) == ()
    assert applicable(rows, None, frozenset({"reliability/a"})) == ()


def test_a_check_without_a_library_prepares_nothing() -> None:
    assert Scan("scan", (), (), lambda _: iter(())).prepare() is None


def test_every_rule_has_a_check_and_every_check_a_rule() -> None:
    observed = [rule for check in CHECKS for rule in check.rules]
    assert sorted(observed) == sorted(rule.id for rule in RULES)
    assert len(set(observed)) == len(observed)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_what_reads_python_covers_python(check: Scan) -> None:
    assert (check.languages, check.covers) == (("python",), True)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_documented(rule: RuleSpec) -> None:
    page = rule.page
    assert rule.family in Family
    assert all(
        [
            rule.summary,
            rule.remedy,
            page.what,
            page.why,
            page.fix,
            page.tune,
            page.before,
            page.after,
        ]
    )
    assert "\n" not in rule.remedy + rule.summary
    for code in (page.before, page.after):
        read_python(code.encode())


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_remedy_is_one_sentence_in_one_line(rule: RuleSpec) -> None:
    for remedy in [rule.remedy, *(rule.remedies or {}).values()]:
        assert remedy.endswith(".")
        assert "\n" not in remedy
        assert len(remedy) < 130


def test_remedies_speak_of_codes_that_bandit_has() -> None:
    tests = load_test_set().tests
    codes = {function._test_id for functions in tests.values() for function in functions}
    listed = {
        entry["id"]
        for functions in tests.values()
        for f in functions
        if f._test_id == "B001"
        for row in f._config.values()
        for entry in row
    }
    assert set(REMEDIES) <= codes | listed


def test_the_limit_of_complexity_can_only_be_tightened_downwards() -> None:
    [option] = next(
        rule for rule in RULES if rule.id == "architecture/complex-function"
    ).options
    assert (option.name, option.default, option.minimum, option.maximum) == (
        "max_complexity",
        15,
        1,
        1000,
    )
    assert (option.stricter, option.limits_measure) == (Stricter.SMALLER, True)


LIBRARIES = [path for path in sys.path if path.endswith("site-packages")]


def modules_after(statement: str) -> set[str]:
    """What a fresh interpreter, as a worker's, has imported after a statement."""
    paths = [*LIBRARIES, str(Path(sys.modules["judgegate"].__path__[0]).parent)]
    code = f"import sys; sys.path += {paths!r}; {statement}; print(*sorted(sys.modules))"
    command = [sys.executable, "-I", "-S", "-c", code]
    return set(
        subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
    )


@pytest.mark.parametrize(
    "module",
    ["judgegate.checks.registry", "judgegate.workers.pool", "judgegate.workers.worker"],
)
def test_neither_side_pays_for_libraries_it_does_not_need(module: str) -> None:
    """The parent never imports an engine, and a worker only what its checks prepare."""
    assert modules_after(f"import {module}").isdisjoint(
        {
            "bandit",
            "radon",
            "radon.visitors",
            "ast_grep_py",
            "re2",
            "pydantic",
            "yaml",
            "rich",
            "click",
            "stevedore",
            "importlib.metadata",
        }
    )


def test_a_rules_row_imports_nothing_but_values() -> None:
    """Each row is imported by every run: one module of its own, and those of `model`, which are there anyway."""
    ours = {
        name
        for name in modules_after("import judgegate.checks.registry")
        if name.startswith("judgegate.")
    }
    rows = {
        f"judgegate.checks.{name}"
        for name in ("complex_function", "insecure_code", "insecure_code.rule")
    }
    shared = {
        "judgegate.checks",
        "judgegate.checks.registry",
        "judgegate.checks.check_types",
    }
    oversight = {"judgegate.policy", "judgegate.policy.oversight"}
    assert {
        name for name in ours if not name.startswith("judgegate.model")
    } == rows | shared | oversight


def test_the_engines_bring_none_of_the_libraries_that_stand_ins_replace() -> None:
    loaded = modules_after(
        "from judgegate.checks.registry import CHECKS; [check.prepare() for check in CHECKS]"
    )
    assert {"bandit", "radon.visitors"} <= loaded
    assert loaded.isdisjoint(
        {
            "pydantic",
            "yaml",
            "rich",
            "stevedore",
            "importlib.metadata",
            "tomllib",
            "configparser",
        }
    )
