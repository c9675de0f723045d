"""The documentation is true: pages made from code are fresh, links lead somewhere, commands exist."""

import inspect
import re
import runpy
import shlex
from pathlib import Path

import click
import pytest

from cockpit.cli.entry import cockpit_command

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = runpy.run_path(str(ROOT / "docs" / "reference.py"))
WRITTEN = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
BY_HAND = [path for path in WRITTEN if path.parent.name != "reference"]
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(?:sh|toml)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`(cockpit(?: [^`]*)?)`")
SEPARATORS = {"|", ">", "&&", "&", ";"}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", sorted(REFERENCE["PAGE_MAKERS"]))
def test_a_page_made_from_code_is_fresh(page: str) -> None:
    made = REFERENCE["PAGE_MAKERS"][page]()
    written = (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")
    assert written == made, "run: python docs/reference.py"


def test_no_page_of_the_reference_is_left_over() -> None:
    assert {path.name for path in (ROOT / "docs" / "reference").iterdir()} == set(REFERENCE["PAGE_MAKERS"])


@pytest.mark.parametrize("path", WRITTEN, ids=_name)
def test_links_lead_somewhere(path: Path) -> None:
    for link in LINK.findall(path.read_text(encoding="utf-8")):
        if "://" not in link:
            assert (path.parent / link.split("#")[0]).exists(), f"{_name(path)}: {link}"


def test_a_code_host_can_show_the_pictures() -> None:
    pictures = list((ROOT / "docs" / "pictures").glob("*.svg"))
    assert len(pictures) == 4
    for picture in pictures:
        text = picture.read_text(encoding="utf-8")
        assert len(text.encode()) < 200_000
        assert "url(http" not in text


def commands_in(text: str) -> list[list[str]]:
    """The words after `cockpit` of every command line in the blocks and the running text of a page."""
    lines = [line for block in BLOCK.findall(text) for line in block.replace("\\\n", " ").splitlines()]
    lines = [line[line.index("cockpit") :] for line in lines if re.search(r"(^|[\s|/])cockpit(\s|$)", line)]
    lines = [line for line in lines if "=" not in line.split(" ")[0]]
    found = []
    for line in [*lines, *INLINE.findall(BLOCK.sub("", text))]:
        lexer = shlex.shlex(line, posix=True, punctuation_chars="|>&;")
        lexer.whitespace_split, lexer.commenters = True, "#"
        words = list(lexer)
        end = next((index for index, word in enumerate(words) if word in SEPARATORS), len(words))
        if words[0].rsplit("/", 1)[-1] == "cockpit":
            found.append(words[1:end])
    return found


def parse(words: list[str]) -> None:
    """Parse a command line as the program does, without running it.

    Raises:
        click.UsageError: the program would refuse it.
    """
    command: click.Command = cockpit_command
    parent: click.Context | None = None
    words = ["--help" if word in ("-h", "--version") else word for word in words]
    asks_help = "--help" in words
    while True:
        if asks_help and not isinstance(command, click.Group):
            return
        if not words and parent is not None:
            return
        context = command.make_context("cockpit", [word for word in words if word != "--help"], parent=parent)
        rest = [*context._protected_args, *context.args]
        if not isinstance(command, click.Group) or not rest:
            return
        _, below, words = command.resolve_command(context, rest)
        assert below is not None
        command, parent = below, context


CASES = [(path, words) for path in BY_HAND for words in commands_in(path.read_text(encoding="utf-8"))]


@pytest.mark.parametrize(
    ("path", "words"), CASES, ids=[f"{_name(path)}: {' '.join(words)}" for path, words in CASES]
)
def test_a_command_line_is_understood(path: Path, words: list[str]) -> None:
    try:
        parse(words)
    except click.UsageError as error:
        pytest.fail(f"{_name(path)}: cockpit {' '.join(words)}: {error.format_message()}")


def test_enough_command_lines_are_looked_at() -> None:
    assert len(CASES) > 40


def leaves() -> list[tuple[str, click.Command]]:
    return [(" ".join(path), command) for path, command in REFERENCE["walk"](cockpit_command, ("cockpit",))]


def examples_of(command: click.Command) -> list[str]:
    """The command lines of a help's examples, without the words beside them."""
    _, _, block = inspect.cleandoc(command.help or "").partition("Example")
    lines = [line.strip() for line in block.splitlines()[1:]]
    return [re.split(r" {2,}", line[line.index("cockpit") :])[0] for line in lines if "cockpit " in line]


@pytest.mark.parametrize(("path", "command"), leaves(), ids=[path for path, _ in leaves()])
def test_every_help_has_examples_and_the_program_understands_them(path: str, command: click.Command) -> None:
    examples = examples_of(command)
    assert examples, f"{path} --help has no example"
    assert any(line.startswith(path) or path == "cockpit" for line in examples), examples
    for line in examples:
        for words in commands_in(f"```sh\n{line}\n```\n"):
            parse(words)


TOML = re.compile(r"^```toml\n(schema = 1\n.*?)^```$", re.MULTILINE | re.DOTALL)
CONFIGURATIONS = [
    (_name(path), block)
    for path in BY_HAND
    for block in TOML.findall(path.read_text(encoding="utf-8"))
    if "[sources." in block
]


@pytest.mark.parametrize(("page", "block"), CONFIGURATIONS, ids=[name for name, _ in CONFIGURATIONS])
def test_a_whole_configuration_can_be_copied_and_is_in_order(page: str, block: str, tmp_path: Path) -> None:
    from cockpit.workspace.load import load_workspace

    file = tmp_path / "cockpit.toml"
    file.write_text(block, encoding="utf-8")
    file.chmod(0o600)
    assert load_workspace(tmp_path).config.name
