"""Path data as Fabric takes it, SVG text or saved commands, read and made absolute (SVG 1.1, 8.3 and F.6)."""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeVar

from pressrun.domain.letters.canvas.geometry import Point
from pressrun.domain.letters.canvas.paths import Step, arc_curves

# Some hundred times what a drawing in a letter has; a path of this length is still read within seconds.
MOST_SEGMENTS: Final = 100_000
_LARGEST: Final = 1_000_000.0
_COUNTS: Final[Mapping[str, int]] = {"m": 2, "l": 2, "h": 1, "v": 1, "c": 6, "s": 4, "q": 4, "t": 2, "a": 7, "z": 0}
_COMMAND: Final = re.compile(r"([mlhvcsqtaz])([^mlhvcsqtaz]*)", re.IGNORECASE)
# Matched one after the other, never as one pattern for a whole command: that would try every division of the digits.
_NUMBER: Final = re.compile(r"([-+]?(?:\d*\.\d+|\d+\.?)(?:[eE][-+]?\d+)?)[\s,]*", re.ASCII)
# The two flags of an arc may stand without anything between them and the next number: `a1 1 0 0110 5`.
_FLAG: Final = re.compile(r"([01])[\s,]*", re.ASCII)


class WrongPath(ValueError):
    """The data is no path; the message says what of it is wrong."""


class Command(NamedTuple):
    """One SVG command with its own letter and as many numbers as that takes."""

    letter: str
    numbers: tuple[float, ...]


def read_steps(data: object) -> tuple[Step, ...]:
    """Read a path given as text or as a list of commands; raises WrongPath."""
    if isinstance(data, str):
        commands = _limited(_parse(data))
    elif isinstance(data, list):
        commands = _limited(_read_command(entry) for entry in data)
    else:
        raise WrongPath("it is neither path text nor a list of commands")
    if commands and commands[0].letter not in "mM":
        raise WrongPath("it does not begin with M")
    return tuple(_limited(_simplify(commands)))


Part = TypeVar("Part", Command, Step)


def _limited(parts: Iterable[Part]) -> list[Part]:
    found = []
    for part in parts:
        found.append(part)
        if len(found) > MOST_SEGMENTS:
            raise WrongPath(f"it has more than {MOST_SEGMENTS:,} segments")
    return found


def _parse(text: str) -> Iterator[Command]:
    """Split path text into commands, repeated ones apart; after a move, further pairs are lines."""
    text = text.strip()
    if text and _COMMAND.match(text) is None:
        raise WrongPath("it begins with something that is no command")
    for match in _COMMAND.finditer(text):
        letter = match[1]
        numbers = _read_numbers(letter.lower(), match[2].lstrip(" \t\r\n,"))
        count = _COUNTS[letter.lower()] or 1
        if letter in "zZ":
            yield Command(letter, ())
        for at in range(0, len(numbers), count):
            again = {"m": "l", "M": "L"}.get(letter, letter)
            yield Command(again if at else letter, tuple(numbers[at : at + count]))


def _read_numbers(letter: str, text: str) -> list[float]:
    found: list[float] = []
    at = 0
    while at < len(text):
        flag = letter == "a" and len(found) % 7 in {3, 4}
        match = (_FLAG if flag else _NUMBER).match(text, at)
        if match is None:
            raise WrongPath(f"{letter} is followed by something that is no number")
        found.append(_checked(float(match[1])))
        at = match.end()
    count = _COUNTS[letter]
    if (len(found) % count or not found) if count else found:
        raise WrongPath(f"{letter} does not have {count} numbers")
    return found


def _read_command(entry: object) -> Command:
    if not isinstance(entry, list) or not entry or not isinstance(entry[0], str):
        raise WrongPath("one of its commands is no list that begins with a letter")
    letter, numbers = entry[0], entry[1:]
    count = _COUNTS.get(letter.lower())
    if count is None:
        raise WrongPath("one of its commands has an unknown letter")
    if len(numbers) != count:
        raise WrongPath(f"{letter} does not have {count} numbers")
    return Command(letter, tuple(_checked(number) for number in numbers))


def _checked(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= _LARGEST:
        raise WrongPath("one of its numbers is missing or beyond 1,000,000")
    return float(value)


@dataclass(slots=True)
class _Walk:
    """Where the way along a path has come: its point, its subpath's start, and the last handle of each sort."""

    at: Point = (0.0, 0.0)
    start: Point = (0.0, 0.0)
    cubic: Point | None = None
    quadratic: Point | None = None

    def mirrored(self, handle: Point | None) -> Point:
        if handle is None:
            return self.at
        return 2 * self.at[0] - handle[0], 2 * self.at[1] - handle[1]


def _simplify(commands: Iterable[Command]) -> Iterator[Step]:
    walk = _Walk()
    for letter, numbers in commands:
        kind = letter.upper()
        origin = walk.at if letter.islower() else (0.0, 0.0)
        steps = _MAKERS[kind](walk, numbers, origin)
        walk.cubic = steps[0].points[1] if kind in "CS" else None
        walk.quadratic = steps[0].points[0] if kind in "QT" else None
        walk.at = _end(walk, numbers, kind, origin)
        yield from steps


def _end(walk: _Walk, numbers: Sequence[float], kind: str, origin: Point) -> Point:
    """Return where a command ends, also that of an arc without extent, which draws nothing."""
    if kind == "Z":
        return walk.start
    if kind in "HV":
        return _straight(walk, numbers, kind, origin)
    return numbers[-2] + origin[0], numbers[-1] + origin[1]


def _straight(walk: _Walk, numbers: Sequence[float], kind: str, origin: Point) -> Point:
    x, y = walk.at
    return (numbers[0] + origin[0], y) if kind == "H" else (x, numbers[0] + origin[1])


def _pairs(numbers: Sequence[float], origin: Point) -> tuple[Point, ...]:
    return tuple((x + origin[0], y + origin[1]) for x, y in zip(numbers[::2], numbers[1::2], strict=True))


def _move(walk: _Walk, numbers: Sequence[float], origin: Point) -> list[Step]:
    (walk.start,) = _pairs(numbers, origin)
    return [Step("M", (walk.start,))]


def _arc(walk: _Walk, numbers: Sequence[float], origin: Point) -> list[Step]:
    rx, ry, turn, large, sweep = numbers[:5]
    (end,) = _pairs(numbers[5:], origin)
    # Fabric draws nothing for an arc without extent, not the line that SVG asks for.
    if not (rx and ry) or end == walk.at:
        return []
    return list(_arc_steps(walk.at, end, (abs(rx), abs(ry)), math.radians(turn), (bool(large), bool(sweep))))


def _arc_steps(start: Point, end: Point, radii: Point, turn: float, flags: tuple[bool, bool]) -> Iterator[Step]:
    """Find the ellipse through both ends (SVG 1.1, F.6.5 and F.6.6) and go along it."""
    cos, sin = math.cos(turn), math.sin(turn)
    dx, dy = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    u, v = (cos * dx + sin * dy) / radii[0], (cos * dy - sin * dx) / radii[1]
    # Radii that do not reach from end to end grow until they do.
    rx, ry = (radius * max(1.0, math.hypot(u, v)) for radius in radii)
    u, v = u * radii[0] / rx, v * radii[1] / ry
    apart = math.sqrt(max(0.0, 1 / (u * u + v * v) - 1)) * (-1 if flags[0] == flags[1] else 1)
    cx, cy = apart * v, -apart * u
    first, last = math.atan2(v - cy, u - cx), math.atan2(-v - cy, -u - cx)
    angle = (last - first) % math.tau if flags[1] else -((first - last) % math.tau)
    ox = (start[0] + end[0]) / 2 + cos * cx * rx - sin * cy * ry
    oy = (start[1] + end[1]) / 2 + sin * cx * rx + cos * cy * ry
    for curve in arc_curves(rx, ry, first, angle):
        yield Step("C", tuple((ox + cos * x - sin * y, oy + sin * x + cos * y) for x, y in curve))


_Maker = Callable[[_Walk, Sequence[float], Point], list[Step]]
_MAKERS: Final[Mapping[str, _Maker]] = {
    "M": _move,
    "L": lambda _, numbers, origin: [Step("L", _pairs(numbers, origin))],
    "H": lambda walk, numbers, origin: [Step("L", (_straight(walk, numbers, "H", origin),))],
    "V": lambda walk, numbers, origin: [Step("L", (_straight(walk, numbers, "V", origin),))],
    "C": lambda _, numbers, origin: [Step("C", _pairs(numbers, origin))],
    "S": lambda walk, numbers, origin: [Step("C", (walk.mirrored(walk.cubic), *_pairs(numbers, origin)))],
    "Q": lambda _, numbers, origin: [Step("Q", _pairs(numbers, origin))],
    "T": lambda walk, numbers, origin: [Step("Q", (walk.mirrored(walk.quadratic), *_pairs(numbers, origin)))],
    "A": _arc,
    "Z": lambda *_: [Step("Z")],
}
