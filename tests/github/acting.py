"""The Action as a runner runs it: act on this machine, with the fake for GitHub, the workflow that users copy, and no network."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from dataclasses import dataclass, field
from pathlib import Path

from tests.github.fake.server import TOKEN, FakeGitHub
from tests.repositories import RepositoryBuilder

ROOT = Path(__file__).parents[2]
WORKFLOW = ROOT / "docs" / "workflows" / "judgegate.yml"
PARTS = ("action.yml", "action", "src", "policies")
SCRIPTS = Path(sysconfig.get_path("scripts"))

SETUP_PYTHON = """\
name: Stands in for actions/setup-python
description: Names the Python of the tests
inputs:
  python-version: {description: as the real one, required: true}
  update-environment: {description: as the real one, default: "true"}
outputs:
  python-path: {description: as the real one, value: "${{ steps.name.outputs.python-path }}"}
runs:
  using: composite
  steps:
    - id: name
      shell: bash
      env: {HERE: "${{ github.action_path }}"}
      run: echo "python-path=$HERE/python" >> "$GITHUB_OUTPUT"
"""

PYTHON = """\
#!/usr/bin/env bash
# Python, except that what pip would fetch comes from the environment of the tests.
set -euo pipefail
if [ "$3" = pip ]; then
  case "$*" in *"--require-hashes --requirement "*) ;; *) echo "not locked: $*" >&2; exit 1 ;; esac
  packages="$("$5" -I -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"
  echo '{packages}' > "$packages/zz-tests.pth"
else
  exec '{python}' "$@"
fi
"""


@dataclass
class Acted:
    """What act tells of a run: whether the job succeeded, what it set, what it wrote."""

    code: int
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def log(self) -> str:
        return "\n".join(self.lines)


def lay_out(place: Path) -> tuple[Path, Path]:
    """A copy of the Action, and what stands in for actions/setup-python."""
    action, setup = place / "action-under-test", place / "setup-python"
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, action / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            action.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, action / part)
    setup.mkdir()
    (setup / "action.yml").write_text(SETUP_PYTHON)
    python = setup / "python"
    python.write_text(PYTHON.replace("{packages}", sysconfig.get_path("purelib")).replace("{python}", sys.executable))
    python.chmod(0o755)
    for repository in (action, setup):
        RepositoryBuilder(repository).commit("All")
    return action, setup


def act(fake: FakeGitHub, place: Path, event: str, payload: object, checkout: Path) -> Acted:
    """Run the workflow that users copy in a checkout; it is the checkout's own files that must not matter."""
    action, setup = lay_out(place)
    (place / "event.json").write_text(json.dumps(payload))
    pins = dict(line.strip().removeprefix("- ").removeprefix("uses: ").split(" #")[0].split("@") for line in _uses())
    command = [
        str(SCRIPTS / "act"),
        event,
        *("--eventpath", str(place / "event.json")),
        *("--workflows", str(_beside_the_checkout(place, checkout))),
        *("--platform", "ubuntu-latest=-self-hosted"),
        "--no-cache-server",
        "--json",
        *("--secret", f"GITHUB_TOKEN={TOKEN}"),
        *("--local-repository", f"judgegate/judgegate@{pins['judgegate/judgegate']}={action}"),
        *("--local-repository", f"actions/setup-python@{pins['actions/setup-python']}={setup}"),
    ]
    for name, value in {"GITHUB_API_URL": fake.api_url, "GITHUB_SERVER_URL": fake.url, "GITHUB_REPOSITORY": "org/shop"}.items():
        command += ["--env", f"{name}={value}"]
    home = place / "home"
    home.mkdir()
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, check=False)
    return _read(done)


def _beside_the_checkout(place: Path, checkout: Path) -> Path:
    """The workflow that users copy, in a job that has checked the pull request out and puts it before everything else."""
    steps = f"""\
    env:
      PYTHONPATH: {checkout}
    steps:
      - run: cp -R '{checkout}/.' .
"""
    file = place / "judgegate.yml"
    file.write_text(WORKFLOW.read_text().replace("    steps:\n", steps))
    return file


def _uses() -> list[str]:
    text = WORKFLOW.read_text() + (ROOT / "action.yml").read_text()
    return [line for line in text.splitlines() if line.strip().removeprefix("- ").startswith("uses: ")]


def _read(done: "subprocess.CompletedProcess[bytes]") -> Acted:
    acted = Acted(done.returncode)
    for line in (done.stdout + done.stderr).decode().splitlines():
        told = json.loads(line) if line.startswith("{") else {"msg": line}
        acted.lines.append(str(told.get("msg", "")).rstrip())
        if told.get("command") == "set-output":
            acted.outputs[told["name"]] = told["arg"]
        elif told.get("command") == "summary":
            acted.summary += told["content"]
    return acted
