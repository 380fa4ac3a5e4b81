"""Whether a human agreed: which approval counts, what is missing, and who could give it. Nothing here does I/O."""

from judgegate.review.accounts import Contributors, Directory, identify, read_no_reply
from judgegate.review.approvals_file import ApprovalsFileError, approvals_schema, read_approvals
from judgegate.review.demands import Ask
from judgegate.review.owners import LOCATIONS, CodeOwners, OwnerProblem, find_owners, parse_owners
from judgegate.review.weighing import OtherHeadError, sort_ignored, weigh

__all__ = [
    "LOCATIONS",
    "ApprovalsFileError",
    "Ask",
    "CodeOwners",
    "Contributors",
    "Directory",
    "OtherHeadError",
    "OwnerProblem",
    "approvals_schema",
    "find_owners",
    "identify",
    "parse_owners",
    "read_approvals",
    "read_no_reply",
    "sort_ignored",
    "weigh",
]
