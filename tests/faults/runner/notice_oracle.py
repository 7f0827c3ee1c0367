"""What must be true of mails and webhooks, read off the servers that took them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from faults.runner.handing import Handed
from faults.runner.records import Said
from faults.runner.verdicts import Verdict
from webhookserver import Receiver


def mails_settled(said: Iterable[Said]) -> Iterator[tuple[str, str]]:
    """Batch and outcome of every mail that ended."""
    for one in said:
        is_mail = one.body.get("type") == "NoticeEnded" and one.body["notice"] == "mail"
        if is_mail and one.body["outcome"] != "waiting":
            yield one.body["batch_id"], one.body["outcome"]


def judge_mails(handed: Iterable[Handed], accepted: Mapping[str, int], progress: Iterable[Said]) -> Verdict:
    """O4: at most one mail for each batch, and one unless it is said to be unknown."""
    outcomes: dict[str, set[str]] = {}
    for batch, outcome in mails_settled(progress):
        outcomes.setdefault(batch, set()).add(outcome)
    wrong, lost, doubled = [], 0, 0
    for one in handed:
        mails, told = accepted[one.batch_id], outcomes.get(one.batch_id, set())
        wanted = 1 if one.submission.notify else 0
        doubled += max(mails - wanted, 0)
        if mails > wanted or (mails < wanted and "unknown" not in told) or (wanted and not told):
            wrong.append(f"{mails} mails for {one.batch_id}, said to be {sorted(told) or 'nothing'}")
            lost += mails < wanted
    return Verdict(tuple(wrong), lost, doubled)


def judge_webhooks(batches: Sequence[str], receiver: Receiver) -> Verdict:
    """O5: at least one for each batch, signed by us, with one id and one body however often it came."""
    wrong, lost = [], 0
    for batch in batches:
        posts = receiver.about(batch)
        lost += not posts
        if len({(post.id, post.body) for post in posts}) != 1:
            wrong.append(f"{len(posts)} webhooks for {batch}, with the ids {sorted({post.id for post in posts})}")
        wrong += [f"a forged webhook for {batch}" for post in posts if not post.is_genuine]
    return Verdict(tuple(wrong), lost)
