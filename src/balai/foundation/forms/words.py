"""What the pages say about answers and forms."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balai.foundation.forms.rules.evaluate import Wrong
from balai.foundation.forms.rules.schema import FormSchema, Problem
from balai.foundation.web.words import day_in_full, is_english, number

WRONG_WORDS = {
    "required": gettext_lazy("Please fill this in."),
    "must_be_ticked": gettext_lazy("Please tick this to go on."),
    "not_text": gettext_lazy("Please write words here."),
    "too_long": gettext_lazy("Too long: at most %(limit)s characters."),
    "too_few_words": gettext_lazy("Please write it in letters, at least %(limit)s word(s)."),
    "not_a_number": gettext_lazy("Please write a number, for example 1.250 or 2,5."),
    "not_whole": gettext_lazy("Please write a whole number, for example 3."),
    "too_many_decimals": gettext_lazy("At most %(limit)s digits after the comma."),
    "not_money": gettext_lazy("Please write an amount in rupiah, for example 1.250.000."),
    "no_cents": gettext_lazy("Please write whole rupiah."),
    "too_small": gettext_lazy("At least %(limit)s."),
    "too_large": gettext_lazy("At most %(limit)s."),
    "not_a_day": gettext_lazy("Please choose a day that exists."),
    "too_early": gettext_lazy("Not before %(limit)s."),
    "too_late": gettext_lazy("Not after %(limit)s."),
    "not_an_option": gettext_lazy("Please choose one of the answers."),
    "wrong_length": gettext_lazy("This number has %(limit)s digits."),
    "nik_province": gettext_lazy(
        "The first two digits of this NIK belong to no province. Please compare with the card."
    ),
    "nik_regency": gettext_lazy("Digits 3 and 4 of this NIK cannot be right. Please compare with the card."),
    "nik_district": gettext_lazy("Digits 5 and 6 of this NIK cannot be right. Please compare with the card."),
    "nik_birth_date": gettext_lazy("The date of birth in this NIK cannot be right. Please compare with the card."),
    "nik_serial": gettext_lazy("The last four digits of this NIK cannot be 0000. Please compare with the card."),
    "not_a_phone": gettext_lazy("Please write a telephone number, for example 0812 3456 7890."),
    "not_an_email": gettext_lazy("Please write an e-mail address, for example nama@contoh.id."),
    "address_incomplete": gettext_lazy("Please write the street and choose the village."),
    "not_a_place": gettext_lazy("Please put the pin on the map."),
    "outside_city": gettext_lazy("This place is outside the city. Please move the pin."),
    "refused_document": gettext_lazy("This document was refused. Please send another one."),
    "not_a_file": gettext_lazy("Please choose a file."),
    "too_many_files": gettext_lazy("At most %(limit)s files."),
    "not_signed": gettext_lazy("Please write your name and tick the declaration."),
    "too_many_rows": gettext_lazy("At most %(limit)s entries."),
    "too_few_rows": gettext_lazy("At least %(limit)s entries."),
    "same_entries": gettext_lazy("Entries %(limit)s and %(other)s have the same answer here. Please check both."),
    "other_birth_date": gettext_lazy(
        "This day does not fit the NIK. Please check both. If your card really says so, tick it below."
    ),
    "other_sex": gettext_lazy(
        "This does not fit the NIK. Please check both. If your card really says so, tick it below."
    ),
    "other_name": gettext_lazy(
        "This is another name than the applicant's. Please check both. If somebody else signs, tick it below."
    ),
    "division_by_zero": gettext_lazy(
        "This cannot be worked out: it would divide by zero. Please check the numbers above."
    ),
    "no_row": gettext_lazy("There is no tariff for this answer."),
    "too_big": gettext_lazy("The result is too large. Please check the numbers above."),
}
# what an officer reads beside an answer that whoever gave it confirmed
DOUBT_WORDS = {
    "other_birth_date": gettext_lazy("Does not fit the NIK; confirmed by whoever filled it in."),
    "other_sex": gettext_lazy("Does not fit the NIK; confirmed by whoever filled it in."),
    "other_name": gettext_lazy("Another name than the applicant's; confirmed by whoever filled it in."),
}
PROBLEM_WORDS = {
    "no_fields": gettext_lazy("There is no question yet."),
    "no_label": gettext_lazy("The Indonesian words are missing."),
    "twice": gettext_lazy("This short name is used twice."),
    "unknown_name": gettext_lazy("“%(other)s” is no question of this form."),
    "asks_later": gettext_lazy("The condition asks “%(other)s”, which does not stand before it."),
    "file_in_group": gettext_lazy("A file cannot be asked for inside a group; ask for it beside the group."),
    "bad_condition": gettext_lazy("The condition cannot be read."),
    "bad_slug": gettext_lazy("The short name may hold letters, digits and underscores only."),
    "no_options": gettext_lazy("There is nothing to choose."),
    "option_twice": gettext_lazy("An answer to choose stands there twice."),
    "empty_option": gettext_lazy("An answer to choose has no words."),
    "min_above_max": gettext_lazy("The smallest value is above the largest."),
    "bad_bound": gettext_lazy("“%(other)s” cannot be the smallest or largest value here."),
    "bad_decimals": gettext_lazy("Only a number has digits after the comma, at most six."),
    "bad_words": gettext_lazy("Only a short text can ask for a number of words, at most twenty."),
    "cannot_agree": gettext_lazy(
        "“%(other)s” cannot be compared with this: a day or a sex goes with a NIK, a signature with a short text."
    ),
    "no_sexes": gettext_lazy("To be compared with a NIK it needs the answers l and p."),
    "cannot_differ": gettext_lazy("“%(other)s” is no question of this group whose answers can be compared."),
    "bad_table": gettext_lazy("“%(other)s” in this table is no number."),
    "no_file_kinds": gettext_lazy("No kind of file is allowed."),
    "group_in_group": gettext_lazy("A group cannot hold another group."),
    "condition_in_group": gettext_lazy("A question inside a group cannot have a condition."),
    "bad_formula": gettext_lazy("The formula cannot be read."),
    "unknown_table": gettext_lazy("There is no table “%(other)s”."),
    "too_many_fields": gettext_lazy("More than 500 questions."),
}

# a code that nobody has put into words yet is still never shown
UNNAMED_PROBLEM = gettext_lazy("This cannot work like this; look at it once more.")


def label_of(row: Any, name: str = "label") -> str:
    """Return a text of a form in the reader's language; Indonesian where there is no English."""
    return str((is_english() and getattr(row, f"{name}_en")) or getattr(row, f"{name}_id"))


def exact_number(value: Decimal) -> str:
    """Return a number with every decimal it has: what somebody wrote is never shown rounded."""
    plain = value.normalize()
    return number(plain, decimals=max(0, -int(plain.as_tuple().exponent)))


def wrong_words(wrong: Wrong) -> str:
    """Return what is wrong in one sentence that says what to do."""
    limit, other = wrong.limit, ""
    if wrong.code == "same_entries":
        limit, other = limit.split(" ")
    elif wrong.code in ("too_early", "too_late"):
        limit = day_in_full(date.fromisoformat(limit))
    elif wrong.code in ("too_small", "too_large"):
        limit = exact_number(Decimal(limit))
    return str(WRONG_WORDS.get(wrong.code, _("Please check this answer."))) % {"limit": limit, "other": other}


KIND_WORDS = {
    "text": gettext_lazy("Short text"),
    "long_text": gettext_lazy("Long text"),
    "number": gettext_lazy("A number"),
    "money": gettext_lazy("Money (rupiah)"),
    "date": gettext_lazy("Day"),
    "choice": gettext_lazy("Choose one"),
    "choices": gettext_lazy("Choose several"),
    "boolean": gettext_lazy("Tick"),
    "nik": "NIK",
    "kk": "KK",
    "nib": "NIB",
    "phone": gettext_lazy("Telephone"),
    "email": gettext_lazy("E-mail"),
    "address": gettext_lazy("Address with village"),
    "map_point": gettext_lazy("Point on the map"),
    "file": gettext_lazy("File: photo or PDF"),
    "group": gettext_lazy("Repeatable group"),
    "signature": gettext_lazy("Signed declaration"),
}


def problem_words(problem: Problem, *, schema: FormSchema) -> str:
    """Return what keeps a form from working, with its place by the name that stands on the page."""
    names = _names(schema)
    said = str(PROBLEM_WORDS.get(problem.code, UNNAMED_PROBLEM)) % {"other": names.get(problem.other, problem.other)}
    return f"{names.get(problem.path, problem.path)}: {said}" if problem.path else said


def _names(schema: FormSchema) -> dict[str, str]:
    """Return what the parts of a form are called, by short name; those without words keep it."""
    parts: list[tuple[str, Any]] = [(step.slug, step) for step in schema.steps]
    for field in schema.fields():
        parts += [(field.slug, field), *((f"{field.slug}.{inner.slug}", inner) for inner in field.fields)]
    parts += [(each.slug, each) for each in schema.computed]
    return {slug: label for slug, part in parts if (label := label_of(part).strip())}
