"""The fault runner's own eyes: each oracle sees what it is there for, and says nothing where nothing is wrong."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from faults.runner.archive_oracle import judge_end
from faults.runner.faultlog import Fault
from faults.runner.handing import Handed
from faults.runner.hygiene import Footprint, judge_growth
from faults.runner.notice_oracle import judge_webhooks
from faults.runner.record_oracle import judge_announcements, judge_dead_letters, judge_progress
from faults.runner.records import Said
from faults.runner.recovery import percentile, recoveries
from faults.runner.running import too_few
from faults.runner.scenario import Scenario
from faults.runner.verdicts import Verdict
from webhookserver import KEY, Post, Receiver

from schemas.batches import BatchState
from schemas.plans import Plan
from schemas.submissions import BatchSubmitted
from sinks.webhooks.sending import Webhook, sign

BATCH = "20260101-000000-aaaaaaaaaa"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_record(type_: str, *, at: float = 0.0, partition: int = 0, replayed: bool = False, **body: Any) -> Said:
    return Said(at, partition, 0, {"type": type_, "batch_id": BATCH, "attempt": 1, **body}, replayed)


def some_counts(succeeded: int, *, failed: int = 0, total: int = 10, replayed: bool = False) -> Said:
    counts = {"succeeded": succeeded, "failed": failed, "cancelled": 0, "total": total}
    return a_record("BatchProgressed", replayed=replayed, **counts)


def a_result(at: float, partition: int, offset: int, items: int = 1) -> Said:
    segment = f"{0:07d}-{items - 1:07d}-p{partition}-o{offset}-1a2b"
    return a_record("ItemsFinished", at=at, segment=segment)


def a_release(at: float, partition: int) -> Said:
    return a_record("ItemReleased", at=at, partition=partition)


def a_handed_batch(outcomes: dict[int, str], *ends: str) -> Handed:
    submission = BatchSubmitted(id="s", time=NOW, batch_id=BATCH, kind="letters")
    plan = Plan(
        kind="letters",
        total=len(outcomes),
        rows="0" * 64,
        row_offsets=(),
        columns=(),
        variables=(),
        design="0" * 64,
        compiled="0" * 64,
        renderer_version="1",
        mapping={},
        output_bytes=0,
    )
    return Handed(submission, plan, outcomes, frozenset(ends or {"sealed"}))


def a_state(status: str = "sealed", **counts: int) -> BatchState:
    return BatchState.model_validate(
        {
            "type": "BatchState",
            "id": "state",
            "time": NOW,
            "batch_id": BATCH,
            "kind": "letters",
            "name": "",
            "status": status,
            "attempt": 1,
            "archive": ("a.zip",),
            "created_at": NOW,
            **counts,
        }
    )


def an_unsigned_archive(folder: Path, letters: dict[int, str], failures: str) -> None:
    """With a manifest that names the letters; its entries are empty, so verification has faults to name."""
    items = [{"index": index, "sha256": sha} for index, sha in letters.items()]
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for index in letters:
            archive.writestr(f"{index:07d}.pdf", b"")
        archive.writestr("manifest.json", json.dumps({"items": items}))
        archive.writestr("failures.csv", failures)


def test_counts_that_only_grow_are_no_fault() -> None:
    verdict = judge_progress([some_counts(0), some_counts(4), some_counts(9, failed=1)])

    assert verdict.wrong == ()


def test_a_count_that_goes_down_is_seen() -> None:
    verdict = judge_progress([some_counts(4), some_counts(3)])

    assert len(verdict.wrong) == 1
    assert "succeeded went from 4 to 3" in verdict.wrong[0]


def test_more_outcomes_than_items_are_seen() -> None:
    verdict = judge_progress([some_counts(8, failed=3)])

    assert len(verdict.wrong) == 1


def test_a_record_the_runner_has_replayed_is_not_the_systems_word() -> None:
    verdict = judge_progress([some_counts(4), some_counts(3, replayed=True)])

    assert verdict.wrong == ()


def test_a_repeat_of_an_announcement_with_the_same_id_is_no_fault() -> None:
    sealed = a_record("BatchSealed", id="x", total=10)

    assert judge_announcements(([sealed], [sealed, sealed]), {BATCH}).wrong == ()


def test_two_announcements_of_one_end_are_doubled() -> None:
    said = [a_record("BatchSealed", id="x", total=10), a_record("BatchSealed", id="y", total=10)]

    verdict = judge_announcements((said,), {BATCH})

    assert verdict.doubled == 1
    assert verdict.wrong


def test_a_repeat_that_says_something_else_is_seen() -> None:
    said = [a_record("BatchCompleted", id="x", succeeded=9), a_record("BatchCompleted", id="x", succeeded=8)]

    assert judge_announcements((said,), {BATCH}).wrong


def test_a_dead_letter_nobody_injected_is_seen() -> None:
    assert judge_dead_letters([a_record("DeadLetter")], 0).wrong
    assert judge_dead_letters([], 1).wrong
    assert judge_dead_letters([a_record("DeadLetter")], 1).wrong == ()


def test_an_index_without_an_outcome_is_lost_and_one_with_two_is_doubled(tmp_path: Path) -> None:
    an_unsigned_archive(tmp_path, {0: "s0", 1: "s1"}, "index,code,message\r\n1,value_missing,x\r\n")

    verdict = judge_end(a_handed_batch({0: "s0", 1: "s1", 2: "s2"}), a_state(total=3, succeeded=3), tmp_path)

    assert (verdict.lost, verdict.doubled) == (1, 1)


def test_a_letter_of_other_bytes_than_undisturbed_is_seen(tmp_path: Path) -> None:
    an_unsigned_archive(tmp_path, {0: "another"}, "index,code,message\r\n")

    verdict = judge_end(a_handed_batch({0: "s0"}), a_state(total=1, succeeded=1), tmp_path)

    assert any("0 is another, not s0" in line for line in verdict.wrong)


def test_counts_that_do_not_add_up_are_seen(tmp_path: Path) -> None:
    an_unsigned_archive(tmp_path, {0: "s0"}, "index,code,message\r\n")

    verdict = judge_end(a_handed_batch({0: "s0"}), a_state(total=1, succeeded=0), tmp_path)

    assert any("0 + 0 + 0 is not 1" in line for line in verdict.wrong)


def test_an_archive_that_is_no_archive_loses_all_of_it(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"half")

    assert judge_end(a_handed_batch({0: "s0"}), a_state(total=1, succeeded=1), tmp_path).lost == 1


def test_an_end_that_was_not_allowed_is_seen(tmp_path: Path) -> None:
    assert judge_end(a_handed_batch({0: "s0"}), a_state("cancelled"), tmp_path).wrong


def test_an_archive_without_a_sealed_batch_is_seen(tmp_path: Path) -> None:
    (tmp_path / f"{BATCH}-1.zip").write_bytes(b"")

    assert judge_end(a_handed_batch({0: "s0"}, "rejected"), a_state("rejected"), tmp_path).wrong


def a_post(batch_id: str = "b1", *, number: int = 1, key: bytes = KEY) -> Post:
    body = f'{{"batch_id": "{batch_id}"}}'.encode()
    signature = sign(Webhook(f"msg_{number}", 1, body), key)
    return Post({"webhook-id": f"msg_{number}", "webhook-timestamp": "1", "webhook-signature": signature}, body)


def test_a_repeated_webhook_is_no_fault() -> None:
    assert judge_webhooks(["b1"], Receiver([a_post(), a_post()])) == Verdict()


def test_a_webhook_that_never_came_is_lost() -> None:
    verdict = judge_webhooks(["b1", "b2"], Receiver([a_post()]))

    assert verdict.lost == 1
    assert verdict.wrong


@pytest.mark.parametrize("other", [a_post(number=2), a_post(key=KEY[::-1])])
def test_a_repeat_with_another_id_and_a_forged_webhook_are_seen(other: Post) -> None:
    assert len(judge_webhooks(["b1"], Receiver([a_post(), other])).wrong) == 1


def test_growth_of_a_process_that_lived_on_is_seen_and_one_that_died_is_not_compared() -> None:
    before = {1: Footprint("close", 40, 100 << 20), 2: Footprint("render", 40, 100 << 20)}

    verdict = judge_growth(before, {1: Footprint("close", 90, 200 << 20)})

    assert len(verdict.wrong) == 2
    assert all("close 1" in line for line in verdict.wrong)


def test_recovery_of_a_killed_worker_is_the_wait_of_the_last_partition_that_had_work() -> None:
    kill = Fault("kill render", 10.0, 10.0, "1")
    releases = [a_release(9.0, partition) for partition in (0, 1, 2)]
    results = [a_result(9.5, 2, 0), a_result(12.0, 0, 0), a_result(14.0, 1, 0), a_result(99.0, 2, 1)]

    found = recoveries([kill], results, releases)

    assert found == {"kill render": [4.0]}


def test_recovery_of_a_worker_while_the_broker_was_away_is_counted_apart() -> None:
    faults = [Fault("kill render", 10.0, 10.0, "1"), Fault("kill broker", 11.0, 13.0, "2")]

    found = recoveries(faults, [a_result(14.0, 0, 0)], [a_release(9.0, 0)])

    assert found == {"kill render, broker away too": [4.0], "kill broker": [3.0]}


def test_what_a_killed_worker_still_had_under_way_is_no_recovery() -> None:
    kill = Fault("kill render", 10.0, 10.0, "1")

    found = recoveries([kill], [a_result(10.05, 0, 0), a_result(13.0, 0, 1)], [a_release(9.0, 0), a_release(9.0, 0)])

    assert found == {"kill render": [3.0]}


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.0
    assert percentile([1.0, 2.0], 0.99) == 2.0


def test_fewer_faults_than_asked_for_are_said() -> None:
    scenario = Scenario("s", "", "storm", lambda _: None, {"kill": 3, "kill broker": 2})

    assert too_few([scenario], {"kill render": 2, "kill broker": 2}) == []
    assert too_few([scenario], {"kill render": 2}) == [
        "s: kill happened 2 times, not 3",
        "s: kill broker happened 0 times, not 2",
    ]
