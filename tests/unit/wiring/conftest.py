"""A storage, a small design with a font of the example, and settings in a directory of their own."""

import json
from pathlib import Path

import pytest

from pressrun.domain.letters import DesignSource, FontFile
from pressrun.settings import Settings
from sinks.storage import LocalStorage

FONTS = Path(__file__).parents[3] / "examples" / "postcard" / "fonts"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "home", smtp_port=1)


@pytest.fixture
def storage(settings: Settings) -> LocalStorage:
    return LocalStorage(settings.home, settings.archives)


@pytest.fixture
def design() -> DesignSource:
    """One line of text with a variable and one with a default."""
    font = json.loads((FONTS / "fonts.json").read_text())[0]
    text = {
        "type": "Text",
        "version": "7.4.0",
        "originX": "left",
        "originY": "top",
        "left": 10,
        "top": 10,
        "fontFamily": font["family"],
        "fontWeight": font["weight"],
        "fontSize": 16,
        "text": "Dear {{first_name}} of {{city|nowhere}}",
    }
    canvas = {"version": "7.4.0", "width": 600, "height": 400, "objects": [text]}
    face = FontFile(font["family"], font["weight"], font["style"], (FONTS / font["file"]).read_bytes())
    return DesignSource(json.dumps(canvas).encode(), None, {}, [face])
