"""What a person asks for on the command line, read into an order, or every fault found in it at once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pressrun.designs import read_design_folder
from pressrun.domain.errors import FaultyInput
from pressrun.preparation import Order, RowsOfFile, prepare
from pressrun.secrets import SecretMissing, read_secret
from pressrun.settings import Settings
from pressrun.submitting import Request
from schemas.events import Priority
from schemas.faults import Fault
from sinks.mail.errors import MailError
from sinks.mail.headers import safe_address
from sinks.storage import LocalStorage

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class LettersForm:
    """The options of `submit letters` as they were written; `mapping` holds `variable=column`."""

    design: Path
    recipients: Path
    page: Path | None = None
    fonts: Path | None = None
    mapping: Sequence[str] = ()
    name: str = ""
    notify: str | None = None
    priority: Priority | None = None
    password_secret: str | None = None


def read_order(form: LettersForm, settings: Settings, storage: LocalStorage) -> tuple[Order, Request]:
    """The order and what is asked for besides; raises FaultyInput with the faults of options, design and list."""
    mapping, unmapped = read_mapping(form.mapping)
    faults = [*unmapped, *_check_name(form), *_check_notify(form), *_check_secret(form, settings)]
    rows = RowsOfFile(form.recipients)
    try:
        source = read_design_folder(form.design, form.page, form.fonts)
    except FaultyInput as error:
        raise FaultyInput([*faults, *error.faults, *faults_of_list(rows)]) from None
    order = Order(source, rows, mapping, form.password_secret)
    if faults:
        beyond = _faults_of_order(order, settings, storage)
        # Without the mapping that was meant, columns only seem to be missing.
        faults += [fault for fault in beyond if not (unmapped and fault.where == "mapping")]
        raise FaultyInput(faults)
    return order, Request(form.name, form.notify, form.priority)


def read_mapping(texts: Sequence[str]) -> tuple[Mapping[str, str], Sequence[Fault]]:
    """Variable -> column, from `variable=column`, and what is wrong with it."""
    return dict(map(_split, texts)), list(_check_mapping(texts))


def faults_of_list(rows: RowsOfFile) -> Sequence[Fault]:
    """The faults that can be told without a design."""
    try:
        with rows.open():
            return ()
    except FaultyInput as error:
        return error.faults


def _faults_of_order(order: Order, settings: Settings, storage: LocalStorage) -> Sequence[Fault]:
    try:
        prepare(order, storage, reserve_mb=settings.disk_reserve_mb)
    except FaultyInput as error:
        return error.faults
    return ()


def _check_mapping(texts: Sequence[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for text in texts:
        variable, column = _split(text)
        if not variable or not column:
            yield _fault(
                "map_invalid", "--map", f"{text!r} is not variable=column", "Write --map first_name='First name'."
            )
        elif variable in seen:
            yield _fault("map_repeated", "--map", f"{variable} is mapped twice", "Map each variable to one column.")
        seen.add(variable)


def _split(text: str) -> tuple[str, str]:
    variable, _, column = text.partition("=")
    return variable.strip(), column


def _check_name(form: LettersForm) -> Iterator[Fault]:
    if len(form.name) > LONGEST_NAME:
        message = f"the name has {len(form.name)} characters; {LONGEST_NAME} are allowed"
        yield _fault("name_too_long", "--name", message, "Choose a shorter one.")


def _check_notify(form: LettersForm) -> Iterator[Fault]:
    if form.notify is None:
        return
    try:
        safe_address(form.notify, "address")
    except MailError as error:
        yield _fault(error.code, "--notify", str(error), "Write one plain mail address.")


def _check_secret(form: LettersForm, settings: Settings) -> Iterator[Fault]:
    if form.password_secret is None:
        return
    try:
        read_secret(settings.secrets, form.password_secret)
    except SecretMissing as error:
        message = f"there is no secret of this name in {settings.secrets}"
        remedy = "Put the password into a file of that name there; names are letters, digits, hyphens and underscores."
        yield _fault(error.code, "--password-secret", message, remedy)


def _fault(code: str, where: str, message: str, remedy: str) -> Fault:
    return Fault(code=code, where=where, message=message, remedy=remedy)
