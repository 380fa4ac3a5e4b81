"""Evidence contexts of any kind, for what writes and reads them."""

from hypothesis import strategies as st

from judgegate.model.evidence_context import (
    Callee,
    Constant,
    EvidenceContext,
    Guard,
    Keyword,
    Root,
    RootKind,
    Surrounding,
)
from judgegate.model.facts import GuardForm

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
CALLEES = st.builds(Callee, TEXTS, TEXTS)

CONTEXTS = st.builds(
    EvidenceContext,
    node=TEXTS,
    meanings=st.lists(CALLEES, max_size=3).map(tuple),
    roots=st.lists(
        st.builds(
            Root,
            TEXTS,
            st.sampled_from(RootKind),
            TEXTS,
            st.lists(CALLEES, max_size=3).map(tuple),
            TEXTS,
        ),
        max_size=3,
    ).map(tuple),
    constants=st.lists(st.builds(Constant, TEXTS, TEXTS), max_size=3).map(tuple),
    keywords=st.lists(st.builds(Keyword, TEXTS, TEXTS), max_size=3).map(tuple),
    guards=st.lists(
        st.builds(
            Guard,
            st.sampled_from(GuardForm),
            st.lists(TEXTS, max_size=3).map(tuple),
            TEXTS,
        ),
        max_size=3,
    ).map(tuple),
    exposure=st.lists(st.builds(Surrounding, TEXTS, TEXTS, TEXTS), max_size=3).map(tuple),
    rest=TEXTS,
    doubts=st.lists(TEXTS, max_size=3).map(tuple),
)
