"""What a reader sees of Markdown, by the program that GitHub renders it with."""

from html.parser import HTMLParser

import cmarkgfm
from cmarkgfm.cmark import Options

from judgegate.report.comment_record import RECORD

VOID = {"br"}


class Page(HTMLParser):
    """Rendered Markdown: its tags in order, its links, comments, code, and the text outside of code; `depth` is that of open tags."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[tuple[str, str]] = set()
        self.links: list[str] = []
        self.comments: list[str] = []
        self.plain: list[str] = []
        self.code: list[str] = []
        self.whole: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.update((tag, name) for name, _ in attrs)
        self.links += [value or "" for name, value in attrs if name == "href"]
        if tag == "code":
            self.code.append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        self.whole.append(data)
        if "code" in self.open:
            self.code[-1] += data
        else:
            self.plain.append(data)

    @property
    def text(self) -> str:
        return "".join(self.whole)


def render(markdown: str, *, comment: bool = True) -> Page:
    """The page. In a comment every line break is one; in a file it is not."""
    options = (
        Options.CMARK_OPT_UNSAFE
        | (Options.CMARK_OPT_HARDBREAKS if comment else 0)
        | Options.CMARK_OPT_FOOTNOTES
    )
    page = Page()
    page.feed(cmarkgfm.github_flavored_markdown_to_html(markdown, options=options))
    page.close()
    assert page.open == []
    return page


def visible(markdown: str) -> str:
    """The brief without what it remembers."""
    return RECORD.sub("", markdown)
