"""A script as commands: its words, what joins them, and how deep in blocks they are.

Read in one pass, and never run.

Of the shell's grammar there is as much as it takes to see whether a command runs, and whose exit code counts.
"""

import re
from collections.abc import Iterator

from msgspec import Struct, field

_PLAIN = re.compile(
    r"(?P<joined>\\\n)"
    r"|(?P<taken>\\.|'[^']*'|\$'(?:[^'\\]|\\.)*'|\$\{\{[^{}]*\}\})"
    r"|(?P<here><<-?(?!<))"
    r"|(?P<redirection><<<|&>>?|[<>]&|>\|)"
    r"|(?P<link>&&|\|\||;;|\|&|[;|&\n])"
    r"|(?P<opens>\$\(|\$\{|[(`\"])"
    r"|(?P<closes>[)}])"
    r"|(?P<blank>[ \t\r]+)"
    r"|(?P<rest>[^\\'\"$<>&|;()}`\s]+|.)",
    re.DOTALL,
)
_QUOTED = re.compile(
    r"(?P<taken>\\.|[^\\$`\"]+)|(?P<opens>\$\(|\$\{|`)|(?P<closes>\")|(?P<rest>.)",
    re.DOTALL,
)
_CLOSERS = {"$(": ")", "(": ")", "${": "}", "`": "`", '"': '"'}
_BLOCKS = {
    "if": "fi",
    "for": "done",
    "while": "done",
    "until": "done",
    "case": "esac",
    "select": "done",
    "{": "}",
    "(": ")",
}
_SAME_LINKS = {"|&": "|", "\n": ";", ";;": ";"}
"""Links that join like another one."""
_ASKING = frozenset({"if", "elif", "while", "until"})
_LEADING = frozenset({"then", "else", "do", "elif", "!"})


class ShellCommand(Struct):
    """A simple command.

    `words` are as they are written, `before` and `after` what joins it: `&&`, `||`, `|`, `;`, `&`
    or nothing.

    `line` counts from 0. `blocks` is how many blocks are open around it, `asked` whether it is a condition.
    """

    line: int
    blocks: int = 0
    before: str = ""
    after: str = ""
    asked: bool = False
    words: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return bare(self.words[0]) if self.words else ""

    @property
    def bare_words(self) -> list[str]:
        """The words without their quotes."""
        return [bare(word) for word in self.words]

    @property
    def exits_badly(self) -> bool:
        """Whether it is `exit` with a number other than 0."""
        if self.name != "exit":
            return False
        code = "".join(self.bare_words[1:2])
        # An exit code has 8 bits, so `exit 256` is a success.
        return re.fullmatch(r"[0-9]{1,3}", code) is not None and int(code) % 256 != 0


class Token(Struct, frozen=True):
    """A word, or what is between words: then `link` is true."""

    text: str
    line: int
    link: bool = False


def bare(word: str) -> str:
    """A word without its quotes."""
    return re.sub(r"[\"'\\]", "", word)


def read_commands(script: str) -> list[ShellCommand]:
    """The commands, in their order.

    `{`, `(` and what defines a function are commands of their own, without an effect.
    """
    return list(_Grouping().group(_Lexer(script).tokens()))


class _Lexer:
    """Splits at blanks and operators outside of quotes and substitutions.

    Comments and the bodies of here-documents are left out. `stack` has what closes the quotes and
    substitutions that are open, `endings` the last lines of the here-documents that have begun.
    """

    def __init__(self, script: str) -> None:
        self.script = script
        self.at = 0
        self.line = 0
        self.word: list[str] = []
        self.start = 0
        self.stack: list[str] = []
        self.endings: list[str] = []
        self.wants_ending = False

    def tokens(self) -> Iterator[Token]:
        """The script's words and links, in their order."""
        while self.at < len(self.script):
            match = self._next_part()
            self.at = match.end()
            yield from self._take(match.lastgroup or "", match[0])
            self.line += match[0].count("\n")
            # A here-document begins on the next line, even if the command goes on behind its mark.
            if match[0] == "\n" and not self.stack:
                self._skip_bodies()
        yield from self._end_word()

    def _next_part(self) -> re.Match[str]:
        """The next part of the script. In double quotes fewer characters mean something."""
        in_quotes = self.stack[-1:] == ['"']
        pattern = _QUOTED if in_quotes else _PLAIN
        match = pattern.match(self.script, self.at)
        if match is None:  # pragma: no cover - the last alternative is any character
            raise AssertionError(self.script[self.at])
        return match

    def _take(self, kind: str, text: str) -> Iterator[Token]:
        """What a part completes: the word before it, and itself if it is a link."""
        # A line feed behind a backslash joins the lines, and with them the word.
        if kind == "joined":
            return
        if self._nests(kind, text):
            self._add(text)
        elif kind == "rest" and text.startswith("#") and not self.word:
            self._skip_comment()
        elif kind == "blank":
            yield from self._end_word()
        elif kind == "here":
            yield from self._end_word()
            self.wants_ending = True
        elif kind == "link" or text in {"(", ")"}:
            yield from self._end_word()
            self.wants_ending = False
            yield Token(text, self.line, link=True)
        else:
            self._add(text)

    def _nests(self, kind: str, text: str) -> bool:
        """Whether the text belongs to a word because of what is open around it.

        What the text opens or closes is open or closed afterwards.
        """
        # Closing comes first: a quote opens and closes with the same character.
        if self.stack[-1:] == [text]:
            self.stack.pop()
            return True
        if kind == "opens" and not self._begins_block(text):
            self.stack.append(_CLOSERS[text])
            return True
        return bool(self.stack)

    def _begins_block(self, text: str) -> bool:
        """Whether it is a `(` that begins commands: not the one of `name=(a b)`, nor inside of quotes."""
        if text != "(" or self.stack:
            return False
        return not "".join(self.word[-1:]).endswith("=")

    def _add(self, text: str) -> None:
        """Put the text behind what there is of the word."""
        if not self.word:
            self.start = self.line
        self.word.append(text)

    def _end_word(self) -> Iterator[Token]:
        """The word that is complete, if there is one and it is not the mark of a here-document."""
        if not self.word:
            return
        word = "".join(self.word)
        self.word = []
        if self.wants_ending:
            self.endings.append(bare(word))
            self.wants_ending = False
        else:
            yield Token(word, self.start)

    def _line_end(self) -> int:
        """Where the line ends, before its line feed."""
        end = self.script.find("\n", self.at)
        return end if end >= 0 else len(self.script)

    def _skip_comment(self) -> None:
        """Go on at the end of the line: its line feed still ends the command."""
        self.at = self._line_end()

    def _skip_bodies(self) -> None:
        """Go on behind the here-documents that the last line began; one without an end takes all."""
        for ending in self.endings:
            self._skip_body(ending)
        self.endings = []

    def _skip_body(self, ending: str) -> None:
        while self.at < len(self.script):
            end = self._line_end()
            line = self.script[self.at : end]
            self.at = end + 1
            self.line += 1
            # Tabs in front of the end count only with `<<-`; here they are ignored for both.
            if line.lstrip("\t") == ending:
                return


class _Grouping:
    """Puts tokens together to commands, and counts the blocks.

    `blocks` has the words that close the blocks that are open, `asking` whether each of them is
    just at its condition, and `asked` is how many are: counted, since blocks can be nested very deep.
    """

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.asking: list[bool] = []
        self.asked = 0
        self.command = ShellCommand(0)

    def group(self, tokens: Iterator[Token]) -> Iterator[ShellCommand]:
        """The commands of the tokens, in their order."""
        for token in tokens:
            if token.link:
                yield from self._link(token.text)
            else:
                yield from self._word(token)
        yield from self._end("")

    def _word(self, token: Token) -> Iterator[ShellCommand]:
        """Add a word to the command, or the command before it if the word ends one."""
        command = self.command
        # `function name {` has no link between the name and the block.
        if token.text == "{" and command.name == "function" and len(command.words) > 1:
            yield from self._end(";")
        if not self.command.words:
            self.command.line = token.line
            if self._leads(token.text):
                return
            self.command.blocks = len(self.blocks)
            self.command.asked |= self.asked > 0
        self.command.words.append(token.text)

    def _leads(self, word: str) -> bool:
        """Whether it is a word of the shell's own in front of a command."""
        if self.blocks and word == self.blocks[-1]:
            self.blocks.pop()
            self.asked -= self.asking.pop()
            return True
        if word in _BLOCKS:
            self._open(_BLOCKS[word], asks=word in _ASKING)
            # Behind these there is a name, and no command: what follows is read as their words.
            return word not in {"for", "case", "select"}
        if word not in _LEADING:
            return False
        if word == "!":
            self.command.asked = True
        elif self.asking:
            self.asked += (word in _ASKING) - self.asking[-1]
            self.asking[-1] = word in _ASKING
        return True

    def _open(self, closer: str, *, asks: bool) -> None:
        """Begin a block; `asks` if a condition follows."""
        self.blocks.append(closer)
        self.asking.append(asks)
        self.asked += asks

    def _link(self, text: str) -> Iterator[ShellCommand]:
        """The command that the link ends."""
        # The name in front of `(` is a function's, or there is none: either way a block begins.
        if text == "(":
            yield from self._end("(")
            self._open(")", asks=False)
        elif text == ")":
            yield from self._end("")
            self._leads(text)
        # Behind `&&`, `||` and `|` a command may begin on a later line.
        elif text != "\n" or self.command.words or not self.command.before:
            yield from self._end(_SAME_LINKS.get(text, text))

    def _end(self, link: str) -> Iterator[ShellCommand]:
        """The command that is complete, if there is one; what follows is joined to it by the link."""
        done = self.command
        if done.words:
            done.after = link
            yield done
        joins = link in {"&&", "||", "|"}
        self.command = ShellCommand(0, before=link if joins else "")
