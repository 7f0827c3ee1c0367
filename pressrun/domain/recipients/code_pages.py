"""Tells the eight-bit code pages apart by whether the words they give could be words of a language."""

import re
from collections.abc import Collection

_WEST = {
    "German": "äöüß",
    "French": "àâæçéèêëîïôœùûüÿ",
    "Spanish": "áéíñóúü",
    "Portuguese": "àáâãçéêíóôõú",
    "Italian": "àèéìíîòóù",
    "Danish": "æøåéó",
    "Swedish": "åäöéü",
    "Dutch": "áéèêëíïóöü",
    "Icelandic": "áðéíóúýþæö",
    "Catalan": "àçèéíïòóúü",
}
_EAST = {
    "Polish": "ąćęłńóśźż",
    "Czech": "áčďéěíňóřšťúůýž",
    "Slovak": "áäčďéíĺľňóôŕšťúýž",
    "Hungarian": "áéíóöőúüű",
    "Romanian": "ăâîşţ",
    "Croatian": "čćđšž",
    "German": "äöüß",
}
_TURKISH = {**_WEST, "Turkish": "çğıöşüâîû"}
_BALTIC = {
    "Lithuanian": "ąčęėįšųūž",
    "Latvian": "āčēģīķļņšūž",
    "Estonian": "äõöüšž",
    "Polish": "ąćęłńóśźż",
}
# Alphabets of other scripts begin with their ten most frequent letters: Greek read as Cyrillic is all letters too.
_CYRILLIC = {
    "Russian": "оеаинтсрвлбгдёжзйкмпуфхцчшщъыьэюя",
    "Ukrainian": "оанивітерсбгґдєжзїйклмпуфхцчшщьюя",
    "Serbian": "аоиенрсјтвбгдђжзклљмњпћуфхцчџш",
}
_GREEK = {"Greek": "αοιετσνηυρβγδζθκλμξπςφχψωάέήίόύώϊϋΐΰ"}
_HEBREW = {"Hebrew": "יוהלמארבתנשגדזחטךכםןסעףפץצק"}
_ARABIC = {"Arabic": "الينموربتدةعسحكفقجشطصخذزضظغثءآأؤإئهى"}
_FREQUENT = 10

_PAGES = (
    # In the order in which ties are decided: what office programs write comes first.
    ("cp1252", _WEST),
    ("cp1250", _EAST),
    ("iso8859_2", _EAST),
    ("cp1254", _TURKISH),
    ("cp1257", _BALTIC),
    ("cp1251", _CYRILLIC),
    ("cp1253", _GREEK),
    ("koi8_r", _CYRILLIC),
    ("cp1255", _HEBREW),
    ("cp1256", _ARABIC),
    ("mac_roman", _WEST),
    ("cp850", _WEST),
    ("cp852", _EAST),
)
_OTHER_SCRIPTS = (_CYRILLIC, _GREEK, _HEBREW, _ARABIC)
_WORD = re.compile(rb"[A-Za-z0-9\x80-\xff]+")
_EDGES = "“”‘’‚„«»‹›•€£¥§©®™¿¡ªº±²³¼½¾µ×"  # noqa: RUF001 - punctuation that office programs put there by themselves
_BETWEEN = re.compile("[’–—…°]")  # noqa: RUF001 - in names, spans and temperatures
_LEAST_SHARE = 0.6
"""Below it no page is believed: a wrong letter in a name is worse than a refused list."""


def likely_code_page(sample: bytes) -> str | None:
    """The code page under which most words with accents are words of a language; None when none is convincing."""
    words = {word for word in _WORD.findall(sample) if not word.isascii()}
    if not words:
        return None
    scores = [(_score(words, languages, page), page) for page, languages in _PAGES if _all_mapped(sample, page)]
    best_score, best_page = max(scores, key=lambda scored: scored[0], default=(0.0, None))
    return best_page if best_score > 0 else None


def _all_mapped(sample: bytes, page: str) -> bool:
    try:
        sample.decode(page)
    except UnicodeDecodeError:
        return False
    return True


def _score(words: Collection[bytes], languages: dict[str, str], page: str) -> float:
    """The share of words some language explains, more when one explains many, less when by rare letters."""
    other_script = languages in _OTHER_SCRIPTS
    decoded = [word.decode(page) for word in words]
    explained = [_languages_of(word, languages, mixed=not other_script) for word in decoded]
    share = sum(bool(names) for names in explained) / len(words)
    alone, name = max((sum(name in names for names in explained) / len(words), name) for name in languages)
    rare = 1 - _share_of("".join(decoded).lower(), languages[name][:_FREQUENT]) if other_script else 0.0
    return share + alone / 2 - rare / 2 if share >= _LEAST_SHARE else 0.0


def _share_of(text: str, letters: str) -> float:
    return sum(character in letters for character in text) / len(text)


def _languages_of(word: str, languages: dict[str, str], *, mixed: bool) -> set[str]:
    """The languages that could have written all of the word; every language when only punctuation is special."""
    found = set(languages)
    for piece in _BETWEEN.sub(" ", word).split():
        letters = piece.strip(_EDGES) if mixed else piece
        if letters.isascii():
            continue
        if not _written_like_a_word(letters) or (not mixed and any(letter.isascii() for letter in letters)):
            return set()
        special = {letter for letter in letters.replace("İ", "i").lower() if not letter.isascii()}
        found = {name for name in found if special.issubset(languages[name])}
    return found


def _written_like_a_word(letters: str) -> bool:
    cases = (letters.lower(), letters.upper(), letters[0].upper() + letters[1:].lower())
    return letters.isalpha() and letters in cases
