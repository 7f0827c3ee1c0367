"""Where words go: answers to standard output, talk and progress to standard error."""

from rich.console import Console
from rich.text import Text


def answer_console() -> Console:
    """For tables that answer a question."""
    return Console(highlight=False)


def talk_console() -> Console:
    """For progress and remarks; standard output stays free for answers."""
    return Console(stderr=True, highlight=False)


def say(line: str) -> None:
    """A remark, as it is: nothing in it is taken for markup, and long paths are not broken."""
    talk_console().print(Text(line), soft_wrap=True)
