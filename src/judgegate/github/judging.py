"""Judge a pull request as it is now: its objects from git, its people from GitHub."""

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from judgegate.gate.errands import Errand
from judgegate.gate.judge import judge
from judgegate.gate.request import Request
from judgegate.github.objects import fetched
from judgegate.github.people import Forge, ask_past, ask_people
from judgegate.github.pull import Pull
from judgegate.github.runner import Runner
from judgegate.model.verdict import Verdict

Advance = Callable[[int, int], None]


def judge_pull(runner: Runner, forge: Forge, pull: Pull, advance: Advance) -> Verdict:
    """The verdict on the pull request's head, against the base's branch as it is now.

    Raises:
        JudgegateError: there is no verdict.
    """
    past = Errand(lambda: ask_past(forge, pull))
    try:
        with fetched(runner, pull) as repository:
            request = Request(
                directory=repository,
                base=f"origin/{pull.base_branch}",
                head=pull.head,
                pull_request=_keep_fields(pull, repository.parent),
                org_policy=forge.org_policy,
            )
            return judge(request, advance, lambda found, change, _record: ask_people(forge, pull, past.result(), found, change))
    finally:
        # Whatever ended this, nothing goes on asking behind its back.
        with suppress(Exception):
            past.result()


def _keep_fields(pull: Pull, directory: Path) -> Path:
    file = directory / "pull-request.json"
    file.write_text(json.dumps(pull.document()), "ascii")
    return file
