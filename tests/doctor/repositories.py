"""Examinations of small repositories that exist only as texts."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from judgegate.doctor.finding import DoctorFinding
from judgegate.doctor.run import DoctorReport, evaluate
from judgegate.doctor.setup import RequiredCheck, Settings, read_setup

PIN = "0" * 40
JUDGE = ".github/workflows/judgegate.yml"

TIGHT = f"""\
name: judgegate
on:
  pull_request_target:
    types: [opened, synchronize, reopened, edited, labeled, unlabeled]
  pull_request_review:
    types: [submitted, dismissed]
permissions: {{}}
concurrency:
  group: judgegate-${{{{ github.event.pull_request.number }}}}
  cancel-in-progress: false
jobs:
  judge:
    name: Judge
    runs-on: ubuntu-latest
    permissions:
      contents: read
      pull-requests: read
      statuses: write
    steps:
      - uses: judgegate/judgegate@{PIN}
"""

BY_JOB = """\
name: checks
on:
  pull_request_target:
    types: [opened, synchronize, reopened, edited, labeled, unlabeled]
permissions: {contents: read}
jobs:
  judge:
    runs-on: ubuntu-latest
    steps:
      - run: judgegate check --base origin/main
"""

POLICY = "version: 1\nextends: [default]\n"

REQUIRED = Settings(
    42, is_private=True, checks=(RequiredCheck("judgegate/main", None, "ruleset 7"),)
)


class TextSource(Struct, frozen=True):
    """Files by their paths; None stands for what is no regular file."""

    files: Mapping[str, bytes | None]

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def is_irregular(self, path: str) -> bool:
        return path in self.files and self.files[path] is None

    def workflows(self) -> tuple[str, ...]:
        return tuple(
            sorted(path for path in self.files if path.startswith(".github/workflows/"))
        )


def consult(
    *workflows: str | bytes,
    settings: Settings | None = None,
    branch: str | None = "main",
    policy: str | None = POLICY,
    files: Mapping[str, str | None] | None = None,
) -> DoctorReport:
    """What comes of workflows, the first of which is called `judgegate.yml`, beside a policy and other files.

    None: what is no file.
    """
    named: dict[str, bytes | None] = (
        {} if policy is None else {".judgegate.yml": policy.encode()}
    )
    for number, text in enumerate(workflows):
        path = JUDGE if not number else f".github/workflows/other{number}.yml"
        named[path] = text if isinstance(text, bytes) else text.encode()
    named |= {
        path: None if text is None else text.encode()
        for path, text in (files or {}).items()
    }
    return evaluate(
        replace(read_setup(TextSource(named), branch, "org/shop"), settings=settings)
    )


def ids(
    report: DoctorReport, *, without: tuple[str, ...] = ("forgeable-status", "fork-reviews")
) -> list[str]:
    """The ids, once each, in their order; the notes that every such status has are left out unless asked for."""
    return list(
        dict.fromkeys(one.kind.id for one in report.findings if one.kind.id not in without)
    )


def one(report: DoctorReport, kind: str) -> DoctorFinding:
    """The only finding of that kind."""
    (found,) = [finding for finding in report.findings if finding.kind.id == kind]
    return found


def altered(text: str, *changes: tuple[str, str]) -> str:
    """The text with pieces exchanged, each of which is there."""
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return text
