"""What a call gives to a function: the slots of its arguments, and the parameters that they come to."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from judgegate.sources.python_walked import FunctionNode

RECEIVER = "receiver"
STAR = "*"
STARS = "**"


def slots_of(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    """What a call gets, each with the slot: what its method belongs to, then the arguments."""
    if isinstance(call.func, ast.Attribute):
        yield RECEIVER, call.func.value
    for number, argument in enumerate(call.args):
        if isinstance(argument, ast.Starred):
            yield STAR, argument.value
        else:
            yield str(number), argument
    for keyword in call.keywords:
        yield keyword.arg or STARS, keyword.value


def values_besides(call: ast.Call, slot: str) -> list[ast.expr]:
    """What a call gets besides what it gets by a slot."""
    return [value for other, value in slots_of(call) if other != slot]


def hands_over(call: ast.Call, home: ast.AST, slot: str) -> bool:
    """Whether a call may store something in what it gets by a slot, as far as can be seen without its name.

    That is so for the object of a method. Else the call must stand for itself, so that nobody takes
    a result, and get something else besides:

        fill(cmd, request)
    """
    if slot == RECEIVER:
        return True
    if call is not _standing_for_itself(home):
        return False
    others = [value for other, value in slots_of(call) if other not in {RECEIVER, slot}]
    return not all(isinstance(value, ast.Constant) for value in others)


def _standing_for_itself(home: ast.AST) -> ast.expr | None:
    """What a statement consists of whose value nobody takes."""
    value = home.value if isinstance(home, ast.Expr) else None
    return value.value if isinstance(value, ast.Await) else value


def parameters_of(
    node: FunctionNode | ast.Lambda,
) -> Mapping[str, tuple[ast.expr | None, ast.expr | None]]:
    """The parameters of a function, each with its default and its annotation."""
    arguments = node.args
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(plain) - len(arguments.defaults)) + arguments.defaults
    found: dict[ast.arg, ast.expr | None] = dict(zip(plain, defaults, strict=True))
    found.update(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    for rest in (arguments.vararg, arguments.kwarg):
        if rest is not None:
            found[rest] = None
    return {one.arg: (default, one.annotation) for one, default in found.items()}


def match_arguments(
    function: FunctionNode, call: ast.Call, receiver: ast.expr | None
) -> Mapping[str, Sequence[ast.expr]]:
    """The expressions that may come to each parameter: arguments, or else the default.

    `receiver` is the object whose method is called, None where the function gets no such thing.
    What comes to which parameter is not known where a call has stars.
    """
    defaults = {name: one for name, (one, _) in parameters_of(function).items()}
    first = [] if receiver is None else [receiver]
    has_stars = any(isinstance(one, ast.Starred) for one in call.args)
    if has_stars or any(one.arg is None for one in call.keywords):
        values = [value for slot, value in slots_of(call) if slot != RECEIVER]
        every = [*first, *values, *filter(None, defaults.values())]
        return dict.fromkeys(defaults, every)
    found = _matched(function, [*first, *call.args], call.keywords)
    for name, default in defaults.items():
        if default is not None:
            found.setdefault(name, [default])
    return found


def _matched(
    function: FunctionNode, given: Sequence[ast.expr], keywords: Sequence[ast.keyword]
) -> dict[str, list[ast.expr]]:
    """The arguments by the parameters that they come to, as Python matches them."""
    arguments = function.args
    names = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
    named = {one.arg for one in (*arguments.args, *arguments.kwonlyargs)}
    rest = arguments.vararg.arg if arguments.vararg else ""
    others = arguments.kwarg.arg if arguments.kwarg else ""
    found: dict[str, list[ast.expr]] = defaultdict(list)
    for number, argument in enumerate(given):
        found[names[number] if number < len(names) else rest].append(argument)
    for keyword in keywords:
        name = keyword.arg or ""
        found[name if name in named else others].append(keyword.value)
    return dict(found)
