"""`cockpit completion`: what a shell needs to complete commands, options and names with Tab."""

import click
from click.shell_completion import get_completion_class

SHELLS = ("bash", "zsh", "fish")
_PLACES = {
    "bash": "~/.local/share/bash-completion/completions/cockpit",
    "zsh": "a folder of $fpath, as _cockpit",
    "fish": "~/.config/fish/completions/cockpit.fish",
}


@click.command(
    epilog="Where the file goes: " + "; ".join(f"{shell}: {place}" for shell, place in _PLACES.items()) + "."
)
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the completion script of a shell.

    Tab then completes commands, options, metrics, periods, task keys and views.

    \b
    Examples:
      mkdir -p ~/.local/share/bash-completion/completions
      cockpit completion bash > ~/.local/share/bash-completion/completions/cockpit
      cockpit completion fish > ~/.config/fish/completions/cockpit.fish
    """
    found = get_completion_class(shell)
    assert found is not None  # every shell of SHELLS has one in click
    click.echo(found(context.find_root().command, {}, "cockpit", "_COCKPIT_COMPLETE").source())
