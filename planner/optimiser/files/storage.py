"""Reading and writing files without surprises."""

import json
import os
import secrets
import sys
import tokenize
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

LONGEST = 500
"""Characters of a reason that are shown: what is quoted may be of any length."""

DAMAGED = (
    ArithmeticError,
    EOFError,
    LookupError,
    MemoryError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What the readers of archives and arrays raise over bytes that are not what they
should be."""


class FileError(ValueError):
    """A file that cannot be used: which, and why, on one line."""

    def __init__(self, path: str | Path, why: str) -> None:
        words = " ".join(why.split())
        if len(words) > LONGEST:
            words = f"{words[:LONGEST]} ..."
        super().__init__(f"{path}: {words}")


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FileError(path, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise FileError(path, f"not UTF-8 text at byte {error.start}") from error


def read_json(path: Path) -> Any:
    """Return what a JSON file says; the same key twice in one object is an error."""
    try:
        return json.loads(read_text(path), object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        why = f"not JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        raise FileError(path, why) from error
    except RecursionError as error:
        raise FileError(path, "not JSON that can be read: nested too deep") from error
    except FileError:
        raise
    except _Twice as error:
        raise FileError(path, str(error)) from error
    except ValueError as error:  # Python reads no integer of more digits
        digits = sys.get_int_max_str_digits()
        why = f"a number has more than {digits} digits"
        raise FileError(path, why) from error


def read_arrays(
    path: Path, known: Collection[str] | None = None
) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of an NPZ archive; objects (pickles) are refused unread.

    With `known` every array has one of these names.

    Raises
    ------
    FileError
        Where it is no whole archive, has other arrays, or would not fit into memory.
    """
    if not path.exists():
        raise FileError(path, "No such file or directory")
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(path, archive, known)
            return {
                name: _array(path, archive, name, members[name]) for name in members
            }
    except FileError:
        raise
    except (*DAMAGED, OSError) as error:
        why = getattr(error, "strerror", None) or f"not a whole NPZ archive ({error})"
        raise FileError(path, why) from error


def _members(
    path: Path, archive: zipfile.ZipFile, known: Collection[str] | None
) -> dict[str, zipfile.ZipInfo]:
    """Return the arrays by name; refuse what need not be unpacked to be refused."""
    members: dict[str, zipfile.ZipInfo] = {}
    for member in archive.infolist():
        name = member.filename.removesuffix(".npy")
        if name in members:
            raise FileError(path, f"{name}: the array is there twice")
        if known is not None and name not in known:
            raise FileError(path, f"{name}: there is no such array")
        members[name] = member
    need = sum(member.file_size for member in members.values())
    have = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    if need > have:
        why = f"{need:,} bytes when unpacked, and this machine has {have:,}"
        raise FileError(path, why)
    return members


def _array(
    path: Path, archive: zipfile.ZipFile, name: str, member: zipfile.ZipInfo
) -> npt.NDArray[Any]:
    try:
        with archive.open(member) as content:
            array: npt.NDArray[Any] = np.lib.format.read_array(
                content, allow_pickle=False
            )
            return array
    except DAMAGED as error:
        why = f"{name}: not an array that can be read ({error})"
        raise FileError(path, why) from error


class _Twice(ValueError):
    """A JSON object with the same key twice."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise _Twice(f"the key {key!r} is there twice in one object")
            seen.add(key)
    return result


def laid_out(document: Mapping[str, Any]) -> str:
    """Return JSON text with one entry of each list or object a line.

    Readable like an indented text, but written by the fast encoder.
    """
    fields = [f"{_compact(name)}: {_lines(value)}" for name, value in document.items()]
    return "{\n" + ",\n".join(fields) + "\n}\n"


def _lines(value: Any) -> str:
    if isinstance(value, Mapping) and value:
        pairs = zip(map(_compact, value), map(_compact, value.values()), strict=True)
        return "{\n " + ",\n ".join(f"{name}: {entry}" for name, entry in pairs) + "\n}"
    if isinstance(value, list) and value:
        return "[\n " + ",\n ".join(map(_compact, value)) + "\n]"
    return _compact(value)


_compact = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a file that appears under its name only once it is complete.

    A link keeps pointing where it did. Devices and pipes are written to as they are.
    """
    real = path if _special(path) else Path(os.path.realpath(path))
    unfinished = real if _special(path) else real.with_name(f".{secrets.token_hex(8)}")
    try:
        with unfinished.open("wb") as target:
            yield target
            target.flush()
            if unfinished != real:
                os.fsync(target.fileno())
        unfinished.replace(real)
    except OSError as error:
        raise FileError(path, error.strerror or str(error)) from error
    finally:
        if unfinished != real:
            unfinished.unlink(missing_ok=True)


def _special(path: Path) -> bool:  # the functions of Path raise where these say no
    return os.path.exists(path) and not os.path.isfile(path)
