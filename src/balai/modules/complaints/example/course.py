"""What becomes of a report: who does what when, in working hours, as its agency works. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from balai.foundation.calendar.rules import Term, WorkCalendar, deadline, next_opening, working_time
from balai.modules.complaints.example import telling
from balai.modules.complaints.example.agencies import DAYS, Profile, profile_of
from balai.modules.complaints.example.story import Person, Step
from balai.modules.complaints.example.telling import Setting

WORKING_DAY = 8 * 60
# the reporter's clock runs out after ten working days; what an officer closes is closed before
CONFIRMATION_DAYS = 10
# beyond this a reporter who was asked counts as having withdrawn; UU 25/2009 art. 44(5)
SILENT_REPORTER = timedelta(days=30)
PHYSICAL = {
    "road-damage", "street-light", "sidewalk", "traffic", "waste", "drainage", "flood", "tree", "park", "pollution",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Office:
    """An agency with its people, oldest first; ``slug`` decides how it works."""

    unit_id: int
    slug: str
    people: tuple[Person, ...]

    def at_work(self, moment: datetime, *, secret: bool = False) -> Person | None:
        """Return who works on reports at this moment: handlers in turn, else the head; None when nobody does.

        Secret matters are for the first handler alone, who may see them.
        """
        present = [
            person
            for person in self.people
            if person.since <= moment and (person.until is None or moment < person.until)
        ]
        handlers = [person for person in present if person.level == "handler"] or present
        if not handlers:
            return None
        return handlers[0] if secret else handlers[int(moment.timestamp() // 60) % len(handlers)]


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a course depends on."""

    category: str
    unit_id: int
    received_at: datetime
    anonymous: bool
    secret: bool
    # no rule and no category sent it anywhere
    at_central_desk: bool
    setting: Setting
    # where the central desk passes it on to
    destination_id: int


class _NobodyActs(Exception):
    """Nothing happens from here on: no person, or the present is reached."""


@dataclass
class _Course:
    facts: Facts
    offices: Mapping[int, Office]
    calendar: WorkCalendar
    until: datetime
    chance: Random
    now: datetime
    unit_id: int
    steps: list[Step] = field(default_factory=list)
    started: bool = False
    extended: bool = False
    # every case once: what the reporter saw with their own eyes after the answer
    fixed: bool = True

    @property
    def profile(self) -> Profile:
        return profile_of(self.offices[self.unit_id].slug)

    def _add(self, step: Step) -> None:
        if step.at >= self.until:
            raise _NobodyActs
        self.steps.append(step)

    def wait_days(self, days: float) -> None:
        """Let working time pass, and arrive within working hours."""
        hours, rest = divmod(max(3.0, days * WORKING_DAY), 60)
        moment = self.now
        if hours:
            moment = deadline(start=moment, term=Term(amount=int(hours), unit="working_hours"), calendar=self.calendar)
        self.arrive(moment + timedelta(minutes=rest))

    def arrive(self, moment: datetime) -> None:
        """Go on at ``moment``, or a little after the next opening."""
        opening = next_opening(at=moment, calendar=self.calendar)
        late = opening + timedelta(minutes=self.chance.triangular(1, 170, 25)) if opening > moment else moment
        self.now = late.replace(microsecond=0)

    def person(self) -> Person:
        found = self.offices[self.unit_id].at_work(self.now, secret=self.facts.secret)
        if found is None:
            raise _NobodyActs
        return found

    def staff(self, change: str, **given: object) -> Person:
        person = self.person()
        self._add(Step(at=self.now, change=change, person=person, **given))  # type: ignore[arg-type]
        return person

    def resident(self, change: str, *, hours: float, **given: object) -> None:
        self.now = _awake(self.now + timedelta(hours=hours), self.calendar, self.chance).replace(microsecond=0)
        self._add(Step(at=self.now, change=change, by="resident", **given))  # type: ignore[arg-type]

    def days(self, usual: float, spread: float = 0.6) -> float:
        return float(usual * self.chance.lognormvariate(0, spread))

    def say(self, write: Callable[..., str], name: str) -> str:
        return write(name=name, category=self.facts.category, setting=self.facts.setting, chance=self.chance)


def _awake(moment: datetime, calendar: WorkCalendar, chance: Random) -> datetime:
    local = moment.astimezone(calendar.zone)
    if local.hour < 6:
        return moment + timedelta(hours=6 - local.hour + chance.random() * 3)
    return moment


def course_of(
    *, facts: Facts, offices: Mapping[int, Office], calendar: WorkCalendar, until: datetime, chance: Random
) -> tuple[Step, ...]:
    """Return the changes of one report in order of time, up to ``until``."""
    told = _Course(facts, offices, calendar, until, chance, facts.received_at, facts.unit_id)
    try:
        _begin(told)
        _work(told)
        _after_answer(told)
    except _NobodyActs:
        pass
    return tuple(told.steps)


def _begin(told: _Course) -> None:
    """Pass it on, give it to somebody, or end it early."""
    chance = told.chance
    if told.facts.at_central_desk:
        told.wait_days(told.days(0.35))
        if chance.random() < 0.06:
            _refuse(told)
        told.staff("verify", unit_id=told.facts.destination_id)
        told.unit_id = told.facts.destination_id
    profile = told.profile
    if chance.random() < profile.forgotten:
        raise _NobodyActs
    first = min(told.days(0.7 * profile.pace, profile.spread), 20)
    if chance.random() < 0.018:
        told.resident("withdraw", hours=chance.uniform(1, 60), text=told.say(telling.resident_words, "withdrawals"))
        raise _NobodyActs
    told.wait_days(first)
    if chance.random() < 0.05:
        _refuse(told)
    if chance.random() < 0.3 and profile.hasty < 0.3:
        told.staff("take", assignee_id=told.person().user_id)
        told.wait_days(told.days(0.05))


def _refuse(told: _Course) -> None:
    reason, basis, words = telling.refusal(category=told.facts.category, setting=told.facts.setting, chance=told.chance)
    told.staff("refuse", reason=reason, basis=basis, text=words)
    raise _NobodyActs


def _work(told: _Course) -> None:
    """Work until the first answer that claims it is done."""
    chance, profile = told.chance, told.profile
    if chance.random() < 0.12:
        told.staff("note", text=told.say(telling.common_words, "notes"))
        told.wait_days(0.05)
    if chance.random() < profile.asks:
        _ask(told)
    usual = told.days(DAYS[told.facts.category] * told.profile.pace, told.profile.spread)
    # many a small matter is answered at once
    if chance.random() < 0.84:
        told.staff("start")
        told.started = True
    if chance.random() < profile.formula * 0.6:
        told.staff("progress", text=telling.formula_words(person=told.person()))
    if chance.random() < profile.news:
        told.wait_days(usual * 0.35)
        told.staff("progress", text=_news(told))
    if told.started and chance.random() < 0.03:
        _wait_outside(told)
    # an honest office says that it will be late before it is
    if usual > 11 and chance.random() < 0.4 and profile.hasty < 0.3 and told.started:
        worked = working_time(since=told.facts.received_at, until=told.now, calendar=told.calendar)
        spent = worked.total_seconds() / 60 / WORKING_DAY
        told.wait_days(max(0.1, min(usual * 0.4, 11 - spent)))
        told.staff("extend", text=told.say(telling.common_words, "extensions"))
    told.wait_days(usual * 0.65)
    _answer(told)


def _news(told: _Course) -> str:
    return telling.news_words(category=told.facts.category, setting=told.facts.setting, chance=told.chance)


def _ask(told: _Course) -> None:
    chance = told.chance
    told.staff("ask", text=told.say(telling.common_words, "questions"))
    if chance.random() < 0.72:
        told.resident("reply", hours=chance.lognormvariate(2.3, 1.1), text=told.say(telling.resident_words, "replies"))
        told.wait_days(told.days(0.5))
        return
    told.arrive(told.now + SILENT_REPORTER + timedelta(days=chance.random() * 4))
    if chance.random() < 0.6:
        reason, basis, words = telling.incomplete_refusal()
        told.staff("refuse", reason=reason, basis=basis, text=words)
        raise _NobodyActs
    told.staff("resume")
    told.wait_days(0.2)


def _wait_outside(told: _Course) -> None:
    told.wait_days(told.days(0.6))
    told.staff("wait", text=told.say(telling.common_words, "outside"))
    told.wait_days(told.days(9, 0.7))
    told.staff("resume")
    told.wait_days(0.3)


def _answer(told: _Course) -> None:
    person = told.person()
    if told.chance.random() < told.profile.formula:
        told.fixed = False
        words = telling.formula_words(person=person)
    else:
        told.fixed = told.chance.random() < told.profile.true_fix
        words = telling.answer_words(category=told.facts.category, setting=told.facts.setting, chance=told.chance)
    told.staff("answer", text=words)


def _after_answer(told: _Course) -> None:
    """Let the reporter confirm, reopen or say nothing; up to two rounds of reopening."""
    chance = told.chance
    for again in range(3):
        voice = chance.random()
        # whoever left no name hears less, and says less
        heard = 0.5 if told.facts.anonymous else 1.0
        if told.fixed and voice < 0.5 * heard:
            _confirm(told)
            return
        if not told.fixed and voice < 0.42 * heard and again < 2:
            told.resident(
                "reopen",
                hours=chance.lognormvariate(3.2, 0.9) % 150 + 2,
                text=told.say(telling.resident_words, "reopenings"),
            )
            _work_again(told)
            continue
        if chance.random() < told.profile.hasty:
            told.wait_days(chance.uniform(0.5, CONFIRMATION_DAYS - 2))
            told.staff("close", text=told.say(telling.common_words, "closings"))
        return


def _confirm(told: _Course) -> None:
    chance = told.chance
    late = any(step.change == "reopen" for step in told.steps) or told.profile.pace > 1.4
    weights = (4, 8, 26, 40, 22) if late else (1, 3, 12, 40, 44)
    told.resident(
        "confirm",
        hours=chance.lognormvariate(2.8, 1.0) % 180 + 0.5,
        rating=chance.choices((1, 2, 3, 4, 5), weights)[0] if chance.random() < 0.78 else None,
        text=told.say(telling.resident_words, "confirmations") if chance.random() < 0.5 else "",
    )


def _work_again(told: _Course) -> None:
    if told.chance.random() < told.profile.forgotten * 2:
        raise _NobodyActs
    told.wait_days(told.days(1.0 * told.profile.pace))
    told.staff("start")
    told.wait_days(told.days(DAYS[told.facts.category] * 0.7 * told.profile.pace, told.profile.spread))
    _answer(told)


def answered(steps: Sequence[Step]) -> bool:
    """Return whether somebody claimed that it is done."""
    return any(step.change == "answer" for step in steps)
