"""The encoding of a list: marks, UTF-8, code pages told apart by words, and files that are no lists."""

# ruff: noqa: RUF001 - the lists are in the languages of their recipients

import codecs

import pytest

from pressrun.domain.errors import FaultyInput
from pressrun.domain.recipients.encoding import detect_encoding

LISTS = {
    "cp1252 German": ("cp1252", "Name;Ort\nJürgen Müller;Köln\nRené;Zürich\n"),
    "cp1252 Spanish": ("cp1252", "nombre,ciudad\nJosé Núñez,Málaga\n"),
    "cp1252 of many countries": ("cp1252", "name,city\nFrançois Lefèvre,Orléans\nBjørn,Ålesund\nJosé Núñez,Köln\n"),
    "cp1252 punctuation": ("cp1252", "name,price\nO’Neil,5 €\n“Ann”,£ 3\n"),
    "cp1252 capitals": ("cp1252", "name\nFRANÇOIS\nMÜNCHEN\nDÉSIRÉE\n"),
    "cp1250 Polish": ("cp1250", "imię;miasto\nŁukasz Żółć;Łódź\nGrażyna Wiśniewska;Kraków\n"),
    "cp1250 Czech": ("cp1250", "jméno;město\nJiří Dvořák;Plzeň\nVěra Růžičková;Brno\n"),
    "cp1250 Hungarian": ("cp1250", "név;város\nErdős Gyöngyi;Győr\nŐry Tímea;Szűcs\n"),
    "cp1254 Turkish": ("cp1254", "ad;şehir\nGökçe Yıldız;Şanlıurfa\nİbrahim;Eskişehir\n"),
    "cp1257 Baltic": ("cp1257", "vardas\nŠarūnas Žukauskas\nJānis Bērziņš\n"),
    "cp1251 Russian": ("cp1251", "имя;город\nИван Петров;Москва\nОльга;Киев\n"),
    "cp1253 Greek": ("cp1253", "όνομα;πόλη\nΓιώργος;Αθήνα\nΛεωνίδας;Πάτρα\n"),
    "cp1255 Hebrew": ("cp1255", "שם,עיר\nדוד כהן,חיפה\nשרה לוי,ירושלים\nיוסף מזרחי,תל אביב\n"),
    "cp1256 Arabic": ("cp1256", "اسم,مدينة\nمحمد علي,القاهرة\n"),
    "old Mac": ("mac_roman", "name\nRené Müller\nÅsa\nJosé Núñez\n"),
    "DOS": ("cp850", "name\nRené Müller\nJosé Núñez\n"),
    "KOI8": ("koi8_r", "имя\nИван Петров\nОльга\n"),
    "Japanese": ("shift_jis", "名前,市\n山田太郎,東京\n鈴木花子,大阪\n"),
    "Chinese": ("gb18030", "姓名,城市\n王小明,北京\n张伟,上海\n"),
    "Korean": ("euc_kr", "이름,도시\n김철수,서울\n"),
}


def the_fault_of(head: bytes, *, whole: bool = True) -> str:
    with pytest.raises(FaultyInput) as caught:
        detect_encoding(head, whole=whole)
    (fault,) = caught.value.faults
    return f"{fault.code} at {fault.where}: {fault.message}"


@pytest.mark.parametrize("plain_rows", [0, 400], ids=["dense", "sparse"])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_without_a_mark_is_read_as_it_was_written(name: str, plain_rows: int) -> None:
    encoding, text = LISTS[name]
    text += "Ann Smith,London\n" * plain_rows
    detected = detect_encoding(text.encode(encoding), whole=True)
    assert text.encode(encoding).decode(detected) == text


@pytest.mark.parametrize("name", ["Chinese", "Japanese", "Korean", "cp1252 German", "cp1251 Russian"])
@pytest.mark.parametrize("length", [3_000, 3_001, 3_002, 3_003, 65_536, 65_537])
def test_a_long_list_is_recognised_wherever_its_head_is_cut(name: str, length: int) -> None:
    encoding, text = LISTS[name]
    head = (text * 4_000).encode(encoding)[:length]
    detected = detect_encoding(head, whole=False)
    assert text.encode(encoding).decode(detected) == text


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_decides(mark: bytes, encoding: str) -> None:
    assert detect_encoding(mark + "name\nZoë\n".encode(encoding), whole=True) == encoding


def test_plain_ascii_and_nothing_at_all_are_utf_8() -> None:
    assert detect_encoding(b"name\nAnn\n", whole=True) == "utf-8"
    assert detect_encoding(b"", whole=True) == "utf-8"


def test_a_head_cut_inside_a_character_is_still_utf_8() -> None:
    head = "name\nZoë".encode()[:-1]
    assert detect_encoding(head, whole=False) == "utf-8"


def test_utf_16_without_a_mark_is_named() -> None:
    assert "UTF-16 without a byte order mark" in the_fault_of("name,city\nAnn,Rome\n".encode("utf-16-le"))
    assert "UTF-16 without a byte order mark" in the_fault_of("name,city\nAnn,Rome\n".encode("utf-16-be"))


def test_a_mark_followed_by_other_bytes_is_a_fault() -> None:
    assert the_fault_of(codecs.BOM_UTF8 + b"name\nZo\xeb\n").startswith("list_undecodable")


def test_a_nul_character_is_a_fault_on_its_line() -> None:
    assert the_fault_of(b"name\r\nAnn\rBob\nC\x00\n").startswith("list_nul at recipients line 4")


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"PK\x03\x04\x14\x00", "Excel workbook"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office document"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
    ],
)
def test_another_kind_of_file_is_named(head: bytes, what: str) -> None:
    assert what in the_fault_of(head)


def test_bytes_that_give_no_words_are_refused_and_not_guessed() -> None:
    thai = "ชื่อ\nสมชาย\nสมหญิง\n".encode("cp874")
    assert the_fault_of(thai).startswith("list_undecodable")
    assert the_fault_of(bytes(range(128, 256)) * 4).startswith("list_undecodable")
