"""A newcomer's walk: the commands of the page that need no GitHub, one after the other, and what the page says is seen."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from judgegate.forge.status import context_of
from tests.repositories import RepositoryBuilder, clean_environment

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "getting-started.md").read_text()
ELSEWHERE = ("git clone", "git push", "gh ", "pipx ", "GITHUB_TOKEN=")


class Command(Struct, frozen=True):
    """One command of the page, what it reads included, and the lines that follow it."""

    text: str
    seen: list[str]

    @property
    def is_local(self) -> bool:
        return not self.text.startswith(ELSEWHERE)


def read_commands() -> Iterator[Command]:
    for block in re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, end, seen = (
                part.partition("\nEND\n") if "<<'END'" in part else part.partition("\n")
            )
            yield Command(command + end.rstrip("\n"), seen.splitlines())


def test_the_walk_shows_what_the_page_says(tmp_path: Path) -> None:
    docs = RepositoryBuilder(tmp_path / "judgegate")
    docs.write(
        "docs/workflows/judgegate.yml", (ROOT / "docs/workflows/judgegate.yml").read_text()
    ).commit("The release")
    at = tmp_path
    for command in read_commands():
        if command.is_local:
            at, said = walk(command.text, at)
            assert not command.seen or re.search(pattern(command.seen), said, re.DOTALL), (
                f"$ {command.text}\n{said}"
            )
    assert at == tmp_path / "shop"
    workflow = (at / ".github/workflows/judgegate.yml").read_text()
    assert f"judgegate/judgegate@{docs.head()}\n" in workflow


def walk(command: str, at: Path) -> tuple[Path, str]:
    """Where the shell is afterwards, and what was said.

    `judgegate check` ends with a verdict; everything else must succeed.
    """
    identity = {
        f"GIT_{role}_{part}": "alice"
        for role in ("AUTHOR", "COMMITTER")
        for part in ("NAME", "EMAIL")
    }
    environment = (
        clean_environment()
        | identity
        | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "100"}
    )
    script = f"{command}\ncode=$?\npwd >&2\nexit $code"
    done = subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=at,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 or shlex.split(command)[:2] == ["judgegate", "check"], (
        done.stderr
    )
    *told, place = done.stderr.splitlines()
    return Path(place), "\n".join([*done.stdout.splitlines(), *told])


def pattern(seen: list[str]) -> str:
    """The lines in their order; `...` stands for anything."""
    return (
        r"\A\s*"
        + r"\n".join(r".*?".join(map(re.escape, line.split("..."))) for line in seen)
        + (r"" if "..." in seen[-1:] else r"\s*\Z")
    )


def test_the_page_knows_which_commands_need_github() -> None:
    assert {
        command.text.split()[0] for command in read_commands() if not command.is_local
    } == {
        "git",
        "pipx",
        "gh",
        'GITHUB_TOKEN="$(gh',
    }


def test_the_ruleset_requires_the_status_that_is_posted() -> None:
    [text] = re.findall(
        r"^\$ cat > ../ruleset.json <<'END'\n(.*?)^END", PAGE, re.MULTILINE | re.DOTALL
    )
    rules = {rule["type"]: rule["parameters"] for rule in json.loads(text)["rules"]}
    assert rules["required_status_checks"]["required_status_checks"] == [
        {"context": context_of("main")}
    ]
