"""One policy file as it was written: every value with its place, nothing merged yet.

How it is read, and its schema's top.
"""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from judgegate.model.levels import EditedAs, FailOn
from judgegate.model.rules import RuleSpec
from judgegate.policy.exemptions import exemption
from judgegate.policy.override import override
from judgegate.policy.problems import Problems, listed, quoted
from judgegate.policy.provenance import provenance_block
from judgegate.policy.reader import (
    Field,
    FieldReader,
    Shape,
    is_plain,
    list_of,
    matching,
    one_of,
    one_word,
    placed,
    refuse,
)
from judgegate.policy.resource_limits import limits_block
from judgegate.policy.review import review_block
from judgegate.policy.rules import PolicyFile, RuleBlock, rule_blocks
from judgegate.policy.waivers import waiver
from judgegate.policy.yaml_document import Mapping as Document
from judgegate.policy.yaml_document import Node, read_document

VERSION = 1
POLICY_NAME = ".judgegate.yml"
BLOCKS = (
    "fail_on",
    "edited",
    "provenance",
    "review",
    "exempt",
    "waivers",
    "limits",
    "override",
)
"""What a layer can seal as a whole with a top-level `non_negotiable`."""

_EXTENDED = re.compile(r"([a-z][a-z0-9-]*|[^\\\n\t]+\.ya?ml)")


def _read_version(node: Node, problems: Problems) -> int | None:
    """The version of the policy language, of which there is one."""
    if is_plain(node, {str(VERSION)}):
        return VERSION
    return refuse(
        node,
        problems,
        f"the number {VERSION}, the version of the policy language that this judgegate knows",
    )


version = Shape(
    _read_version, {"const": VERSION, "description": "The version of the policy language."}
)
_EXTENDS = list_of(
    placed(matching(_EXTENDED, "a pack's name, or a file that ends in .yml")),
    "a list of packs and files",
    alone=True,
    empty=True,
)
_SEALED = list_of(placed(one_word(BLOCKS)), f"a list of {listed(BLOCKS)}", alone=True)


def policy_fields(rules: Shape[dict[str, RuleBlock]]) -> tuple[Field, ...]:
    """A file's keys besides its version. What `rules` may contain depends on the rules that there are."""
    return (
        Field(
            "extends",
            _EXTENDS,
            "Packs by name, or files beside this one; later ones override earlier ones.",
        ),
        Field(
            "fail_on",
            placed(one_of(FailOn)),
            "The least severe outcome that makes the exit code non-zero.",
        ),
        Field(
            "edited",
            placed(one_of(EditedAs)),
            "What an old finding counts as that the change edited and did not make worse.",
        ),
        Field("provenance", provenance_block),
        Field("review", review_block),
        Field(
            "exempt",
            list_of(exemption, "a list of exemptions", empty=True),
            "Files that need no check if no check covers them.",
        ),
        Field("rules", rules),
        Field(
            "waivers",
            list_of(waiver, "a list of waivers", empty=True),
            "Findings that are accepted for a while.",
        ),
        Field("limits", limits_block),
        Field("override", placed(override)),
        Field(
            "non_negotiable",
            _SEALED.then(lambda blocks: {block.value: block.place for block in blocks}),
            "Blocks that no later layer may weaken.",
            name="sealed",
        ),
    )


def read_policy_file(
    content: bytes,
    file: str,
    rows: Mapping[str, RuleSpec],
    problems: Problems,
    *,
    folder: str = "",
    must_demand: bool = False,
    document: Document | None = None,
) -> PolicyFile | None:
    """The file as it is written, or None where it is no mapping. Problems are noted.

    `file` is what the file is called in places; `folder` is empty or the folder (with a slash at
    its end) that its paths are relative to. With `must_demand` the policy must have rules, or
    extend something. `document` is what the content says, where that was read before.
    """
    root = document or read_document(content, file, problems)
    if root is None:
        return None
    problems.folder = folder
    fields = FieldReader(root, problems)
    fields.need("version", version, f"a policy must start with `version: {VERSION}`")
    values = fields.take_all(policy_fields(Shape(rule_blocks(rows), {})))
    result = PolicyFile(file=file, folder=folder, **values)
    if must_demand and not fields.has("extends", "rules"):
        problems.add(
            root.place, "this policy has no effect: add `rules`, or `extends: [default]`"
        )
    fields.close("a policy")
    _check_names(result, problems)
    return result


def _check_names(file: PolicyFile, problems: Problems) -> None:
    """Note exemptions of one name, and blocks that a folder's own policy seals."""
    seen: set[str] = set()
    for entry in file.exempt:
        if entry.name in seen:
            problems.add(
                entry.place,
                f"an exemption with the name {quoted(entry.name)} already exists",
            )
        seen.add(entry.name)
    for place in file.sealed.values():
        if file.folder:
            problems.add(
                place,
                "a folder's own policy can make single rules non-negotiable, but not blocks of the whole "
                "repository",
            )


def folder_of(path: str) -> str:
    """The folder that a policy file governs, with a slash at its end.

    A `.judgegate.yml` in a folder governs that one; any other file governs everything, and the
    result is empty.
    """
    place = PurePosixPath(path)
    return f"{place.parent}/" if place.name == POLICY_NAME and place.parent.parts else ""
