"""What a team's own rules look for, on good text and on hostile text."""

import json
from typing import Any

import pytest
from ast_grep_py import SgRoot
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.checks.own import patterns
from judgegate.checks.own.patterns import EngineError, may_match, scan_patterns
from judgegate.checks.own.regexes import scan_regexes
from judgegate.checks.own.registry import own_checks
from judgegate.model.file_names import SUFFIXES, language_by_suffix
from judgegate.model.own_rules import (
    TYPE_CHECKING_ONLY,
    Imports,
    Independent,
    Pattern,
    Regex,
    Sought,
)
from judgegate.model.ranges import LineRange
from judgegate.sources.python import read_python
from judgegate.sources.text import Unreadable, read_code, read_text

RULE = "reliability/own"
CONTRACT = (Sought(RULE, Imports(Independent(()))),)


def pattern(
    rule: str = RULE, *languages: str, constraints: object = None, **matcher: object
) -> Sought:
    wanted = {"rule": matcher} | ({"constraints": constraints} if constraints else {})
    return Sought(rule, Pattern(languages or ("python",), json.dumps(wanted)))


def test_there_is_one_check_for_each_language_and_one_for_texts_and_imports() -> None:
    sought = (
        pattern("reliability/a", "python", "go", kind="identifier"),
        Sought(
            "reliability/b", Pattern(("go",), '{"rule": {"kind": "comment"}}', covers=True)
        ),
        Sought("reliability/c", Regex("x")),
        *CONTRACT,
    )
    told = [(check.languages, check.rules, check.covers) for check in own_checks(sought)]
    assert told == [
        (("go",), ("reliability/a", "reliability/b"), True),
        (("python",), ("reliability/a",), False),
        (("text",), ("reliability/c",), False),
        (("python",), (RULE,), False),
    ]
    assert own_checks(()) == ()


def test_a_pattern_in_python_knows_the_definition_around_it() -> None:
    source = read_python(
        b"class A:\n    @d\n    def f(self):\n        print(\n            1)\n"
    )
    (seen,) = scan_patterns(source, "python", [pattern(pattern="print($$$)")])
    assert (seen.lines, seen.subject, seen.definition, seen.excerpt) == (
        LineRange(4, 5),
        "A.f",
        LineRange(2, 5),
        "print(",
    )


@pytest.mark.parametrize(
    ("language", "text", "subject"),
    [
        ("typescript", "class A {\n  go() {\n    call(1);\n  }\n}\n", "A.go"),
        ("go", "package a\nfunc Go() {\n\tcall(1)\n}\n", "Go"),
        ("rust", "mod a {\n fn go() {\n  call(1);\n }\n}\n", "a.go"),
        ("ruby", "class A\n def go\n  call(1)\n end\nend\n", "A.go"),
        ("javascript", "\n\ncall(1);\n", ""),
    ],
)
def test_a_pattern_in_another_language_knows_it_where_the_grammar_names_it(
    language: str, text: str, subject: str
) -> None:
    (seen,) = scan_patterns(
        read_code(text.encode()), language, [pattern(RULE, language, pattern="call($A)")]
    )
    assert (seen.lines, seen.subject) == (LineRange(3, 3), subject)


def test_rules_are_looked_for_together_and_told_apart() -> None:
    source = read_python(b"print(print(1))\nx = [1]\ny = 1\nprint(name)\n")
    sought = [
        pattern("reliability/a", pattern="print($$$)"),
        pattern("reliability/b", kind="list"),
        pattern("reliability/c", constraints={"A": {"regex": "^y$"}}, pattern="$A = $B"),
    ]
    assert [
        (seen.rule, seen.lines.start) for seen in scan_patterns(source, "python", sought)
    ] == [
        ("reliability/a", 1),
        ("reliability/a", 4),
        ("reliability/b", 2),
        ("reliability/c", 3),
    ]


def test_every_language_of_the_table_is_known_to_the_engine() -> None:
    for language in SUFFIXES:
        assert (
            list(
                scan_patterns(
                    read_code(b"x\n"),
                    language,
                    [pattern(RULE, language, regex="nothing of the sort")],
                )
            )
            == []
        )


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("a.py", "python"),
        ("A.TS", "typescript"),
        ("x/a.d.ts", "typescript"),
        ("a.jsx", "javascript"),
        ("py", None),
        ("a.b/c", None),
        (".py", "python"),
    ],
)
def test_a_suffix_names_a_language(path: str, language: str | None) -> None:
    assert language_by_suffix(path) == language


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a.b, c as d", ["a.b", "c"]),
        ("from a import b, c as d", ["a.b", "a.c"]),
        ("from .a import b", [".a.b"]),
        ("from . import b", [".b"]),
        ("from ... import *", ["..."]),
        ("from a import *", ["a"]),
        (
            "try:\n    import a\nexcept E:\n    import b\nelse:\n    def f():\n        import c\nfinally:\n    import d",
            list("abcd"),
        ),
        (
            "match x:\n    case 1:\n        import a\nwith y:\n    import b\nwhile z:\n    import c\nelse:\n    import d",
            list("abcd"),
        ),
        ("x = 'import a'", []),
    ],
)
def test_every_import_is_seen_wherever_it_stands(text: str, names: list[str]) -> None:
    (check,) = own_checks(CONTRACT)
    assert [seen.code for seen in check.run(read_python(text.encode()))] == names


def test_an_import_for_type_checkers_says_so() -> None:
    text = b"if TYPE_CHECKING:\n    import a\n    if x:\n        import b\nelif y:\n    import c\nelse:\n    import d\n"
    (check,) = own_checks(CONTRACT)
    assert [seen.metric for seen in check.run(read_python(text))] == [
        TYPE_CHECKING_ONLY
    ] * 2 + [None] * 2


@pytest.mark.parametrize(
    ("regex", "text", "lines"),
    [
        (Regex("^a$"), "a\nb\na\r\n", [(1, 1), (3, 3)]),
        (Regex("a.*b"), "a\nb\nab\n", [(3, 3)]),
        (Regex(r"a\s+b", added=False), "a\nb\na b\n", [(1, 2), (3, 3)]),
        (Regex("x\n", added=False), "x\ny\n", [(1, 1)]),
        (Regex("^b", added=False), "a\nb\n", []),
        (Regex("(?m)^b", added=False), "a\nb\n", [(2, 2)]),
        (Regex("(?i)É"), "a\né\n", [(2, 2)]),
        (Regex("fi", added=False), "a\n\ufb01\n", [(2, 2)]),
    ],
)
def test_a_regex_sees_lines_or_the_whole(
    regex: Regex, text: str, lines: list[tuple[int, int]]
) -> None:
    seen = scan_regexes(read_text(text.encode()), [Sought(RULE, regex)])
    assert [(one.lines.start, one.lines.end) for one in seen] == lines


@pytest.mark.parametrize(
    ("regex", "text", "excerpt"),
    [
        (Regex("k[0-9]+", secret=True), "a k12 b k3\n", "a *** b ***"),
        (Regex("k[0-9]+", secret=True), "a k\uff11\uff12\n", "***"),
        (Regex("k[0-9]+", secret=True), "a k12 b k\uff11\uff12\n", "***"),
        (Regex("(?s)k.*l", added=False, secret=True), "k1\n2l\n", "***"),
    ],
)
def test_a_secret_stays_secret(regex: Regex, text: str, excerpt: str) -> None:
    (seen,) = scan_regexes(read_text(text.encode(), b"salt"), [Sought(RULE, regex)])
    assert seen.excerpt == excerpt
    assert seen.key.startswith("secret:")
    (other,) = scan_regexes(
        read_text(text.translate({0x32: "4", 0xFF12: "4"}).encode(), b"salt"),
        [Sought(RULE, regex)],
    )
    assert other.fingerprint == seen.fingerprint
    assert other.key != seen.key


def test_what_git_counts_in_another_way_is_not_read() -> None:
    assert read_text("a\nb\n".encode("utf-16")).text == "a\nb\n"
    with pytest.raises(Unreadable, match="count its lines differently"):
        read_text("a\u0a0a\nb\n".encode("utf-16"))


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"a\n\xff", "line 2 is not valid utf-8"), (b"a\0", "it contains a NUL byte")],
)
def test_code_is_utf_8_or_not_read(data: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read_code(data)


@given(st.binary(max_size=200))
@settings(max_examples=80, deadline=None)
def test_any_bytes_can_be_searched(data: bytes) -> None:
    sought = [
        Sought(RULE, Regex(".")),
        Sought("reliability/b", Regex("(?s).+", added=False)),
    ]
    try:
        source = read_text(data)
    except Unreadable:
        return
    for seen in scan_regexes(source, sought):
        assert seen.lines.end <= len(source.lines)


@given(st.text(max_size=200), st.sampled_from(sorted(SUFFIXES)))
@settings(max_examples=80, deadline=None)
def test_any_text_can_be_looked_through_in_any_language(text: str, language: str) -> None:
    source = read_code(text.replace("\0", "").encode("utf-8", "replace"))
    for seen in scan_patterns(
        source,
        language,
        [
            pattern(RULE, language, regex="."),
            pattern("reliability/b", language, pattern="$A"),
        ],
    ):
        assert seen.lines.end <= len(source.lines)


@given(
    st.lists(
        st.sampled_from(
            [
                "print(1)",
                "x = [1]",
                "def f(a=[]):",
                "    pass",
                "try:",
                "    y()",
                "except:",
                "    # no",
            ]
        ),
        max_size=12,
    )
)
@settings(max_examples=80, deadline=None)
def test_together_or_alone_the_same_is_found(lines: list[str]) -> None:
    source = read_code("\n".join(lines).encode())
    sought = [
        pattern("reliability/a", pattern="print($$$)"),
        pattern("reliability/b", kind="list"),
        pattern("reliability/c", kind="block", has={"kind": "comment"}),
        pattern(
            "reliability/d", kind="list", inside={"kind": "assignment", "stopBy": "end"}
        ),
    ]
    alone = [seen for one in sought for seen in scan_patterns(source, "python", [one])]
    assert list(scan_patterns(source, "python", sought)) == alone


MATCHERS: list[dict[str, object]] = [
    {"pattern": "print($$$)"},
    {"pattern": "$A = load($B)"},
    {"any": [{"pattern": "print($A)"}, {"pattern": "print()"}]},
    {"any": [{"pattern": "load($A)"}, {"kind": "list"}]},
    {"all": [{"pattern": "$F($A)"}, {"has": {"pattern": "load"}}]},
    {"pattern": "print($A)", "inside": {"pattern": "load($$$)", "stopBy": "end"}},
    {"pattern": "$A", "not": {"pattern": "load"}},
    {"kind": "call", "regex": "^print"},
]


@given(
    st.lists(
        st.sampled_from(["print(1)", "x = load(y)", "load(print(2))", "[1]", "print()"]),
        max_size=5,
    ),
    st.sampled_from(MATCHERS),
)
@settings(max_examples=200, deadline=None)
def test_a_file_that_is_not_parsed_has_nothing_of_it(
    lines: list[str], matcher: dict[str, object]
) -> None:
    source = read_code("\n".join(lines).encode())
    sought = pattern(RULE, **matcher)
    if not may_match(sought.search, source.text, "python"):
        find_all: Any = SgRoot(source.text, "python").root().find_all
        assert find_all({"rule": matcher}) == []


@pytest.mark.parametrize(
    ("language", "wanted", "text"),
    [
        ("php", "return shell_exec($X);", "<?php RETURN shell_exec($x);"),
        ("php", "new Evil($X)", "<?php $y = NEW Evil($z);"),
        ("php", "include $X", "<?php INCLUDE $x;"),
        ("php", "array($X)", "<?php ARRAY($x);"),
        ("ruby", "%x($X)", "`ls`"),
        ("rust", 'f(b"abc")', 'fn x() { f("abc"); }'),
        ("bash", "eval $A", "eval x"),
        ("python", 'f("abc\\n")', 'f("xyz\\n")'),
        ("python", "µA.run()", "x.run()"),
        ("css", "a { color: _A }", "a { color: red }"),
        ("html", "<b>zA</b>", "<b>word</b>"),
        ("kotlin", "fun $F() {}", "fun f() {}"),
    ],
)
def test_what_is_written_in_another_way_is_found(
    language: str, wanted: str, text: str
) -> None:
    sought = [pattern(RULE, language, pattern=wanted)]
    assert len(list(scan_patterns(read_code(text.encode()), language, sought))) == 1


PIECES = {
    "php": (
        ["new Evil($A)", "return f($A);", "include $A;", "echo $A;", "f($A)", "$A instanceof B"],
        ["$y = new Evil($z);", "return f($x);", "include $x;", "echo f($x);", "$x instanceof B;"],
    ),
    "ruby": (
        ["%x($A)", "`ls`", "eval $A", "%w($A b)", "f($A) if $B", "not $A", "alias $A b"],
        ["`ls`", "%x(ls)", "eval x", "%w(a b)", "f(x) if y", "f(x) unless y", "not x"],
    ),
}  # fmt: skip


@given(st.data())
@settings(max_examples=200, deadline=None)
def test_in_no_case_and_spelling_is_a_file_skipped_that_has_it(data: st.DataObject) -> None:
    language = data.draw(st.sampled_from(sorted(PIECES)))
    wanted, lines = (
        data.draw(st.lists(st.sampled_from(pieces), min_size=1, max_size=3))
        for pieces in PIECES[language]
    )
    cased = [
        data.draw(st.sampled_from([line, line.upper(), line.title()])) for line in lines
    ]
    text = "\n".join(["<?php", *cased] if language == "php" else cased)
    matcher = {"any": [{"pattern": one} for one in wanted]}
    sought = pattern(RULE, language, **matcher)
    if not may_match(sought.search, text, language):
        find_all: Any = SgRoot(text, language).root().find_all
        assert find_all({"rule": matcher}) == []


@pytest.mark.parametrize("language", SUFFIXES)
def test_the_letter_for_variables_is_the_engines(language: str) -> None:
    letter = patterns._SIGILS.get(language, "$")
    find_all: Any = SgRoot("abc", language).root().find_all
    assert find_all({"rule": {"pattern": f"{letter}A"}})


def test_a_file_without_its_words_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def parse(text: str, language: str) -> SgRoot:
        parsed.append(text)
        return SgRoot(text, language)

    monkeypatch.setattr(patterns, "prepare", lambda: parse)
    sought = [pattern(RULE, pattern="scarcely($$$)")]
    assert list(scan_patterns(read_code(b"x = 1\n"), "python", sought)) == []
    assert "x = 1\n" not in parsed


def test_an_engine_that_gives_up_is_an_ordinary_failure() -> None:
    with pytest.raises(EngineError, match="nosuch"):
        list(
            scan_patterns(read_code(b"x\n"), "nosuch", [pattern(RULE, "nosuch", kind="x")])
        )
