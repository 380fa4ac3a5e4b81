"""A team's own rules: how they are written, what is said of bad ones, and how layers meet."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.model.levels import Action, Severity
from judgegate.model.own_rules import (
    FileEvent,
    FileKind,
    Files,
    Forbidden,
    Imports,
    Independent,
    Layers,
    Pattern,
    Regex,
    Search,
    Size,
    Sought,
)
from judgegate.policy.own_rule_pattern import pattern_fault
from judgegate.policy.policy import Policy
from judgegate.policy.problems import PolicyError
from tests.policy.policies import ask, lines_of, lines_over, load

OWN = "version: 1\nextends: []\nrules:\n  reliability/own: "
FORMS = "pattern, regex, imports, files or size"


def looks_for(text: str) -> Search:
    return load(f"{OWN}{{action: warn, {text}}}\n").searches()["reliability/own"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'pattern: {language: python, code: "print($$$)"}',
            Pattern(("python",), '{"rule": {"pattern": "print($$$)"}}', code="print($$$)"),
        ),
        (
            "pattern: {language: [go, rust], rule: {kind: identifier, nthChild: 1}, covers: true}",
            Pattern(
                ("go", "rust"),
                '{"rule": {"kind": "identifier", "nthChild": 1}}',
                covers=True,
            ),
        ),
        (
            "pattern: {language: python, code: $A, inside: {kind: module, stopBy: end}, constraints: {A: {regex: ^a}}}",
            Pattern(
                ("python",),
                '{"constraints": {"A": {"regex": "^a"}}, "rule": {"inside": {"kind": "module", "stopBy": "end"}, "pattern": "$A"}}',
                code="$A",
            ),
        ),
        (
            "pattern: {language: python, rule: {any: [{kind: call, nthChild: {position: 2n+1, reverse: true}}]}, not: {regex: x}}",
            Pattern(
                ("python",),
                '{"rule": {"any": [{"kind": "call", "nthChild": {"position": "2n+1", "reverse": true}}], "not": {"regex": "x"}}}',
            ),
        ),
        ("regex: password", Regex("password")),
        (
            "regex: {pattern: AKIA, in: content, secret: true}",
            Regex("AKIA", added=False, secret=True),
        ),
        (
            "imports: {layers: [a.web, [a.b, a.c]]}",
            Imports(Layers((("a.web",), ("a.b", "a.c")))),
        ),
        (
            "imports: {forbidden: {from: a, to: [b, c]}, root: services/x, type_checking: false}",
            Imports(Forbidden(("a",), ("b", "c")), ("services/x/",), type_checking=False),
        ),
        (
            "imports: {independent: [a, b], root: .}",
            Imports(Independent(("a", "b")), ("",)),
        ),
        (
            "files: {change: [added, removed], paths: [lib/], type: link, max_bytes: 10, mode: changed}",
            Files(
                frozenset({FileEvent.ADDED, FileEvent.REMOVED}),
                ("lib/",),
                frozenset({FileKind.LINK}),
                10,
                mode=True,
            ),
        ),
        (
            "size: {max_added_lines: 400, paths: [src/]}",
            Size(("max_added_lines",), ("src/",)),
        ),
    ],
)
def test_a_rule_says_what_it_looks_for(text: str, expected: Search) -> None:
    assert looks_for(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pattern: {code: x}", [":4:44: `language` is missing: say which language the code is in"]),
        ("pattern: {language: pyhton, code: x}", [':4:55: expected a language that patterns can be written for, found "pyhton"; did you mean "python"?']),
        ("pattern: {language: python}", [":4:44: a pattern needs either `code` or `rule`"]),
        ("pattern: {language: python, code: x, rule: {kind: call}}", [":4:44: a pattern needs either `code` or `rule`"]),
        ("pattern: {language: python, code: 'print('}", [":4:69: this is not valid python by itself; give a `rule` with `pattern: {context: ..., selector: ...}`"]),
        ("pattern: {language: python, code: x y}", [":4:69: this is not valid python by itself; give a `rule` with `pattern: {context: ..., selector: ...}`"]),
        ("pattern: {language: [python, go], rule: {kind: pass_statement}}", [":4:75: ast-grep cannot use this for go: Kind `pass_statement` is invalid"]),
        ("pattern: {language: python, rule: {kind: nope}}", [":4:69: ast-grep cannot use this for python: Kind `nope` is invalid"]),
        ("pattern: {language: python, rule: {regex: '('}}", [":4:69: ast-grep cannot use this for python: error: unclosed group"]),
        ("pattern: {language: python, rule: {knd: call}}", [':4:70: unknown key "knd" in a pattern\'s rule; did you mean "kind"?']),
        ("pattern: {language: python, rule: {matches: other}}", [":4:70: `matches` is not allowed in a policy: write the rule itself here"]),
        ("pattern: {language: python, rule: {all: {kind: call}}}", [":4:75: expected a list of rules, found a mapping"]),
        ("pattern: {language: python, rule: {not: x}}", [':4:75: expected a rule such as {kind: call} (a mapping), found "x"']),
        ("pattern: {language: python, rule: {kind: call, inside: {kind: module}}, inside: {kind: module}}", [":4:44: `inside` is both in the rule and beside it"]),
        ("pattern: {language: python, code: x, covers: yes}", [':4:80: expected true or false, found "yes"; did you mean true?']),
        ("pattern: {language: python, code: x, cover: true}", [':4:72: unknown key "cover" in a pattern; did you mean "covers"?']),
        (f"pattern: {{language: python, rule: {{any: [{', '.join(['{kind: call}'] * 120)}]}}}}", [":4:69: too many values: a pattern's rule can have at most 200"]),
        ("pattern: {language: python, code: x, constraints: [a]}", [":4:85: expected constraints by the names of metavariables, such as {A: {regex: ^test}} (a mapping), found a list"]),
        ("imports: [a]", [":4:44: expected a contract such as {layers: [shop.web, shop.model]} (a mapping), found a list"]),
        ("imports: {forbidden: a}", [':4:56: expected modules such as {from: shop.model, to: shop.web} (a mapping), found "a"']),
        ("files: added", [':4:42: expected files such as {change: added, paths: [*.zip]} (a mapping), found "added"']),
        ("size: 400", [':4:41: expected limits such as {max_added_lines: 400} (a mapping), found "400"']),
        ("pattern: print", [':4:44: expected a pattern such as {language: python, code: print($$$)} (a mapping), found "print"']),
        ("regex: '('", [":4:42: RE2 cannot read this regular expression: missing ): ("]),
        ("regex: '(?=a)'", [":4:42: RE2 cannot read this regular expression: invalid perl operator: (?="]),
        ("regex: 'a*'", [":4:42: this matches the empty text, and so every line; write a pattern that must match something"]),
        ("regex: {in: added}", [":4:42: `pattern` is missing: the regular expression itself"]),
        ("regex: {pattern: a, in: add}", [':4:59: expected added (the lines that the change adds) or content (the whole file), found "add"; did you mean "added"?']),
        ("regex: [a]", [":4:42: expected a regular expression, or {pattern: ..., in: content} (a mapping), found a list"]),
        ("imports: {}", [":4:44: a contract needs exactly one of layers, forbidden or independent, found none"]),
        ("imports: {layers: [a, b], independent: [a, b]}", [":4:44: a contract needs exactly one of layers, forbidden or independent, found layers and independent"]),
        ("imports: {layers: [a]}", [":4:53: expected at least two layers, the highest first"]),
        ("imports: {layers: [a, a.b]}", [':4:53: "a.b" and "a" overlap: a module can be listed only once']),
        ("imports: {independent: [a, a]}", [':4:58: "a" is listed twice: a module can be listed only once']),
        ("imports: {independent: [a]}", [":4:58: expected at least two modules"]),
        ("imports: {layers: [a, b-c]}", [':4:57: expected a module\'s name such as shop.orders, found "b-c"']),
        ("imports: {forbidden: {from: a}}", [":4:56: `to` is missing: what they may not import"]),
        ("imports: {layers: [a, b], root: ../x}", [':4:67: expected a folder such as services/shop/src, found "../x"']),
        ("files: {}", [":4:42: expected files such as {change: added, paths: [*.zip]}, found an empty mapping"]),
        ("files: {change: aded}", [':4:51: expected added, removed or changed, found "aded"; did you mean "added"?']),
        ("files: {mode: executable}", [':4:49: expected changed, found "executable"']),
        ("size: {paths: [src/]}", [":4:41: expected limits such as {max_added_lines: 400}, found a mapping"]),
        ("size: {max_added_lines: -1}", [':4:59: expected a whole number from 0 to 1000000000, found "-1"']),
        ("size: {max_lines: 1}", [':4:42: unknown key "max_lines" in limits on the size; did you mean "max_files"?', ":4:41: expected limits such as {max_added_lines: 400}, found a mapping"]),
        ("regex: a, files: {change: added}", [f":4:20: a rule looks for exactly one of {FORMS}, found regex and files"]),
        ("regex: a, with: {max_files: 3}", [':4:63: reliability/own has no option "max_files": the options of an own rule are the limits in its `size`']),
    ],
)  # fmt: skip
def test_a_bad_search_is_told_with_its_place(text: str, expected: list[str]) -> None:
    assert sorted(lines_of(f"{OWN}{{action: warn, {text}}}\n")) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rules:\n  reliability/own: {action: warn}\n", ':4:3: unknown rule "reliability/own"'),
        ("rules:\n  security/insecure-coda: {action: warn}\n", ':4:3: unknown rule "security/insecure-coda"; did you mean "security/insecure-code"?'),
        ("rules:\n  own: {action: warn, regex: a}\n", ':4:3: expected an id such as "reliability/no-print", with the family security, architecture, reliability or oversight, found "own"'),
        ("rules:\n  style/own: {action: warn, regex: a}\n", ':4:3: expected an id such as "reliability/no-print", with the family security, architecture, reliability or oversight, found "style/own"'),
        ("rules:\n  security/insecure-code: {action: warn, regex: a}\n", ":4:3: security/insecure-code already has a check: give a rule that looks for something else a different id"),
        ("rules:\n  reliability/own: {regex: a}\n", ":4:3: reliability/own can never fire: no layer gives it an action"),
        ("rules: {}\nwaivers: [{rule: security/insecure, paths: [a], owner: a, reason: b, expires: 2027-01-01}]\n", ':4:18: unknown rule "security/insecure"; did you mean "security/insecure-code"?'),
    ],
)  # fmt: skip
def test_an_id_is_a_known_one_or_brings_what_it_looks_for(text: str, expected: str) -> None:
    assert lines_of(f"version: 1\nextends: []\n{text}") == [expected]


def test_a_badly_written_rule_is_not_called_unknown_where_others_speak_of_it() -> None:
    waiver = "waivers: [{rule: reliability/own, paths: [a], owner: a, reason: b, expires: 2027-01-01}]\n"
    assert lines_of(f"{OWN}{{action: warn, regex: '('}}\n{waiver}") == [
        ":4:42: RE2 cannot read this regular expression: missing ): ("
    ]


def test_where_a_layer_is_missing_nothing_is_called_unknown() -> None:
    assert lines_of(
        "version: 1\nextends: [team.yml]\nrules:\n  reliability/own: {action: warn}\n"
    ) == [':2:11: there is no file "team.yml" in the place that this policy was read from']


BELOW = "version: 1\nrules:\n  reliability/own: {action: warn, regex: below, message: Below., why: Because.}\n"


def over(text: str, below: str = BELOW) -> Policy:
    return load(
        f"version: 1\nextends: [team.yml]\nrules:\n  reliability/own: {{{text}}}\n",
        {"team.yml": below},
    )


def test_a_later_layer_sets_single_fields_of_what_an_earlier_one_brings() -> None:
    policy = over("action: block")
    rule = policy.resolve("reliability/own", ask())
    assert (policy.searches(), rule.action, rule.message, rule.why) == (
        {"reliability/own": Regex("below")},
        Action.BLOCK,
        "Below.",
        "Because.",
    )


def test_a_later_layer_replaces_what_is_looked_for_as_a_whole() -> None:
    assert over("files: {change: added}").searches() == {
        "reliability/own": Files(frozenset({FileEvent.ADDED}))
    }


def test_a_row_is_made_of_the_layers_words() -> None:
    (row,) = over("action: block, severity: high").own_rules
    assert (row.id, row.summary, row.severity, row.page.why) == (
        "reliability/own",
        "Below.",
        Severity.MEDIUM,
        "Because.",
    )


def test_a_size_s_limits_are_options_that_cases_and_layers_may_set() -> None:
    below = "version: 1\nrules:\n  reliability/own: {action: warn, size: {max_added_lines: 400}, cases: [{when: {provenance: ai}, with: {max_added_lines: 100}}]}\n"
    assert over("action: block", below).resolve("reliability/own", ask()).options == {
        "max_added_lines": 400
    }
    assert over("with: {max_added_lines: 300}", below).resolve(
        "reliability/own", ask()
    ).options == {"max_added_lines": 300}
    assert over("size: {max_added_lines: 50}", below).resolve(
        "reliability/own", ask()
    ).options == {"max_added_lines": 50}


SEALED = "version: 1\nrules:\n  reliability/own: {action: block, size: {max_files: 9}, non_negotiable: true}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("size: {max_files: 9}", []),
        ("size: {max_files: 8}", []),
        (
            "size: {max_files: 10}",
            [
                "4:39: `max_files` of reliability/own may only be at most 9: organisation.yml:3:74 makes it non-negotiable"
            ],
        ),
        (
            "regex: a",
            [
                "4:28: this layer may not change what reliability/own looks for: organisation.yml:3:74 makes it non-negotiable"
            ],
        ),
        (
            "size: {max_added_lines: 1}",
            [
                "4:27: this layer may not change what reliability/own looks for: organisation.yml:3:74 makes it non-negotiable"
            ],
        ),
    ],
)
def test_what_a_non_negotiable_rule_looks_for_stays(
    text: str, expected: list[str], tmp_path: Path
) -> None:
    assert (
        lines_over(
            SEALED,
            f"version: 1\nextends: []\nrules:\n  reliability/own: {{{text}}}\n",
            tmp_path,
        )
        == expected
    )


FOLDER = "version: 1\nrules:\n  reliability/own: {action: block, regex: a}\n"


def test_a_rule_that_a_folder_s_policy_brings_holds_there_and_nowhere_else() -> None:
    policy = load(
        "version: 1\nextends: [pay/.judgegate.yml]\n", {"pay/.judgegate.yml": FOLDER}
    )
    actions = [
        policy.resolve("reliability/own", ask(path)).action for path in ("pay/a.py", "a.py")
    ]
    assert actions == [Action.BLOCK, Action.OFF]


def test_a_folder_s_policy_cannot_change_what_the_repository_looks_for() -> None:
    text = "version: 1\nextends: [team.yml, pay/.judgegate.yml]\n"
    (line,) = lines_of(text, {"team.yml": BELOW, "pay/.judgegate.yml": FOLDER})
    assert (
        line
        == "pay/.judgegate.yml:3:43: a folder's own policy may not change what reliability/own looks for: team.yml:3:3 defines it"
    )


def test_the_plan_holds_what_is_looked_for_in_contents_and_no_threshold() -> None:
    text = "version: 1\nextends: []\nrules:\n  reliability/a: {action: warn, regex: a}\n  reliability/b: {action: block, size: {max_files: 3}}\n  reliability/c: {action: off, regex: c}\n"
    plan = load(text).plan()
    assert plan.searches == (Sought("reliability/a", Regex("a")),)
    assert "reliability/b" in plan.rules
    assert load(text.replace("max_files: 3", "max_files: 4")).plan().digest == plan.digest
    other = load(text.replace("regex: a", "regex: b")).plan()
    assert other.digest != plan.digest


def test_the_policy_s_digest_knows_what_is_looked_for() -> None:
    digests = {
        load(f"{OWN}{{action: warn, {text}}}\n").source.digest
        for text in (
            "regex: a",
            "regex: b",
            "files: {change: added}",
            "files: {mode: changed}",
        )
    }
    assert len(digests) == 4


@given(st.text(max_size=60), st.sampled_from(["python", "go", "tsx", "yaml"]))
@settings(max_examples=60, deadline=None)
def test_no_text_makes_a_pattern_or_a_regex_anything_but_good_or_a_policy_error(
    text: str, language: str
) -> None:
    quoted = "'" + text.replace("'", "''") + "'"
    for search in (
        f"regex: {quoted}",
        f"pattern: {{language: {language}, code: {quoted}}}",
        f"pattern: {{language: {language}, rule: {{regex: {quoted}}}}}",
    ):
        with contextlib.suppress(PolicyError):
            load(f"{OWN}{{action: warn, {search}}}\n")


def test_an_engine_that_gives_up_on_a_pattern_is_a_problem_like_others() -> None:
    assert (
        pattern_fault(Pattern(("nosuch",), "{}"))
        == "ast-grep cannot use this for nosuch: it crashed"
    )
