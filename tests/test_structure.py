"""The shape of the sources: who may import whom, how long a module may be, what may not appear."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "mfgcheck"
MODULES = sorted(PACKAGE.rglob("*.py"))
MAX_LINES = 400

# Each part may import the parts of the lines above it; those of one line do not know each other.
LAYERS = (
    ("errors",),
    ("report", "rigor"),
    ("game",),
    ("verify",),
    ("equilibrium",),
    ("budgets",),
    ("learning",),
    ("interop",),
    ("__init__",),  # the public API: it only re-exports what lies above
    ("gallery",),  # written as a user writes: the public API alone
    ("paper",),
    ("cli",),
    ("__main__",),
)
LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}

# The same within `equilibrium`, for what is imported when a module is loaded. (Results ask for
# their words when they are printed.)
EQUILIBRIUM = (
    ("tbr", "ranges"),
    ("exact",),
    ("enclosure", "alternatives"),
    ("order",),
    ("words",),
    ("solve",),
    ("certify",),
    ("levels",),
)

# The same within `budgets`.
BUDGETS = (
    ("amount",),
    ("constants", "bounds", "gap"),
    ("soft", "target", "paper_bounds", "rate"),
    ("inverse",),
    ("as_json", "words", "curves"),
    ("budget",),
)

FORBIDDEN_CALLS = {
    "eval": "eval runs what a file says",
    "exec": "exec runs what a file says",
    "sympify": "sympify evaluates strings",
    "parse_expr": "parse_expr evaluates strings",
    "pickle.load": "pickle runs what a file says",
    "pickle.loads": "pickle runs what a file says",
}


def part_of(path: Path) -> str:
    """The top-level part of the package that a file belongs to."""
    relative = path.relative_to(PACKAGE)
    return relative.parts[0] if len(relative.parts) > 1 else relative.stem


def imported_parts(path: Path) -> set[str]:
    """The parts of mfgcheck that a file imports, at the top or inside functions."""
    found: set[str] = set()
    package = ["mfgcheck", *path.relative_to(PACKAGE).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *([node.module] if node.module else [])])
            if stem == "mfgcheck":
                # `from mfgcheck import x`: a part, or a name of the public API
                targets = [
                    f"mfgcheck.{alias.name}" if alias.name in LEVEL else "mfgcheck"
                    for alias in node.names
                ]
            else:
                targets = [stem]
        else:
            continue
        for target in targets:
            names = target.split(".")
            if names[0] == "mfgcheck":
                found.add(names[1] if len(names) > 1 else "__init__")
    return found


def import_graph() -> nx.DiGraph[str]:
    """The graph of the parts: an edge from the importing part to the imported one."""
    graph: nx.DiGraph[str] = nx.DiGraph()
    for path in MODULES:
        graph.add_node(part_of(path))
        graph.add_edges_from(
            (part_of(path), part) for part in imported_parts(path) if part != part_of(path)
        )
    return graph


def label(path: Path) -> str:
    """How a file is named in the test's output."""
    return path.relative_to(ROOT).as_posix()


def test_every_part_has_a_place_in_the_order() -> None:
    unknown = {part_of(path) for path in MODULES} - set(LEVEL) - {"recheck"}
    assert not unknown, f"give {sorted(unknown)} a line in LAYERS and in book/architecture.md"


def test_imports_point_upwards() -> None:
    graph = import_graph()
    wrong = [
        f"{source} imports {target}"
        for source, target in graph.edges
        if source in LEVEL and LEVEL[target] >= LEVEL[source]
    ]
    assert not wrong, "; ".join(wrong)
    assert nx.is_directed_acyclic_graph(graph)


@pytest.mark.parametrize(
    ("package", "layers"), [("equilibrium", EQUILIBRIUM), ("budgets", BUDGETS)]
)
def test_imports_within_a_package_point_upwards(
    package: str, layers: tuple[tuple[str, ...], ...]
) -> None:
    level = {part: depth for depth, parts in enumerate(layers) for part in parts}
    folder = PACKAGE / package
    wrong = []
    for path in sorted(folder.rglob("*.py")):
        relative = path.relative_to(folder)
        part = relative.parts[0] if len(relative.parts) > 1 else relative.stem
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not (isinstance(node, ast.ImportFrom) and node.module):
                continue
            names = node.module.split(".")
            inside = names[:2] == ["mfgcheck", package] and names[2] != part
            if inside and level[names[2]] >= level[part]:
                wrong.append(f"{relative} imports {node.module}")
    assert not wrong, "; ".join(wrong)


def test_the_gallery_is_written_as_a_user_writes() -> None:
    allowed = {"__init__", "errors"}
    graph = import_graph()
    if "gallery" in graph:
        assert set(graph.successors("gallery")) <= allowed


def test_the_independent_checker_knows_nobody() -> None:
    graph = import_graph()
    if "recheck" in graph:
        assert not list(graph.successors("recheck"))


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_a_module_reads_in_one_sitting(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MAX_LINES, f"{lines} lines: split it"


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_nothing_forbidden(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            why = FORBIDDEN_CALLS.get(name) or FORBIDDEN_CALLS.get(name.removeprefix("sympy."))
            assert not why, f"line {node.lineno}: {why}"
        if isinstance(node, ast.ExceptHandler):
            assert node.type, f"line {node.lineno}: an except without a class hides every defect"
    assert not re.search(r"\b(TODO|FIXME|XXX)\b", text), "open ends belong in the issue tracker"


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_every_public_name_has_a_docstring(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bare = [] if ast.get_docstring(tree) or not tree.body else ["the module"]

    def visit(nodes: list[ast.stmt], prefix: str) -> None:
        for node in nodes:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if node.name.startswith("_") or is_overload(node):
                continue
            if not ast.get_docstring(node):
                bare.append(prefix + node.name)
            if isinstance(node, ast.ClassDef):
                visit(node.body, f"{prefix}{node.name}.")

    visit(tree.body, "")
    assert not bare, f"without a docstring: {', '.join(bare)}"


def is_overload(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether a function is one signature of an overloaded one."""
    return any(
        ast.unparse(decorator).split(".")[-1] == "overload" for decorator in node.decorator_list
    )
