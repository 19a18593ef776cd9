"""What forms write and read: as browsers do first, then as people type it."""

from django.conf.locale.en import formats as usual

DATE_INPUT_FORMATS = ["%Y-%m-%d", *usual.DATE_INPUT_FORMATS]
TIME_INPUT_FORMATS = ["%H:%M", *usual.TIME_INPUT_FORMATS]
