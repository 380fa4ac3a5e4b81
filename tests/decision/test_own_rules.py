"""Whole runs of a team's own rules over real repositories."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.repositories import RepositoryBuilder
from tests.runs import check, run

EXEMPT = "exempt: [{name: text, suffixes: [.md, .txt], reason: Prose.}]\n#"
"""Closes a rule's line and exempts prose; what follows on the line is a comment."""

Finding = tuple[str | None, int | None, str, str]


@pytest.fixture
def repository(tmp_path: Path) -> RepositoryBuilder:
    return RepositoryBuilder(tmp_path / "work")


def judge(
    repository: RepositoryBuilder,
    rule: str,
    change: Callable[[RepositoryBuilder], object],
    **before: str | bytes,
) -> dict[str, Any]:
    """The report on a change, judged by a policy with one rule.

    `before`: the base's files, with `__` for a slash and `_` for a dot.
    """
    repository.write(
        ".judgegate.yml",
        f"version: 1\nextends: [oversight]\nrules:\n  reliability/own: {{action: warn, {rule}}}\n",
    )
    for name, text in before.items():
        repository.write(name.replace("__", "/").replace("_", "."), text)
    repository.commit("Start")
    repository.branch("topic")
    change(repository)
    repository.commit("Change")
    return check("--all", at=repository)


def own(report: dict[str, Any]) -> list[Finding]:
    return [
        (f["path"], f["line"], f["origin"], f["message"])
        for f in report["findings"]
        if f["rule"] == "reliability/own"
    ]


def places(report: dict[str, Any]) -> list[tuple[str | None, int | None, str]]:
    return [(path, line, origin) for path, line, origin, _ in own(report)]


def states(report: dict[str, Any]) -> dict[str, tuple[str, str | None]]:
    return {
        file["path"]: (file["state"], file["reason"]) for file in report["change"]["files"]
    }


MAPPED = "  security/insecure-code: {action: warn"
"""Lets the definitions of Python files be matched: with no check of Python, they are not read."""

PRINT = 'pattern: {language: python, code: "print($$$)"}, message: Use the logger.'


def test_a_pattern_s_finding_is_the_change_s_only_where_the_change_brings_it(
    repository: RepositoryBuilder,
) -> None:
    report = judge(
        repository,
        PRINT,
        lambda r: r.write("a.py", "x = 1\nprint(1)\nprint(2)\n"),
        a_py="print(1)\n",
    )
    assert own(report) == [
        ("a.py", 2, "existing", "Use the logger."),
        ("a.py", 3, "introduced", "Use the logger."),
    ]


def test_code_that_moves_to_another_file_is_not_blamed(
    repository: RepositoryBuilder,
) -> None:
    report = judge(
        repository,
        PRINT,
        lambda r: r.write("a.py", "\n").write("b.py", "print(1)\n"),
        a_py="print(1)\n",
    )
    assert places(report) == [("b.py", 1, "existing")]


def test_code_that_moves_to_where_the_rule_holds_is(repository: RepositoryBuilder) -> None:
    rule = f"{PRINT}, when: {{paths: [src/]}}"
    report = judge(
        repository,
        rule,
        lambda r: r.write("a.py", "\n").write("src/b.py", "print(1)\n"),
        a_py="print(1)\n",
    )
    assert places(report) == [("src/b.py", 1, "introduced")]


@pytest.mark.parametrize(
    ("covers", "state"), [("true", "analysed"), ("false", "unanalysed")]
)
def test_a_language_counts_as_read_where_a_pattern_says_so(
    repository: RepositoryBuilder, covers: str, state: str
) -> None:
    rule = f'pattern: {{language: typescript, code: "console.log($$$)", covers: {covers}}}'
    report = judge(
        repository,
        rule,
        lambda r: r.write("a.ts", "function go() {\n  console.log(1);\n}\n"),
    )
    assert places(report) == [("a.ts", 2, "introduced")]
    assert states(report)["a.ts"][0] == state


def test_a_file_that_a_covering_pattern_cannot_read_is_unanalysed(
    repository: RepositoryBuilder,
) -> None:
    rule = "pattern: {language: go, rule: {kind: identifier}, covers: true}"
    report = judge(repository, rule, lambda r: r.write("a.go", b"package a\n// \xff\n"))
    assert states(report)["a.go"] == ("unanalysed", "line 2 is not valid utf-8")


def test_nothing_is_passed_over_that_a_rule_should_have_seen(
    repository: RepositoryBuilder,
) -> None:
    """Prose is exempt, but not from a rule that could hold it up and could not look at it.

    Where the rule only warns, it is.
    """
    large = "x\n" * 600_000
    rule = 'regex: "secret", cases: [{when: {paths: ["*.md"]}, action: review}]}\n' + EXEMPT
    report = judge(
        repository,
        rule,
        lambda r: r.write("a.md", large).write("a.txt", large).write("b.md", "x"),
    )
    assert states(report) == {
        "a.md": ("unanalysed", "it is larger than 1,000,000 bytes"),
        "a.txt": ("exempt", "text"),
        "b.md": ("exempt", "text"),
    }


def test_a_rule_that_is_switched_off_is_not_looked_for(
    repository: RepositoryBuilder,
) -> None:
    report = judge(
        repository,
        f"{PRINT}}}\n  reliability/other: {{action: off, regex: x",
        lambda r: r.write("a.py", "x = 1\n"),
    )
    (file,) = report["change"]["files"]
    assert "reliability/other" not in file["rules"]


FULL_WIDTH = "".join(chr(ord(letter) + 0xFEE0) for letter in "password")


@pytest.mark.parametrize(
    "text",
    [
        b"say password\n",
        f"say {FULL_WIDTH}\n".encode(),
        b"\xff say password \xfe\n",
        "say password\n".encode("utf-16"),
        b"\0\0 password\n",
        b"\xef\xbb\xbfpassword\r\n",
    ],
)
@pytest.mark.parametrize("place", ["added", "content"])
def test_a_regex_sees_any_text_in_any_file(
    repository: RepositoryBuilder, text: bytes, place: str
) -> None:
    report = judge(
        repository,
        f"regex: {{pattern: password, in: {place}}}",
        lambda r: r.write("notes.xyz", text),
    )
    assert places(report) == [("notes.xyz", 1, "introduced")]
    assert states(report)["notes.xyz"][0] == "unanalysed"


def test_a_regex_on_added_lines_sees_only_those(
    repository: RepositoryBuilder,
) -> None:
    report = judge(
        repository,
        "regex: todo",
        lambda r: r.write("a.txt", "todo 1\n").write("b.txt", "x\ntodo 2\n"),
        a_txt="todo 1\ny\n",
        b_txt="todo 2\n",
    )
    assert places(report) == []
    report = judge(
        RepositoryBuilder(repository.path.parent / "b"),
        "regex: todo",
        lambda r: r.write("a.txt", "todo 1\n"),
        b_txt="todo 1\n",
    )
    assert places(report) == [("a.txt", 1, "introduced")]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda r: r.remove("a.txt").write("b.txt", "todo 1\ntodo 2\n"),
            [("b.txt", 1, "existing"), ("b.txt", 2, "existing")],
        ),
        (
            lambda r: r.write("a.txt", b"todo 1\r\ntodo 2\r\n"),
            [("a.txt", 1, "existing"), ("a.txt", 2, "existing")],
        ),
        (
            lambda r: r.write("a.txt", "todo 1\n  todo 2\n"),
            [("a.txt", 2, "existing")],
        ),
        (
            lambda r: r.write("b.txt", "todo 1\n"),
            [("b.txt", 1, "introduced")],
        ),
        (
            lambda r: r.remove("a.txt").write("b.txt", "todo 1\ntodo 2\ntodo 2\n"),
            [
                ("b.txt", 1, "existing"),
                ("b.txt", 2, "existing"),
                ("b.txt", 3, "introduced"),
            ],
        ),
        (
            lambda r: r.write("a.txt", "todo 1\ntodo 3\n"),
            [("a.txt", 2, "introduced")],
        ),
    ],
    ids=["renamed", "line ends", "indented", "copied", "once more", "another text"],
)
def test_a_line_that_only_moved_is_no_new_one(
    repository: RepositoryBuilder,
    change: Callable[[RepositoryBuilder], object],
    expected: list[tuple[str, int, str]],
) -> None:
    report = judge(repository, "regex: todo", change, a_txt="todo 1\ntodo 2\n")
    assert sorted(places(report)) == expected


@pytest.mark.parametrize("place", ["added", "content"])
def test_another_text_in_a_comment_is_new_though_the_code_is_the_same(
    repository: RepositoryBuilder, place: str
) -> None:
    report = judge(
        repository,
        f"regex: {{pattern: 'key [0-9]', in: {place}, secret: true}}}}\n{MAPPED}",
        lambda r: r.write("a.py", "def run():\n    return 1  # key 2\n"),
        a_py="def run():\n    return 1  # key 1\n",
    )
    assert places(report) == [("a.py", 2, "introduced")]


def test_a_pattern_in_a_renamed_function_is_old(repository: RepositoryBuilder) -> None:
    report = judge(
        repository,
        f"{PRINT}}}\n{MAPPED}",
        lambda r: r.write("a.py", 'def start():\n    x = 1\n    print("a", x)\n'),
        a_py="def run():\n    x = 1\n    print('a',x)\n",
    )
    assert places(report) == [("a.py", 3, "existing")]


def test_a_line_that_moves_to_where_the_rule_holds_is_new(
    repository: RepositoryBuilder,
) -> None:
    report = judge(
        repository,
        "regex: todo, when: {paths: [src/]}",
        lambda r: r.remove("a.txt").write("src/a.txt", "todo 1\n"),
        a_txt="todo 1\n",
    )
    assert places(report) == [("src/a.txt", 1, "introduced")]


def test_a_regex_on_contents_is_paired_and_reaches_over_lines(
    repository: RepositoryBuilder,
) -> None:
    rule = r'regex: {pattern: "(?s)begin.*?end", in: content}'
    report = judge(
        repository,
        rule,
        lambda r: r.write("a.txt", "x\nbegin\n end\nbegin end\n"),
        a_txt="begin\nend\n",
    )
    assert places(report) == [("a.txt", 2, "existing"), ("a.txt", 4, "introduced")]


def test_a_secret_is_not_shown(repository: RepositoryBuilder) -> None:
    judge(
        repository,
        'regex: {pattern: "AKIA[0-9A-Z]{4}", secret: true}',
        lambda r: r.write("a.txt", "key = AKIA1234\n"),
    )
    shown = (
        run("check", at=repository).out
        + run("check", "-f", "json", at=repository).out
        + run("check", "-f", "sarif", at=repository).out
    )
    assert "AKIA1234" not in shown
    assert "key = ***" in shown


POINTER = (
    "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 9\n"
)


def test_what_lies_elsewhere_cannot_be_searched(repository: RepositoryBuilder) -> None:
    rule = (
        "regex: {pattern: x, in: content}, cases: [{when: {paths: [a.txt]}, action: review}]}\n"
        + EXEMPT
    )
    report = judge(
        repository,
        rule,
        lambda r: r.write("a.txt", POINTER).write("b.txt", "x\n"),
        b_txt=POINTER,
    )
    assert states(report)["a.txt"] == (
        "unanalysed",
        "its content is in Git LFS, and the repository contains only a pointer to it",
    )
    assert places(report) == [("b.txt", 1, "introduced")]
    assert [notice["code"] for notice in report["notices"]] == ["blind-side"]


def test_text_that_moves_out_of_a_removed_file_is_not_blamed(
    repository: RepositoryBuilder,
) -> None:
    report = judge(
        repository,
        "regex: {pattern: secret, in: content}",
        lambda r: r.remove("a.txt").write("b.txt", "secret\n"),
        a_txt="secret\nand more\n",
    )
    assert places(report) == [("b.txt", 1, "existing")]


def test_an_import_out_of_every_package_breaks_no_contract(
    repository: RepositoryBuilder,
) -> None:
    assert (
        places(
            judge(
                repository,
                LAYERS,
                lambda r: r.write("shop/model.py", "from ...web import x\n"),
            )
        )
        == []
    )


def test_a_shared_layer_and_independent_modules_are_told_apart(
    repository: RepositoryBuilder,
) -> None:
    report = judge(
        repository,
        LAYERS,
        lambda r: r.write("shop/stock.py", "from shop.orders import a, b\n"),
    )
    assert [message for *_, message in own(report)] == [
        "shop.stock imports shop.orders.a: shop.stock may not import shop.orders, which is in the same layer"
    ]


LAYERS = "imports: {layers: [shop.web, [shop.orders, shop.stock], shop.model]}"


def test_only_imports_that_the_change_brings_break_a_contract(
    repository: RepositoryBuilder,
) -> None:
    old = "import shop.web\n\nX = 1\n"
    new = "X = 1\n\n\ndef f():\n    import shop.web\n    from ..web.pages import Page\n    from .. import model\n    import os\n"
    report = judge(
        repository,
        LAYERS,
        lambda r: r.write("src/shop/orders/order.py", new),
        src__shop__orders__order_py=old,
    )
    told = "shop.orders.order imports {}: shop.orders may not import shop.web, which is in a higher layer"
    assert own(report) == [
        ("src/shop/orders/order.py", 5, "existing", told.format("shop.web")),
        ("src/shop/orders/order.py", 6, "introduced", told.format("shop.web.pages.Page")),
    ]


def test_a_contract_is_asked_with_the_path_even_where_two_files_are_the_same(
    repository: RepositoryBuilder,
) -> None:
    text = "from shop import web\n"
    report = judge(
        repository,
        LAYERS,
        lambda r: (
            r.write("shop/model/a.py", text)
            .write("shop/web/a.py", text)
            .write("other/a.py", text)
        ),
    )
    assert places(report) == [("shop/model/a.py", 1, "introduced")]


@pytest.mark.parametrize(("counted", "lines"), [("true", [5]), ("false", [])])
def test_imports_for_type_checkers_count_unless_the_contract_says_otherwise(
    repository: RepositoryBuilder, counted: str, lines: list[int]
) -> None:
    text = (
        "import typing\n\n\nif typing.TYPE_CHECKING:\n    import b\nelse:\n    b = None\n"
    )
    rule = f"imports: {{forbidden: {{from: a, to: b}}, type_checking: {counted}}}"
    assert [
        line
        for _, line, _ in places(judge(repository, rule, lambda r: r.write("a.py", text)))
    ] == lines


@pytest.mark.parametrize(
    ("rule", "found"),
    [
        ("files: {change: added}", ["b.zip", "run", "to"]),
        ("files: {change: removed}", ["gone.py"]),
        ("files: {change: changed}", ["a.py"]),
        ('files: {paths: ["*.zip", "gone.*"]}', ["b.zip", "gone.py"]),
        ("files: {type: link}", ["to"]),
        ("files: {type: executable, change: added}", ["run"]),
        ("files: {mode: changed}", ["a.py"]),
        ("files: {max_bytes: 9}", ["b.zip"]),
        ('files: {max_bytes: 10, paths: ["*.zip"]}', []),
        ('files: {change: added}, when: {paths: ["*.zip"]}', ["b.zip"]),
    ],
)
def test_a_file_is_known_without_its_content(
    repository: RepositoryBuilder, rule: str, found: list[str]
) -> None:
    def change(r: RepositoryBuilder) -> None:
        r.write("b.zip", b"1234567890").remove("gone.py").chmod("a.py").write(
            "run", "#!/bin/sh"
        ).chmod("run").link("to", "a.py")

    report = judge(repository, rule, change, a_py="x = 1\n", gone_py="x = 2\n")
    assert [(path, line) for path, line, _ in places(report)] == [
        (path, None) for path in found
    ]


def test_what_happened_to_a_file_is_told(repository: RepositoryBuilder) -> None:
    report = judge(
        repository, "files: {mode: changed}", lambda r: r.chmod("a.py"), a_py="x = 1\n"
    )
    assert (
        own(report)[0][3]
        == "The change changes this executable file, which was not executable before."
    )
    report = judge(
        RepositoryBuilder(repository.path.parent / "b"),
        "files: {max_bytes: 2}",
        lambda r: r.write("a.bin", b"123"),
    )
    assert own(report)[0][3] == "The change adds this file, of 3 bytes; the limit is 2."


SIZE = (
    "size: {max_added_lines: 3, max_files: 2, max_removed_lines: 0, max_changed_lines: 99}, message: Split it., "
    "cases: [{when: {provenance: ai}, with: {max_added_lines: 1}, action: review}]"
)


def test_a_change_has_a_size(repository: RepositoryBuilder) -> None:
    report = judge(
        repository,
        SIZE,
        lambda r: r.write("a.py", "1\n2\n3\n4\n").write("b.py", "5\n"),
        a_py="0\n1\n",
    )
    assert own(report) == [
        (None, None, "introduced", "Split it. It adds 4 lines; the limit is 3."),
        (None, None, "introduced", "Split it. It removes 1 line; the limit is 0."),
    ]


def test_a_smaller_size_can_be_asked_of_what_an_ai_wrote(
    repository: RepositoryBuilder,
) -> None:
    repository.write(
        ".judgegate.yml",
        f"version: 1\nextends: [oversight]\nrules:\n  reliability/own: {{action: warn, {SIZE}}}\n",
    ).commit("Start")
    repository.branch("topic").write("a.py", "1\n2\n").commit(
        "Change", trailers=["Co-authored-by: Claude <noreply@anthropic.com>"]
    )
    (finding,) = [
        finding
        for finding in check(at=repository)["findings"]
        if finding["rule"] == "reliability/own"
    ]
    assert (finding["action"], finding["code"], finding["message"]) == (
        "review",
        "max_added_lines",
        "Split it. It adds 2 lines; the limit is 1.",
    )


def test_only_files_that_count_make_a_change_large(repository: RepositoryBuilder) -> None:
    rule = 'size: {max_added_lines: 3, paths: ["*", "!*.lock"]}'
    assert (
        places(
            judge(
                repository,
                rule,
                lambda r: r.write("a.lock", "x\n" * 9).write("a.py", "x = 1\n"),
            )
        )
        == []
    )


def test_every_report_knows_the_rule(repository: RepositoryBuilder) -> None:
    judge(
        repository,
        f"{PRINT}, why: Nobody reads it., severity: high",
        lambda r: r.write("a.py", "print(1)\n"),
    )
    text = run("check", at=repository).out
    assert (
        "a.py:1: warn reliability/own (high)\n  Use the logger.\n    1 | print(1)\n  Why: Nobody reads it.\n"
        in text
    )
    sarif = run("check", "-f", "sarif", at=repository).out
    assert '"id": "reliability/own"' in sarif
    assert '"text": "Use the logger."' in sarif


def test_the_change_s_own_policy_is_not_what_looks(repository: RepositoryBuilder) -> None:
    repository.write(".judgegate.yml", "version: 1\nextends: [oversight]\n").commit("Start")
    own_rule = "version: 1\nextends: [oversight]\nrules:\n  reliability/own: {action: warn, regex: '('}\n"
    repository.branch("topic").write(".judgegate.yml", own_rule).commit("Change")
    report = check(at=repository)
    assert report["outcome"] == "block"
    assert "RE2 cannot read this regular expression" in report["reasons"][0]["message"]
