"""The commands that need no repository, and how a person sees them."""

import json
import os
import pty
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jsonschema
import pytest
from click.shell_completion import ShellComplete

from judgegate.checks.registry import RULEBOOK
from judgegate.cli import check, policy, provenance
from judgegate.cli.app import group
from judgegate.cli.inputs import OPTION_GROUPS
from judgegate.policy.layers import pack_names
from judgegate.policy.loading import load_pack
from judgegate.report.formats import FORMATS
from judgegate.report.rule_pages import shipped_rules
from tests.repositories import RepositoryBuilder
from tests.runs import run


def test_the_demo_shows_a_block_and_ends_well() -> None:
    done = run("demo")
    assert done.code == 0
    assert "BLOCK" in done.out
    for code in ("B602", "B105", "CC"):
        assert code in done.out
    assert "uncommitted" not in done.out
    assert len(done.out.partition("Try next:\n")[2].splitlines()) == 3


def test_the_demo_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run("demo")
    assert list(tmp_path.iterdir()) == []


def test_every_rule_is_listed_and_has_a_page() -> None:
    listed = [
        line.split()[0]
        for line in run("rules").out.splitlines()
        if not line.startswith(" ")
    ]
    assert listed == sorted(shipped_rules())
    for rule in listed:
        page = run("rules", rule).out
        for title in (
            f"{rule}\n\n",
            "\nWhat it looks for\n",
            "\nWhy\n",
            "\nHow to fix it\n",
            "\nHow to tune it\n",
        ):
            assert title in page


@pytest.mark.parametrize("pack", pack_names())
def test_what_a_pack_brings_is_in_the_catalogue(pack: str) -> None:
    assert {rule.id for rule in load_pack(RULEBOOK.values(), pack).own_rules} <= set(
        shipped_rules()
    )


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("reliability/bare-except", "another one: medium"),
        ("reliability/breakpoint", "another one: high"),
    ],
)
def test_a_pattern_s_page_shows_the_severity_that_the_packs_give_it(
    rule: str, says: str
) -> None:
    assert says in run("rules", rule).out


def test_a_misspelt_rule_is_answered_with_the_nearest_one() -> None:
    done = run("rules", "security/insecure-cod")
    assert done.code == 2
    assert "Did you mean security/insecure-code?" in done.err


@pytest.mark.parametrize("code", ["B602", "b602", "B411"])
def test_a_code_is_answered_with_the_rule_that_it_belongs_to(code: str) -> None:
    done = run("rules", code)
    assert done.code == 2
    assert f"{code.upper()} is a code of security/insecure-code" in done.err


@pytest.mark.parametrize(
    ("word", "says"),
    [("chek", "Did you mean check?"), ("zzz", "The commands are: check, provenance")],
)
def test_a_misspelt_command_is_answered_with_the_nearest_one(word: str, says: str) -> None:
    done = run(word)
    assert (done.code, says in done.err) == (2, True)


def test_a_rule_like_none_is_answered_with_the_way_to_the_list() -> None:
    assert "judgegate rules" in run("rules", "zzz").err


def test_the_schemas_are_schemas() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(run("schema", "report").out))


@pytest.mark.parametrize(
    "arguments", [["--help"], ["-h"], ["check", "--help"], ["demo", "-h"], ["--version"]]
)
def test_help_is_no_error(arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize("arguments", [["chek"], ["check", "--bogus"], ["check", "extra"]])
def test_an_unknown_word_is_wrong_usage(arguments: list[str]) -> None:
    assert run(*arguments).code == 2


def watch(*arguments: str, at: Path, environment: dict[str, str]) -> tuple[str, str]:
    """What a person at a terminal sees: standard output and standard error."""
    (out, out_end), (err, err_end) = pty.openpty(), pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "judgegate", *arguments],
        cwd=at,
        env=os.environ | environment,
        stdout=out_end,
        stderr=err_end,
    ):
        os.close(out_end)
        os.close(err_end)
        # Both at once: who writes to a terminal that nobody reads waits forever.
        with ThreadPoolExecutor() as readers:
            seen, told = readers.map(_read, (out, err))
        return seen, told


def _read(terminal: int) -> str:
    text = b""
    try:
        while part := os.read(terminal, 4096):
            text += part
    except OSError:  # the other end is closed
        pass
    os.close(terminal)
    return text.decode()


class TestATerminal:
    """Colour, and the progress bar."""

    @pytest.fixture
    def slow(self, repository: RepositoryBuilder) -> Path:
        """A change that takes well over a second."""
        repository.write("app.py", "X = 1\n").commit("Start")
        repository.branch("topic")
        for number in range(2):
            repository.write(
                f"slow{number}.py",
                f"N = {number}\n" + "x = [(1, {'a': 2}), f(3)]\n" * 8_000,
            )
        repository.commit("Slow")
        return repository.path

    def test_a_person_sees_colour_and_a_bar(self, slow: Path) -> None:
        out, err = watch("check", at=slow, environment={"TERM": "xterm"})
        assert "\x1b[" in out
        assert "Judging" in err

    @pytest.mark.parametrize("setting", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
    def test_colour_can_be_declined(
        self, repository: RepositoryBuilder, setting: dict[str, str]
    ) -> None:
        repository.write("app.py", "X = 1\n").commit("Start")
        repository.branch("topic").write("app.py", "X = 2\n").commit("Change")
        out, _ = watch("check", at=repository.path, environment={"TERM": "xterm"} | setting)
        assert "PASS" in out
        assert "\x1b" not in out

    @pytest.mark.parametrize(
        ("setting", "coloured"),
        [
            ({"FORCE_COLOR": "1"}, True),
            ({"FORCE_COLOR": "0"}, True),
            ({"FORCE_COLOR": ""}, False),
            ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
            ({"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
        ],
    )
    def test_colour_can_be_had_without_a_terminal(
        self, setting: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in setting.items():
            monkeypatch.setenv(name, value)
        assert (
            "\x1b[1mWhy\x1b[0m" in run("rules", "reliability/bare-except").out
        ) is coloured

    def test_a_report_in_a_file_has_no_colour(
        self, repository: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repository.write("app.py", "X = 1\n").commit("Start")
        repository.branch("topic").write("app.py", "X = 2\n").commit("Change")
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert (
            "\x1b[1;32mPASS"
            in run("check", "-f", "text", "-f", "text=report.txt", at=repository).out
        )
        assert "\x1b" not in (repository.path / "report.txt").read_text()

    def test_a_rule_s_page_has_its_titles_in_bold(self, tmp_path: Path) -> None:
        out, _ = watch(
            "rules",
            "reliability/bare-except",
            at=tmp_path,
            environment={"TERM": "xterm", "NO_COLOR": ""},
        )
        assert "\x1b[1mWhy\x1b[0m" in out

    def test_a_log_gets_no_bar(self, slow: Path) -> None:
        _, err = watch("check", at=slow, environment={"TERM": "xterm", "CI": "true"})
        assert err == ""


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["ru"], ["rules"]),
        (["rules", "security/i"], ["security/insecure-code"]),
        (["policy", "explain", "oversight/ai"], ["oversight/ai-assisted"]),
        (["check", "-f", ""], list(FORMATS)),
        (["check", "--format", "s"], ["sarif"]),
        (["policy", "diff", "default", "st"], ["strict", "st"]),
        (["policy", "diff", ""], [*pack_names(), ""]),
    ],
)
def test_a_shell_can_complete_commands_rules_formats_and_packs(
    typed: list[str], offered: list[str]
) -> None:
    *words, incomplete = typed
    completion = ShellComplete(group, {}, "judgegate", "_JUDGEGATE_COMPLETE")
    assert [item.value for item in completion.get_completions(words, incomplete)] == offered


def test_a_shell_gets_a_script_that_completes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "judgegate"],
        env=os.environ | {"_JUDGEGATE_COMPLETE": "zsh_source"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout.startswith("#compdef ")


def test_the_help_lists_every_option_in_a_group() -> None:
    shown = run("check", "--help").out
    titles = [
        line.removesuffix(":")
        for line in shown.splitlines()
        if line[:1].isalpha() and line.endswith(":")
    ]
    assert titles == [*dict.fromkeys(OPTION_GROUPS.values()), "Other"]
    other = shown.partition("\nOther:\n")[2]
    assert [line.split()[0] for line in other.splitlines() if line.startswith("  -")] == [
        "-h,",
    ]


def test_every_grouped_option_exists() -> None:
    commands = (check.command, provenance.command, policy.explain)
    assert set(OPTION_GROUPS) <= {
        parameter.name for command in commands for parameter in command.params
    }


@pytest.mark.parametrize("asked", ["--help", "--version"])
def test_help_and_version_import_nothing_that_a_report_needs(asked: str) -> None:
    code = (
        f"import sys, judgegate.cli.app as app; sys.argv[1:] = [{asked!r}]; code = app.run(); "
        "print(code, *sorted(name for name in sys.modules if name.startswith('judgegate.')), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    exit_code, *imported = done.stderr.split()
    assert exit_code == "0"
    assert len(imported) < 15
    rooms = {"pipeline", "policy", "checks", "change", "decision"}
    assert not rooms & {name.split(".")[1] for name in imported}
