"""The Action as a runner runs it: act on this machine, with the fake for GitHub, a workflow that users copy, and no network."""

import atexit
import compileall
import json
import os
import py_compile
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from functools import cache
from pathlib import Path

from msgspec import Struct, field

from tests.github.fake.server import TOKEN, FakeGitHub
from tests.repositories import RepositoryBuilder

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / "docs" / "workflows"
WORKFLOW = WORKFLOWS / "judgegate.yml"
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

APP_TOKEN = """\
name: Stands in for actions/create-github-app-token
description: Gives the token of the tests
inputs:
  client-id: {description: as the real one, required: true}
  private-key: {description: as the real one, required: true}
  permission-contents: {description: as the real one}
  permission-members: {description: as the real one}
  permission-pull-requests: {description: as the real one}
  permission-statuses: {description: as the real one}
outputs:
  token: {description: as the real one, value: "${{ steps.make.outputs.token }}"}
  app-slug: {description: as the real one, value: judge}
runs:
  using: composite
  steps:
    - id: make
      shell: bash
      env: {KEY: "${{ inputs.private-key }}"}
      run: echo "token=$KEY" >> "$GITHUB_OUTPUT"
"""
"""The token is the key: a test gives the one to have the other."""

CACHE = """\
name: Stands in for actions/cache
description: Restores nothing and saves nothing
inputs:
  path: {description: as the real one, required: true}
  key: {description: as the real one, required: true}
runs:
  using: composite
  steps:
    - shell: bash
      run: "true"
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


class Acted(Struct):
    """What act tells of a run: whether the job succeeded, what it set, what it wrote."""

    code: int
    outputs: dict[str, str] = field(default_factory=dict)
    summary: str = ""
    lines: list[str] = field(default_factory=list)

    @property
    def log(self) -> str:
        return "\n".join(self.lines)


@cache
def lay_out() -> dict[str, Path]:
    """A copy of the Action, and what stands in for the Actions of others, by the names that workflows use.

    All runs take them from the same place, and the copy is compiled, as each run would do it again.
    """
    place = Path(tempfile.mkdtemp(prefix="actions-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    action, setup, app, cache = (
        place / name for name in ("action-under-test", "setup-python", "app-token", "cache")
    )
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(
                source, action / part, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            action.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, action / part)
    by_content = (
        py_compile.PycInvalidationMode.CHECKED_HASH
    )  # a checkout changes the times of the files
    compileall.compile_dir(action / "src", quiet=1, invalidation_mode=by_content)
    setup.mkdir()
    (setup / "action.yml").write_text(SETUP_PYTHON)
    python = setup / "python"
    python.write_text(
        PYTHON.replace("{packages}", sysconfig.get_path("purelib")).replace(
            "{python}", sys.executable
        )
    )
    python.chmod(0o755)
    app.mkdir()
    (app / "action.yml").write_text(APP_TOKEN)
    cache.mkdir()
    (cache / "action.yml").write_text(CACHE)
    for repository in (action, setup, app, cache):
        RepositoryBuilder(repository).commit("All")
    return {
        "judgegate/judgegate": action,
        "actions/setup-python": setup,
        "actions/create-github-app-token": app,
        "actions/cache": cache,
    }


def act(
    fake: FakeGitHub,
    place: Path,
    event: str,
    payload: object,
    checkout: Path,
    *,
    workflow: Path = WORKFLOW,
    token: str = TOKEN,
    path: Path | None = None,
) -> Acted:
    """Run a workflow that users copy in a checkout; it is the checkout's own files that must not matter.

    `token` is the job's own; `path` goes before the PATH.
    """
    stand_ins = lay_out()
    place.mkdir()
    (place / "event.json").write_text(json.dumps(payload))
    command = [
        str(SCRIPTS / "act"),
        event,
        *("--eventpath", str(place / "event.json")),
        *("--workflows", str(_beside_the_checkout(place, checkout, workflow))),
        *("--platform", "ubuntu-latest=-self-hosted"),
        "--no-cache-server",
        "--json",
        *("--secret", f"GITHUB_TOKEN={token}"),
        *("--secret", f"JUDGEGATE_PRIVATE_KEY={TOKEN}"),
    ]
    for name, pin in pins(workflow.read_text() + (ROOT / "action.yml").read_text()):
        command += ["--local-repository", f"{name}@{pin}={stand_ins[name]}"]
    for name, value in {
        "GITHUB_API_URL": fake.api_url,
        "GITHUB_SERVER_URL": fake.url,
        "GITHUB_REPOSITORY": "org/shop",
    }.items():
        command += ["--env", f"{name}={value}"]
    home = place / "home"
    home.mkdir()
    environment = {
        "HOME": str(home),
        "PATH": f"{path}:{os.environ['PATH']}" if path else os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        command, cwd=checkout, env=environment, capture_output=True, check=False
    )
    return _read(done)


def _beside_the_checkout(place: Path, checkout: Path, workflow: Path) -> Path:
    """The workflow, in a job that has checked the pull request out and puts it before everything else."""
    steps = f"""\
    env:
      PYTHONPATH: {checkout}
    steps:
      - run: cp -R '{checkout}/.' .
"""
    file = place / workflow.name
    file.write_text(workflow.read_text().replace("    steps:\n", steps))
    return file


def pins(text: str) -> list[tuple[str, str]]:
    """The Actions that a file uses, each with the commit that it names."""
    return re.findall(r"^ *(?:- )?uses: ([\w./-]+)@(\S+)", text, re.MULTILINE)


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
