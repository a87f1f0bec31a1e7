"""Files that people name: looked at before a long computation, and replaced at once after it."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from mfgcheck.errors import BadInput


def check_target(path: str | Path, suffixes: Sequence[str], what: str) -> Path:
    """Return where a file shall go, if that can work; called before a long computation.

    Args:
        path: the file.
        suffixes: how its name may end, in lower case.
        what: what it is to hold, as in "cannot hold a plot".

    Raises:
        BadInput: the suffix is another one, or there is no place for the file.

    >>> check_target("report.HTML", (".html", ".htm"), "a page").name
    'report.HTML'
    """
    file = Path(path)
    if file.suffix.lower() not in suffixes:
        raise BadInput(
            f"{str(path)!r} cannot hold {what}: its name must end in {', '.join(suffixes)}"
        )
    if "\0" in str(path):
        raise BadInput(f"{str(path)!r} cannot be the name of a file")
    try:
        if file.is_dir():
            raise BadInput(f"{path} is a directory: give the name of a file")
        if not file.parent.is_dir():
            raise BadInput(f"{path} cannot be written: there is no directory {file.parent}")
        if file.exists() and not os.access(file, os.W_OK):
            raise BadInput(f"{path} cannot be written: the file is read-only")
        place = Path(os.path.realpath(file)).parent
        if (not file.exists() or file.is_file()) and not os.access(place, os.W_OK | os.X_OK):
            raise BadInput(f"{path} cannot be written: the directory {place} is read-only")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from None
    return file


def replace_file(path: Path, data: bytes) -> None:
    """Write a file at once, so that no half of it is seen; write into a pipe or a device.

    Raises:
        BadInput: the file cannot be written.
    """
    target = Path(os.path.realpath(path))  # through a link, as writing would
    try:
        if target.exists() and not target.is_file():
            target.write_bytes(data)
            return
        temporary = target.with_name(f".mfgcheck-{os.getpid()}.tmp")
        try:
            if target.exists():
                temporary.touch(0o600)  # what was not for all is at no time for all
            temporary.write_bytes(data)
            if target.exists():
                temporary.chmod(stat.S_IMODE(target.stat().st_mode))
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}") from error
