"""The picture of the flow tells the same story as the topology."""

import xml.etree.ElementTree as ET

import pytest
from unit.docs.pages import read

from streams.topology import ROLES

SVG = "{http://www.w3.org/2000/svg}"
TEXT = read("docs/flow.svg")
PICTURE = ET.fromstring(TEXT)


def shapes(kind: str) -> set[str]:
    """Words written in boxes of a kind; a box's word follows it."""
    found, wanted = set(), False
    for element in PICTURE.iter():
        if element.tag == f"{SVG}rect":
            wanted = element.get("class") == kind
        elif element.tag == f"{SVG}text" and wanted and element.get("class") is None:
            found.add(element.text or "")
            wanted = False
    return found


def test_the_arrows_are_those_of_the_topology() -> None:
    """What a role says to itself, on the topic it reads, has no arrow."""
    wanted = {(role.reads, role.name) for role in ROLES}
    wanted |= {(role.name, topic) for role in ROLES for topic in role.says if topic != role.reads}

    drawn = [(edge.get("data-from"), edge.get("data-to")) for edge in PICTURE.iter(f"{SVG}path") if edge.get("data-to")]

    assert len(drawn) == len(set(drawn))
    assert set(drawn) == wanted


def test_every_role_has_a_box() -> None:
    assert shapes("role") == {role.name for role in ROLES}


def test_every_topic_has_a_box_and_contracts_look_different() -> None:
    topics = {role.reads for role in ROLES} | {topic for role in ROLES for topic in role.says}

    assert shapes("topic") | shapes("public") == topics
    assert shapes("public") == {"submissions", "progress", "batches"}


def test_it_can_be_read_in_light_and_dark_and_without_sight() -> None:
    assert "prefers-color-scheme: dark" in TEXT
    assert PICTURE.find(f"{SVG}title") is not None
    assert PICTURE.find(f"{SVG}desc") is not None


@pytest.mark.parametrize("word", ["<script", "href", "url(http", "@import"])
def test_it_fetches_and_runs_nothing(word: str) -> None:
    assert word not in TEXT
