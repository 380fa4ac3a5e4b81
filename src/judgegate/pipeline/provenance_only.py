"""Who wrote it, and nothing else: the change is read and the evidence weighed, but no check runs."""

from collections.abc import Iterator

from msgspec import Struct

from judgegate.change.commits import read_commit_objects
from judgegate.change.repository import Repository
from judgegate.model.change import Change, Commit, FileChange
from judgegate.model.errors_and_exit_codes import IncompleteError, UsageError
from judgegate.model.notices import Advance, Notice, ignore_progress
from judgegate.model.ranges import count_lines
from judgegate.model.verdict import ProvenanceVerdict
from judgegate.pipeline.evidence import assess_with, gather_evidence, matcher_of
from judgegate.pipeline.policy_in_force import RULES, find_policy
from judgegate.pipeline.read_change import GitTree, open_repository, read_change
from judgegate.pipeline.request import Request
from judgegate.policy.loading import load_policy, load_policy_file
from judgegate.policy.policy import Policy
from judgegate.provenance.assessment import verdict_on_provenance
from judgegate.provenance.matcher import default_matcher
from judgegate.provenance.statistics import Statistics, count_history, read_history


class ProvenanceOnly(Struct, frozen=True):
    """Who wrote a change. `shares` are its files, each with how many of its added lines are AI-assisted."""

    change: Change
    provenance: ProvenanceVerdict
    shares: tuple[tuple[FileChange, int], ...]
    notices: tuple[Notice, ...]


def read_provenance_only(request: Request) -> ProvenanceOnly:
    """Find out who wrote what was asked about, by the terms of the policy that would judge it.

    Raises:
        UsageError: there is no change.
        IncompleteError: the history is not there in full.
    """
    with open_repository(request) as repository:
        change = read_change(repository, request)
        in_force = find_policy(repository, change, request)
        evidence = gather_evidence(repository, change, request, in_force.policy.plan())
        terms = in_force.policy.provenance
        assessment = assess_with(evidence)(terms)
        shares = tuple(
            (file, count_lines(assessment.ai_lines(file.path))) for file in change.files
        )
        provenance = verdict_on_provenance(
            evidence.record, assessment, terms, change, sum(lines for _, lines in shares)
        )
        return ProvenanceOnly(
            change, provenance, shares, (*change.notices, *evidence.record.notices)
        )


class ProvenanceHistory(Struct, frozen=True):
    """The statistics of a range, which is called what the user called it."""

    range: str
    statistics: Statistics


def read_provenance_history(
    request: Request, revisions: str, advance: Advance = ignore_progress
) -> ProvenanceHistory:
    """Count the commits of `A..B`, or all that `B` can reach, by tool and month.

    The terms are those of the policy at the range's end, or of the one that the request names.

    Raises:
        UsageError: it is no range of commits.
        IncompleteError: a shallow clone lacks a part of the range.
    """
    with Repository.open(request.directory) as repository:
        tip, excluded = _resolve(repository, revisions)
        oids = (
            repository.run("rev-list", tip, *(["--not", excluded] if excluded else []))
            .decode("ascii")
            .split()
        )
        if repository.is_shallow:
            raise IncompleteError(
                "This is a shallow clone, so its history is not complete.",
                "Fetch it: git fetch --unshallow",
            )
        policy = _policy(repository, tip, request)
        terms = policy.provenance
        history = read_history(
            _watched(repository, oids, advance),
            matcher_of(policy.plan().signals) or default_matcher(),
        )
        statistics = count_history(
            history, terms.gate_on.floor, terms.roles, tools_off=terms.signals_off
        )
        return ProvenanceHistory(revisions, statistics)


def _resolve(repository: Repository, revisions: str) -> tuple[str, str | None]:
    if "..." in revisions:
        raise UsageError(
            f"{revisions} is not a range of one history.",
            "Write A..B for the commits that are in B and not in A.",
        )
    start, dots, end = revisions.rpartition("..")
    return repository.resolve(end or "HEAD"), repository.resolve(
        start or "HEAD"
    ) if dots else None


def _policy(repository: Repository, tip: str, request: Request) -> Policy:
    if request.policy is not None:
        return load_policy_file(RULES, request.policy)
    return load_policy(RULES, GitTree(repository, tip), commit=tip)


def _watched(repository: Repository, oids: list[str], advance: Advance) -> Iterator[Commit]:
    for done, commit in enumerate(read_commit_objects(repository, oids), 1):
        if done % 500 == 0 or done == len(oids):
            advance(done, len(oids))
        yield commit
