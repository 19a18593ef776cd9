"""Make many applications at once, as the example city makes its year of them: every service, answers, papers, surveys."""

import sys
from random import Random

import django

django.setup()

from django.db import connection  # noqa: E402

from balai.foundation.calendar import clock  # noqa: E402
from balai.modules.services.example.year import YearWriter  # noqa: E402
from balai.modules.services.models import ReturnTotal, SurveyTotal  # noqa: E402

BATCH = 1_000


def main(count: int) -> None:
    """Write ``count`` applications and their totals beside the few of the example."""
    # their sums are small beside ours and would only stand in the way
    ReturnTotal.objects.all().delete()
    SurveyTotal.objects.all().delete()
    writer = YearWriter(seed=count, until=clock.now(), chance=Random(count))
    for start in range(0, count, BATCH):
        writer.write(writer.stories(min(BATCH, count - start)))
        if start % 50_000 == 0:
            sys.stderr.write(f"{start:,} applications\n")
    writer.finish()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    sys.stdout.write(f"{count}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
