"""The labels that say of a pull request what the verdict says, and decide nothing themselves."""

from judgegate.github.client.api import segment
from judgegate.github.publishing.comments import Thread
from judgegate.github.pull import ASSISTED, WAITING, Pull
from judgegate.model.scales import Authorship, Outcome
from judgegate.model.verdict import Verdict


def choose_labels(verdict: Verdict) -> frozenset[str]:
    """Those that belong on the pull request."""
    holding = {
        ASSISTED: verdict.provenance.verdict is Authorship.AI,
        WAITING: verdict.outcome is Outcome.REVIEW,
    }
    return frozenset(name for name, holds in holding.items() if holds)


def keep_labels(thread: Thread, pull: Pull, wanted: frozenset[str]) -> tuple[()]:
    """Let the pull request have those of our labels and no others of ours. There is nothing to remark.

    Raises:
        IncompleteError: they could not be set, or nobody knows whether they were.
    """
    place = f"{thread.place}/labels"
    if missing := wanted - pull.own_labels:
        # To add a label twice is to add it once.
        thread.api.post(place, {"labels": sorted(missing)}, lambda: False)
    for name in sorted(pull.own_labels - wanted):
        thread.api.delete(f"{place}/{segment(name)}")
    return ()
