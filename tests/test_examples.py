"""The example policies do what their cases say."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runs import run

EXAMPLES = sorted(
    path.parent
    for path in (Path(__file__).parent.parent / "docs" / "examples").glob(
        "*/.judgegate.yml"
    )
)


def test_there_are_five_teams() -> None:
    assert [path.name for path in EXAMPLES] == [
        "bank",
        "library",
        "monorepo",
        "open-source",
        "startup",
    ]


@pytest.mark.parametrize("folder", EXAMPLES, ids=[path.name for path in EXAMPLES])
def test_the_cases_of_an_example_are_green(folder: Path) -> None:
    organisation = folder / "organisation.yml"
    done = run(
        "policy",
        "test",
        *(["--org-policy", str(organisation)] if organisation.exists() else []),
        at=folder,
    )
    assert done.code == 0, done.out + done.err
    assert int(done.out.splitlines()[-1].split()[0]) >= 6


@pytest.mark.parametrize("folder", EXAMPLES, ids=[path.name for path in EXAMPLES])
def test_the_cases_of_an_example_notice_another_policy(
    folder: Path, tmp_path: Path
) -> None:
    permissive = tmp_path / "permissive.yml"
    permissive.write_text("version: 1\nrules: {security/insecure-code: {action: 'off'}}\n")
    done = run("policy", "test", "--policy", str(permissive), at=folder)
    assert done.code == 1


def test_the_commands_of_the_page_work_one_after_the_other() -> None:
    folder = Path(__file__).parent.parent / "docs" / "examples"
    commands = re.findall(r"^\$ (.*)$", (folder / "README.md").read_text(), re.MULTILINE)
    assert len(commands) == 2
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    script = "\n".join(["set -e", *commands])
    done = subprocess.run(
        ["/bin/bash", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
