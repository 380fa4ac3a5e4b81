"""The kinds of rules that a team can write itself, by the key that says what such a rule looks for."""

from collections.abc import Mapping

from judgegate.policy.reading import Read

KINDS: Mapping[str, Read[object]] = {}
"""A rule whose id no row has must hold exactly one of these keys; the reader gives what it looks for, which becomes part of the plan."""
