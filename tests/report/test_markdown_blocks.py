"""How a brief is made to fit."""

from hypothesis import given
from hypothesis import strategies as st

from judgegate.report.markdown.blocks import Block, fit


def test_what_does_not_fit_goes_from_the_end_and_as_a_whole() -> None:
    blocks = [
        Block("head", ("a" * 10, "b" * 10)),
        Block("<details>", ("c" * 10, "d" * 10), "</details>", others=3),
    ]
    whole = fit(blocks, 1000)
    assert (
        whole
        == f"head\n\n{'a' * 10}\n{'b' * 10}\n\n<details>\n\n{'c' * 10}\n{'d' * 10}\n\nAnd 3 more in the report.\n\n</details>"
    )
    for room in range(90, len(whole) + 20):
        text = fit(blocks, room)
        assert len(text) <= room
        assert text.endswith("</details>")
    assert "a" * 10 in fit(blocks, len(whole) - 1)
    assert "d" * 10 not in fit(blocks, len(whole) - 1)


TEXTS = st.sampled_from(("", "x", "several words"))
BLOCKS = st.builds(
    Block, TEXTS, st.lists(TEXTS, max_size=11).map(tuple), TEXTS, st.integers(0, 120)
)


@given(st.lists(BLOCKS, min_size=1, max_size=4), st.integers(0, 60))
def test_whatever_has_room_without_its_items_has_room_with_some(
    blocks: list[Block], more: int
) -> None:
    room = len("\n\n".join(block.render(0) for block in blocks)) + more
    assert len(fit(blocks, room)) <= room
