"""Strict reading of TOML into frozen dataclasses: an unknown, missing or mistyped key is an error that names it."""

import dataclasses
import tomllib
import types
from pathlib import Path
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from trainer.errors import TrainerError

T = TypeVar("T")


def read_table(file: Path) -> dict[str, Any]:
    """Reads a TOML file; one that is missing or malformed is an error that names it."""
    try:
        # Editors of Windows put a mark before the text.
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise TrainerError(f"cannot read the configuration {file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise TrainerError(f"cannot read {file}: it is not UTF-8, save it as that ({error})") from error
    except tomllib.TOMLDecodeError as error:
        raise TrainerError(f"{file} is not TOML: {error}") from error


def parse_table(table: dict[str, Any], into: type[T], folder: Path, path: str = "") -> T:
    """Reads a table into a dataclass; relative paths are taken from `folder`; `path` is the table's key in messages."""
    fields = {field.name: field for field in dataclasses.fields(into)}  # type: ignore[arg-type]
    for key in table:
        if key not in fields:
            raise TrainerError(f"unknown key {_join(path, key)}; known here: {', '.join(sorted(fields))}")
    hints = get_type_hints(into)
    values = {key: _parse(value, hints[key], folder, _join(path, key)) for key, value in table.items()}
    for name, field in fields.items():
        no_default = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if no_default and name not in values:
            raise TrainerError(f"missing key {_join(path, name)}")
    return into(**values)


def merged(table: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """The first table, overridden recursively by the values of the second."""
    answer = dict(table)
    for key, value in over.items():
        inner = answer.get(key)
        answer[key] = merged(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return answer


def as_table(value: Any) -> Any:
    """A dataclass as values that TOML can hold: None is left out, paths become strings."""
    if dataclasses.is_dataclass(value):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        return {name: as_table(inner) for name, inner in fields.items() if inner is not None}
    if isinstance(value, tuple):
        return [as_table(inner) for inner in value]
    return str(value.absolute()) if isinstance(value, Path) else value


def flat(table: dict[str, Any], path: str = "") -> dict[str, Any]:
    """The values of a table and of the tables in it, by their full keys, as messages name them."""
    values: dict[str, Any] = {}
    for key, value in table.items():
        values |= flat(value, _join(path, key)) if isinstance(value, dict) else {_join(path, key): value}
    return values


def _parse(value: Any, hint: Any, folder: Path, path: str) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(option for option in get_args(hint) if option is not types.NoneType)
    if dataclasses.is_dataclass(hint):
        if not isinstance(value, dict):
            raise TrainerError(f"{path} must be a table, not {value!r}")
        return parse_table(value, hint, folder, path)  # type: ignore[arg-type]
    if get_origin(hint) is dict:
        if not isinstance(value, dict):
            raise TrainerError(f"{path} must be a table, not {value!r}")
        item = get_args(hint)[1]
        return {key: _parse(each, item, folder, _join(path, key)) for key, each in value.items()}
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise TrainerError(f"{path} must be a list, not {value!r}")
        item = get_args(hint)[0]
        return tuple(_parse(each, item, folder, f"{path}[{index}]") for index, each in enumerate(value))
    return _parse_scalar(value, hint, folder, path)


def _parse_scalar(value: Any, hint: Any, folder: Path, path: str) -> Any:
    if hint is Path and isinstance(value, str):
        return folder / value
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise TrainerError(f"{path} must be {hint.__name__}, not {value!r}")
    return value


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
