"""`balai services survey FILE`: the satisfaction index of any file of answers."""

import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from balai.modules.services.rules.survey import NoAnswers, SurveyIndex, sum_answers, survey_index
from balai.modules.services.rules.survey_file import SHOWN_PROBLEMS, BadSurveyFile, SurveyFile, decode, read_survey
from balai.modules.services.words import survey_file_words


class Command(BaseCommand):
    help = "Satisfaction survey (SKM) of a file of answers with the columns U1 to U9."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Say what the command takes."""
        parts = parser.add_subparsers(dest="part", required=True)
        survey = parts.add_parser("survey", help="mean per element, index, converted index and grade of a file")
        survey.add_argument("file", type=Path, help="CSV with the columns U1 to U9, answers 1 to 4")
        survey.add_argument(
            "--weight", choices=("exact", "0.11"), default="exact", help="1/9 exactly, or the rounded 0.11 of the annex"
        )
        survey.add_argument("--complete", action="store_true", help="count only persons who answered every element")
        survey.add_argument("--json", action="store_true", help="one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, compute, tell."""
        try:
            read = read_survey(decode(options["file"].read_bytes()))
        except OSError as error:
            raise CommandError(
                _("%(file)s cannot be read: %(why)s") % {"file": options["file"], "why": error.strerror}
            ) from error
        except BadSurveyFile as error:
            raise CommandError(survey_file_words(error)) from error
        answers = [row for row in read.answers if None not in row.values()] if options["complete"] else read.answers
        try:
            found = survey_index(sums=sum_answers(answers), elements=read.elements, weight=options["weight"])
        except NoAnswers as error:
            raise CommandError(
                _("There are not enough answers: at least one element was answered by nobody.")
            ) from error
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(read, found, weight=options["weight"])))
        else:
            self._tell(read, found)

    def _tell(self, read: SurveyFile, found: SurveyIndex) -> None:
        for name, mean in found.means.items():
            self.stdout.write(f"{name}  {mean:.4f}  ({mean * 25:.2f})")
        self.stdout.write(_("Index (1–4): %(index)s") % {"index": found.index})
        self.stdout.write(
            _("SKM (25–100): %(converted)s, grade %(grade)s, %(words)s")
            % {"converted": found.converted, "grade": found.grade, "words": found.performance_id}
        )
        self.stdout.write(
            _("Answers: %(answers)s, of which complete: %(complete)s; lines left out: %(left)s")
            % {"answers": found.answers, "complete": read.complete, "left": len(read.problems) + read.blank}
        )
        for problem in read.problems[:SHOWN_PROBLEMS]:
            self.stderr.write(
                _("Line %(line)s, %(column)s: “%(value)s” is not 1, 2, 3 or 4.")
                % {"line": problem.line, "column": problem.column, "value": problem.value}
            )
        if len(read.problems) > SHOWN_PROBLEMS:
            self.stderr.write(_("… and %(count)s more.") % {"count": len(read.problems) - SHOWN_PROBLEMS})


def _as_json(read: SurveyFile, found: SurveyIndex, *, weight: str) -> dict[str, Any]:
    return {
        "answers": found.answers,
        "complete": read.complete,
        "rejected": len(read.problems),
        "blank": read.blank,
        "weight": weight,
        "elements": {name: float(mean) for name, mean in found.means.items()},
        "index": float(found.index),
        "converted": float(found.converted),
        "grade": found.grade,
        "performance": found.performance_id,
        "lowest": found.lowest,
    }
