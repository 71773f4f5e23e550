"""Strict TOML and CSV: every value is asked for by name and type, and every complaint names file and line.

Purpose: `Table` over tomllib and `rows` over csv, for rules/loading.py.
Source: TOML 1.0.0; RFC 4180. tomllib keeps no lines, so rules/places.py finds them.
Limits: stops at the first thing that is wrong.
"""

from __future__ import annotations

import csv
import io
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from rules import RulesError
from rules.places import Place, places


def wrong(file: Path, line: int, fact: str, cure: str) -> RulesError:
    """The error that says where, what and what to do."""
    return RulesError(f"{file.parent.name}/{file.name} 第 {line} 行：{fact}；{cure}")


def octets(file: Path) -> bytes:
    """Read one table.

    Raises:
        RulesError: it is not there or cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise RulesError(f"规则文件 {file} 读不了（{error.strerror}）；请补上这个文件或检查权限") from error


def text(file: Path) -> str:
    """Read one table as text (UTF-8, a BOM allowed).

    Raises:
        RulesError: it cannot be read, or is not UTF-8 (then with the line).
    """
    data = octets(file)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise wrong(
            file, line, "不是 UTF-8 编码", "用编辑器或 WPS 另存为 UTF-8（表格选“CSV UTF-8”）"
        ) from error


@dataclass
class Table:
    """One table of a TOML file. Values are taken by name; what nobody took is unknown, and `close` says so."""

    file: Path
    values: dict[str, Any]
    places: dict[Place, int]
    path: Place = ()
    taken: set[str] = field(default_factory=set)

    def wrong(self, key: str, fact: str, cure: str, index: int | None = None) -> RulesError:
        """The error about *key* (and its element *index*), with its line."""
        return wrong(self.file, self._line((*self.path, key) if key else self.path, index), fact, cure)

    def text(self, key: str) -> str:
        """A string that is not empty."""
        value = self._of(key, str, "文字（加引号）")
        if not value.strip():
            raise self.wrong(key, f"{key} 是空的", "请填写")
        return str(value)

    def choice(self, key: str, allowed: Sequence[str]) -> str:
        """One of the *allowed* strings."""
        value = self.text(key)
        if value not in allowed:
            raise self.wrong(key, f"{key} 是“{value}”", f"只能是 {'、'.join(allowed)}")
        return value

    def number(self, key: str, low: float, high: float) -> float:
        """A number low..high."""
        value = float(self._of(key, (int, float), "数"))
        if not low <= value <= high:
            raise self.wrong(key, f"{key} 是 {value:g}", f"应在 {low:g} 到 {high:g} 之间")
        return value

    def whole(self, key: str, low: int, high: int) -> int:
        """A whole number low..high."""
        value = self._of(key, int, "整数")
        if not low <= value <= high:
            raise self.wrong(key, f"{key} 是 {value}", f"应在 {low} 到 {high} 之间")
        return int(value)

    def day(self, key: str) -> date:
        """A date without time (2024-05-01, no quotes)."""
        value = self._of(key, date, "日期（如 2024-05-01，不加引号）")
        if isinstance(value, datetime):
            raise self.wrong(key, f"{key} 带了时刻", "只写日期，如 2024-05-01")
        return date(value.year, value.month, value.day)

    def moment(self, key: str) -> datetime:
        """A date and time with zone (2024-06-20T23:59:59+08:00, no quotes)."""
        value = self._of(key, datetime, "带时区的时刻（如 2024-06-20T23:59:59+08:00，不加引号）")
        if value.tzinfo is None:
            raise self.wrong(key, f"{key} 没有时区", "写明时区，如 2024-06-20T23:59:59+08:00")
        return datetime.fromisoformat(value.isoformat())

    def texts(self, key: str, *, least: int = 1) -> tuple[str, ...]:
        """An array of strings, *least* or more of them, none twice."""
        values = self._of(key, list, '文字的数组（如 ["甲", "乙"]）')
        for index, value in enumerate(values):
            if not isinstance(value, str) or not value.strip():
                raise self.wrong(key, f"{key} 的第 {index + 1} 项不是文字", "每一项都要是加引号的文字", index)
            if value in values[:index]:
                raise self.wrong(key, f"{key} 里“{value}”重复", "删去一个", index)
        if len(values) < least:
            raise self.wrong(key, f"{key} 只有 {len(values)} 项", f"至少要 {least} 项")
        return tuple(values)

    def patterns(self, key: str) -> tuple[str, ...]:
        """An array of regular expressions; () where the key is missing."""
        if key not in self.values:
            return ()
        for index, pattern in enumerate(self.texts(key)):
            self.regular(key, pattern, index)
        return self.texts(key)

    def regular(self, key: str, pattern: str, index: int | None = None) -> str:
        """Give *pattern* back if it is a regular expression."""
        try:
            re.compile(pattern)
        except re.error as error:
            fact = f"{key} 里的正则表达式“{pattern}”不通（{error}）"
            raise self.wrong(key, fact, "改正括号和转义；反斜杠用单引号括起来写", index) from error
        return pattern

    def bands(self, key: str, most: float) -> tuple[tuple[float, float], ...]:
        """An array of [threshold, points], thresholds ascending, points 0..most; () where the key is missing."""
        if key not in self.values:
            return ()
        found: list[tuple[float, float]] = []
        for index, value in enumerate(self._of(key, list, "[门槛, 分数] 的数组")):
            if not _pair(value):
                raise self.wrong(key, f"{key} 的第 {index + 1} 档不是 [门槛, 分数]", "写成如 [3, 6]", index)
            if found and value[0] <= found[-1][0]:
                raise self.wrong(key, f"{key} 的门槛 {value[0]:g} 没有递增", "从小到大排列", index)
            if not 0 <= value[1] <= most:
                raise self.wrong(
                    key, f"{key} 的分数 {value[1]:g} 超出满分 {most:g}", "改为 0 到满分之间", index
                )
            found.append((float(value[0]), float(value[1])))
        return tuple(found)

    def numbers(self, key: str, low: float, high: float) -> tuple[tuple[str, float], ...]:
        """A table of names to numbers low..high, in the order written; () where the key is missing."""
        inner = self.inner(key)
        found = tuple((name, inner.number(name, low, high)) for name in inner.values)
        inner.close()
        return found

    def names(self, key: str) -> tuple[tuple[str, str], ...]:
        """A table of names to strings, in the order written; at least one."""
        inner = self.inner(key)
        if not inner.values:
            raise self.wrong(key, f"缺少 [{key}]", "请补上")
        return tuple((name, inner.text(name)) for name in inner.values)

    def inner(self, key: str) -> Table:
        """The table *key*; empty where it is missing."""
        value = self._of(key, dict, f"表（[{key}]）") if key in self.values else {}
        self.taken.add(key)
        return Table(self.file, value, self.places, (*self.path, key))

    def tables(self, key: str, *, least: int = 0) -> tuple[Table, ...]:
        """The array of tables *key*; () where it is missing and *least* is 0."""
        values = self._of(key, list, f"表的数组（[[{key}]]）") if key in self.values or least else []
        for index, value in enumerate(values):
            if not isinstance(value, dict):
                raise self.wrong(key, f"{key} 的第 {index + 1} 项不是表", f"写成 [[{key}]] 或 {{ … }}", index)
        if len(values) < least:
            raise self.wrong(key, f"{key} 只有 {len(values)} 项", f"至少要 {least} 项")
        return tuple(
            Table(self.file, value, self.places, (*self.path, key, index))
            for index, value in enumerate(values)
        )

    def close(self) -> None:
        """Refuse the keys that nobody took.

        Raises:
            RulesError: for the first of them.
        """
        for key in self.values:
            if key not in self.taken:
                raise self.wrong(
                    key, f"没有 {key} 这个键", f"删去，或改成 {'、'.join(sorted(self.taken))} 之一"
                )

    def _of(self, key: str, kind: type | tuple[type, ...], name: str) -> Any:
        self.taken.add(key)
        if key not in self.values:
            raise self.wrong("", f"缺少 {key}", f"补上 {key}，它是{name}")
        value = self.values[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.wrong(key, f"{key} 应是{name}", "请照样例改正")
        return value

    def _line(self, path: Place, index: int | None) -> int:
        if index is not None and (*path, index) in self.places:
            return self.places[*path, index]
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, 1)


def toml(file: Path) -> Table:
    """Read one TOML file as its root table.

    Raises:
        RulesError: it cannot be read or is no TOML.
    """
    content = text(file)
    try:
        values = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"line (\d+)", str(error))
        line = int(place.group(1)) if place else content.count("\n") + 1
        raise wrong(file, line, f"不是正确的 TOML（{error}）", "检查引号、括号和重复的键") from error
    return Table(file, values, places(content))


def rows(file: Path, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, row) of a CSV file whose header is exactly *columns*; values without outer white space.

    A row whose cells were all cleared (WPS and Excel save it as “,,”) is none.

    Raises:
        RulesError: it cannot be read, has another header, or a row has too few or too many fields.
    """
    reader = csv.reader(io.StringIO(text(file), newline=""), strict=True)
    line = 1
    try:
        for number, row in enumerate(reader):
            if number == 0 and row != list(columns):
                raise wrong(file, 1, f"表头是 {','.join(row)}", f"应是 {','.join(columns)}")
            if number and any(cell.strip() for cell in row):
                if len(row) != len(columns):
                    raise wrong(
                        file, line, f"有 {len(row)} 栏", f"应有 {len(columns)} 栏；含逗号的内容要加双引号"
                    )
                yield line, {name: value.strip() for name, value in zip(columns, row, strict=True)}
            line = reader.line_num + 1
    except csv.Error as error:
        raise wrong(file, line, f"不是正确的 CSV（{error}）", "检查这一行的双引号") from error
    if line == 1:
        raise wrong(file, 1, "是空文件", f"第一行应是 {','.join(columns)}")


def _pair(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(number, int | float) and not isinstance(number, bool) for number in value)
    )
