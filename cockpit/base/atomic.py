"""Files are written whole or not at all."""

import os
import tempfile
from pathlib import Path


def write_atomic(path: Path, content: bytes | str, mode: int = 0o600) -> None:
    """Write `content` to `path` so that a reader sees the old file or the new one, never a part.

    The content goes to a private temporary file in the same folder, is flushed to disk, and is then
    renamed over `path`. Missing folders are made with mode 0700.

    Args:
        path: the file to write.
        content: bytes, or text that is written as UTF-8.
        mode: permission bits of the new file.

    Raises:
        OSError: the folder cannot be written, or the disk is full; `path` is then as it was.
    """
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
