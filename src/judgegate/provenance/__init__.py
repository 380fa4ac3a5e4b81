"""Who wrote the change: what says that an AI helped, where it says so, and for which lines."""

from judgegate.provenance.catalogue import Catalogue, load_catalogue
from judgegate.provenance.co_authors import is_agent, read_co_authors
from judgegate.provenance.gather import Surroundings, gather
from judgegate.provenance.matcher import Matcher, matcher_for
from judgegate.provenance.pull_requests import read_pull_request
from judgegate.provenance.testimony import Testimony, weigh

__all__ = [
    "Catalogue",
    "Matcher",
    "Surroundings",
    "Testimony",
    "gather",
    "is_agent",
    "load_catalogue",
    "matcher_for",
    "read_co_authors",
    "read_pull_request",
    "weigh",
]
