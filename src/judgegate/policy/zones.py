"""Where each layer holds: everywhere, or, for a folder's own policy, in its folder only.

A zone is the set of folder layers (by their index) that a path lies in. Outside its folder such a layer may only tighten.
"""

from collections.abc import Sequence

from judgegate.policy.model import PolicyFile, RuleBlock

Zone = frozenset[int]
NOWHERE: Zone = frozenset()


def zone_of(layers: Sequence[PolicyFile], path: str | None) -> Zone:
    """The folder layers that hold at a path; none for the change as a whole."""
    if path is None:
        return NOWHERE
    return frozenset(
        index for index, file in enumerate(layers) if file.folder and path.startswith(file.folder)
    )


def all_zones(layers: Sequence[PolicyFile]) -> list[Zone]:
    """Every zone that a path may lie in, the one outside all folders first."""
    folders = (file.folder for file in layers if file.folder)
    return list(dict.fromkeys([NOWHERE, *(zone_of(layers, folder) for folder in folders)]))


def is_inside(layers: Sequence[PolicyFile], index: int, zone: Zone) -> bool:
    """Whether a layer holds in the zone with all its weight."""
    return not layers[index].folder or index in zone


def blocks_of(
    layers: Sequence[PolicyFile], rule: str, zone: Zone
) -> tuple[list[tuple[int, RuleBlock]], list[RuleBlock]]:
    """What the layers say of a rule, with the layer's index, the lowest first; and what those say that do not hold in the zone."""
    held = [(index, file.rules[rule]) for index, file in enumerate(layers) if rule in file.rules]
    inside = [(index, block) for index, block in held if is_inside(layers, index, zone)]
    outside = (
        []
        if _is_local(layers, rule)
        else [block for index, block in held if not is_inside(layers, index, zone)]
    )
    return inside, outside


def _is_local(layers: Sequence[PolicyFile], rule: str) -> bool:
    """Whether only folders' own policies bring the rule: then it holds in those folders, and nowhere else."""
    bringing = [
        file.folder for file in layers if rule in file.rules and file.rules[rule].looks_for is not None
    ]
    return bool(bringing) and all(bringing)
