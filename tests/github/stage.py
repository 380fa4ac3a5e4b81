"""A workflow's run against the fake: the runner's variables, `judgegate github`, and what it hands to the workflow."""

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from tests.github.fake.answers import tell_pull
from tests.github.fake.server import TOKEN, FakeGitHub
from tests.github.fake.world import NAME, OWNER
from tests.runs import Run, read_report, run


class Step(Struct, frozen=True):
    """How a step ended, and what it left for the workflow."""

    run: Run
    outputs: dict[str, str]
    summary: str

    @property
    def code(self) -> int:
        return self.run.code

    @property
    def report(self) -> dict[str, Any]:
        """The JSON report, which is valid or the test fails."""
        return read_report(Path(self.outputs["report"]).read_text())


class Stage:
    """Runs steps for one fake."""

    def __init__(self, fake: FakeGitHub, place: Path) -> None:
        self.fake = fake
        self.place = place
        self._steps = 0
        self.waits: list[float] = []

    def payload(self, event: str, number: int = 1, **more: Any) -> dict[str, Any]:
        """An event's payload, with the pull request as it is now."""
        document: dict[str, Any] = {"repository": {"full_name": f"{OWNER}/{NAME}"}, **more}
        if event != "workflow_dispatch":
            document["pull_request"] = tell_pull(
                self.fake.world, self.fake.world.pulls[number]
            )
        return document

    def variables(self, event: str, payload: object) -> dict[str, str]:
        """What the runner sets; each step has its own files."""
        self._steps += 1
        place = self.place / f"step-{self._steps}"
        place.mkdir(parents=True)
        (place / "event.json").write_text(
            payload if isinstance(payload, str) else json.dumps(payload)
        )
        return {
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(place / "event.json"),
            "GITHUB_REPOSITORY": f"{OWNER}/{NAME}",
            "GITHUB_API_URL": self.fake.api_url,
            "GITHUB_SERVER_URL": self.fake.url,
            "GITHUB_RUN_ID": "17",
            "GITHUB_RUN_ATTEMPT": "1",
            "GITHUB_OUTPUT": str(place / "output"),
            "GITHUB_STEP_SUMMARY": str(place / "summary"),
            "RUNNER_TEMP": str(place),
            "JUDGEGATE_TOKEN": TOKEN,
        }

    def judge(
        self,
        *arguments: str,
        event: str = "pull_request_target",
        payload: object = None,
        variables: dict[str, str] | None = None,
        allows_bugs: bool = False,
    ) -> Step:
        """One run of `judgegate github`."""
        told = self.variables(
            event, self.payload(event) if payload is None else payload
        ) | (variables or {})
        with pytest.MonkeyPatch.context() as patch:
            for name, value in told.items():
                patch.setenv(name, value)
            patch.setattr("judgegate.github.client.api.pause", self.waits.append)
            done = run("github", *arguments, at=self.place)
        assert TOKEN not in done.out + done.err
        assert allows_bugs or "Traceback" not in done.err, done.err
        return Step(
            done,
            read_outputs(Path(told["GITHUB_OUTPUT"])),
            _text(Path(told["GITHUB_STEP_SUMMARY"])),
        )


def read_outputs(file: Path) -> dict[str, str]:
    """The outputs as the runner reads them: `name<<delimiter`, lines, the delimiter."""
    outputs = {}
    lines = iter(_text(file).splitlines())
    for line in lines:
        name, _, delimiter = line.partition("<<")
        value = []
        for following in lines:
            if following == delimiter:
                break
            value.append(following)
        outputs[name] = "\n".join(value)
    return outputs


def _text(file: Path) -> str:
    return file.read_text() if file.exists() else ""
