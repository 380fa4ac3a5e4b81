"""Somebody cancels the job: what the status said before must not outlive a run that did not come to its end."""

import os
import signal
import subprocess
import sys

import pytest

from tests.github.fake import FakeGitHub
from tests.github.fake.world import BOB
from tests.github.scenes import open_by_agent
from tests.github.stage import Stage


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_stop_says_error_where_it_said_success(fake: FakeGitHub, stage: Stage, number: signal.Signals) -> None:
    open_by_agent(fake)
    fake.world.review(BOB)
    stage.judge()
    fake.world.review(BOB, "CHANGES_REQUESTED")
    told = stage.variables("pull_request_review", stage.payload("pull_request_review"))
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "judgegate", "github"],
        env={**os.environ, **told},
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
    assert (process.returncode, status.state, status.description) == (130, "error", "Could not judge: the run was cancelled")
    assert err.decode().endswith("Interrupted.\n")
