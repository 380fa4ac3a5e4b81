"""Whether the gate notices what becomes of a word that somebody gave in a comment."""

from collections.abc import Iterator

from judgegate.doctor.diagnosis import DoctorFinding, FindingGroup, FindingKind, Gravity, diagnose
from judgegate.doctor.gates import Carrier, Gate
from judgegate.doctor.wiring import Wiring
from judgegate.doctor.workflow import spot_of
from judgegate.policy.yaml_document import Scalar

COMMENT_TYPES = FindingKind(
    "comment-types",
    Gravity.WEAKNESS,
    "A comment /judgegate reviewed or override that is taken back, by an edit or by deleting it, leaves the status as green as it made it.",
    "Start on issue_comment created, edited and deleted, with the if: of docs/workflows/judgegate.yml, which sees earlier words.",
)


def check_comments(wiring: Wiring) -> Iterator[DoctorFinding]:
    heard = [
        (gate, trigger)
        for gate, trigger in wiring.triggers("issue_comment")
        if gate.carrier is Carrier.STATUS
    ]
    types = {one for _, trigger in heard for one in trigger.types}
    if heard and (missing := [one for one in ("edited", "deleted") if one not in types]):
        yield diagnose(
            COMMENT_TYPES, heard[0][1].spot, f"issue_comment lacks the types {', '.join(missing)}."
        )
        return
    for gate, _ in heard:
        if (condition := _blind_condition(gate)) is not None:
            yield diagnose(
                COMMENT_TYPES,
                spot_of(condition),
                "The if: looks at a comment's words, and not at those before an edit.",
            )


def _blind_condition(gate: Gate) -> Scalar | None:
    conditions = [job.condition for _, job in gate.chain] + [
        gate.step.condition if gate.step is not None else None
    ]
    spoken = [one for one in conditions if one is not None and "comment.body" in one.text]
    return next((one for one in spoken if "changes.body" not in one.text), None)


COMMENTS = FindingGroup((COMMENT_TYPES,), check_comments)
