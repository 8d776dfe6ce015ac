"""What people are shown: calendar days, the firm's currency, quarters of its fiscal year. Nothing here changes a result."""

from __future__ import annotations

from typing import Final

#: Five working days are a week.
CALENDAR_DAYS_PER_WORKING_DAY: Final = 7 / 5
DAYS_PER_QUARTER: Final = 65
QUARTERS: Final = 4
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: How units and texts of the model name money.
MONEY: Final = "c.u."


def in_calendar_days(value: float, unit: str) -> tuple[float, str]:
    """A value and its unit as people read them: working days (unit ``d``) become calendar days.

    Examples
    --------
    >>> in_calendar_days(5, "d"), in_calendar_days(5, "h")
    ((7.0, 'days'), (5, 'h'))
    """
    return (value * CALENDAR_DAYS_PER_WORKING_DAY, "days") if unit == "d" else (value, unit)


def in_currency(text: str, currency: str) -> str:
    """A text with the firm's currency in place of currency units; nothing is converted.

    A sentence that ends with a currency that has a full stop of its own gets no second one.

    Examples
    --------
    >>> in_currency("22.4 million c.u.", "EUR"), in_currency("It costs 588 c.u..", "c.u.")
    ('22.4 million EUR', 'It costs 588 c.u.')
    """
    told = text.replace(MONEY, currency)
    return told.replace(f"{currency}.", currency) if currency.endswith(".") else told


def quarter_months(quarter: int, fiscal_year_start: int) -> str:
    """Months of a quarter (1 to 4) of a fiscal year that begins in a month (1 to 12).

    Examples
    --------
    >>> quarter_months(1, 1), quarter_months(4, 4), quarter_months(2, 10)
    ('Jan–Mar', 'Jan–Mar', 'Jan–Mar')
    """
    first = (fiscal_year_start - 1 + 3 * (quarter - 1)) % len(MONTHS)
    return f"{MONTHS[first]}–{MONTHS[(first + 2) % len(MONTHS)]}"


def quarter_of(day: int) -> tuple[int, int]:
    """Fiscal year and quarter of a working day since the start of the run (warm-up included), both from 1.

    Examples
    --------
    >>> quarter_of(0), quarter_of(130), quarter_of(260)
    ((1, 1), (1, 3), (2, 1))
    """
    quarter = day // DAYS_PER_QUARTER
    return quarter // QUARTERS + 1, quarter % QUARTERS + 1


def quarter_name(day: int, fiscal_year_start: int) -> str:
    """Quarter of a working day since the start of the run, in words.

    Examples
    --------
    >>> quarter_name(130, 1), quarter_name(130, 4)
    ('Q3 of year 1 (Jul–Sep)', 'Q3 of year 1 (Oct–Dec)')
    """
    year, quarter = quarter_of(day)
    return f"Q{quarter} of year {year} ({quarter_months(quarter, fiscal_year_start)})"
