import subprocess
import sys
from collections import Counter
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from judgegate.checks.insecure_code.bandit_stand_ins import (
    PluginCrashedError,
    load_test_set,
)
from judgegate.checks.insecure_code.scan import find_issues, scan_insecure_code
from judgegate.model.levels import Confidence, Severity
from judgegate.model.ranges import LineRange
from judgegate.sources.python import read_python
from tests.checks.commands import bandit_command
from tests.checks.reading import SALT, read, see
from tests.checks.samples import INSECURE

if TYPE_CHECKING:
    from judgegate.model.observation import Observation
    from judgegate.sources.python import PythonSource


def test_the_issues_are_those_of_the_bandit_command(tmp_path: Path) -> None:
    expected = bandit_command(tmp_path, INSECURE)
    found = {
        name: Counter(
            (issue.test_id, issue.lineno, issue.severity, issue.confidence)
            for issue, _ in find_issues(read(text))
        )
        for name, text in INSECURE.items()
    }
    assert found == expected


def test_the_samples_wake_nearly_every_test_of_bandit() -> None:
    woken = {
        observation.code
        for text in INSECURE.values()
        for observation in see(scan_insecure_code, text)
    }
    plugins = {
        function._test_id
        for functions in load_test_set().tests.values()
        for function in functions
    } - {"B001"}
    assert plugins <= woken
    assert len(woken) > 60


def test_the_tests_are_exactly_those_that_bandit_registers_for_itself() -> None:
    ours = {
        function for functions in load_test_set().tests.values() for function in functions
    }
    registered = {
        entry.load()
        for entry in metadata.distribution("bandit").entry_points
        if entry.group == "bandit.plugins"
    }
    assert {function.__name__ for function in registered} == {
        function.__name__ for function in ours
    } - {"blacklist"}


def test_a_bandit_that_was_imported_in_its_own_way_is_refused() -> None:
    paths = [path for path in sys.path if path.endswith(("site-packages", "src"))]
    code = f"import sys; sys.path += {paths!r}; import bandit"
    code += "\nfrom judgegate.checks.insecure_code.bandit_stand_ins import load_test_set; load_test_set()"
    ended = subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        capture_output=True,
        check=False,
        text=True,
    )
    assert (
        "ImportError: bandit was imported before its stand-ins were in place"
        in ended.stderr
    )


def test_the_real_libraries_are_back_after_bandit_was_imported() -> None:
    load_test_set()
    import importlib.metadata  # the point of the test

    import yaml  # the point of the test

    assert importlib.metadata.version("bandit")
    assert yaml.safe_load("a: 1") == {"a": 1}


@pytest.mark.parametrize("name", INSECURE)
def test_every_issue_is_observed_on_lines_that_hold_it(name: str) -> None:
    source = read(INSECURE[name])
    issues = Counter(issue.test_id for issue, _ in find_issues(source))
    observations = list(scan_insecure_code(source))
    assert Counter(observation.code for observation in observations) == issues
    assert observations == sorted(
        observations, key=lambda observation: observation.lines.start
    )
    for observation in observations:
        assert "\n" not in observation.message
        assert observation.excerpt
        assert 1 <= observation.lines.start <= observation.lines.end <= len(source.lines)


def test_an_observation_carries_bandits_words_and_its_place() -> None:
    [_, observation] = see(
        scan_insecure_code,
        "import subprocess\nclass A:\n    @d\n    def f(self):\n        subprocess.run(\n  x,\n shell=True)\n",
    )
    assert observation.rule == "security/insecure-code"
    assert (observation.code, observation.severity, observation.confidence) == (
        "B602",
        Severity.HIGH,
        Confidence.HIGH,
    )
    assert (
        observation.message == "subprocess call with shell=True identified, security issue."
    )
    assert (observation.lines, observation.subject, observation.definition) == (
        LineRange(5, 7),
        "A.f",
        LineRange(3, 7),
    )
    assert observation.excerpt == "subprocess.run("
    assert observation.key == observation.fingerprint


def test_the_fingerprint_survives_moves_and_indentation_and_notices_edits() -> None:
    def mark(text: str) -> str:
        return see(scan_insecure_code, text)[0].fingerprint

    assert mark("eval(x,\n  y)\n") == mark("a = 1\nif a:\n    eval(x,\n\n    y)\n")
    assert mark("eval(x)\n") != mark("eval(y)\n")
    assert mark("eval(x)\n") != mark("def f(): eval(x)\n")


def test_comments_that_ask_to_look_away_are_not_obeyed() -> None:
    assert [
        observation.code
        for observation in see(
            scan_insecure_code, "eval(x)  # nosec\nexec(y)  # nosec B102\n"
        )
    ] == ["B307", "B102"]


def test_a_definition_is_flagged_without_its_body() -> None:
    [observation] = see(
        scan_insecure_code,
        "def f(a,\n    password='x'):\n\n    @d\n    def g(): ...\n    return 1\n",
    )
    assert (observation.code, observation.lines, observation.subject) == (
        "B107",
        LineRange(1, 3),
        "f",
    )


def test_a_body_on_the_definitions_own_line_is_part_of_it() -> None:
    [observation] = see(scan_insecure_code, "def f(password='x'): return 1\n")
    assert observation.lines == LineRange(1, 1)


def test_a_file_level_finding_stands_on_gits_line() -> None:
    source = read_python("a = 'x\x0cy'\rb = 1\n# \u202e\n".encode())
    assert [
        (observation.code, observation.lines) for observation in scan_insecure_code(source)
    ] == [("B613", LineRange(2, 2))]


def test_a_call_behind_a_lone_carriage_return_stands_on_gits_line() -> None:
    [observation] = scan_insecure_code(read_python(b"a = 1 #\reval(x)\nb = 2\n"))
    assert (observation.lines, observation.excerpt) == (LineRange(1, 1), "a = 1 #\reval(x)")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "os.chmod({'b', 'a', 'c'}, 0o777)\n",
            "Chmod setting a permissive mask 0o777 on file (...).",
        ),
        (
            "os.chmod([{'a': 1}], 0o777)\n",
            "Chmod setting a permissive mask 0o777 on file ([...]).",
        ),
        (
            "os.chmod('a\\nb', 0o777)\n",
            "Chmod setting a permissive mask 0o777 on file (a b).",
        ),
        (
            "os.chmod('\\ud800', 0o777)\n",
            "Chmod setting a permissive mask 0o777 on file (?).",
        ),
    ],
)
def test_a_message_is_one_line_and_the_same_in_every_run(text: str, message: str) -> None:
    [observation] = see(scan_insecure_code, text)
    assert observation.message == message


def test_no_address_of_this_process_gets_into_a_message() -> None:
    [observation] = see(
        scan_insecure_code, "import tarfile\ntarfile.open(x).extractall(members=m[1])\n"
    )
    assert "0x" not in observation.message


def test_a_message_is_not_longer_than_a_report_can_show() -> None:
    [observation] = see(scan_insecure_code, f"os.chmod('{'x' * 9000}', 0o777)\n")
    assert len(observation.message) == 500
    assert len(observation.excerpt) == 200


@pytest.mark.parametrize(
    "text", ["f(**'secret')\n", "import importlib\nimportlib.import_module(**x)\n"]
)
def test_a_test_of_bandit_that_crashes_is_not_taken_for_silence(text: str) -> None:
    with pytest.raises(PluginCrashedError, match=r"bandit's test B\d+ crashed on line \d"):
        see(scan_insecure_code, text)


def test_what_the_other_tests_see_is_told_before_the_crash() -> None:
    text = (
        "import os, importlib\nos.system(x)\nimportlib.import_module(**x)\neval(x)\n"
        "key = 'not a secret'\n"
    )
    scan = scan_insecure_code(read_python(text.encode()))
    seen: list[Observation] = []
    with pytest.raises(PluginCrashedError):
        seen.extend(scan)
    assert [(one.code, one.lines.start) for one in seen] == [("B605", 2), ("B307", 4)]
    assert seen[0].excerpt == "os.system(x)"


def test_where_a_test_for_secrets_crashes_every_literal_may_be_one() -> None:
    text = "import os\nos.system('login hunter2' + x)\nf(**'secret')\n"
    scan = scan_insecure_code(read_python(text.encode()))
    seen: list[Observation] = []
    with pytest.raises(PluginCrashedError):
        seen.extend(scan)
    assert [one.excerpt for one in seen] == ['os.system("***" + x)']


SECRETS = [
    "password = 'hunter2'\n",
    "password = (\n    'hunter2'\n)\n",
    "x = {'password': 'hunter2', 'user': 'hunter2'}\n",
    "x = {'password':\n  'hunter2'}\n",
    "x = {'password': 98765}\n",
    "x['password'] = 'hunter2'\n",
    "if password == 'hunter2': pass\n",
    "login('hunter2', password='hunter2', key=b'hunter2', pin=98765)\n",
    "def f(a, password='hunter2'): ...\n",
    "def f(a, password='hunter2'):\n    return a\n",
    "class A:\n    token = '''one\nhunter2'''; x = f'hunter2{y}'\n",
    "requests.get(u, auth=login(password='hunter2'), verify=False,\n  timeout='hunter2')\n",
    "password = 'hunter2'; eval('hunter2')\n",
    "é = 'é'; password = 'hunter2'\n",
    "a = 'hunter2'\rpassword = 'hunter2'\n",
]


@pytest.mark.parametrize("text", SECRETS)
def test_a_literal_secret_is_shown_nowhere(text: str) -> None:
    observations = list(scan_insecure_code(read_python(text.encode(), SALT)))
    assert observations
    assert not any(secret in repr(observations) for secret in ("hunter2", "98765"))


@pytest.mark.parametrize("text", SECRETS)
def test_a_secrets_fingerprint_does_not_depend_on_it_and_its_inner_key_does(
    text: str,
) -> None:
    def seen(text: str, salt: bytes = SALT) -> tuple[set[str], set[str]]:
        observations = list(scan_insecure_code(read_python(text.encode(), salt)))
        return {observation.fingerprint for observation in observations}, {
            observation.key for observation in observations
        }

    other = text.replace("hunter2", "letmein").replace("98765", "43210")
    (marks, keys), (other_marks, other_keys) = seen(text), seen(other)
    assert marks == other_marks
    assert keys.isdisjoint(other_keys)
    assert keys.isdisjoint(seen(text, b"another salt")[1])
    assert keys.isdisjoint(marks)


def test_a_finding_beside_no_secret_shows_its_line() -> None:
    [_, observation] = see(scan_insecure_code, "password = 'hunter2'\neval('text')\n")
    assert observation.excerpt == "eval('text')"
    assert observation.key == observation.fingerprint


def test_the_tree_is_left_for_the_next_check() -> None:
    source = read(INSECURE["calls"])
    first, second = list(scan_insecure_code(source)), list(scan_insecure_code(source))
    assert first == second


def test_a_long_literal_does_not_cost_quadratic_work(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source: PythonSource = read("x = [\n" + "  'a',\n" * 3000 + "]\n")
    from bandit.core import utils  # only after the engine has imported it in its own way

    monkeypatch.setattr(
        utils,
        "linerange",
        lambda _: pytest.fail("asked for the lines of the whole literal"),
    )
    assert find_issues(source) == []


def test_an_import_may_stand_anywhere_and_a_call_has_its_place() -> None:
    source = read_python(
        b"X = 1\nimport subprocess\nsubprocess.call(X, shell=True)\n", b"salt"
    )
    assert {
        seen.code: seen.body is None
        for seen in scan_insecure_code(source)
        if seen.code in {"B404", "B602"}
    } == {
        "B404": True,
        "B602": False,
    }
