"""A change of the policy says what it does to it."""

from tests.repositories import RepositoryBuilder
from tests.runs import check

BLOCKING = (
    "version: 1\nextends: [default]\nrules:\n  security/insecure-code: {action: block}\n"
)


def messages(repository: RepositoryBuilder, *arguments: str) -> list[str]:
    report = check(*arguments, at=repository)
    return [
        finding["message"]
        for finding in report["findings"]
        if finding["rule"] == "oversight/policy-change"
    ]


def start(repository: RepositoryBuilder, policy: str = BLOCKING) -> RepositoryBuilder:
    repository.write(".judgegate.yml", policy).commit("Start")
    return repository.branch("topic")


def test_what_becomes_weaker_is_named(repository: RepositoryBuilder) -> None:
    start(repository).write(".judgegate.yml", BLOCKING.replace("block", "warn")).commit(
        "Relax"
    )
    (message,) = messages(repository)
    assert (
        message
        == "The change touches the policy; weaker: security/insecure-code no longer blocks: it only warns."
    )


def test_a_comment_means_the_same(repository: RepositoryBuilder) -> None:
    start(repository).write(".judgegate.yml", f"# ours\n{BLOCKING}").commit("Comment")
    assert messages(repository) == [
        "The change touches the policy; it means the same as before."
    ]


def test_a_file_that_is_extended_is_a_part_of_the_policy(
    repository: RepositoryBuilder,
) -> None:
    repository.write("rules/ours.yml", BLOCKING)
    start(repository, "version: 1\nextends: [rules/ours.yml]\n")
    repository.write("rules/ours.yml", BLOCKING.replace("block", "review")).commit("Relax")
    (message,) = messages(repository)
    assert "no longer blocks: it only asks for a review" in message


def test_only_the_first_of_several_files_tells_the_effect(
    repository: RepositoryBuilder,
) -> None:
    repository.write("rules/ours.yml", BLOCKING)
    start(repository, "version: 1\nextends: [rules/ours.yml]\n")
    repository.write(
        ".judgegate.yml", "version: 1\nextends: [rules/ours.yml]\nfail_on: never\n"
    )
    repository.write("rules/ours.yml", f"# ours\n{BLOCKING}").commit("Relax")
    assert messages(repository) == [
        "The change touches the policy; weaker: fail_on is never instead of review.",
        "The change touches the policy.",
    ]


def test_the_first_policy_is_compared_with_the_default_one(
    repository: RepositoryBuilder,
) -> None:
    repository.write("app.py", "X = 1\n").commit("Start")
    repository.branch("topic").write(
        ".judgegate.yml", "version: 1\nextends: [advisory]\n"
    ).commit("A policy")
    assert messages(repository) == [
        "The change touches the policy; weaker: fail_on is never instead of review."
    ]


def test_a_base_that_does_not_load_is_compared_by_what_stands_in(
    repository: RepositoryBuilder,
) -> None:
    start(repository, "version: 2\n").write(
        ".judgegate.yml", "version: 1\nextends: [strict]\n"
    ).commit("Mend")
    assert "The change touches the policy; it means the same as before." in messages(
        repository
    )


def test_many_differences_are_counted(repository: RepositoryBuilder) -> None:
    start(repository).write(".judgegate.yml", "version: 1\nextends: [security]\n").commit(
        "Drop most"
    )
    (message,) = messages(repository)
    assert " more." in message


def test_what_the_base_did_meanwhile_is_not_this_change_s(
    repository: RepositoryBuilder,
) -> None:
    start(repository).write(".judgegate.yml", f"# ours\n{BLOCKING}").commit("Comment")
    repository.switch("main").write(
        ".judgegate.yml", BLOCKING.replace("block", "review")
    ).commit("Relax")
    repository.switch("topic")
    assert messages(repository) == [
        "The change touches the policy; it means the same as before."
    ]
