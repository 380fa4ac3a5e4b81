"""Somebody cancels the job: what the status said before must not outlive a run that did not come to its end."""

import os
import signal
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from judgegate.cli.github import SIGNALS, interruptible
from tests.github.acting import PYTHON, ROOT
from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import BOB
from tests.github.scenes import open_by_agent
from tests.github.stage import Stage


def stop(
    fake: FakeGitHub, stage: Stage, command: list[str], number: signal.Signals, **more: str
) -> tuple[int, str]:
    """The exit code and what the head's status says, if a run that would take the green away is told to stop while it reads the reviews."""
    open_by_agent(fake)
    fake.world.review(BOB)
    stage.judge()
    fake.world.review(BOB, "CHANGES_REQUESTED")
    told = stage.variables("pull_request_review", stage.payload("pull_request_review"))
    process = subprocess.Popen(
        command,
        env={**os.environ, **told, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    # It is told so twice, as a runner does: the second time while it says what became of the first.
    fake.when(r"GET .*/reviews$", lambda: process.send_signal(number))
    fake.when(r"POST .*/statuses/", lambda: process.send_signal(signal.SIGTERM))
    fake.fail("reviews$", 502, times=99)
    _, err = process.communicate(timeout=60)
    status = fake.world.status_of(fake.world.tip("copilot/fix"))
    assert status is not None
    assert err.decode().endswith("Interrupted.\n")
    return process.returncode, f"{status.state}: {status.description}"


SAID = "error: Could not judge: the run was cancelled"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_stop_says_error_where_it_said_success(
    fake: FakeGitHub, stage: Stage, number: signal.Signals
) -> None:
    assert stop(
        fake, stage, [sys.executable, "-P", "-m", "judgegate", "github"], number
    ) == (130, SAID)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_actions_script_passes_it_on(
    fake: FakeGitHub, stage: Stage, tmp_path: Path, number: signal.Signals
) -> None:
    python = tmp_path / "python"
    python.write_text(
        PYTHON.replace("{packages}", sysconfig.get_path("purelib")).replace(
            "{python}", sys.executable
        )
    )
    python.chmod(0o755)
    command = ["bash", str(ROOT / "action" / "judge.sh")]
    told = {"JUDGEGATE_ACTION_PATH": str(ROOT), "JUDGEGATE_PYTHON": str(python)}
    assert stop(fake, stage, command, number, **told) == (130, SAID)


def test_a_signal_that_whoever_started_it_lets_it_ignore_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interruptible():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_after_the_block_a_signal_means_what_it_meant() -> None:
    before = [signal.getsignal(number) for number in SIGNALS]
    with pytest.raises(KeyboardInterrupt), interruptible():
        signal.raise_signal(signal.SIGTERM)
    assert [signal.getsignal(number) for number in SIGNALS] == before
