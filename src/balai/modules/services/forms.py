"""What staff fill in to make a service: its standard, its steps, the decree; checked here, kept by the actions."""

import re
from collections.abc import Collection
from dataclasses import replace
from itertools import chain, count
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.foundation.calendar.rules import Term
from balai.foundation.outbound.models import OutsideSystem
from balai.foundation.units.models import Unit
from balai.modules.services.rules.workflow import (
    CheckItem,
    CoSigner,
    Ground,
    GroundWhen,
    OtherCheck,
    Workflow,
    WorkStep,
)

TERM_UNITS = (
    ("", "—"),
    ("minutes", _("minutes")),
    ("working_hours", _("working hours")),
    ("clock_hours", _("hours by the clock")),
    ("working_days", _("working days")),
    ("calendar_days", _("calendar days")),
)
STEP_KINDS = (
    ("check", _("Check papers")),
    ("visit", _("Visit the place")),
    ("pay", _("Wait for the payment")),
    ("decide", _("Decide")),
    ("issue", _("Issue the result")),
    ("outside", _("Wait for an outside body")),
)
AREA = {"rows": 4}
MOST_STEPS = 10
MOST_COSIGNERS = 6
MOST_GROUNDS = 12
WORDS_OF_WHEN: dict[GroundWhen, str] = {"refused": "ditolak", "answered": "dijawab", "late": "terlambat"}
WHEN_WORDS: dict[str, GroundWhen] = {
    **{word: when for when, word in WORDS_OF_WHEN.items()},
    **{str(when): when for when in WORDS_OF_WHEN},
}
MOST_ITEMS = 30
LONGEST_ITEM = 200


class NewServiceForm(forms.Form):
    """The name of a service and whose it is."""

    name_id = forms.CharField(label=_("Name in Indonesian"), max_length=120)
    name_en = forms.CharField(label=_("Name in English"), max_length=120, required=False)
    group_id = forms.CharField(label=_("Heading under which it stands"), max_length=80)
    unit = forms.ModelChoiceField(label=_("Agency"), queryset=Unit.objects.none())
    keywords = forms.CharField(label=_("Words by which people look for it"), max_length=300, required=False)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    def slug(self, *, taken: set[str]) -> str:
        """Return a free short name for addresses, at most 28 signs."""
        base = re.sub(r"[^a-z0-9]+", "-", self.cleaned_data["name_id"].casefold()).strip("-")[:24] or "layanan"
        slug, number = base, 2
        while slug in taken:
            slug, number = f"{base}-{number}", number + 1
        return slug


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.casefold()).strip("-")[:36].strip("-")


def _free(slug: str, taken: Collection[str]) -> str:
    """Return a short name that nothing has yet: the wanted one, or the same with a number."""
    numbered = (f"{slug[:33]}-{number}" for number in count(2))
    return next(each for each in chain((slug,), numbered) if each not in taken)


class StepForm(forms.Form):
    """One step of working an application off."""

    slug = forms.CharField(required=False, widget=forms.HiddenInput, max_length=30)
    label_id = forms.CharField(label=_("Name in Indonesian"), max_length=80, required=False)
    label_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    kind = forms.ChoiceField(label=_("What is done"), choices=STEP_KINDS)
    unit = forms.ChoiceField(label=_("Agency, if another one"), required=False)
    system = forms.ChoiceField(label=_("Handed over to the outside system"), required=False)
    amount = forms.IntegerField(label=_("Own time"), min_value=1, max_value=10_000, required=False)
    term_unit = forms.ChoiceField(label=_("Unit"), choices=TERM_UNITS, required=False)
    next = forms.CharField(
        label=_("Then to step number"), help_text=_("One or several, as 3 or 3, 4. Empty: the end."), required=False
    )
    checks = forms.CharField(
        label=_("Checks at other agencies at the same time, one a line"),
        help_text=_("agency | what is checked"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    checklist = forms.CharField(
        label=_("What is looked at on a visit, one a line"),
        help_text=_("In Indonesian | in English. With * in front a photo is needed."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = [("", "—"), *Unit.objects.filter(active=True).order_by("name").values_list("slug", "name")]
        self.fields["unit"].choices = units  # type: ignore[attr-defined]
        systems = [("", "—"), *OutsideSystem.objects.filter(active=True).values_list("slug", "name")]
        self.fields["system"].choices = systems  # type: ignore[attr-defined]

    def clean(self) -> Any:
        """Refuse a number without its unit, and the other way round: half a term would be forgotten without a word."""
        data = super().clean() or self.cleaned_data
        if "amount" in data and bool(data["amount"]) != bool(data.get("term_unit")):
            self.add_error("amount", _("Write both, a number and its unit, or neither."))
        return data

    def clean_next(self) -> list[int]:
        """Return the numbers of the steps that may follow."""
        text = self.cleaned_data["next"]
        parts = [part.strip() for part in text.replace(";", ",").split(",") if part.strip()]
        if any(not part.isdecimal() or not 1 <= int(part[:3]) <= MOST_STEPS for part in parts):
            raise forms.ValidationError(_("Write numbers of steps, for example 3 or 3, 4."))
        return [int(part) for part in parts]

    def clean_checks(self) -> tuple[OtherCheck, ...]:
        """Return the checks that the lines say."""
        found: list[OtherCheck] = []
        for line in filter(None, (line.strip() for line in self.cleaned_data["checks"].splitlines())):
            unit, sign, label = (part.strip() for part in line.partition("|"))
            if not sign or not label or not unit:
                raise forms.ValidationError(_("This line cannot be read: %(line)s"), params={"line": line})
            slug = _slug(label) or "periksa"
            found.append(OtherCheck(slug=slug, unit=unit, label_id=label, label_en=label))
        return tuple(found)

    def clean_checklist(self) -> tuple[CheckItem, ...]:
        """Return what the lines ask."""
        found: list[CheckItem] = []
        for line in filter(None, (line.strip() for line in self.cleaned_data["checklist"].splitlines())):
            label, _sign, english = (part.strip() for part in line.lstrip("* ").partition("|"))
            if not label or len(label) > LONGEST_ITEM or len(found) == MOST_ITEMS:
                raise forms.ValidationError(_("This line cannot be read: %(line)s"), params={"line": line[:60]})
            slug = _free(_slug(label) or "hal", {item.slug for item in found})
            found.append(
                CheckItem(
                    slug=slug, label_id=label, label_en=english[:LONGEST_ITEM] or label, photo=line.startswith("*")
                )
            )
        return tuple(found)


class RightsForm(forms.Form):
    """What the law gives both sides: extension, objection, consent by silence."""

    extension_amount = forms.IntegerField(
        label=_("The promise may be extended by"), min_value=1, max_value=1000, required=False
    )
    extension_unit = forms.ChoiceField(label=_("Unit"), choices=TERM_UNITS, required=False)
    max_extensions = forms.IntegerField(label=_("How often"), min_value=1, max_value=5, required=False)
    objection_amount = forms.IntegerField(
        label=_("An objection against a refusal is answered within"), min_value=1, max_value=1000, required=False
    )
    objection_unit = forms.ChoiceField(label=_("Unit"), choices=TERM_UNITS, required=False)
    objection_days = forms.IntegerField(
        label=_("It may be raised within so many working days"), min_value=1, max_value=365, required=False
    )
    in_part = forms.BooleanField(
        label=_("It can be granted in part"),
        help_text=_("Whoever ends it then says what is granted, what is not, and by which article."),
        required=False,
    )
    grounds = forms.CharField(
        label=_("Grounds for an objection, one a line"),
        help_text=_(
            "In Indonesian | in English | when: ditolak (refused, also in part), dijawab (after any answer), terlambat "
            "(while the promise is broken). Empty: only a refusal can be objected to, for any reason."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    cosigners = forms.CharField(
        label=_("Who signs besides the applicant, one a line"),
        help_text=_(
            "In Indonesian | in English | short name of a question, if they sign only where it is answered or ticked. "
            "They get a link, read the answers and sign; without them it cannot be sent."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    tacit_basis = forms.CharField(
        label=_("Article by which silence counts as consent"),
        help_text=_("Empty: it does not. With an article the application is granted when the promise runs out."),
        max_length=120,
        required=False,
    )

    def clean(self) -> Any:
        """Refuse a number without its unit, and the other way round."""
        data = super().clean() or self.cleaned_data
        for name in ("extension", "objection"):
            if bool(data.get(f"{name}_amount")) != bool(data.get(f"{name}_unit")):
                self.add_error(f"{name}_amount", _("Write both, a number and its unit, or neither."))
        return data

    def clean_cosigners(self) -> tuple[CoSigner, ...]:
        """Return who signs too."""
        found: list[CoSigner] = []
        for line in filter(None, (line.strip() for line in self.cleaned_data["cosigners"].splitlines())):
            label, english, only_if, *more = [part.strip() for part in (line + "||").split("|")]
            if not label or any(more) or len(found) == MOST_COSIGNERS or len(label) > 120 or len(english) > 120:
                raise forms.ValidationError(_("This line cannot be read: %(line)s"), params={"line": line[:60]})
            slug = _free(_slug(label) or "orang", {each.slug for each in found})
            found.append(CoSigner(slug=slug, label_id=label, label_en=english or label, only_if=only_if[:60]))
        return tuple(found)

    def clean_grounds(self) -> tuple[Ground, ...]:
        """Return the grounds for an objection."""
        found: list[Ground] = []
        for line in filter(None, (line.strip() for line in self.cleaned_data["grounds"].splitlines())):
            label, english, words, *more = [part.strip() for part in (line + "||").split("|")]
            when = [WHEN_WORDS.get(word.strip().lower()) for word in words.split(",") if word.strip()]
            is_long = len(label) > LONGEST_ITEM or len(english) > LONGEST_ITEM
            if not label or any(more) or None in when or is_long or len(found) == MOST_GROUNDS:
                raise forms.ValidationError(_("This line cannot be read: %(line)s"), params={"line": line[:60]})
            slug = _free(_slug(label) or "alasan", {each.slug for each in found})
            known = cast("tuple[GroundWhen, ...]", tuple(dict.fromkeys(when)) or ("refused",))
            found.append(Ground(slug=slug, label_id=label, label_en=english or label, when=known))
        return tuple(found)

    def term(self, name: str) -> Term | None:
        """Return a term that was written, None where none was."""
        amount, unit = self.cleaned_data[f"{name}_amount"], self.cleaned_data[f"{name}_unit"]
        return Term(amount=amount, unit=unit) if amount and unit else None


def initial_rights(workflow: Workflow) -> dict[str, Any]:
    """Return what the page shows of extension, objection and silence."""
    return {
        "extension_amount": workflow.extension.amount if workflow.extension else None,
        "extension_unit": workflow.extension.unit if workflow.extension else "",
        "max_extensions": workflow.max_extensions or None,
        "objection_amount": workflow.objection.amount if workflow.objection else None,
        "objection_unit": workflow.objection.unit if workflow.objection else "",
        "objection_days": workflow.objection_days,
        "tacit_basis": workflow.tacit_basis,
        "in_part": workflow.in_part,
        "grounds": "\n".join(
            " | ".join((each.label_id, each.label_en, ", ".join(WORDS_OF_WHEN[when] for when in each.when)))
            for each in workflow.grounds
        ),
        "cosigners": "\n".join(
            " | ".join(filter(None, (each.label_id, each.label_en, each.only_if))) for each in workflow.cosigners
        ),
    }


StepSet = forms.formset_factory(StepForm, extra=2, max_num=MOST_STEPS, validate_max=True)


def initial_steps(workflow: Workflow) -> list[dict[str, Any]]:
    """Return what the page shows of a workflow."""
    numbers = {step.slug: number for number, step in enumerate(workflow.steps, start=1)}
    return [
        {
            "slug": step.slug,
            "label_id": step.label_id,
            "label_en": step.label_en,
            "kind": step.kind,
            "unit": step.unit,
            "system": step.system,
            "amount": step.term.amount if step.term else None,
            "term_unit": step.term.unit if step.term else "",
            "next": ", ".join(str(numbers[slug]) for slug in step.next if slug in numbers),
            "checks": "\n".join(f"{check.unit} | {check.label_id}" for check in step.checks),
            "checklist": "\n".join(
                f"{'* ' if item.photo else ''}{item.label_id} | {item.label_en}" for item in step.checklist
            ),
        }
        for step in workflow.steps
    ]


def workflow_from(rows: list[dict[str, Any]], *, rights: RightsForm, before: Workflow) -> Workflow:
    """Return the workflow that rows and rights say; a term that stays the same keeps its source."""
    filled = [row for row in rows if row.get("label_id")]
    slugs: list[str] = []
    for row in filled:
        slug = row["slug"] or re.sub(r"[^a-z0-9]+", "_", row["label_id"].casefold()).strip("_")[:24] or "langkah"
        while slug in slugs:
            slug += "_"
        slugs.append(slug)
    checks = _told_apart([row["checks"] for row in filled])
    steps = tuple(
        WorkStep(
            slug=slug,
            kind=row["kind"],
            label_id=row["label_id"],
            label_en=row["label_en"] or row["label_id"],
            unit=row["unit"],
            system=row.get("system", ""),
            term=Term(amount=row["amount"], unit=row["term_unit"]) if row["amount"] and row["term_unit"] else None,
            checks=checks[place],
            checklist=row.get("checklist", ()),
            next=tuple(slugs[number - 1] if number <= len(slugs) else f"step-{number}" for number in row["next"]),
        )
        for place, (slug, row) in enumerate(zip(slugs, filled, strict=True))
    )
    return Workflow(
        steps=steps,
        extension=_kept(rights.term("extension"), before.extension),
        max_extensions=(rights.cleaned_data["max_extensions"] or 1) if rights.term("extension") else 0,
        tacit_basis=rights.cleaned_data["tacit_basis"],
        objection=_kept(rights.term("objection"), before.objection),
        objection_days=rights.cleaned_data["objection_days"] or before.objection_days,
        cosigners=rights.cleaned_data["cosigners"],
        in_part=rights.cleaned_data["in_part"],
        grounds=_same_slugs(rights.cleaned_data["grounds"], before.grounds),
    )


def _told_apart(rows: list[tuple[OtherCheck, ...]]) -> list[tuple[OtherCheck, ...]]:
    """Return the checks of every step with short names that are used once in the workflow."""
    taken: set[str] = set()
    found: list[tuple[OtherCheck, ...]] = []
    for checks in rows:
        named: list[OtherCheck] = []
        for check in checks:
            slug = _free(check.slug, taken)
            taken.add(slug)
            named.append(replace(check, slug=slug))
        found.append(tuple(named))
    return found


def _same_slugs(grounds: tuple[Ground, ...], before: tuple[Ground, ...]) -> tuple[Ground, ...]:
    """Return the grounds with the short names they had: by them they are counted."""
    known = {ground.label_id: ground.slug for ground in before}
    return tuple(replace(ground, slug=known.get(ground.label_id, ground.slug)) for ground in grounds)


def _kept(term: Term | None, before: Term | None) -> Term | None:
    same = term is not None and before is not None and (term.amount, term.unit) == (before.amount, before.unit)
    return before if same else term
