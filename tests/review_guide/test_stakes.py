"""What is at stake, one kind after the other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from judgegate.model.analysis import LostGuard, Paired, PlacedObservation
from judgegate.model.change import (
    EXECUTE_BITS,
    LINK_MODE,
    SUBMODULE_MODE,
    Blob,
    FileChange,
    FileStatus,
)
from judgegate.model.file_names import is_test, language_by_suffix
from judgegate.model.hunks import Concern, Stake
from judgegate.model.intervals import Intervals
from judgegate.model.levels import Action, Authorship, Origin, Severity
from judgegate.model.ranges import LineRange
from judgegate.model.verdict import FileState, Finding, JudgedFile, Standing, reported_by
from judgegate.policy.review import ReviewTerms
from judgegate.provenance.assessment import ALWAYS, ASSUMED, ProvenanceAssessment
from judgegate.review_guide.concerns import (
    ACTIONS,
    FURTHER_MOST,
    GROWN,
    GROWN_MOST,
    POLICY,
    SEVERITIES,
    UNREAD,
    UNREAD_TEST,
    WAIVED,
    Weighed,
    in_order,
    total,
)
from judgegate.review_guide.critical_paths import critical_by_name, critical_by_policy
from judgegate.review_guide.stakes import (
    Assistance,
    assistance_in,
    at_stake,
    find_growth,
    weigh_assistance,
    weigh_findings,
    weigh_removals,
    weigh_unread,
    weight_of,
)
from tests.decision.observations import analysed, measured

FINDING = Finding(
    rule="security/insecure-code",
    code="B602",
    severity=Severity.HIGH,
    confidence=None,
    path="app.py",
    line=12,
    end_line=12,
    subject="run",
    message="A shell is started.",
    action=Action.BLOCK,
    origin=Origin.INTRODUCED,
    provenance=Authorship.UNMARKED,
    fingerprint="1:0123456789abcdef",
)


@pytest.mark.parametrize(
    ("fields", "counts"),
    [
        ({}, True),
        ({"path": None}, False),
        ({"origin": Origin.EXISTING}, False),
        ({"action": Action.OFF}, False),
        ({"action": Action.WARN}, True),
        ({"waiver": "@alice"}, True),
        ({"rule": "oversight/ai-assisted"}, False),
        ({"rule": "oversight/unanalysed"}, False),
        ({"rule": "oversight/policy-change"}, True),
    ],
)
def test_what_the_change_brought_to_a_file_is_at_stake(
    fields: dict[str, object], counts: bool
) -> None:
    assert bool(at_stake([replace(FINDING, **fields)])) is counts


def test_a_finding_weighs_by_action_and_severity() -> None:
    assert weight_of(FINDING) == ACTIONS[Action.BLOCK] + SEVERITIES[Severity.HIGH]
    assert weight_of(replace(FINDING, waiver="@alice until 2027-01-31")) == WAIVED
    assert (
        weight_of(replace(FINDING, rule="oversight/policy-change", action=Action.REVIEW))
        == POLICY
    )


def test_the_gravest_finding_alone_outweighs_all_that_is_none() -> None:
    worst = max(ACTIONS[Action.BLOCK] + weight for weight in SEVERITIES.values())
    assert worst > UNREAD + 5


def test_findings_alike_are_one_concern_that_names_the_definition() -> None:
    same = [replace(FINDING, line=line) for line in (30, 12, 20)]
    waived = replace(FINDING, waiver="@alice", subject="")
    first, second = weigh_findings([*same, waived])
    assert first.concern.what == "A shell is started (`run`) (and 2 more)"
    assert (first.concern.line, first.times) == (12, 3)
    assert second.concern.what == "A shell is started (waived)"


def concern(stake: Stake, what: str = "what") -> Concern:
    return Concern(stake, what, "Why?")


def test_stakes_add_up_and_more_of_the_same_adds_little() -> None:
    shell, lock = Weighed(concern(Stake.FINDING), 12), Weighed(concern(Stake.GUARD), 6)
    assert total([shell]) == 12
    assert total([shell, lock]) == 18
    assert total([shell, Weighed(concern(Stake.FINDING), 3)]) == 13
    assert total([replace(shell, times=50)]) == 12 + FURTHER_MOST
    assert total([]) == 0


WEIGHED = st.builds(
    Weighed,
    st.builds(Concern, st.sampled_from(Stake), st.text(max_size=3), st.text(max_size=3)),
    st.integers(1, 13),
    st.integers(1, 5),
)


@given(st.lists(WEIGHED, max_size=8), WEIGHED, st.randoms())
@settings(max_examples=100, deadline=None)
def test_more_at_stake_never_weighs_less_and_order_does_not_matter(
    weighed: list[Weighed], one: Weighed, random: object
) -> None:
    assert total([*weighed, one]) >= total(weighed)
    mixed = [*weighed, one]
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert total(mixed) == total([*weighed, one])
    assert in_order(mixed) == in_order([*weighed, one])


@pytest.mark.parametrize(
    ("path", "about"),
    [
        ("src/auth/views.py", "who may do what"),
        ("src/UserSession.java", "who may do what"),
        ("src/loginForm.tsx", "who may do what"),
        ("src/author.py", None),
        ("src/authority.py", None),
        ("src/function_signature.py", None),
        ("src/crypto/box.go", "cryptography or secrets"),
        ("shop/payments/charge.py", "money"),
        ("db/migrations/0001_start.py", "a migration"),
        (".github/workflows/ci.yml", "a pipeline"),
        ("action.yml", "a pipeline"),
        ("docker/Dockerfile.prod", "what is built and shipped"),
        ("web.dockerfile", "what is built and shipped"),
        ("pyproject.toml", "dependencies"),
        ("requirements-dev.txt", "dependencies"),
        ("web/package-lock.json", "dependencies"),
        (".github/CODEOWNERS", "how changes are judged"),
        (".judgegate.yml", "how changes are judged"),
        (".github/workflows/auth.yml", "a pipeline"),
        ("src/shop/cart.py", None),
        ("\udcff/\n", None),
    ],
)
def test_a_path_is_critical_by_its_words(path: str, about: str | None) -> None:
    found = [
        one.concern.what.removeprefix("its path suggests that it is about ")
        for one in critical_by_name(path)
    ]
    if path == ".github/workflows/auth.yml":
        assert len(found) == 1
    else:
        assert found == ([about] if about else [])


WRITE = Standing("permission", "write")


@pytest.mark.parametrize(
    ("asked", "what"),
    [
        (ReviewTerms(), None),
        (ReviewTerms(approvals=0, standings=(Standing("code_owners"),)), None),
        (ReviewTerms(approvals=2), "2 approvals, from people with write permission"),
        (
            ReviewTerms(standings=(Standing("code_owners"),)),
            "1 approval, from its code owners",
        ),
        (
            ReviewTerms(
                standings=(Standing("team", "org/security"), Standing("user", "alice"))
            ),
            "1 approval, from a certain team or a certain person",
        ),
        (
            ReviewTerms(standings=(Standing("permission", "admin"),)),
            "1 approval, from people with admin permission",
        ),
    ],
)
def test_a_path_is_critical_where_the_policy_asks_for_more_and_nobody_is_named(
    asked: ReviewTerms, what: str | None
) -> None:
    found = [
        one.concern.what
        for one in critical_by_policy([asked], [ReviewTerms(standings=(WRITE,))])
    ]
    assert found == ([f"the policy requires more here: {what}"] if what else [])


def pair(before: int | None, after: int, *, worst: int = 0, path: str = "app.py") -> Paired:
    old = () if before is None else (measured("f", before),)
    others = (measured("g", worst),) if worst else ()
    file = analysed(path, before=(*old, *others), after=(measured("f", after),))
    was = PlacedObservation(file, old[0]) if old else None
    return Paired(PlacedObservation(file, file.after[0]), was, Origin.INTRODUCED)


@pytest.mark.parametrize(
    ("paired", "what", "weight"),
    [
        (pair(4, 9), "cyclomatic complexity of `f` grew from 4 to 9", GROWN),
        (pair(4, 10), "cyclomatic complexity of `f` grew from 4 to 10", GROWN + 1),
        (pair(4, 90), "cyclomatic complexity of `f` grew from 4 to 90", GROWN_MOST),
        (pair(4, 6), None, 0),
        (pair(9, 4), None, 0),
        (pair(10, 11), "cyclomatic complexity of `f` grew from 10 to 11", GROWN),
        (pair(10, 11, worst=11), None, 0),
        (pair(None, 10), None, 0),
        (pair(None, 12), "cyclomatic complexity of the new `f` is 12", GROWN),
        (pair(None, 12, worst=40), None, 0),
        (pair(4, 90, path="tests/test_app.py"), None, 0),
    ],
)
def test_a_function_that_grew_much_or_to_a_new_worst_is_at_stake(
    paired: Paired, what: str | None, weight: int
) -> None:
    grown = [
        (one.weighed.concern.what, one.weighed.weight) for one in find_growth([paired])
    ]
    assert grown == ([(what, weight)] if what else [])


ADDED = Intervals([LineRange(1, 9)])


@pytest.mark.parametrize(
    ("place", "assisted", "what"),
    [
        (LineRange(1, 4), [LineRange(1, 4)], "an AI helped to write the 4 lines"),
        (LineRange(1, 4), [LineRange(2, 2)], "an AI helped to write 1 of the 4 lines"),
        (LineRange(3, 3), [LineRange(1, 4)], "an AI helped to write the line"),
        (LineRange(5, 9), [LineRange(1, 4)], None),
        (None, [LineRange(1, 4)], None),
    ],
)
def test_the_share_of_an_ai_is_told(
    place: LineRange | None, assisted: list[LineRange], what: str | None
) -> None:
    found = weigh_assistance(place, ADDED, Assistance(Intervals(assisted)))
    assert [one.concern.what for one in found] == ([what] if what else [])


def heard(assumed: str | None, *, whole: bool = False) -> ProvenanceAssessment:
    return ProvenanceAssessment(
        verdict=Authorship.AI,
        confidence=None,
        gating=(),
        gate_on=None,
        roles=frozenset(),
        assumed=assumed,
        whole=whole,
        added={"app.py": ADDED},
        assisted={"app.py": Intervals([LineRange(1, 2)])},
    )


@pytest.mark.parametrize(
    ("said", "what"),
    [
        (heard(None), [None, "an AI helped to write 2 of the 4 lines"]),
        (
            heard(None, whole=True),
            ["an AI helped to write the 5 lines", "an AI helped to write the 4 lines"],
        ),
        (
            heard(ALWAYS, whole=True),
            [
                "the policy treats it as AI-assisted",
                "an AI helped to write 2 of the 4 lines",
            ],
        ),
        (
            heard(ASSUMED, whole=True),
            [
                "--assume-ai treats it as AI-assisted",
                "an AI helped to write 2 of the 4 lines",
            ],
        ),
    ],
)
def test_what_is_only_assumed_of_lines_is_not_said_of_who_wrote_them(
    said: ProvenanceAssessment, what: list[str | None]
) -> None:
    places = (LineRange(5, 9), LineRange(1, 4))
    found = [
        list(weigh_assistance(place, ADDED, assistance_in(said, "app.py")))
        for place in places
    ]
    assert [one[0].concern.what if one else None for one in found] == what
    assert (
        list(weigh_assistance(LineRange(20, 21), ADDED, assistance_in(said, "app.py")))
        == []
    )


def test_what_is_generic_leads_over_no_finding_that_is_not_waived() -> None:
    low = replace(FINDING, action=Action.WARN, severity=Severity.LOW)
    money, *_ = critical_by_name("shop/invoices.py")
    (finding,) = weigh_findings([low])
    (waived,) = weigh_findings([replace(low, waiver="@alice")])
    assert finding.weight < money.weight
    assert in_order([money, finding]) == (finding.concern, money.concern)
    assert in_order([waived, money]) == (money.concern, waived.concern)


@pytest.mark.parametrize(
    ("change", "unread", "told"),
    [
        (Action.REVIEW, Action.REVIEW, True),
        (Action.BLOCK, Action.REVIEW, True),
        (Action.REVIEW, Action.BLOCK, False),
        (Action.REVIEW, None, True),
        (None, Action.REVIEW, False),
    ],
)
def test_a_change_of_the_policy_tells_of_its_file_unless_being_unread_weighs_more(
    change: Action | None, unread: Action | None, told: bool
) -> None:
    rules = (("oversight/policy-change", change), ("oversight/unanalysed", unread))
    findings = [
        replace(FINDING, rule=rule, path=".judgegate.yml", action=action)
        for rule, action in rules
        if action is not None
    ]
    assert reported_by(findings, "oversight/policy-change", "oversight/unanalysed") == (
        {".judgegate.yml"} if told else set()
    )
    assert (
        reported_by(
            [replace(one, waiver="@alice") for one in findings],
            "oversight/policy-change",
            "oversight/unanalysed",
        )
        == frozenset()
    )


def test_guards_of_a_kind_are_one_concern_at_the_first_of_them() -> None:
    lost = [
        LostGuard("refusal", "raise Refused", 3),
        LostGuard("lock", "with lock", 5),
        LostGuard("refusal", "raise Other", 9),
    ]
    first, second = weigh_removals(
        [*lost, LostGuard("a kind that was renamed since", "x", 1)]
    )
    assert (
        first.concern.what == "a check that ends in `raise Refused` is removed (and 1 more)"
    )
    assert (first.concern.line, first.times, second.concern.line) == (3, 2, 5)


def unread(
    path: str = "data.bin", mode: int = 0o100644, state: FileState = FileState.UNANALYSED
) -> list[Weighed]:
    change = FileChange(path, FileStatus.ADDED, None, Blob(mode, "1" * 40, 1))
    return list(weigh_unread(JudgedFile(change, state, "no check covers it", ())))


def test_an_unread_file_says_why_and_asks_what_fits() -> None:
    (plain,) = unread()
    assert plain.concern.what == "judgegate could not read it: no check covers it"
    others = [
        unread(mode=SUBMODULE_MODE),
        unread(mode=LINK_MODE),
        unread(mode=0o100000 | EXECUTE_BITS),
        unread("AGENTS.md"),
    ]
    asked = [one.concern.question for found in others for one in found]
    assert len({plain.concern.question, *asked}) == 5
    assert unread(state=FileState.EXEMPT) == []


def test_what_is_fed_to_tests_weighs_less() -> None:
    assert [
        one.weight for path in ("data.yml", "tests/data.yml") for one in unread(path)
    ] == [
        UNREAD,
        UNREAD_TEST,
    ]


@pytest.mark.parametrize(
    ("path", "test"),
    [
        ("tests/test_app.py", True),
        ("test_app.py", True),
        ("app_test.py", True),
        ("conftest.py", True),
        ("attest.py", False),
        ("contest.py", False),
        ("src/app.py", False),
        ("pkg/app_test.go", True),
        ("web/app.spec.ts", True),
        ("web/app.test.jsx", True),
        ("web/__tests__/app.js", True),
        ("src/PayTest.java", True),
        ("src/Contest.java", False),
        ("spec/pay_spec.rb", True),
        ("testing.md", False),
    ],
)
def test_a_test_is_known_by_its_name(path: str, test: bool) -> None:
    assert is_test(path, language_by_suffix(path)) is test
