"""Verdicts in a few words.

Everything has a plain default: a change of one commit and one file, with nothing to say about it.
"""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from judgegate.model.change import (
    Blob,
    Change,
    ChangeSource,
    Commit,
    FileChange,
    FileStatus,
    Identity,
    Revision,
)
from judgegate.model.evidence import Evidence
from judgegate.model.levels import (
    Action,
    Authorship,
    Certainty,
    FailOn,
    Origin,
    Outcome,
    Role,
    Severity,
)
from judgegate.model.ranges import LineRange
from judgegate.model.verdict import (
    Demand,
    FileState,
    Finding,
    JudgedFile,
    PolicySource,
    ProvenanceVerdict,
    ReviewVerdict,
    Standing,
    Verdict,
)

BASE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
HEAD = "9fceb02d0ae598e95dc970b74767f19372d61af8"
OLDER = "1a410efbd13591db07496601ebc7a059dd55cfe9"
CO_AUTHOR = "Co-authored-by: Robot <robot@example.com>"
WRITE = Standing("permission", "write")
ALICE = Identity("Alice", "alice@example.com")


def a_commit(oid: str = HEAD) -> Commit:
    return Commit(oid, BASE, (BASE,), ALICE, ALICE, b"Add an export\n")


def a_file(
    path: str = "src/shop/export.py",
    state: FileState = FileState.ANALYSED,
    reason: str | None = None,
    *,
    added: int = 24,
    **fields: Any,
) -> JudgedFile:
    blob = Blob(0o100644, HEAD, 900)
    lines = (LineRange(1, added),) if added else ()
    change = FileChange(path, FileStatus.MODIFIED, blob, blob, lines, (LineRange(3, 5),))
    rules = ("security/insecure-code",) if state is FileState.ANALYSED else ()
    return JudgedFile(replace(change, **fields), state, reason, rules)


def a_finding(**fields: Any) -> Finding:
    finding = Finding(
        rule="security/insecure-code",
        code="B602",
        severity=Severity.HIGH,
        confidence=None,
        path="src/shop/export.py",
        line=12,
        end_line=12,
        subject="convert",
        message="A subprocess is started through a shell.",
        action=Action.BLOCK,
        origin=Origin.INTRODUCED,
        provenance=Authorship.UNMARKED,
        fingerprint="1:0123456789abcdef",
        excerpt='    subprocess.call(f"convert {name}", shell=True)',
        remedy="pass the arguments as a list, without a shell.",
    )
    return replace(finding, **fields)


def evidence(**fields: Any) -> Evidence:
    return replace(
        Evidence(
            "robot",
            "co-author",
            Role.AUTHORED,
            Certainty.CERTAIN,
            "co-author",
            HEAD,
            CO_AUTHOR,
        ),
        **fields,
    )


def unmarked(*seen: Evidence, **fields: Any) -> ProvenanceVerdict:
    plain = ProvenanceVerdict(
        Authorship.UNMARKED, None, 0, 24, seen, (), gate_on=Certainty.STRONG
    )
    return replace(plain, **fields)


def ai_assisted(
    *gating: Evidence, idle: Sequence[Evidence] = (), **fields: Any
) -> ProvenanceVerdict:
    gating = gating or (evidence(),)
    confidence = max(piece.confidence for piece in gating)
    plain = ProvenanceVerdict(
        Authorship.AI,
        confidence,
        18,
        24,
        (*gating, *idle),
        gating,
        gate_on=Certainty.STRONG,
    )
    return replace(plain, **fields)


def a_demand(**fields: Any) -> Demand:
    return replace(Demand(("oversight/ai-assisted",), 1, (WRITE,), 1), **fields)


def waiting(*demands: Demand, **fields: Any) -> ReviewVerdict:
    return replace(
        ReviewVerdict(required=True, satisfied=None, demands=demands or (a_demand(),)),
        **fields,
    )


def a_change(files: Sequence[JudgedFile] = (), **fields: Any) -> Change:
    change = Change(
        source=ChangeSource.COMMITS,
        base=Revision("origin/main", BASE, "origin/HEAD"),
        head=Revision("HEAD", HEAD, "checked out"),
        merge_bases=(BASE,),
        base_tree=BASE,
        head_tree=HEAD,
        files=tuple(file.change for file in files),
        commits=(a_commit(),),
        branch="feature/export",
    )
    return replace(change, **fields)


def a_verdict(
    outcome: Outcome = Outcome.PASS,
    *,
    files: Sequence[JudgedFile] | None = None,
    **fields: Any,
) -> Verdict:
    """A verdict; `change` may be a mapping of fields that differ from those of `a_change`."""
    files = (a_file(),) if files is None else files
    verdict = Verdict(
        outcome=outcome,
        reasons=(),
        change=a_change(files, **fields.pop("change", {})),
        files=tuple(files),
        policy=PolicySource(".judgegate.yml", BASE, "sha256:5f1d"),
        provenance=unmarked(),
        findings=(),
        review=ReviewVerdict(required=False, satisfied=None),
        fail_on=FailOn.REVIEW,
    )
    return replace(verdict, **fields)
