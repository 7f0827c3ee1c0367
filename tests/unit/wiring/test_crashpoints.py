"""Points at which tests end processes: armed by count, once or again, and nothing at all unless asked for."""

import os
import re
import signal
from pathlib import Path
from typing import get_args

import pytest

from pressrun.crashpoints import POINTS, Crashpoints, crashpoint_of
from pressrun.settings import Settings
from schemas.notices import NoticeKind

ROOT = Path(__file__).parents[3]
SOURCES = ("agents", "streams", "sinks", "pressrun")


@pytest.fixture
def deaths(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Signals this process would have sent itself."""
    sent: list[int] = []

    def kill(pid: int, number: int) -> None:
        assert pid == os.getpid()
        sent.append(number)

    monkeypatch.setattr(os, "kill", kill)
    return sent


def test_the_third_to_pass_ends_and_then_the_next_one(tmp_path: Path, deaths: list[int]) -> None:
    points = Crashpoints(tmp_path)
    points.arm("render.after_segment", 3, 1)

    ended = []
    for _ in range(6):
        before = len(deaths)
        points("render.after_segment")
        ended.append(len(deaths) > before)

    assert ended == [False, False, True, True, False, False]
    assert deaths == [signal.SIGKILL] * 2
    assert not points.is_armed("render.after_segment")


def test_a_point_that_is_not_armed_is_passed(tmp_path: Path, deaths: list[int]) -> None:
    points = Crashpoints(tmp_path)
    points.arm("render.after_segment", 1)

    points("render.after_result")

    assert deaths == []


def test_without_the_setting_nothing_is_armed(tmp_path: Path, deaths: list[int]) -> None:
    Crashpoints(tmp_path / "crashpoints").arm("render.after_segment", 1)

    crashpoint_of(Settings(data_dir=tmp_path))("render.after_segment")

    assert deaths == []


def test_every_point_is_passed_somewhere_and_every_passed_point_is_listed() -> None:
    written = set()
    for folder in SOURCES:
        for path in (ROOT / folder).rglob("*.py"):
            if path.name != "crashpoints.py":
                written |= set(re.findall(r"[\"\x27]([a-z]+\.[a-z_]+)[\"\x27]", path.read_text(encoding="utf-8")))
    commits = {point for point in POINTS if point.endswith(".before_commit")}
    ways = {f"{way}.{step}" for way in get_args(NoticeKind) for step in ("begun", "sent", "recorded", "told")}

    assert len(set(POINTS)) == len(POINTS)
    assert set(POINTS) - commits - ways <= written
    assert ways <= set(POINTS)
