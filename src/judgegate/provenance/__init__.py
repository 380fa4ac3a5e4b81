"""Who wrote the change: what says that an AI helped, where it says so, and for which lines."""

from judgegate.provenance.accounts import is_agents_account
from judgegate.provenance.catalogue import Catalogue, load_catalogue
from judgegate.provenance.co_authors import is_agent, read_co_authors
from judgegate.provenance.gather import Surroundings, gather
from judgegate.provenance.matcher import Matcher, default_matcher, matcher_for
from judgegate.provenance.pull_requests import read_pull_request
from judgegate.provenance.statistics import Share, Statistics, count_history, read_history
from judgegate.provenance.testimony import Testimony, weigh

__all__ = [
    "Catalogue",
    "Matcher",
    "Share",
    "Statistics",
    "Surroundings",
    "Testimony",
    "count_history",
    "default_matcher",
    "gather",
    "is_agent",
    "is_agents_account",
    "load_catalogue",
    "matcher_for",
    "read_co_authors",
    "read_history",
    "read_pull_request",
    "weigh",
]
