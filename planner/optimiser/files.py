"""Reading and writing files without surprises."""

import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt


class FileError(ValueError):
    """A file that cannot be used: which, and why, on one line."""

    def __init__(self, path: str | Path, why: str) -> None:
        super().__init__(f"{path}: {' '.join(why.split())}")


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
    except ValueError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(path, str(error)) from error


def read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Return the arrays of an NPZ archive; objects (pickles) are refused."""
    if not path.exists():
        raise FileError(path, "No such file or directory")
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            return {name.removesuffix(".npy"): _array(archive, name) for name in names}
    except (OSError, zipfile.BadZipFile) as error:
        why = getattr(error, "strerror", None) or f"not a whole NPZ archive ({error})"
        raise FileError(path, why) from error
    except (ArithmeticError, EOFError, LookupError, MemoryError, RuntimeError) as error:
        raise FileError(path, f"not a whole NPZ archive ({error})") from error
    except (SyntaxError, TypeError, ValueError, zlib.error) as error:
        raise FileError(path, f"not a whole NPZ archive ({error})") from error


def _array(archive: zipfile.ZipFile, name: str) -> npt.NDArray[Any]:
    with archive.open(name) as member:
        array: npt.NDArray[Any] = np.lib.format.read_array(member, allow_pickle=False)
        return array


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise ValueError(f"the key {key!r} is there twice in one object")
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
    """Open a file that appears under its name only once it is complete."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise FileError(path, error.strerror or str(error)) from error
    try:
        with os.fdopen(handle, "wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        # mkstemp makes files that only their owner can read.
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except OSError as error:
        raise FileError(path, error.strerror or str(error)) from error
    finally:
        Path(name).unlink(missing_ok=True)
