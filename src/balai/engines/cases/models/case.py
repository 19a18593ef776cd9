"""A matter, its clocks and its words."""

from django.db import models
from django.db.models import F, Q


class Case(models.Model):
    """One matter. State, owner, place and dates are a projection of its events, written with them."""

    class Privacy(models.TextChoices):
        NAMED = "named"  # staff who handle it see the name, the public never does
        SECRET = "secret"  # noqa: S105 - the whole matter is hidden from the public; each look is recorded
        ANONYMOUS = "anonymous"  # no identity is stored
        PRIVATE = "private"  # a person's own affair: staff who handle it see it, the public only counts it

    # shown outside: year + random letters + check character
    reference = models.CharField(max_length=16, unique=True)
    # official number without gaps, given at verification
    register_number = models.CharField(max_length=100, null=True, unique=True)
    kind = models.SlugField(max_length=40)
    # the kind's family: which desk and which pages are its own
    family = models.SlugField(max_length=20, default="complaint")
    kind_version = models.PositiveIntegerField()
    state = models.SlugField(max_length=30)
    # draft, new, waiting_reporter, working, waiting_outside, answered, done, refused, merged, withdrawn
    state_class = models.CharField(max_length=16)
    is_open = models.BooleanField(default=True)
    # where the matter goes back to when it stops waiting
    resume_state = models.SlugField(max_length=30, blank=True)
    title = models.CharField(max_length=140)
    text = models.TextField(blank=True)
    # the same words with identity numbers, telephones and addresses masked; what the public reads
    public_text = models.TextField(blank=True)
    answers = models.JSONField(default=dict, blank=True)
    # soft reference to what it is about, "kind:slug" of a record that another room keeps (rules.subjects)
    about = models.CharField(max_length=100, blank=True)
    channel = models.CharField(max_length=12)  # web, counter, call, import, open311, …
    privacy = models.CharField(max_length=10, choices=Privacy.choices, default=Privacy.NAMED)
    category = models.ForeignKey("cases.Category", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    assignee = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    reporter = models.ForeignKey("identity.Resident", on_delete=models.PROTECT, null=True, related_name="+")
    village = models.ForeignKey("places.Area", on_delete=models.PROTECT, null=True, related_name="+")
    district = models.ForeignKey("places.Area", on_delete=models.PROTECT, null=True, related_name="+")
    place_words = models.CharField(max_length=300, blank=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    # what the public map shows: equal, rounded, or null
    public_lat = models.FloatField(null=True)
    public_lon = models.FloatField(null=True)
    # Web Mercator tile of the public position at zoom 20, interleaved (Morton); null: not on the map
    map_cell = models.BigIntegerField(null=True)
    received_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    first_answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # earliest due date among the running clocks; null when none runs
    due_at = models.DateTimeField(null=True)
    # the whole promise (the solution clock's due date), kept after the end
    promised_at = models.DateTimeField(null=True)
    # against the promise: false from the breach on, true once ended within it, null while undecided
    on_time = models.BooleanField(null=True)
    # the same for the first answer
    answered_in_time = models.BooleanField(null=True)
    confirmed = models.BooleanField(null=True)  # true: the reporter said so; false: closed by silence
    rating = models.PositiveSmallIntegerField(null=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    support_count = models.PositiveIntegerField(default=0)
    escalation_level = models.PositiveSmallIntegerField(default=0)
    # a check that another agency makes for this matter, on its own clocks; one level only
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    routed_by = models.CharField(max_length=60, blank=True)  # "rule:12", "category", "central"
    # opens the conversation together with the reference; keyed hash
    code_hash = models.CharField(max_length=64, blank=True)
    # the same submission never makes two matters
    submission_key = models.CharField(max_length=80, null=True, unique=True)
    source = models.CharField(max_length=60, blank=True)  # import run's name
    seq = models.PositiveIntegerField(default=0)
    chain_hash = models.CharField(max_length=64, blank=True)
    # imported with a verdict of its own: "ONTIME", "OVERDUE"; for comparison only
    published_verdict = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(is_open=True, closed_at__isnull=True) | Q(is_open=False, closed_at__isnull=False),
                name="cases_closed_has_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state_class="merged") | Q(merged_into__isnull=False), name="cases_merged_has_target"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="cases_merged_into_another"
            ),
            models.CheckConstraint(
                condition=~Q(privacy__in=("secret", "private"))
                | Q(public_lat__isnull=True, public_lon__isnull=True, map_cell__isnull=True),
                name="cases_secret_has_no_public_place",
            ),
            models.CheckConstraint(
                condition=~Q(privacy="anonymous") | Q(reporter__isnull=True), name="cases_anonymous_has_no_reporter"
            ),
            models.CheckConstraint(
                condition=Q(promised_at__isnull=True) | Q(promised_at__gte=F("received_at")) | Q(channel="import"),
                name="cases_promise_after_receipt",
            ),
            models.CheckConstraint(
                condition=Q(rating__isnull=True) | Q(rating__gte=1, rating__lte=5), name="cases_rating_range"
            ),
        )
        indexes = (
            # five standing lists of a desk, open matters only
            models.Index(fields=["family", "unit", "due_at", "id"], condition=Q(is_open=True), name="cases_queue"),
            models.Index(fields=["about", "-received_at"], condition=~Q(about=""), name="cases_about"),
            models.Index(fields=["assignee", "family", "due_at", "id"], condition=Q(is_open=True), name="cases_mine"),
            models.Index(fields=["family", "due_at", "id"], condition=Q(is_open=True), name="cases_due"),
            models.Index(
                fields=["family", "district", "village", "due_at", "id"],
                condition=Q(is_open=True),
                name="cases_area_open",
            ),
            models.Index(
                fields=["family", "state_class", "due_at", "id"], condition=Q(is_open=True), name="cases_open_state"
            ),
            # its lists by receipt
            models.Index(fields=["family", "-received_at", "-id"], name="cases_family_new"),
            models.Index(fields=["family", "-received_at", "-id"], condition=Q(is_open=False), name="cases_ended"),
            models.Index(fields=["family", "unit", "-received_at", "-id"], name="cases_unit_new"),
            # public pages
            models.Index(
                fields=["-received_at", "-id"], condition=Q(privacy__in=("named", "anonymous")), name="cases_public_new"
            ),
            models.Index(fields=["category", "-received_at", "-id"], name="cases_category_new"),
            models.Index(fields=["district", "-received_at", "-id"], name="cases_district_new"),
            models.Index(fields=["village", "-received_at", "-id"], name="cases_village_new"),
            models.Index(fields=["state_class", "-received_at", "-id"], name="cases_state_new"),
            models.Index(
                fields=["map_cell", "category", "is_open", "public_lat", "public_lon"],
                condition=Q(map_cell__isnull=False),
                name="cases_map",
            ),
            models.Index(fields=["-updated_at", "-id"], name="cases_updated"),
            models.Index(fields=["parent"], condition=Q(parent__isnull=False), name="cases_children"),
        )

    def __str__(self) -> str:
        return self.reference


class Clock(models.Model):
    """One promise on one matter. Its due moment is stored; editing a calendar or a rule never moves it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="clocks")
    name = models.SlugField(max_length=30)  # first_answer, solution, …
    # the term as it stood when the clock started (rules.terms as JSON), with its source
    term = models.JSONField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    original_due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True)
    paused_seconds = models.PositiveBigIntegerField(default=0)
    extensions = models.PositiveSmallIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True)
    # null while running; true/false once stopped, and false from the breach on
    met = models.BooleanField(null=True)
    # next rung of the ladder and when it is due; null: none left, paused or stopped
    next_step = models.PositiveSmallIntegerField(default=0)
    next_step_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case", "name"], condition=Q(stopped_at__isnull=True), name="cases_one_running_clock"
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="cases_clock_due_after_start"),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | Q(met__isnull=False), name="cases_stopped_clock_has_result"
            ),
        )
        indexes = (
            models.Index(
                fields=["next_step_at"], condition=Q(next_step_at__isnull=False), name="cases_clock_next_step"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} of {self.case_id}"


class Entry(models.Model):
    """Words written on a matter: question, answer, note. The event of the same ``seq`` says when and by whom.

    Kept apart from the events so that words can be taken away when the law asks; the event keeps their hash.
    """

    class Kind(models.TextChoices):
        QUESTION = "question"
        REPLY = "reply"  # the reporter's words
        ANSWER = "answer"
        NOTE = "note"  # internal
        REASON = "reason"  # refusal, extension, reassignment, reopening

    class Audience(models.TextChoices):
        PUBLIC = "public"
        REPORTER = "reporter"
        STAFF = "staff"

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="entries")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    audience = models.CharField(max_length=10, choices=Audience.choices)
    text = models.TextField()
    public_text = models.TextField(blank=True)
    text_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    user = models.ForeignKey("identity.User", on_delete=models.PROTECT, null=True, related_name="+")
    post_title = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "seq"], name="cases_entry_seq"),)
        indexes = (models.Index(fields=["text_hash"], name="cases_entry_hash"),)

    def __str__(self) -> str:
        return f"{self.kind} on {self.case_id}"


class Support(models.Model):
    """One "saya juga": one per device or resident; ``key`` is a keyed hash."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "key"], name="cases_support_once"),)

    def __str__(self) -> str:
        return f"support of {self.case_id}"


class Follower(models.Model):
    """A resident who gets the updates of somebody else's matter."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    resident = models.ForeignKey("identity.Resident", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "resident"], name="cases_follow_once"),)

    def __str__(self) -> str:
        return f"{self.resident_id} follows {self.case_id}"


class RegisterCounter(models.Model):
    """The last register number of a unit in a year; counted up by one statement."""

    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    value = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["unit", "year"], name="cases_register_unit_year"),)

    def __str__(self) -> str:
        return f"{self.unit_id}/{self.year}: {self.value}"
