"""The people whom a trailer names, however it writes their addresses."""

import re
from collections.abc import Iterator

WORD = re.compile(r"[^\s<>,;()]+")


LINKED = "mailto:"


AROUND = "[]{}\"'`|*_:.\\"
"""What may stand around an address, a name or a value and belongs to neither.

(`[bot]` stands inside of an address.)
"""


def people_in(value: str) -> Iterator[tuple[str, str]]:
    """Name and address of everybody: `Name <address>`, several of them, an address in other brackets or in none, or a name alone ("").

    The name is what stands between the address before and this one.
    """
    if "&" in value:
        import html  # its table of entities is large, and few names have one

        value = html.unescape(value)
    place = 0
    for word in WORD.finditer(value):
        if "@" in word[0]:
            yield (
                value[place : word.start()].strip(" ,;<(\t" + AROUND),
                bare_address(word[0]),
            )
            place = word.end()
    if not place:
        yield value.partition("<")[0].strip(), ""


def bare_address(text: str) -> str:
    """An address as it stands in a header or a trailer, without what may surround it.

    A header can be broken: an unclosed bracket lets the clock follow, and a second one stands
    before the address.
    """
    address = text.strip().strip("<>")
    if len(address.split()) > 1:
        address = next((word for word in WORD.findall(address) if "@" in word), address)
    address = address.strip(AROUND + " ")
    address += "]" * address.endswith("[bot")
    return (
        address[len(LINKED) :].strip()
        if address[: len(LINKED)].lower() == LINKED
        else address
    )
