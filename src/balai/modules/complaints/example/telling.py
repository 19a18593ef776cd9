"""What residents and officers write, put together from the patterns. Pure but for the files of words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

from balai.modules.complaints.example.story import Person
from balai.modules.complaints.example.words import category_words, expand, roughen, style_of, text_file

NO_LISTS: Mapping[str, list[str]] = {}
# of these people write where it is; of the others, where it happened at most
PLACED = {"works", "order", "desk"}
FEW = 4
TOPICAL = {"detail", "effect", "wish"}


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The names a text may use: village, district, street, landmark and neighbourhood number."""

    village: str
    district: str
    street: str
    lane: str
    landmark: str
    neighbourhood: str
    # what the report is about, within its category
    topic: str = ""

    def slots(self) -> dict[str, str]:
        """Return them under the names that the patterns use."""
        return {
            "kel": self.village,
            "kec": self.district,
            "jalan": self.street,
            "gang": self.lane,
            "patokan": self.landmark,
            "rtrw": self.neighbourhood,
        }


def make_setting(*, village: str, district: str, street: str, lane: bool, chance: Random) -> Setting:
    """Return a setting around one street; what the street is not is invented beside it."""
    places = text_file("places")
    rt, rw = chance.randint(1, 9), chance.randint(1, 12)
    other_lane = f"Gang {chance.choice(places['lanes'])}"
    slots = {
        "kel": village,
        "jalan": street,
        "rt2": f"{rt:02d}",
        "rw2": f"{rw:02d}",
        "toko": chance.choice(places["shops"]),
    }
    landmark = expand(chance.choice(places["marks"]), chance=chance, lists=NO_LISTS, slots=slots)
    return Setting(
        village=village,
        district=district,
        street=street,
        lane=street if lane else other_lane,
        landmark=landmark[:1].lower() + landmark[1:],
        neighbourhood=f"RT {rt:02d} RW {rw:02d}" if chance.random() < 0.6 else f"RT {rt}/RW {rw}",
    )


@cache
def words_for(category: str) -> dict[str, list[str]]:
    """Return the common lists, those of agencies and the category's own, without what is about other things."""
    tags = {category, style_of()[category]}
    if style_of()[category] == "works":
        tags.add("physical")
    lists = {**text_file("common"), **text_file("answers")["slots"], **category_words()[category]}
    return {
        name: [_bare(line) for line in lines if not line.startswith("@") or tags & _tags(line)]
        for name, lines in lists.items()
        if name != "refusals"
    }


@cache
def agency_lines(category: str, name: str) -> list[str]:
    """Return what the agencies of a category write as ``answer`` or ``news``."""
    style = style_of()[category]
    lines = text_file("answers")[style][name]
    return [_bare(line) for line in lines if not line.startswith("@") or {category, style} & _tags(line)]


def topics_of(line: str, category: str) -> frozenset[str]:
    """Return the topics of a category that a sentence speaks of; none: it fits all."""
    lower = line.lower()
    topics = text_file("topics").get(category, {})
    return frozenset(topic for topic, words in topics.items() if any(word in lower for word in words))


@cache
def about(category: str, name: str, topic: str) -> list[str]:
    """Return the lines of one list that fit a topic; all neutral ones when none is about it."""
    lines = agency_lines(category, name) if name in ("answer", "news") else words_for(category)[name]
    fitting = [line for line in lines if not (found := topics_of(line, category)) or topic in found]
    if name == "wish" and len(fitting) < FEW:
        fitting = [*fitting, *text_file("common")["wish_any"]]
    return fitting or lines


@cache
def done_lines(category: str, topic: str) -> list[str]:
    """Return what agencies say that they did about a topic; empty when nothing fits."""
    lines = text_file("answers")["done"].get(category, [])
    fitting = [line for line in lines if not (found := topics_of(line, category)) or topic in found]
    return fitting if topic else []


@cache
def _first_topic(core: str, category: str) -> str:
    found = topics_of(core, category)
    return next((topic for topic in text_file("topics").get(category, {}) if topic in found), "")


def _tags(line: str) -> set[str]:
    return set(line[1:].split(" ", 1)[0].split(","))


def _bare(line: str) -> str:
    return line.split(" ", 1)[1] if line.startswith("@") else line


def write_report(*, category: str, setting: Setting, chance: Random) -> tuple[str, str, str]:
    """Return title, text and topic of a report: terse, plain, long or angry, tidy or as typed on a telephone."""
    lists = words_for(category)
    slots = setting.slots()
    placed = style_of()[category] in PLACED

    pattern = chance.choice(lists["core"])
    topic = _first_topic(pattern, category)

    def say(name: str) -> str:
        lines = about(category, name, topic) if name in TOPICAL else lists[name]
        return expand(chance.choice(lines), chance=chance, lists=lists, slots=slots)

    core = expand(pattern, chance=chance, lists=lists, slots=slots)
    temper = chance.random()
    rough = chance.choice((0.0, 0.0, 0.0, 0.15, 0.35, 0.7))
    if temper < 0.2:
        rest = [say("placing" if placed else "wish")] if chance.random() < 0.55 else []
        rest = rest or ([say("detail")] if chance.random() < 0.7 else [])
        before = ""
    elif temper < 0.72:
        before = say("openers") if chance.random() < 0.4 else ""
        rest = _some(
            ("placing" if placed else "detail", "detail", "effect", "history"), chance.randint(1, 3), say, chance
        )
        rest += [say("wish")] if chance.random() < 0.7 else []
        rest += [say("closers")] if chance.random() < 0.4 else []
    elif temper < 0.88:
        before = say("openers")
        rest = [say("placing"), say("detail"), f"{say('since')}."] if placed else [say("detail"), say("effect")]
        rest += [*_some(("detail", "effect", "history", "polite"), 3, say, chance), say("wish"), say("closers")]
    else:
        before = ""
        rest = [say("effect"), say("angry"), *_some(("history", "detail", "angry"), 1, say, chance), say("wish")]
    stop = chance.choice((".", ".", ".", "!", "")) if temper >= 0.88 else chance.choice((".", ".", ".", "", ","))
    if stop == "," and rest:
        rest[0] = rest[0][:1].lower() + rest[0][1:]
    body = roughen(" ".join([core + stop, *dict.fromkeys(rest)]), chance=chance, share=rough)
    title = roughen(core, chance=chance, share=rough / 2)
    text = f"{before} {body}".strip()
    manner = chance.random()
    if rough > 0.3 and manner < 0.55:
        text, title = text.lower(), title.lower()
    elif temper >= 0.88 and manner < 0.12:
        text = text.upper()
    elif temper >= 0.72 and temper < 0.88 and manner < 0.3:
        text = text.replace(". ", ".\n", 1)
    return title, text, topic


def _some(names: tuple[str, ...], count: int, say: Callable[[str], str], chance: Random) -> list[str]:
    return [say(name) for name in chance.sample(names, min(count, len(names)))]


def common_words(*, name: str, category: str, setting: Setting, chance: Random) -> str:
    """Return one sentence of a list that all categories share."""
    lists = words_for(category)
    return expand(chance.choice(lists[name]), chance=chance, lists=lists, slots=setting.slots())


def resident_words(*, name: str, category: str, setting: Setting, chance: Random) -> str:
    """Return a resident's sentence, as typed."""
    words = common_words(name=name, category=category, setting=setting, chance=chance)
    return roughen(words, chance=chance, share=chance.choice((0.0, 0.0, 0.3)))


def answer_words(*, category: str, setting: Setting, chance: Random) -> str:
    """Return a real answer of the agency that handles ``category``."""
    lists, slots = words_for(category), setting.slots()
    said = expand(chance.choice(about(category, "answer", setting.topic)), chance=chance, lists=lists, slots=slots)
    done = done_lines(category, setting.topic)
    if done and chance.random() < 0.55:
        said = f"{expand(chance.choice(done), chance=chance, lists=lists, slots=slots)} {said}"
    return _addressed(said, lists=lists, slots=slots, chance=chance)


def news_words(*, category: str, setting: Setting, chance: Random) -> str:
    """Return news about work that goes on."""
    lists, slots = words_for(category), setting.slots()
    said = expand(chance.choice(about(category, "news", setting.topic)), chance=chance, lists=lists, slots=slots)
    return _addressed(said, lists=lists, slots=slots, chance=chance)


def _addressed(said: str, *, lists: dict[str, list[str]], slots: dict[str, str], chance: Random) -> str:
    """Return an answer with the words that make it meant for this report; a few do without."""
    manner = chance.random()
    if manner < 0.68:
        return f"{expand(chance.choice(lists['before']), chance=chance, lists=lists, slots=slots)} {said}"
    if manner < 0.95:
        return f"{said} {expand(chance.choice(lists['after']), chance=chance, lists=lists, slots=slots)}"
    return said


def formula_words(*, person: Person) -> str:
    """Return the sentence that this person sends to everybody, word for word."""
    formulas = text_file("common")["formulas"]
    return str(formulas[person.post_id % len(formulas)])


def refusal(*, category: str, setting: Setting, chance: Random) -> tuple[str, str, str]:
    """Return reason, legal basis and words of a refusal that fits ``category``."""
    fitting: tuple[str, ...] = ("outside_authority", "private_matter", "not_true", "in_court")
    if category == "public-information":
        fitting = ("excluded_information",)
    elif category in ("taxes", "levies", "conduct"):
        fitting = ("not_true", "in_court")
    elif category in ("road-damage", "street-light", "water-supply", "education", "other"):
        fitting = ("outside_authority",)
    lines = [
        (row["reason"], row["basis"], _bare(line))
        for row in text_file("common")["refusals"]
        if row["reason"] in fitting
        for line in row["texts"]
        if not line.startswith("@") or category in _tags(line)
    ]
    reason, basis, words = chance.choice(lines)
    return reason, basis, expand(words, chance=chance, lists=NO_LISTS, slots=setting.slots())


def incomplete_refusal() -> tuple[str, str, str]:
    """Return reason, legal basis and words for a reporter who never answered a question."""
    row = next(row for row in text_file("common")["refusals"] if row["reason"] == "incomplete")
    return row["reason"], row["basis"], row["texts"][0]
