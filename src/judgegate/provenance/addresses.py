"""The people whom a trailer names, however it writes their addresses."""

import re
from collections.abc import Iterator

WORD = re.compile(r"[^\s<>,;()]+")


LINKED = "mailto:"

NO_REPLY = "@users.noreply.github.com"
"""How the addresses end by which the catalogue knows agents' accounts.

It is data about them, whatever forge this runs on.
"""

MACHINES = frozenset({"noreply", "no-reply"})
"""Local parts that no person has, in whatever host of a domain."""

AROUND = "[]{}\"'`|*_:.\\"
"""What may stand around an address, a name or a value and belongs to neither.

(`[bot]` stands inside of an address.)
"""


def people_in(value: str) -> Iterator[tuple[str, str]]:
    """Name and address of everybody whom a value names.

    It may be `Name <address>`, several of them, an address in other brackets or in none, or a name
    alone, with "" for its address. The name is what stands between the address before and this one.
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
    # The bracket that closes `[bot]` belongs to the address, and was taken for one around it.
    if address.endswith("[bot"):
        address += "]"
    if address[: len(LINKED)].lower() == LINKED:
        return address[len(LINKED) :].strip()
    return address


def forms_of_address(address: str) -> Iterator[str]:
    """The address, and if that differs the one that it is an alias of.

    That one is without a tag, and a machine's without the host in its domain.
    """
    bare = bare_address(address)
    yield bare
    local, at, host = bare.lower().rpartition("@")
    # What stands before `+` in such an address is the account's number, and no name with a tag.
    if at + host == NO_REPLY:
        return
    untagged = local.partition("+")[0]
    domain = ".".join(host.split(".")[-2:]) if untagged in MACHINES else host
    if untagged + domain != local + host:
        yield f"{untagged}@{domain}"
