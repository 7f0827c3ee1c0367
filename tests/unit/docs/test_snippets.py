"""What the pages tell people to type can be typed, and what they point to is there."""

import ast
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.core import TyperGroup
from unit.docs.pages import ROOT, pages, read, snippets, without_code

from pressrun.cli.commands import app
from schemas.submissions import BatchSubmitted
from sinks import failures_table, manifest

each_page = pytest.mark.parametrize("page", pages(), ids=lambda path: path.name)


def each_command_line() -> Iterator[list[str]]:
    for page in pages():
        for snippet in snippets(page.read_text(encoding="utf-8"), "sh"):
            yield from (shlex.split(line) for line in snippet.splitlines() if line.startswith("pressrun "))


def find_command(words: list[str]) -> tuple[Any, list[str]]:
    command: Any = typer.main.get_command(app)
    rest = words[1:]
    while isinstance(command, TyperGroup) and rest and not rest[0].startswith("-"):
        found = command.commands.get(rest[0])
        assert found, f"there is no command {' '.join(words)}"
        command, rest = found, rest[1:]
    return command, rest


@pytest.mark.parametrize("words", list(each_command_line()), ids=" ".join)
def test_a_command_of_the_pages_exists_with_its_options(words: list[str]) -> None:
    command, rest = find_command(words)
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}

    assert {word for word in rest if word.startswith("--")} <= known


def test_every_command_the_pages_mention_exists() -> None:
    words = re.compile(r"`pressrun ([a-z]+(?:-[a-z]+)*(?: [a-z]+)*)")
    mentioned = {match for page in pages() for match in words.findall(page.read_text("utf-8"))}

    assert {"up", "doctor"} <= mentioned
    for command in mentioned:
        find_command(["pressrun", *command.split()])


def test_every_option_of_a_submission_in_the_readme_exists() -> None:
    command, _ = find_command(["pressrun", "submit", "letters"])
    known = {option for parameter in command.params for option in parameter.opts}
    table = read("README.md").split("| option of `submit letters` |")[1].split("\n\n")[0]

    mentioned = set(re.findall(r"`(--[a-z-]+)", table))

    assert {"--map", "--wait", "--json"} <= mentioned <= known


def test_the_event_in_the_readme_is_a_submission() -> None:
    (snippet,) = snippets(read("README.md"), "json")

    event = BatchSubmitted.model_validate_json(snippet)

    assert set(json.loads(snippet)) <= set(BatchSubmitted.model_fields)
    assert event.recipients is not None
    assert event.recipients.mapping == {"link": "url"}


@each_page
def test_python_on_a_page_is_python(page: Path) -> None:
    for snippet in snippets(page.read_text(encoding="utf-8"), "python"):
        ast.parse(snippet)


@each_page
def test_json_on_a_page_is_json(page: Path) -> None:
    for snippet in snippets(page.read_text(encoding="utf-8"), "json"):
        json.loads(snippet)


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", without_code(page.read_text(encoding="utf-8")), flags=re.MULTILINE)
    return {re.sub(r"[^a-z0-9 _-]", "", heading.lower()).replace(" ", "-") for heading in headings}


@each_page
def test_a_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", without_code(page.read_text(encoding="utf-8"))):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@each_page
def test_a_file_named_on_a_page_is_in_the_checkout(page: Path) -> None:
    roots = "agents|docs|examples|pressrun|schemas|sinks|streams|tests"
    for path in re.findall(rf"`((?:{roots})/[A-Za-z0-9_/.-]+)`", page.read_text(encoding="utf-8")):
        assert (ROOT / path).exists(), path


def test_the_archive_in_the_readme_is_the_one_that_is_sealed() -> None:
    section = read("README.md").split("## What you get")[1].split("\n## ")[0]

    assert f"`{manifest.NAME}`" in section
    assert f"`{failures_table.NAME}` | `{'`, `'.join(failures_table.OWN_COLUMNS)}`" in section


@pytest.mark.parametrize("target", ["demo", "test", "check"])
def test_the_make_targets_of_the_pages_exist(target: str) -> None:
    assert re.search(rf"^{target}:", read("Makefile"), flags=re.MULTILINE)
