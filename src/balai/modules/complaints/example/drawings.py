"""Drawings in place of photos: plain pictograms that say on their face that they are examples.

A year of thousands of reports points at the same few stored files; each report has rows of its own.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from PIL import Image, ImageDraw, ImageFont

from balai.foundation.examples.pictures import store_picture
from balai.foundation.files.models import Attachment
from balai.modules.complaints.example.story import Story

SIZE = (960, 720)
SMALL = (400, 300)
FOLDER = "contoh"
LABEL = "GAMBAR CONTOH, BUKAN FOTO"
GROUND = 520
SKY, DUSK, GRASS, ROAD = "#dfe9ee", "#39424e", "#b9c9ae", "#8a8f94"
DARK, LINE, GOOD, WATER, RUST = "#3c4147", "#5b6168", "#7fa37a", "#8db2c4", "#a2755a"
Pen = ImageDraw.ImageDraw
Moment = Literal["before", "after"]
MOTIFS = {
    "road-damage": "road",
    "sidewalk": "road",
    "street-light": "lamp",
    "waste": "waste",
    "drainage": "drain",
    "pollution": "drain",
    "flood": "flood",
    "tree": "tree",
    "traffic": "signal",
    "park": "swing",
}


def _road(pen: Pen, moment: Moment) -> None:
    pen.polygon([(330, GROUND - 160), (630, GROUND - 160), (930, 720), (30, 720)], fill=ROAD)
    for top in range(GROUND - 130, 700, 90):
        pen.rectangle([474, top, 486, top + 45], fill="#f2f2ee")
    if moment == "after":
        pen.rounded_rectangle([300, 540, 470, 620], 12, fill="#6f7479")
        return
    pen.ellipse([280, 530, 500, 630], fill=DARK)
    pen.ellipse([320, 550, 460, 610], fill="#22262a")
    for x, y in ((540, 560), (590, 600), (250, 640), (520, 640)):
        pen.ellipse([x, y, x + 22, y + 14], fill=DARK)


def _lamp(pen: Pen, moment: Moment) -> None:
    pen.rectangle([0, 0, 960, GROUND], fill=DUSK)
    if moment == "after":
        pen.polygon([(560, 185), (650, 185), (820, GROUND), (390, GROUND)], fill="#f3e3a3")
    pen.rectangle([440, 150, 456, GROUND + 40], fill=LINE)
    pen.rectangle([440, 150, 620, 164], fill=LINE)
    pen.rounded_rectangle([555, 158, 655, 188], 8, fill="#fff3b8" if moment == "after" else "#20252b")


def _waste(pen: Pen, moment: Moment) -> None:
    pen.rounded_rectangle([600, 360, 780, GROUND + 60], 14, fill=GOOD)
    pen.rectangle([585, 345, 795, 372], fill="#5d7f58")
    if moment == "after":
        return
    for x, y, wide, colour in (
        (180, 470, 150, "#4f565c"), (300, 430, 170, "#6d7278"), (430, 480, 150, "#3f4449"), (250, 400, 130, "#868b90"),
    ):  # fmt: skip
        pen.ellipse([x, y, x + wide, y + 120], fill=colour)
    for x in (210, 360, 500):
        pen.rectangle([x, 570, x + 34, 592], fill="#d3cdb8")


def _drain(pen: Pen, moment: Moment) -> None:
    pen.rectangle([0, GROUND, 960, 720], fill="#a9adb0")
    pen.rectangle([120, 560, 840, 660], fill=DARK)
    if moment == "after":
        pen.rectangle([120, 610, 840, 660], fill=WATER)
        for x in range(150, 820, 110):
            pen.arc([x, 600, x + 70, 640], 200, 340, fill="#eef5f8", width=5)
        return
    pen.rectangle([120, 590, 840, 660], fill="#6b5f4d")
    for x, y in ((170, 575), (300, 590), (430, 570), (560, 588), (690, 574)):
        pen.rounded_rectangle([x, y, x + 90, y + 46], 10, fill="#cfc6ae")


def _flood(pen: Pen, moment: Moment) -> None:
    pen.polygon([(300, 260), (480, 130), (660, 260)], fill=RUST)
    pen.rectangle([330, 260, 630, GROUND + 20], fill="#efe9dc")
    pen.rectangle([445, 380, 520, GROUND + 20], fill=LINE)
    if moment == "after":
        pen.rectangle([0, GROUND + 20, 960, 720], fill=GRASS)
        for x in range(250, 700, 75):
            pen.rounded_rectangle([x, 560, x + 68, 600], 14, fill="#c9b98f")
        return
    pen.rectangle([0, 430, 960, 720], fill=WATER)
    for y in range(470, 700, 60):
        for x in range(40 + y % 50, 900, 150):
            pen.arc([x, y, x + 90, y + 30], 200, 340, fill="#eef5f8", width=5)


def _tree(pen: Pen, moment: Moment) -> None:
    if moment == "after":
        pen.rectangle([460, 330, 505, GROUND + 30], fill=RUST)
        pen.ellipse([390, 200, 575, 370], fill=GOOD)
        return
    pen.polygon([(300, GROUND + 30), (350, GROUND + 30), (640, 250), (605, 235)], fill=RUST)
    pen.ellipse([520, 90, 830, 340], fill=GOOD)
    pen.line([(0, 210), (960, 250)], fill=DARK, width=6)


def _signal(pen: Pen, moment: Moment) -> None:
    pen.rectangle([468, 420, 490, GROUND + 60], fill=LINE)
    pen.rounded_rectangle([410, 130, 548, 430], 24, fill=DARK)
    colours = ("#4a3b3b", "#4a463b", "#79c27a") if moment == "after" else ("#4a3b3b", "#4a463b", "#3b4a3e")
    for place, colour in enumerate(colours):
        pen.ellipse([445, 155 + place * 90, 513, 223 + place * 90], fill=colour)


def _swing(pen: Pen, moment: Moment) -> None:
    for x in (250, 690):
        pen.line([(x, 180), (x - 60, GROUND + 40)], fill=RUST, width=16)
        pen.line([(x, 180), (x + 60, GROUND + 40)], fill=RUST, width=16)
    pen.line([(240, 180), (700, 180)], fill=RUST, width=16)
    pen.line([(400, 186), (400, 440)], fill=LINE, width=6)
    if moment == "after":
        pen.line([(530, 186), (530, 440)], fill=LINE, width=6)
        pen.rectangle([385, 440, 545, 458], fill=DARK)
    else:
        pen.line([(530, 186), (560, 300)], fill=LINE, width=6)
        pen.polygon([(390, 430), (405, 444), (330, 560), (312, 552)], fill=DARK)


DRAWERS: dict[str, Callable[[Pen, Moment], None]] = {
    "road": _road,
    "lamp": _lamp,
    "waste": _waste,
    "drain": _drain,
    "flood": _flood,
    "tree": _tree,
    "signal": _signal,
    "swing": _swing,
}


def draw(*, motif: str, moment: Moment) -> Image.Image:
    """Return the pictogram of a motif, before or after, with its label across the foot."""
    image = Image.new("RGB", SIZE, SKY)
    pen = ImageDraw.Draw(image)
    pen.rectangle([0, GROUND, SIZE[0], SIZE[1]], fill=GRASS)
    DRAWERS[motif](pen, moment)
    pen.rectangle([0, SIZE[1] - 56, SIZE[0], SIZE[1]], fill="#ffffff")
    words = f"{LABEL} · {'SESUDAH' if moment == 'after' else 'SEBELUM'}"
    pen.text((SIZE[0] / 2, SIZE[1] - 28), words, fill="#23272b", font=ImageFont.load_default(28), anchor="mm")
    return image


def _store(motif: str, moment: Moment) -> dict[str, Any]:
    """Write one drawing and its thumbnail, and return the columns that point at them."""
    name = f"{motif}-{moment}.jpg"
    return store_picture(
        draw(motif=motif, moment=moment),
        small=SMALL,
        stored=f"{FOLDER}/photos/{name}",
        thumbnail=f"{FOLDER}/thumbnails/{name}",
    )


def attach_drawings(*, stories: Sequence[Story], cases: dict[int, int]) -> int:
    """Give the drawings to the reports that have some, as ready files, and return how many."""
    kept: dict[tuple[str, Moment], dict[str, Any]] = {}
    rows = []
    for at, story in enumerate(stories):
        for photo in story.photos:
            key = (MOTIFS[story.category], photo)
            if key not in kept:
                kept[key] = _store(*key)
            taken = next((step.at for step in story.steps if step.change == "answer"), story.received_at)
            rows.append(
                Attachment(
                    owner_kind="case",
                    owner_id=cases[at],
                    purpose="proof" if photo == "after" else "photo",
                    state=Attachment.State.READY,
                    public=story.privacy != "secret",
                    name=f"contoh-{key[0]}.jpg",
                    created_at=taken if photo == "after" else story.received_at,
                    **kept[key],
                )
            )
    Attachment.objects.bulk_create(rows, batch_size=2_000)
    return len(rows)
