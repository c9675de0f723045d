"""Data never reaches Textual as markup: nothing here may even make the calls that would read it."""

import ast
from pathlib import Path

import pytest

SCREEN = Path(__file__).resolve().parents[2] / "cockpit" / "tui"
TEXTUAL_MODULES = {
    "textual._compositor",
    "textual.app",
    "textual.events",
    "textual.geometry",
    "textual.screen",
    "textual.strip",
    "textual.widget",
    "textual",
}
"""What the screen may import. No module of widgets that take text, and with it markup, is among them."""
RICH_MODULES = {"rich.color", "rich.segment", "rich.style"}
MARKUP_CALLS = {
    "notify", "update", "from_markup", "Static", "Label", "Text", "Content", "render_str", "OptionList",
    "DataTable",
}  # fmt: skip
MARKUP_NAMES = {"border_title", "border_subtitle", "tooltip", "sub_title", "loading"}


@pytest.mark.parametrize("path", sorted(SCREEN.glob("*.py")), ids=lambda path: path.stem)
def test_no_text_is_given_to_textual_as_a_plain_string(path: Path) -> None:
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            top = node.module.partition(".")[0]
            if top in ("textual", "rich") and node.module not in TEXTUAL_MODULES | RICH_MODULES:
                found.append(f"{node.lineno}: imports {node.module}")
        elif isinstance(node, ast.Import):
            found += [
                f"{node.lineno}: imports {name.name}"
                for name in node.names
                if name.name.partition(".")[0] in ("textual", "rich")
            ]
        elif isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
            on_a_set = isinstance(receiver, ast.Name) and receiver.id in ("found", "keys", "environ")
            on_environ = isinstance(receiver, ast.Attribute) and receiver.attr == "environ"
            if name in MARKUP_CALLS and not on_a_set and not on_environ:
                found.append(f"{node.lineno}: calls {name}")
        elif (
            isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and node.attr in MARKUP_NAMES
        ):
            found.append(f"{node.lineno}: sets {node.attr}")
    assert found == []


def test_only_one_widget_draws_and_it_draws_segments() -> None:
    widgets = [
        (path.name, node.name)
        for path in SCREEN.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
        and any(isinstance(base, ast.Name) and base.id == "Widget" for base in node.bases)
    ]
    assert widgets == [("canvas.py", "Canvas")]
