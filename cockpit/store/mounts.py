"""On which file system a folder lies, since locks between machines cannot be relied upon."""

from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
NETWORK_FILE_SYSTEMS = (
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "fuse.sshfs", "lustre", "gpfs", "9p", "afs", "ceph", "davfs",
)  # fmt: skip
"""File systems on which locks between machines cannot be relied upon."""


def file_system(folder: Path, mounts: Path | None = None) -> str | None:
    """The type of the file system that a folder lies on, or None where the system does not tell."""
    try:
        lines = (mounts or MOUNTS).read_text(encoding="utf-8", errors="replace").splitlines()
        target = folder.resolve()
    except OSError:
        return None
    best, kind = -1, None
    for line in lines:
        left, _, right = line.partition(" - ")
        columns = left.split()
        if len(columns) < 5 or not right:
            continue
        point = Path(columns[4].replace("\\040", " "))
        depth = len(point.parts)
        if depth >= best and (point == target or point in target.parents):
            best, kind = depth, right.split()[0]
    return kind


def network_file_system(folder: Path) -> str | None:
    """The type of the network file system that a folder lies on, or None where it lies on another."""
    kind = file_system(folder)
    return kind if kind in NETWORK_FILE_SYSTEMS else None
