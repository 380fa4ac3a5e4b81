"""What flows into an expression."""

import ast

from judgegate.model.evidence_context import Callee, Root, RootKind
from judgegate.sources.python import read_python
from judgegate.sources.python_flow import Flow
from judgegate.sources.python_forms import ExpressionForms


def test_what_a_call_gets_flows_into_it() -> None:
    text = "import os\nfrom flask import request\nos.system(request.args.get('c'))\n"
    walk = read_python(text.encode(), b"salt").walk
    flow = Flow(walk, ExpressionForms(walk))
    [sink] = [call for call, _ in walk.calls if ast.unparse(call.func) == "os.system"]
    get = Callee("flask.request.args.get")
    traced = flow.trace_call(sink)
    assert Root("0", RootKind.CALL, "flask.request.args.get") in traced.roots
    assert Root("0", RootKind.NAME, "flask.request.args", (get,)) in traced.roots
    assert len(traced.constants) == 1
    assert flow.callee(sink) == Callee("os.system")
