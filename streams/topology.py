"""Which agent reads what and says what, in the order a batch travels: the page to read first.

producers, command line
|
submissions ─> intake ─> results (accepted, rejected)
└────> dispatch ─> explode ─> items-letters ─> render ─> results
^                                                 |
|  credits, missing                               v
└─────────────────────────────────────────── aggregate ─> progress, batches
|            └─> notify ─> mail
results (sealed) <─ close <─ completions
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Role:
    """One role: a Faust App of its own in a process of its own, so that a crash leaves the others running."""

    name: str
    reads: str
    says: tuple[str, ...]
    table: str | None
    idea: str
    is_scaled: bool = False
    """Whether as many processes run as there are workers."""


ROLES: tuple[Role, ...] = (
    Role("intake", "submissions", ("results", "dispatch", "progress"), None, "what it accepts can be run"),
    Role("explode", "dispatch", ("items-letters", "results", "dispatch"), "schedule", "it is the scheduler"),
    Role("render", "items-letters", ("results",), None, "decode, stamp, store, report", is_scaled=True),
    Role(
        "aggregate",
        "results",
        ("progress", "batches", "dispatch", "completions", "results"),
        "tallies",
        "counts by set membership; the one writer of a batch's state",
    ),
    Role("close", "completions", ("results", "dispatch", "completions"), "closings", "each index once"),
    Role("notify", "progress", ("progress",), "notices", "effects outside the log, from durable intents"),
)
ROLE_NAMES = tuple(role.name for role in ROLES)
"""Every agent that keeps a table reads exactly one topic, and the table has that topic's partitions."""


def role_named(name: str) -> Role:
    return next(role for role in ROLES if role.name == name)
