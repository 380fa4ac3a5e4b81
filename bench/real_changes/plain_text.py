"""What comes from somebody's code or a report, so that it stays on its line in a table or a sheet."""


def one_line(text: object) -> str:
    r"""The value as text without line ends and control characters: they stand as `\n`, `\x1b`.

    A sequence is shown with commas, and nothing (None) as an empty text.
    """
    if text is None:
        return ""
    if isinstance(text, list | tuple):
        return ", ".join(map(one_line, text))
    return "".join(
        character
        if character.isprintable()
        else character.encode("unicode_escape").decode()
        for character in str(text)
    )
