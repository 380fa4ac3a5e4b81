import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.workers.schedulers import HERE, own_pool, own_task, said

ROOT = HERE.parent.parent
PARENT = f"""
import sys
sys.path[:0] = [{str(ROOT)!r}]
from tests.workers.schedulers import own_pool, own_task
with own_pool(2) as pool:
    pool.start()
    print(*pool.pids, flush=True)
    for answer in pool.scan([own_task("burn"), own_task("sleep")]):
        print(answer)
"""


def act(name: str) -> str:
    with own_pool() as pool:
        [answer] = pool.scan([own_task(name)])
        return said(answer)


def test_a_worker_has_no_environment_an_empty_directory_and_no_path_to_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TOKEN", "x")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    assert act("look around") == "(set(), [], 'worker-', [], False)"


@pytest.mark.parametrize(
    ("name", "outcome"),
    [("write", "OSError"), ("open many", "OSError"), ("babble", "quiet")],
)
def test_a_worker_cannot_write_hold_many_files_or_speak_out_of_turn(
    name: str, outcome: str
) -> None:
    assert act(name) == outcome


def test_modules_in_the_working_directory_are_never_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (
        "ast",
        "json",
        "bandit",
        "radon",
        "judgegate",
        "rows",
        "sitecustomize",
        "yaml",
    ):
        tmp_path.joinpath(f"{name}.py").write_text("raise SystemExit(0)\n")
    for name in ("bandit", "radon"):
        tmp_path.joinpath(name).mkdir()
        tmp_path.joinpath(name, "__init__.py").write_text("raise SystemExit(0)\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.syspath_prepend("")
    assert act("fine") == "# fine\n"


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return (
        Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        if Path("/proc/self").exists()
        else True
    )


def wait_for_end(pids: list[int]) -> list[int]:
    """The processes that still live when they had ten seconds to end."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and any(map(is_alive, pids)):
        os.sched_yield()
    return [pid for pid in pids if is_alive(pid)]


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL, signal.SIGHUP]
)
def test_no_worker_outlives_its_parent(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        pids = [int(word) for word in parent.stdout.readline().split()]
        assert len(pids) == 2
        parent.send_signal(number)
    assert wait_for_end(pids) == []


def test_a_ctrl_c_that_reaches_a_worker_too_does_not_end_it() -> None:
    with own_pool() as pool:
        list(pool.scan([own_task("ready")]))
        for pid in pool.pids:
            os.kill(pid, signal.SIGINT)
        before = pool.pids
        list(pool.scan([own_task("still there")]))
        assert pool.pids == before


def test_the_end_of_a_pool_is_the_end_of_its_workers() -> None:
    with own_pool(2) as pool:
        pool.start()
        pids = pool.pids
    assert not any(map(is_alive, pids))
