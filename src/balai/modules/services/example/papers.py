"""The papers of applications that are still looked at: one drawing that says on its face that it is an example."""

import json
import uuid
from datetime import datetime

from PIL import Image, ImageDraw, ImageFont

from balai.foundation.examples.pictures import store_picture
from balai.foundation.files.models import Attachment
from balai.modules.services.models import Application, ApplicationDocument
from balai.modules.services.queries.applications import OWNER, answers_of, papers_of

SIZE = (720, 960)
SMALL = (300, 400)
FOLDER = "contoh/berkas"
LABEL = "BERKAS CONTOH"


def give_papers(*, at: datetime) -> int:
    """Give every required document of open applications its file, and return how many; whoever corrects one finds it.

    All rows point at the same stored drawing.
    """
    drawing = store_picture(_drawn(), small=SMALL, stored=f"{FOLDER}/stored.jpg", thumbnail=f"{FOLDER}/thumbnail.jpg")
    files = []
    for application in Application.objects.filter(case__is_open=True).select_related("version").order_by("pk"):
        papers = papers_of(application, at=at, files=())
        answers = answers_of(application)
        for field in papers.form.schema.fields():
            if field.kind != "file" or not field.required or field.slug not in papers.evaluation.visible:
                continue
            file = Attachment(
                key=uuid.uuid4(),
                owner_kind=OWNER,
                owner_id=application.pk,
                purpose="document",
                state=Attachment.State.READY,
                name=f"contoh-{field.slug}.jpg",
                created_at=application.changed_at,
                **drawing,
            )
            files.append(file)
            answers[field.slug] = [str(file.key)]
            ApplicationDocument.objects.update_or_create(
                application=application,
                slug=field.slug,
                defaults={"tokens": answers[field.slug]},
                create_defaults={
                    "label_id": field.label_id,
                    "label_en": field.label_en,
                    "state": ApplicationDocument.State.GIVEN,
                    "tokens": answers[field.slug],
                },
            )
        application.answers = json.dumps(answers, ensure_ascii=False)
        application.save(update_fields=["answers"])
    Attachment.objects.bulk_create(files, batch_size=500)
    return len(files)


def _drawn() -> Image.Image:
    image = Image.new("RGB", SIZE, "#ffffff")
    pen = ImageDraw.Draw(image)
    for top in range(220, SIZE[1] - 120, 44):
        pen.rectangle([80, top, SIZE[0] - 80, top + 10], fill="#dfe3e6")
    pen.text((SIZE[0] / 2, 120), LABEL, fill="#23272b", font=ImageFont.load_default(48), anchor="mm")
    return image
