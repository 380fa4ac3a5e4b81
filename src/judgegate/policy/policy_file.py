"""How a policy file is written."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from judgegate.model.rules import RuleSpec
from judgegate.model.scales import FailOn
from judgegate.model.verdict import Standing
from judgegate.policy.exception_grammar import exemption, waiver
from judgegate.policy.model import BLOCKS, LimitsBlock, PolicyFile, ProvenanceBlock, ReviewBlock
from judgegate.policy.problems import Place, Problems, listed, nearest, quoted
from judgegate.policy.provenance_grammar import provenance_block
from judgegate.policy.reader import (
    FieldReader,
    list_of,
    matching,
    one_of,
    placed,
    refuse,
    refuse_word,
    table,
    whole_number,
)
from judgegate.policy.review_grammar import review_block, standings
from judgegate.policy.rule_grammar import rule_blocks
from judgegate.policy.yaml_document import Node, Scalar, read_document

VERSION = 1
POLICY_NAME = ".judgegate.yml"
LIMITS = {"source_bytes": (10_000, 20_000_000), "cpu_seconds": (1, 300), "memory_mebibytes": (256, 16_384)}
"""The smallest and the largest value of each limit."""
_EXTENDED = re.compile(r"[a-z][a-z0-9-]*|[^\\\n\t]+\.ya?ml")


def read_policy_file(
    content: bytes,
    file: str,
    rows: Mapping[str, RuleSpec],
    problems: Problems,
    *,
    folder: str = "",
    must_demand: bool = False,
) -> PolicyFile | None:
    """The file as it is written, or None where it is no mapping. Problems are noted.

    `file` is what the file is called in places; `folder` is empty or the folder (with a slash at its end) that its paths are relative to. A
    policy that stands alone must demand something.
    """
    root = read_document(content, file, problems)
    if root is None:
        return None
    fields = FieldReader(root, problems)
    problems.folder = folder
    fields.need("version", _version, f"a policy starts with `version: {VERSION}`")
    result = PolicyFile(
        file=file,
        extends=fields.take("extends", _extends) or (),
        fail_on=fields.placed("fail_on", one_of(FailOn)),
        provenance=fields.take("provenance", provenance_block) or ProvenanceBlock(),
        review=fields.take("review", review_block) or ReviewBlock(),
        exempt=fields.take("exempt", list_of(exemption(folder), "a list of exemptions", empty=True)) or (),
        rules=fields.take("rules", rule_blocks(rows, folder)) or {},
        waivers=fields.take("waivers", list_of(waiver(folder), "a list of waivers", empty=True)) or (),
        limits=fields.take("limits", _limits) or LimitsBlock(),
        override=fields.placed("override", _override),
        sealed=fields.take("non_negotiable", _sealed) or {},
        folder=folder,
    )
    if must_demand and fields.node_of("extends") is None and fields.node_of("rules") is None:
        problems.add(
            root.place, "this policy demands nothing: it has no `rules`, and no `extends: [default]`"
        )
    fields.close("a policy")
    _check_names(result, problems)
    return result


def _check_names(file: PolicyFile, problems: Problems) -> None:
    seen: set[str] = set()
    for entry in file.exempt:
        if entry.name in seen:
            problems.add(entry.place, f"there is an exemption called {quoted(entry.name)} already")
        seen.add(entry.name)
    for place in file.sealed.values():
        if file.folder:
            problems.add(
                place,
                "a folder's own policy makes single rules non-negotiable, not blocks of the whole repository",
            )


def folder_of(path: str) -> str:
    """The folder that a policy file governs: a `.judgegate.yml` in a folder of its own governs that one, any other file the whole."""
    place = PurePosixPath(path)
    return f"{place.parent}/" if place.name == POLICY_NAME and place.parent.parts else ""


def _version(node: Node, problems: Problems) -> int | None:
    if isinstance(node, Scalar) and node.plain and node.text == str(VERSION):
        return VERSION
    return refuse_word(
        node,
        problems,
        f"the number {VERSION}, the version of the policy language that this judgegate knows",
        "",
    )


_extends = list_of(
    placed(matching(_EXTENDED, "a pack's name, or a file that ends in .yml")),
    "a list of packs and files",
    alone=True,
    empty=True,
)


def _limits(node: Node, problems: Problems) -> LimitsBlock | None:
    fields = table(node, problems, "limits")
    if fields is None:
        return None
    block = LimitsBlock(
        **{name: fields.placed(name, whole_number(*bounds)) for name, bounds in LIMITS.items()},
    )
    fields.close("limits")
    return block


def _override(node: Node, problems: Problems) -> tuple[Standing, ...] | None:
    """`never`, or who may."""
    if isinstance(node, Scalar):
        return (
            ()
            if node.text == "never"
            else refuse_word(
                node, problems, "never, or {from: [{permission: admin}]}", nearest(node.text, ["never"])
            )
        )
    fields = table(node, problems, "who may override")
    if fields is None:
        return None
    whom = fields.need("from", standings, "who may override a verdict, as [{permission: admin}]")
    fields.close("override")
    entries = fields.node_of("from")
    if entries is not None and any(one.kind == "code_owners" for one in whom or ()):
        return refuse(entries, problems, "a permission, a team or a user: an override is of the whole change")
    return whom


def _sealed(node: Node, problems: Problems) -> Mapping[str, Place] | None:
    blocks = list_of(placed(_block), f"a list of {listed(BLOCKS)}", alone=True)(node, problems)
    return None if blocks is None else {block.value: block.place for block in blocks}


def _block(node: Node, problems: Problems) -> str | None:
    if isinstance(node, Scalar) and node.text in BLOCKS:
        return node.text
    hint = nearest(node.text, BLOCKS) if isinstance(node, Scalar) else ""
    return refuse_word(node, problems, listed(BLOCKS), hint)
