"""Queueing, claiming, settling; the task seam; one worker in this process."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django_tasks import TaskResultStatus, default_task_backend
from django_tasks.exceptions import TaskResultDoesNotExist

from balai.foundation.calendar import clock
from balai.foundation.events.rules import pause_before_retry
from balai.foundation.jobs import actions, queries, worker
from balai.foundation.jobs.contributions import Drain, Periodic
from balai.foundation.jobs.models import Job, WorkerBeat
from balai.foundation.jobs.rules import tick_number
from balai.foundation.jobs.tests import work
from balai.foundation.jobs.worker import Worker

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
LEASE = timedelta(seconds=60)
Status = Job.Status


@pytest.fixture
def given(monkeypatch: Any) -> Iterator[dict[type, tuple[Any, ...]]]:
    """Let the worker find only what the test gives."""
    found: dict[type, tuple[Any, ...]] = {Drain: (), Periodic: ()}
    monkeypatch.setattr(worker, "contributions", lambda kind: found[kind])
    work.CALLS.clear()
    return found


def claim_one(name: str = "one", *, at: datetime = AT) -> Job:
    (job,) = actions.claim(worker=name, lease=LEASE, at=at)
    return job


def add_job(*, at: datetime = AT, **changes: Any) -> None:
    actions.enqueue(task=work.add, arguments={"a": 1}, at=at, **changes)


pytestmark = pytest.mark.django_db


# Queueing


def test_a_rollback_takes_the_work_along() -> None:
    with transaction.atomic():
        add_job()
        work.add.enqueue(1)
        transaction.set_rollback(True)
    assert not Job.objects.exists()


def test_a_unique_key_is_queued_once(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        add_job(unique_key="only")
    add_job(unique_key="only")
    actions.finish(job=claim_one(), at=AT)
    add_job(unique_key="only")
    assert Job.objects.count() == 1


def test_order_and_the_right_time() -> None:
    add_job(run_after=AT + timedelta(minutes=1), priority=9)
    add_job()
    add_job(priority=3)
    add_job(priority=3, run_after=AT - timedelta(minutes=1))
    taken = [(job.priority, job.run_after <= AT) for job in actions.claim(worker="w", lease=LEASE, at=AT, most=10)]
    assert taken == [(3, True), (3, True), (0, True)]
    assert claim_one(at=AT + timedelta(minutes=1)).priority == 9


def test_queues() -> None:
    add_job()
    work.be_slow.enqueue()
    Job.objects.update(run_after=AT)
    (job,) = actions.claim(worker="w", lease=LEASE, at=AT, most=5, queues=["slow"])
    assert job.path == work.be_slow.module_path
    assert len(actions.claim(worker="w", lease=LEASE, at=AT, most=5)) == 1


def test_an_idle_look_is_one_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert Worker()._jobs() == 0


# Settling


def test_a_lease_that_ran_out_goes_back() -> None:
    add_job()
    job = claim_one()
    assert actions.reap(at=AT + LEASE) == 0
    assert actions.extend_leases(jobs=[job], until=AT + 2 * LEASE) == 1
    assert actions.reap(at=AT + LEASE + timedelta(seconds=1)) == 0
    later = AT + 2 * LEASE + timedelta(seconds=1)
    assert actions.reap(at=later) == 1
    second = claim_one("two", at=later)
    assert (second.attempts, second.worker) == (2, "two")
    # the first was only slow: what it says does not count any more
    assert not actions.finish(job=job, at=later)
    assert not actions.fail(job=job, error="x", at=later)
    assert actions.extend_leases(jobs=[job], until=later + LEASE) == 0
    assert actions.finish(job=second, at=later)


def test_the_same_worker_does_not_overwrite_its_own_second_run() -> None:
    add_job()
    first = claim_one()
    actions.reap(at=AT + 2 * LEASE)
    second = claim_one(at=AT + 2 * LEASE)
    assert not actions.finish(job=first, at=AT + 2 * LEASE)
    assert actions.finish(job=second, at=AT + 2 * LEASE)


def test_a_clock_set_forward_takes_nothing_from_the_living() -> None:
    add_job()
    job = claim_one()
    jumped = AT + timedelta(hours=1)
    seen = actions.expired_leases(at=jumped)
    assert len(seen) == 1
    actions.extend_leases(jobs=[job], until=jumped + LEASE)
    assert actions.reap(at=jumped, leases=seen & actions.expired_leases(at=jumped)) == 0
    assert actions.reap(at=jumped, leases=seen) == 0
    assert actions.finish(job=job, at=jumped)


def test_tries_run_out() -> None:
    add_job()
    moment = AT
    for attempt in range(1, 9):
        job = claim_one(at=moment)
        assert job.attempts == attempt
        actions.fail(job=job, error="trace", error_class="builtins.ValueError", at=moment)
        job.refresh_from_db()
        pause = job.run_after - moment
        assert timedelta(seconds=2**attempt) <= pause <= timedelta(seconds=1.5 * 2**attempt)
        moment = job.run_after
    assert (job.status, job.error, job.finished_at is not None) == (Status.FAILED, "trace", True)
    assert actions.claim(worker="w", lease=LEASE, at=moment + timedelta(days=1)) == []


def test_a_job_that_kills_its_worker_fails_in_the_end() -> None:
    add_job()
    for attempt in range(8):
        claim_one(at=AT + attempt * 2 * LEASE)
        assert actions.reap(at=AT + attempt * 2 * LEASE + LEASE + timedelta(seconds=1)) == 1
    job = Job.objects.get()
    assert job.status == Status.FAILED
    assert "ended" in job.error


def test_pauses_have_a_ceiling() -> None:
    assert pause_before_retry(attempts=60, chance=0) == timedelta(hours=1)
    assert pause_before_retry(attempts=1, chance=1) == timedelta(seconds=3)


def test_given_back_it_counts_as_no_try() -> None:
    add_job()
    actions.give_back(job=claim_one(), at=AT)
    assert claim_one().attempts == 1


def test_a_person_tries_again() -> None:
    for _number in range(3):
        add_job()
    Job.objects.update(status=Status.FAILED, attempts=8, finished_at=AT, error="x")
    (failure,) = queries.failures()
    assert (failure.path, failure.count) == (work.add.module_path, 3)
    assert actions.run_again(job=failure.newest, at=AT)
    assert not actions.run_again(job=failure.newest, at=AT)
    assert actions.run_all_again(path=failure.path, at=AT) == 2
    assert set(Job.objects.values_list("status", "attempts")) == {(Status.READY, 0)}


def test_what_is_over_is_forgotten() -> None:
    add_job()
    actions.finish(job=claim_one(), at=AT)
    add_job()
    Job.objects.filter(status=Status.READY).update(status=Status.FAILED, finished_at=AT)
    actions.beat(worker="gone", at=AT)
    assert actions.clean(at=AT + timedelta(days=7)) == 0
    assert actions.clean(at=AT + timedelta(days=7, seconds=1)) == 1
    assert not WorkerBeat.objects.exists()
    assert actions.clean(at=AT + timedelta(days=91)) == 1


# The task seam


def test_a_task_and_its_result(given: Any) -> None:
    result = work.add.enqueue(2, b=3)
    assert (result.status, result.is_finished) == (TaskResultStatus.READY, False)
    assert Worker().run_once() == 1
    result.refresh()
    assert (result.status, result.return_value, result.attempts) == (TaskResultStatus.SUCCESSFUL, {"sum": 5}, 1)
    assert result.args == [2]


def test_a_task_that_failed_tells_why(given: Any) -> None:
    result = work.break_down.enqueue()
    Job.objects.update(max_attempts=1)
    Worker().run_once()
    result.refresh()
    assert result.status == TaskResultStatus.FAILED
    assert result.errors[0].exception_class is ValueError
    assert "broken on purpose" in result.errors[0].traceback


def test_a_task_may_know_its_try(given: Any) -> None:
    result = work.count_tries.enqueue()
    Job.objects.update(attempts=2)
    Worker().run_once()
    result.refresh()
    assert result.return_value == 3


def test_an_answer_that_cannot_be_stored_is_not_worth_a_second_run(given: Any) -> None:
    result = work.give_the_unstorable.enqueue()
    Worker().run_once()
    result.refresh()
    assert (result.status, result.return_value) == (TaskResultStatus.SUCCESSFUL, None)


def test_later_and_priority(given: Any) -> None:
    later = work.add.using(run_after=clock.now() + timedelta(hours=1)).enqueue(1)
    sooner = work.add.using(priority=50).enqueue(1)
    assert Worker().run_once() == 1
    assert [default_task_backend.get_result(each.id).status for each in (later, sooner)] == ["READY", "SUCCESSFUL"]


@pytest.mark.parametrize("unknown", ["999999", "x", ""])
def test_unknown_results(unknown: str) -> None:
    with pytest.raises(TaskResultDoesNotExist):
        default_task_backend.get_result(unknown)


# Periodic work


def test_three_schedulers_one_tick(given: dict[type, Any]) -> None:
    given[Periodic] = (Periodic(name="tick", every=timedelta(minutes=10), call=work.tick),)
    for scheduler in (Worker(), Worker(), Worker()):
        scheduler.round()
        scheduler.round()
    assert work.CALLS == ["tick"]


def test_ticks_follow_one_another() -> None:
    periodic = Periodic(name="tick", every=timedelta(minutes=10), call=work.tick)
    for minutes in (0, 5, 10, 15, 40):
        at = AT + timedelta(minutes=minutes)
        actions.queue_ticks(due=[periodic], at=at)
        for job in actions.claim(worker="w", lease=LEASE, at=at, most=9):
            actions.finish(job=job, at=at)
    # ten minutes each; nobody makes up for what nobody was there to do
    assert Job.objects.count() == 3


def test_a_tick_does_not_run_into_the_one_before() -> None:
    periodic = Periodic(name="tick", every=timedelta(seconds=5), call=work.tick)
    actions.queue_ticks(due=[periodic], at=AT)
    actions.queue_ticks(due=[periodic], at=AT + timedelta(seconds=5))
    claim_one(at=AT + timedelta(seconds=5))
    actions.queue_ticks(due=[periodic], at=AT + timedelta(seconds=10))
    assert Job.objects.count() == 1


def test_a_rare_tick_is_remembered_as_long_as_it_lasts() -> None:
    monthly = Periodic(name="monthly", every=timedelta(days=30), call=work.tick)
    start = datetime.fromtimestamp(tick_number(every=monthly.every, at=AT) * 30 * 86400, UTC)
    actions.queue_ticks(due=[monthly], at=start)
    actions.finish(job=claim_one(at=start), at=start)
    end = start + timedelta(days=29)
    actions.clean(at=end)
    actions.queue_ticks(due=[monthly], at=end)
    assert Job.objects.count() == 1


def test_a_frequent_tick_is_not_retried_a_rare_one_is() -> None:
    ticks = [Periodic(name=f"t{seconds}", every=timedelta(seconds=seconds), call=work.tick) for seconds in (5, 86400)]
    actions.queue_ticks(due=ticks, at=AT)
    assert dict(Job.objects.values_list("tick_of", "max_attempts")) == {"t5": 1, "t86400": 8}


def test_many_failed_ticks_are_tried_again_as_one() -> None:
    for number in range(5):
        Job.objects.create(
            path="x.tick", tick_of="x", unique_key=f"x@{number}", status=Status.FAILED, run_after=AT, created_at=AT
        )
    assert actions.run_all_again(path="x.tick", at=AT) == 1
    assert Job.objects.get().unique_key == "x@4"


# One worker


def test_what_breaks_does_not_stop_the_worker(given: dict[type, Any], caplog: Any) -> None:
    def broken(*, at: datetime) -> int:
        raise RuntimeError("drain")

    calls: list[datetime] = []

    def good(*, at: datetime) -> int:
        calls.append(at)
        return 3 - len(calls)

    given[Drain] = (Drain(name="broken", call=broken), Drain(name="good", call=good))
    work.break_down.enqueue()
    work.add.enqueue(1)
    Job.objects.create(path="no.such.task", run_after=AT, created_at=AT)
    doer = Worker()
    doer.round()
    assert len(calls) == 3
    assert sorted(Job.objects.values_list("status", flat=True)) == [Status.DONE, Status.READY, Status.READY]
    assert "ModuleNotFoundError" in Job.objects.get(path="no.such.task").error
    # what broke rests before it is asked again
    caplog.clear()
    doer.round()
    assert "broken failed" not in caplog.text


def test_a_task_that_leaves_the_database_broken_harms_only_itself(given: Any) -> None:
    actions.enqueue(task=work.note, arguments={"path": "/no/such/folder/x", "word": "x"}, at=AT)
    add_job()
    Worker().run_once()
    assert Job.objects.get(path=work.add.module_path).status == Status.DONE
    assert "FileNotFoundError" in Job.objects.get(path=work.note.module_path).error


def test_an_outcome_waits_for_the_database(given: Any, monkeypatch: Any) -> None:
    add_job()
    finish, failures = actions.finish, iter([True, True, False])

    def away(**what: Any) -> bool:
        if next(failures):
            raise OperationalError("away")
        return finish(**what)

    monkeypatch.setattr(actions, "finish", away)
    monkeypatch.setattr(worker.connection, "close", lambda: None)
    doer = Worker()
    monkeypatch.setattr(doer.stopping, "wait", lambda seconds: False)
    doer.round()
    assert Job.objects.get().status == Status.DONE


def test_signs_of_life() -> None:
    assert not queries.worker_alive(at=AT)
    actions.beat(worker="w", threads=2, at=AT)
    actions.beat(worker="w", at=AT + timedelta(seconds=5))
    beat = WorkerBeat.objects.get()
    assert (beat.started_at, beat.seen_at, beat.threads) == (AT, AT + timedelta(seconds=5), 2)
    assert queries.worker_alive(at=AT + timedelta(seconds=49))
    assert not queries.worker_alive(at=AT + timedelta(seconds=51))
    actions.say_goodbye(worker="w")
    assert not queries.worker_alive(at=AT)
