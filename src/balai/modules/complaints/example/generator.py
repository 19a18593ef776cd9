"""Make the year: the same seed, day and set-up give the same stories, whatever the machine. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from random import Random
from typing import Any, Literal

from balai.foundation.calendar.rules import WorkCalendar, is_open
from balai.modules.complaints.example import telling
from balai.modules.complaints.example.course import PHYSICAL, Facts, Office, answered, course_of
from balai.modules.complaints.example.seasons import HOURS, SHARES, Year, day_weight, make_year
from balai.modules.complaints.example.story import Spot, Step, Story
from balai.modules.complaints.example.streets import (
    CENTRE,
    Street,
    Village,
    VillageOutline,
    make_villages,
    near_point,
    point_on,
)
from balai.modules.complaints.example.telling import Setting, make_setting
from balai.modules.complaints.example.words import text_file
from balai.modules.complaints.rules.routing import RoutingRule, Subject, route

CHANNELS = {"web": 0.55, "call": 0.18, "counter": 0.12, "import": 0.10, "open311": 0.05}
PRIVACIES = {"named": 0.715, "anonymous": 0.215, "secret": 0.07}
OVERSIGHT_PRIVACIES = {"named": 0.2, "anonymous": 0.35, "secret": 0.45}
# reports that repeat a neighbour's
DOUBLED = 0.028
# of reports that need a place: how many choose a village instead of a point
NO_PIN = 0.07
# of reports that need none: how many say one all the same
PLACED_ANYWAY = 0.4
# where the central desk passes on what no rule and no category sends anywhere
PASSED_ON: Mapping[str, tuple[str, ...]] = {
    "water-supply": ("perumda-air-minum", "dinas-pupr"),
    "other": ("dinas-pupr", "dinas-perhubungan", "satpol-pp", "dinas-lingkungan-hidup", "dinas-sosial", "bappeda"),
}


@dataclass(frozen=True, kw_only=True)
class CategoryFacts:
    """What the generator needs of a category."""

    id: int
    slug: str
    kind: str
    unit_id: int | None
    needs_place: bool
    sensitive: bool
    questions: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, kw_only=True)
class Scene:
    """The city as it is set up. ``until`` is the moment at which the stories stop."""

    categories: tuple[CategoryFacts, ...]
    outlines: tuple[VillageOutline, ...]
    offices: Mapping[int, Office]
    rules: tuple[RoutingRule, ...]
    central_desk_id: int
    calendar: WorkCalendar
    today: date

    @property
    def until(self) -> datetime:
        """Return the first moment of ``today``: nothing of the example lies in the future."""
        return datetime.combine(self.today, time.min, tzinfo=self.calendar.zone)


@dataclass
class _Maker:
    scene: Scene
    chance: Random
    villages: list[Village]
    year: Year
    reporters: int

    def __post_init__(self) -> None:
        self.by_slug = {office.slug: office.unit_id for office in self.scene.offices.values()}
        # added up once: drawn from twenty thousand times
        self.weights = list(accumulate(village.weight for village in self.villages))
        self.central_weights = list(
            accumulate(village.weight * (0.25 + 2.2 * village.central) for village in self.villages)
        )


def make_stories(
    *, scene: Scene, seed: int, size: int, progress: Callable[[int], None] = lambda count: None
) -> list[Story]:
    """Return ``size`` stories in order of receipt; ``progress`` hears after each five hundred."""
    chance = Random(f"balai:{seed}:{scene.today.isoformat()}")
    year = make_year(today=scene.today, closed_days=scene.calendar.closed_days, chance=chance)
    villages = make_villages(outlines=list(scene.outlines), names=text_file("places"), chance=chance)
    maker = _Maker(scene, chance, villages, year, max(20, int(size * 0.45)))
    stories: list[Story] = []
    for received_at, channel, category in _moments(maker, size):
        stories.append(_story(maker, category, received_at, channel, stories))
        if len(stories) % 500 == 0:
            progress(500)
    progress(len(stories) % 500)
    return stories


def _moments(maker: _Maker, size: int) -> list[tuple[datetime, str, CategoryFacts]]:
    """Return moment, channel and category of each report, in order of time."""
    chance, days = maker.chance, maker.year.days
    categories = [category for category in maker.scene.categories if category.slug in SHARES]
    table = {
        category.slug: list(
            accumulate(
                day_weight(category=category.slug, day=day, place=place, year=maker.year)
                for place, day in enumerate(days)
            )
        )
        for category in categories
    }
    chosen = chance.choices(categories, [SHARES[category.slug] for category in categories], k=size)
    channels = chance.choices(list(CHANNELS), list(CHANNELS.values()), k=size)
    dated = []
    for category, channel in zip(chosen, channels, strict=True):
        day = chance.choices(days, cum_weights=table[category.slug])[0]
        dated.append((*_receipt(day, channel, maker.scene.calendar, chance), category))
    return sorted(dated, key=lambda row: row[0])


def _story(maker: _Maker, category: CategoryFacts, received_at: datetime, channel: str, earlier: list[Story]) -> Story:
    chance, scene = maker.chance, maker.scene
    double = _double_of(maker, category, earlier) if chance.random() < DOUBLED else None
    village, street = _where(maker, category)
    setting = make_setting(
        village=village.outline.name,
        district=village.outline.district_name,
        street=street.name,
        lane=street.lane,
        chance=chance,
    )
    spot = _spot(category, village, street, setting, chance)
    if double is not None:
        spot = _beside(earlier[double], maker, chance) or spot
    privacy = _privacy(category, channel, chance)
    title, text, topic = telling.write_report(category=category.slug, setting=setting, chance=chance)
    setting = replace(setting, topic=topic)
    unit_id, because = _route(scene, category=category, spot=spot, channel=channel, text=text, received_at=received_at)
    told = Story(
        received_at=received_at,
        category_id=category.id,
        category=category.slug,
        kind=category.kind,
        unit_id=unit_id,
        routed_by=because,
        channel=channel,
        privacy=privacy,
        title=title,
        text=text,
        sensitive=category.sensitive,
        spot=spot,
        reporter=None if privacy == "anonymous" else int(maker.reporters * chance.random() ** 1.6),
        answers=_answers(category, chance),
    )
    facts = Facts(
        category=category.slug,
        unit_id=unit_id,
        received_at=received_at,
        anonymous=privacy == "anonymous",
        secret=privacy == "secret",
        at_central_desk=because == "central",
        setting=setting,
        destination_id=_destination(maker, category, spot),
    )
    steps = course_of(facts=facts, offices=scene.offices, calendar=scene.calendar, until=scene.until, chance=chance)
    if double is not None:
        steps = _merged(steps, double)
    return _with_signs(told, steps, scene.until, chance)


def _receipt(day: date, channel: str, calendar: WorkCalendar, chance: Random) -> tuple[datetime, str]:
    """Return the moment; what needs an officer at the counter or the telephone happens while they work."""
    start = datetime.combine(day, time.min, tzinfo=calendar.zone)
    if channel in ("counter", "call"):
        for _ in range(6):
            moment = start + timedelta(minutes=int(chance.triangular(450, 940, 560)), seconds=chance.randrange(60))
            if is_open(at=moment, calendar=calendar):
                return moment, channel
        channel = "web"
    hour = chance.choices(range(24), HOURS)[0]
    return start + timedelta(hours=hour, seconds=chance.randrange(3600)), channel


def _double_of(maker: _Maker, category: CategoryFacts, earlier: list[Story]) -> int | None:
    """Return the place of a recent report about the same thing that itself stands."""
    for back in range(1, min(len(earlier), 500)):
        at = len(earlier) - back
        story = earlier[at]
        if (
            story.category == category.slug
            and story.spot is not None
            and story.spot.lat is not None
            and not any(step.target is not None for step in story.steps)
            and not any(step.change in ("refuse", "withdraw") for step in story.steps)
        ):
            return at
    return None


def _where(maker: _Maker, category: CategoryFacts) -> tuple[Village, Street]:
    weights = maker.central_weights if category.slug in CENTRE else maker.weights
    village = maker.chance.choices(maker.villages, cum_weights=weights)[0]
    return village, maker.chance.choices(village.streets, cum_weights=village.street_weights)[0]


def _spot(category: CategoryFacts, village: Village, street: Street, setting: Setting, chance: Random) -> Spot | None:
    if not category.needs_place and chance.random() >= PLACED_ANYWAY:
        return None
    outline = village.outline
    bare = Spot(village_id=outline.id, district_id=outline.district_id, village_code=outline.code)
    words = (
        f"{setting.street}, {setting.landmark}"
        if chance.random() < 0.7
        else f"{setting.street} {setting.neighbourhood}"
    )
    if category.slug == "village-office" or chance.random() < NO_PIN or not category.needs_place:
        return replace(bare, words=words if category.needs_place else "")
    lat, lon = point_on(village=village, street=street, chance=chance)
    return replace(bare, words=words if chance.random() < 0.8 else "", lat=lat, lon=lon)


def _beside(story: Story, maker: _Maker, chance: Random) -> Spot | None:
    spot = story.spot
    if spot is None or spot.lat is None or spot.lon is None:
        return None
    village = next(row for row in maker.villages if row.outline.id == spot.village_id)
    lat, lon = near_point(lat=spot.lat, lon=spot.lon, village=village, chance=chance)
    return replace(spot, lat=lat, lon=lon)


def _privacy(category: CategoryFacts, channel: str, chance: Random) -> str:
    shares = OVERSIGHT_PRIVACIES if category.kind == "complaint_oversight" else PRIVACIES
    if category.kind == "information_request":
        # a request needs somebody to answer
        return "named"
    found = chance.choices(list(shares), list(shares.values()))[0]
    # at the counter hardly anybody stays unnamed
    return "named" if channel == "counter" and found == "anonymous" and chance.random() < 0.7 else found


def _route(
    scene: Scene, *, category: CategoryFacts, spot: Spot | None, channel: str, text: str, received_at: datetime
) -> tuple[int, str]:
    local = received_at.astimezone(scene.calendar.zone)
    codes = (spot.village_code, spot.village_code.rsplit(".", 1)[0]) if spot else ()
    found = route(
        rules=scene.rules,
        subject=Subject(
            category=category.slug,
            kind=category.kind,
            channel=channel,
            text=text,
            area_codes=codes,
            minute=local.hour * 60 + local.minute,
            in_hours=is_open(at=received_at, calendar=scene.calendar),
        ),
        category_unit_id=category.unit_id,
        central_desk_id=scene.central_desk_id,
    )
    return found.unit_id, found.because


def _destination(maker: _Maker, category: CategoryFacts, spot: Spot | None) -> int:
    """Return where the central desk passes it on: a fitting agency, never itself."""
    slugs = PASSED_ON.get(category.slug, ()) or PASSED_ON["other"]
    fitting = [maker.by_slug[slug] for slug in slugs if slug in maker.by_slug]
    if category.unit_id is not None:
        fitting.insert(0, category.unit_id)
    fitting = [unit for unit in fitting if unit != maker.scene.central_desk_id]
    if not fitting:
        fitting = [unit for unit in maker.scene.offices if unit != maker.scene.central_desk_id]
    return fitting[0] if category.slug != "other" else maker.chance.choice(fitting)


def _answers(category: CategoryFacts, chance: Random) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for question in category.questions:
        if chance.random() < 0.55:
            continue
        keys = [value["key"] for value in question.get("values", ())]
        if question["datatype"] == "singlevaluelist":
            given[question["code"]] = chance.choice(keys)
        elif question["datatype"] == "multivaluelist":
            given[question["code"]] = sorted(chance.sample(keys, chance.choice((1, 1, 2))))
        else:
            given[question["code"]] = f"{chance.choice(('A', 'B', 'LW', 'SK', 'KL'))}-{chance.randint(1, 240):03d}"
    return given


def _merged(steps: tuple[Step, ...], target: int) -> tuple[Step, ...]:
    """Return the steps with the first one of an agency replaced by the merger that ends the story."""
    kept: list[Step] = []
    for step in steps:
        if step.by == "staff" and step.change not in ("verify", "take", "note"):
            kept.append(Step(at=step.at, change="merge", person=step.person, target=target))
            return tuple(kept)
        if step.change == "withdraw":
            return (*kept, step)
        kept.append(step)
    return tuple(kept)


def _with_signs(story: Story, steps: tuple[Step, ...], until: datetime, chance: Random) -> Story:
    """Return the story with its course, its supporters and its drawings."""
    ended = steps[-1].at if steps and steps[-1].change in ("confirm", "refuse", "merge", "withdraw") else until
    shown = story.privacy != "secret" and story.category in SUPPORTED
    count = min(int(chance.expovariate(1 / 1.7)), 25) if shown and chance.random() < 0.45 else 0
    span = min((ended - story.received_at).total_seconds(), 40 * 86_400)
    supports = tuple(
        sorted(story.received_at + timedelta(seconds=int(span * chance.random() ** 1.5)) for _ in range(count))
    )
    photos: tuple[Literal["before", "after"], ...] = ()
    if story.category in PHYSICAL and story.channel in ("web", "open311", "counter") and chance.random() < 0.45:
        photos = ("before", "after") if answered(steps) and chance.random() < 0.6 else ("before",)
    return replace(story, steps=steps, supports=supports, photos=photos)


SUPPORTED = PHYSICAL | {"illegal-parking", "water-supply", "public-order", "street-vendors", "suggestion", "market"}
