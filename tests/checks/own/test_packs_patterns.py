"""The packs' patterns: each finds what it is meant for, and leaves its harmless neighbour alone."""

import json

import pytest

from judgegate.checks.own.registry import own_checks
from judgegate.checks.registry import RULEBOOK
from judgegate.model.own_rules import Pattern
from judgegate.policy.layers import _folder as packs_folder
from judgegate.policy.layers import pack_names
from judgegate.policy.loading import load_pack, load_policy_file
from judgegate.sources.python import read_python
from judgegate.sources.text import read_code

POLICY = load_pack(RULEBOOK.values(), "default")
SOUGHT = POLICY.plan().searches

HITS = {
    "reliability/swallowed-exception": [
        "try:\n    a()\nexcept:\n    pass\n",
        "try:\n    a()\nexcept Exception:\n    pass\n",
        "try:\n    a()\nexcept BaseException as error:\n    ...\n",
        "try:\n    a()\nexcept (OSError, Exception):\n    # never mind\n    pass\n",
        "for b in c:\n    try:\n        a()\n    except (Exception) as e:\n        continue\n",
        "try:\n    a()\nexcept builtins.Exception:\n    'never mind'\n",
        "import contextlib\nwith contextlib.suppress(Exception):\n    a()\n",
    ],
    "reliability/bare-except": [
        "try:\n    a()\nexcept:\n    log()\n",
        "try:\n    a()\nexcept :\n    b = None\n",
    ],
    "reliability/call-without-timeout": [
        "urllib.request.urlopen(url)",
        "urlopen(url, data=b'')",
        "socket.create_connection((host, 80))",
        "smtplib.SMTP(host)",
        "http.client.HTTPSConnection(host, 443)",
    ],
    "reliability/mutable-default": [
        "def f(a, b=[]): pass",
        "def f(*, b: dict = {}): pass",
        "lambda a={1}: a",
        "def f(a=list()): pass",
    ],
    "reliability/breakpoint": [
        "breakpoint()",
        "import pdb; pdb.set_trace()",
        "ipdb.set_trace(context=5)",
        "debugpy.wait_for_client()",
    ],
    "reliability/debug-print": [
        'print(f"{value=}")',
        "print('here')",
        'print("DEBUG", x)',
        'print(rf"a {x=} b")',
    ],
    "architecture/star-import": ["from a.b import *", "from . import *"],
    "reliability/debugger-statement": ["function f() { debugger; }"],
    "reliability/console-log": ["console.log(a, b)", "if (x) console.debug('x');"],
    "security/script-eval": ["const a = eval(text);", "new Function('a', body)"],
    "security/raw-html": [
        "node.innerHTML = text;",
        "document.write(text)",
        "a.b.insertAdjacentHTML('x', y)",
        "node.outerHTML = `<b>${a}</b>`",
    ],
}

NEIGHBOURS = {
    "reliability/swallowed-exception": [
        "try:\n    a()\nexcept KeyError:\n    pass\n",
        "try:\n    a()\nexcept Exception:\n    log.exception('a')\n",
        "try:\n    a()\nexcept MyException:\n    pass\n",
        "try:\n    a()\nexcept Exception:\n    raise\n",
        "with contextlib.suppress(FileNotFoundError):\n    a()\n",
    ],
    "reliability/bare-except": [
        "try:\n    a()\nexcept:\n    undo()\n    raise\n",
        "try:\n    a()\nexcept Exception:\n    log()\n",
        "try:\n    a()\nexcept:\n    pass\n",
    ],
    "reliability/call-without-timeout": [
        "urllib.request.urlopen(url, timeout=5)",
        "urlopen(url, **options)",
        "self.urlopen(url)",
        "smtplib.SMTP(host, timeout=TIMEOUT)",
    ],
    "reliability/mutable-default": [
        "def f(a=None, b=()): pass",
        "def f(a=frozenset()): pass",
        "f(a=[])",
        "class A:\n    a = []\n",
    ],
    "reliability/breakpoint": [
        "self.breakpoint()",
        "breakpoints = 1",
        "pdb.Pdb()",
        "# breakpoint()",
    ],
    "reliability/debug-print": [
        'print(f"{value}")',
        "print()",
        'print("There is no such file")',
        'log.debug(f"{x=}")',
        'print(f"{a==b}")',
    ],
    "architecture/star-import": ["from a import b", "from a import (b, c)", "a = b * c"],
    "reliability/debugger-statement": ["const debuggers = 1;", "// debugger"],
    "reliability/console-log": ["console.error(a)", "logger.log(a)"],
    "security/script-eval": ["evaluate(text)", "JSON.parse(text)", "new Functional()"],
    "security/raw-html": [
        "node.textContent = text;",
        "node.innerHTML = '<br>';",
        "const a = node.innerHTML;",
    ],
}


def found(text: str, language: str) -> set[str]:
    source = (
        read_python(text.encode()) if language == "python" else read_code(text.encode())
    )
    (check,) = (check for check in own_checks(SOUGHT) if check.languages == (language,))
    return {seen.rule for seen in check.run(source)}


def languages_of(rule: str) -> tuple[str, ...]:
    search = POLICY.searches()[rule]
    assert isinstance(search, Pattern)
    return search.languages


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule, texts in HITS.items() for text in texts]
)
def test_a_pattern_finds_what_it_is_meant_for(rule: str, text: str) -> None:
    for language in languages_of(rule):
        assert found(text, language) == {rule}


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule, texts in NEIGHBOURS.items() for text in texts]
)
def test_a_pattern_leaves_its_harmless_neighbour_alone(rule: str, text: str) -> None:
    for language in languages_of(rule):
        assert rule not in found(text, language)


def test_every_pattern_of_the_packs_has_its_hits_and_neighbours() -> None:
    assert set(HITS) == set(NEIGHBOURS) == {one.rule for one in SOUGHT}


@pytest.mark.parametrize("pack", pack_names())
def test_what_the_packs_look_for_compiles(pack: str) -> None:
    policy = load_policy_file(RULEBOOK.values(), packs_folder() / f"{pack}.yml")
    assert all(
        json.loads(one.search.matcher)
        for one in policy.plan().searches
        if isinstance(one.search, Pattern)
    )


@pytest.mark.parametrize("rule", sorted(POLICY.searches()))
def test_a_pack_s_rule_has_words_for_the_report(rule: str) -> None:
    row = POLICY.rows[rule]
    assert row.summary != rule
    assert row.summary.endswith(".")
    assert POLICY.merged(rule).plain.why is not None
