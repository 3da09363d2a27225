"""Deadlines in working days: Monday to Friday; public holidays are not known here and only lengthen a deadline."""

from datetime import date, timedelta


def add_working_days(day: date, count: int) -> date:
    """The date `count` working days after `day`.

    >>> add_working_days(date(2026, 11, 20), 1)
    datetime.date(2026, 11, 23)
    """
    while count > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            count -= 1
    return day
