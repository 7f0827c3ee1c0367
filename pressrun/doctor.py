"""Looks at everything a system stands on, and says of each thing that is not well what to do about it."""

import shutil
import socket
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from pressrun.designs import read_design_folder
from pressrun.diagnosis import Finding, judge_installation, judge_python
from pressrun.domain.batches import ENDED
from pressrun.domain.errors import FaultyInput
from pressrun.domain.letters import RENDERER_VERSION, read_design
from pressrun.following import BatchStates, held_by
from pressrun.installation import inspect_installation
from pressrun.readiness import count_ready, halted_roles, needed_of
from pressrun.settings import MIB, Settings
from pressrun.startup import broker_settings_of
from pressrun.system import read_system
from schemas.errors import PressrunError
from sinks.mail.settings import Encryption, MailSettings
from streams.administration import cluster_summary, describe_topics, group_lag
from streams.devbroker import broker_status
from streams.devbroker.artifacts import find_libraries, pinned_kafka_version
from streams.devbroker.docker_engine import check_docker
from streams.devbroker.errors import EngineRefused
from streams.devbroker.local_java import find_java
from streams.topics import CATALOGUE
from streams.topology import ROLES

SMTP_SECONDS = 3.0
WEBHOOK_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at; `address` is that of its broker, None while there is none."""

    settings: Settings
    address: str | None
    design: Path | None


Check: TypeAlias = Callable[[Patient], Finding]


def examine(settings: Settings, design: Path | None = None) -> Iterator[Finding]:
    """One finding for each check, as they are made; a check that cannot be made is a fault, never an exception."""
    patient = Patient(settings, _address_of(settings), design)
    for name, check in CHECKS.items():
        try:
            yield check(patient)
        except PressrunError as error:
            yield Finding(name, "fault", f"{error.code}: {error}", "Put that right first, then look again.")


def _address_of(settings: Settings) -> str | None:
    broker = broker_status(broker_settings_of(settings))
    return broker.address if broker else None


def _check_python(_patient: Patient) -> Finding:
    return judge_python(sys.version_info[:3])


def _check_packages(_patient: Patient) -> Finding:
    return judge_installation(inspect_installation())


def _check_java(patient: Patient) -> Finding:
    """What may run the development broker: Docker, or Java with Kafka's jars."""
    settings = patient.settings
    if settings.broker is not None:
        return Finding("java", "ok", "not needed: the broker is given by its address")
    if settings.broker_engine in {"auto", "docker"}:
        try:
            check_docker()
        except EngineRefused as refusal:
            if settings.broker_engine == "docker":
                return Finding("java", "fault", refusal.reason, f"{refusal.remedy}.")
        else:
            return Finding("java", "ok", "not needed: Docker runs the broker")
    return _check_local_java()


def _check_local_java() -> Finding:
    try:
        java = find_java()
    except EngineRefused as refusal:
        return Finding("java", "fault", refusal.reason, f"{refusal.remedy}.")
    if find_libraries() is None and shutil.which("mvn") is None:
        return Finding(
            "java", "fault", f"{java}, but Kafka's jars are not fetched and Maven is missing", "Install mvn."
        )
    return Finding("java", "ok", f"{java}, Kafka {pinned_kafka_version()}")


def _check_broker(patient: Patient) -> Finding:
    if patient.address is None:
        where = patient.settings.broker or "this data directory"
        remedy = "Start everything with `pressrun up`, or the broker alone with `pressrun broker start`."
        if patient.settings.broker:
            remedy = "Start that broker, or correct PRESSRUN_BROKER."
        return Finding("broker", "fault", f"no broker answers for {where}", remedy)
    summary = cluster_summary(patient.address)
    return Finding("broker", "ok", f"{', '.join(summary.brokers)}, Kafka {summary.version} or newer")


def _check_topics(patient: Patient) -> Finding:
    if patient.address is None:
        return _unknown("topics")
    found = {state.name: state.partitions for state in describe_topics(patient.address, [t.name for t in CATALOGUE])}
    missing = [topic.name for topic in CATALOGUE if topic.name not in found]
    wrong = [t.name for t in CATALOGUE if t.name in found and found[t.name] != t.partitions]
    if missing:
        return Finding("topics", "fault", f"missing: {', '.join(missing)}", "Run `pressrun topics apply`.")
    if wrong:
        remedy = "Delete them while nothing runs, then run `pressrun topics apply`; what was on them is lost."
        return Finding("topics", "fault", f"other partition counts than wanted: {', '.join(wrong)}", remedy)
    return Finding("topics", "ok", f"all {len(found)} there")


def _check_roles(patient: Patient) -> Finding:
    home, workers = patient.settings.home, patient.settings.workers
    if read_system(patient.settings) is None:
        return Finding("roles", "warning", f"no system runs in {home}", "Start one with `pressrun up`.")
    if halted := halted_roles(home):
        remedy = "Look at `pressrun dead-letters list`; then stop the system and start it again with `pressrun up`."
        return Finding("roles", "fault", f"stopped, for nearly all they read was bad: {', '.join(halted)}", remedy)
    absent = [role for role, needed in needed_of(workers) if count_ready(home, role) < needed]
    if absent:
        remedy = f"Give it some seconds; then look into {patient.settings.logs}."
        return Finding("roles", "fault", f"not ready: {', '.join(absent)}", remedy)
    return Finding("roles", "ok", "every role is ready")


def _check_lag(patient: Patient) -> Finding:
    if patient.address is None:
        return _unknown("lag")
    address = patient.address
    lags = {role.name: sum(group_lag(address, f"pressrun-{role.name}", role.reads).values()) for role in ROLES}
    waiting = ", ".join(f"{name} {lag:,}" for name, lag in lags.items() if lag)
    if not waiting:
        return Finding("lag", "ok", "nothing waits to be read")
    if read_system(patient.settings) is None:
        return Finding("lag", "warning", f"records wait to be read: {waiting}", "Start the roles with `pressrun up`.")
    return Finding("lag", "ok", f"at work, records to be read: {waiting}")


def _check_batches(patient: Patient) -> Finding:
    """Open batches, and why those that do not move do not."""
    if patient.address is None:
        return Finding("batches", "warning", "blocked: broker", "See broker.")
    with BatchStates(patient.address) as reader:
        still_open = [state for state in reader.read_to_end().values() if state.status not in ENDED]
    held = Counter(held_by(state) for state in still_open if held_by(state))
    reasons = ", ".join(f"{reason} ({count:,})" for reason, count in sorted(held.items()))
    if any(state.blocked for state in still_open):
        return Finding("batches", "warning", reasons, "They go on by themselves when that is over.")
    return Finding("batches", "ok", f"{len(still_open):,} open" + (f", {reasons}" if reasons else ""))


def _check_disk(patient: Patient) -> Finding:
    folders = (patient.settings.home, patient.settings.archives)
    free = min(shutil.disk_usage(_nearest(folder)).free for folder in folders) // MIB
    reserve = patient.settings.disk_reserve_mb
    if free < 2 * reserve:
        message = f"{free:,} MiB are free; {reserve:,} are kept in reserve"
        return Finding("disk", "fault" if free < reserve else "warning", message, "Free some disk.")
    return Finding("disk", "ok", f"{free:,} MiB free")


def _check_fonts(patient: Patient) -> Finding:
    """Designs bring their fonts; only a named design can be looked at."""
    if patient.design is None:
        return Finding("fonts", "ok", f"come with each design (--design looks at one); renderer {RENDERER_VERSION}")
    try:
        design = read_design(read_design_folder(patient.design))
    except FaultyInput as error:
        first = error.faults[0]
        message = f"{len(error.faults)} faults, the first: {first.code}: {first.where}: {first.message}"
        return Finding("fonts", "fault", message, first.remedy)
    return Finding("fonts", "ok", f"{len(design.faces)} faces in use, all there")


def _check_smtp(patient: Patient) -> Finding:
    settings = patient.settings
    mail = MailSettings(settings.smtp_host, settings.smtp_port, settings.smtp_from)
    place = f"{settings.smtp_host}:{settings.smtp_port}"
    remedy = "Set PRESSRUN_SMTP_HOST and PRESSRUN_SMTP_PORT; without a server, notices by mail wait."
    try:
        with socket.create_connection((settings.smtp_host, settings.smtp_port), timeout=SMTP_SECONDS) as connection:
            connection.settimeout(SMTP_SECONDS)
            # With implicit TLS the server waits for us to speak first.
            greeting = b"220" if mail.encrypted_by is Encryption.IMPLICIT else connection.recv(3)
    except (OSError, UnicodeError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or "no greeting"
        return Finding("smtp", "warning", f"{place} does not answer: {reason}", remedy)
    if greeting != b"220":
        return Finding("smtp", "warning", f"{place} is no mail server that takes mail now", remedy)
    return Finding("smtp", "ok", f"{place} answers")


def _check_webhook(patient: Patient) -> Finding:
    url = patient.settings.webhook_url
    if url is None:
        return Finding("webhook", "ok", "no receiver is set; nothing is sent")
    address = urlsplit(url.get_secret_value())
    port = address.port or (443 if address.scheme == "https" else 80)
    # Not the whole address: many hold a token in their path.
    place = f"{address.hostname}:{port}"
    try:
        socket.create_connection((str(address.hostname), port), timeout=WEBHOOK_SECONDS).close()
    except (OSError, UnicodeError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or "no such host"
        return Finding("webhook", "warning", f"{place} does not answer: {reason}", "See PRESSRUN_WEBHOOK_URL.")
    return Finding("webhook", "ok", f"{place} answers")


def _unknown(check: str) -> Finding:
    return Finding(check, "warning", "cannot be known without a broker", "See broker.")


def _nearest(folder: Path) -> Path:
    """The folder, or the first above it that is there."""
    return next(path for path in (folder, *folder.parents) if path.exists())


CHECKS: dict[str, Check] = {
    "python": _check_python,
    "packages": _check_packages,
    "java": _check_java,
    "broker": _check_broker,
    "topics": _check_topics,
    "roles": _check_roles,
    "lag": _check_lag,
    "batches": _check_batches,
    "disk": _check_disk,
    "fonts": _check_fonts,
    "smtp": _check_smtp,
    "webhook": _check_webhook,
}
