"""Tests of the simulator's eyes: each planted defect is found, and as what it is."""

import pytest
from faults.simulator.defects import DEFECTS, Defect, find

SEEDS = 6_000

FOUND_AS = {
    "a counter in place of a set": {"stuck", "count_over", "count_down", "not_conserved"},
    "a commit before the effect": {"committed_early"},
    "a commit before the rows": {"committed_early"},
    "a skipped poison record": {"poison_lost"},
    "a doubled completion": {"completed_twice"},
    "a mail without an intent": {"mailed_twice"},
    "a mail without the right to send it": {"mailed_twice"},
    "a webhook that is sent once": {"undelivered"},
    "a zombie's late write": {"count_down", "rows_left", "told_after_end", "state_reopened", "committed_early"},
    "a lost window": {"stuck", "repair_needed"},
    "early retention": {"unsealed", "archive_differs", "stuck"},
    "no retention": {"segments_left", "folders_left"},
    "stored before said": {"stuck", "repair_needed"},
    "shown before stored": {"count_down"},
    "old news shown as new": {"count_down", "told_after_end"},
    "a reused segment name": {"segment_reused"},
    "counts forgotten in recovery": {"repair_needed", "count_down"},
    "an archive closed without a look at storage": {"archive_differs"},
    "a schedule that is not stored": {"committed_early", "stuck"},
    "lost rows that nobody notices": {"count_down", "stuck", "notice_lost", "told_after_end"},
    "an item that kills its worker for ever": {"stuck"},
}


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_planted_defect_is_found(defect: Defect) -> None:
    broken = find(defect, seeds=SEEDS)

    assert broken is not None
    assert broken.code in FOUND_AS[defect.name], str(broken)


def test_the_rules_are_the_real_ones_again_afterwards() -> None:
    defect = next(defect for defect in DEFECTS if defect.rules)
    owner, name, rule = defect.rules[0]
    before = owner.__dict__[name]

    with defect.planted():
        assert owner.__dict__[name] is rule

    assert owner.__dict__[name] is before
