"""What everybody may find by words."""

from balai.engines.cases.actions.search import index_cases
from balai.engines.cases.models import Case
from balai.foundation.calendar import clock
from balai.modules.complaints.queries.public import PublicFilter, public_page
from balai.modules.complaints.tests.residents import send


def listed(client, **asked):
    page = client.get("/complaints/", asked).content.decode()
    return [case.reference for case in Case.objects.order_by("pk") if f"/complaints/{case.reference}/" in page], page


def test_reports_are_found_by_the_stems_of_their_masked_words(english, city, now, client, django_assert_num_queries):
    case = send(english, now, text="Perbaikan jalan berlubang. Hubungi 081234567890.")
    index_cases(rows=Case.objects.all())
    for asked in ("lubang", "perbaiki jl", "BERLUBANG jalan"):
        assert listed(client, q=asked)[0] == [case.reference], asked
    for asked in ("081234567890", "lampu", "lubang lampu"):
        assert listed(client, q=asked)[0] == [], asked
    # the words are looked up inside the two statements that the list needs anyway
    with django_assert_num_queries(2):
        assert len(public_page(wanted=PublicFilter(q="lubang"), after=None, at=clock.now()).rows) == 1


def test_too_few_letters_are_answered_with_what_to_do(english, client, city):
    assert "Write at least three letters" in listed(english, q="di")[1]
    client.cookies["django_language"] = "id"
    assert "paling sedikit tiga huruf" in listed(client, q="di")[1]
