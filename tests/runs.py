"""Whole runs of the command line, in this process or as one of its own; every JSON report is held against the schema."""

import contextlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from msgspec import Struct

from judgegate.cli.app import run as run_command
from judgegate.report.formats import read_schema
from tests.lent_workers import lend_pool
from tests.repositories import RepositoryBuilder


class Run(Struct, frozen=True):
    """How a run ended, and what it printed."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> dict[str, Any]:
        """The JSON report on standard output, which is valid or the test fails."""
        return read_report(self.out)


@cache
def _validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(read_schema()))


def read_report(text: str) -> dict[str, Any]:
    """A JSON report, which is valid or the test fails."""
    report: dict[str, Any] = json.loads(text)
    _validator().validate(report)
    return report


def run(*arguments: str, at: Path | RepositoryBuilder | None = None) -> Run:
    """Run the command line in this process, in the folder given."""
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        patch.setattr(sys, "argv", ["judgegate", *arguments])
        patch.setattr("judgegate.workers.pool.Pool", lend_pool)
        if at is not None:
            patch.chdir(at.path if isinstance(at, RepositoryBuilder) else at)
        code = run_command()
    return Run(code, out.getvalue(), err.getvalue())


def check(*arguments: str, at: Path | RepositoryBuilder) -> dict[str, Any]:
    """The report of `judgegate check`, which ended with a verdict or the test fails."""
    done = run("check", "-f", "json", *arguments, at=at)
    assert done.code in {0, 1, 3}, done.err
    return done.report


def spawn(
    *arguments: str,
    at: Path | RepositoryBuilder,
    environment: Mapping[str, str] | None = None,
) -> Run:
    """Run the command line as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "judgegate", *arguments],
        cwd=at.path if isinstance(at, RepositoryBuilder) else at,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        check=False,
    )
    return Run(done.returncode, done.stdout.decode(), done.stderr.decode())
