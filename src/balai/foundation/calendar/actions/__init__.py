"""Every write to days and hours. Each edit moves the version of the calendar; stored deadlines never move."""

from balai.foundation.calendar.actions.days import (
    DayTaken,
    Loaded,
    NotACityDay,
    add_city_day,
    change_day,
    load_holidays,
    remove_city_day,
)
from balai.foundation.calendar.actions.hours import (
    NameTaken,
    create_schedule,
    ensure_default_schedules,
    set_time_zone,
    set_week,
)

__all__ = [
    "DayTaken",
    "Loaded",
    "NameTaken",
    "NotACityDay",
    "add_city_day",
    "change_day",
    "create_schedule",
    "ensure_default_schedules",
    "load_holidays",
    "remove_city_day",
    "set_time_zone",
    "set_week",
]
