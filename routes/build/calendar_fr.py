"""france/calendar.csv: public holidays by rule, school holidays of zone B as published."""
from datetime import date, timedelta

from common import FRANCE, write_csv

YEARS = range(2025, 2030)
LABOUR_CODE = "Code du travail, art. L3133-1"
FIXED = [(1, 1, "1er janvier"), (5, 1, "1er mai"), (5, 8, "8 mai"), (7, 14, "14 juillet"),
         (8, 15, "Assomption"), (11, 1, "Toussaint"), (11, 11, "11 novembre"),
         (12, 25, "Jour de Noël")]
AFTER_EASTER = [(1, "Lundi de Pâques"), (39, "Ascension"), (50, "Lundi de Pentecôte")]

# Days without school, first and last, inclusive; Amiens and Lille are in zone B.
SCHOOL = {
    "2025-2026": [
        ("2025-10-18", "2025-11-02", "Vacances de la Toussaint"),
        ("2025-12-20", "2026-01-04", "Vacances de Noël"),
        ("2026-02-14", "2026-03-01", "Vacances d'hiver"),
        ("2026-04-11", "2026-04-26", "Vacances de printemps"),
        ("2026-05-15", "2026-05-16", "Pont de l'Ascension"),
        ("2026-07-04", "2026-08-31", "Vacances d'été"),
    ],
    "2026-2027": [
        ("2026-10-17", "2026-11-01", "Vacances de la Toussaint"),
        ("2026-12-19", "2027-01-03", "Vacances de Noël"),
        ("2027-02-20", "2027-03-07", "Vacances d'hiver"),
        ("2027-04-17", "2027-05-02", "Vacances de printemps"),
        ("2027-05-07", "2027-05-08", "Pont de l'Ascension"),
        ("2027-07-03", "2027-08-31", "Vacances d'été"),
    ],
}
SCHOOL_KNOWN = ("2025-09-01", "2027-08-31")


def easter(year):
    """Easter Sunday, Gregorian (Meeus, Jones, Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    f = (b + 8) // 25
    g = (b - f + 1) // 3
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return date(year, month, day + 1)


def public_holidays(year):
    days = [(date(year, month, day), name) for month, day, name in FIXED]
    return days + [(easter(year) + timedelta(days=n), name) for n, name in AFTER_EASTER]


def build():
    rows = [(f"{YEARS[0]}-01-01", f"{YEARS[-1]}-12-31", "valid",
             "Jours fériés connus", LABOUR_CODE),
            (*SCHOOL_KNOWN, "valid-school", "Vacances scolaires de la zone B connues",
             "Ministère de l'Éducation nationale, calendriers scolaires publiés")]
    for year in YEARS:
        rows += [(day.isoformat(), day.isoformat(), "public-holiday", name, LABOUR_CODE)
                 for day, name in public_holidays(year)]
    for year, holidays in SCHOOL.items():
        source = f"Ministère de l'Éducation nationale, calendrier scolaire {year}, zone B"
        rows += [(a, b, "school-holiday-b", name, source) for a, b, name in holidays]
    rows.sort(key=lambda r: (not r[2].startswith("valid"), r))
    write_csv(FRANCE / "calendar.csv", "date_from,date_to,kind,name,source", rows)
