"""The commands: thin, imported late, each a text twin of a pane."""

import gc
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit with its code (0 done, 2 usage, 3 input or output ...).

    A command ends before there is garbage worth looking for, and what is left goes with the process.
    Python would look while modules load and, twice, when it ends: a sixth of the shortest commands.
    """
    gc.set_threshold(100_000, 50, 50)
    from cockpit.cli.entry import run

    code = run(arguments)
    gc.freeze()
    sys.exit(code)
