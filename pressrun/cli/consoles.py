"""Where words go: answers to standard output, talk and progress to standard error."""

from rich.console import Console
from rich.text import Text

WIDE = 200
"""Columns where nobody looks: ids are not broken in the lines another program reads."""


def answer_console() -> Console:
    """For tables that answer a question."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDE)


def talk_console() -> Console:
    """For progress and remarks; standard output stays free for answers."""
    return Console(stderr=True, highlight=False)


def say(line: str) -> None:
    """A remark, as it is: nothing in it is taken for markup, and long paths are not broken."""
    talk_console().print(Text(line), soft_wrap=True)
