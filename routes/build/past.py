"""past-2025.csv: the truck's eight stops of 2025, so that a weekly plan has a memory."""
from common import REGION, apportion, write_csv

COLUMNS = "visit,date,vehicle,site,service,commune,invited,attended,label"
VEHICLE, SERVICE, DEPARTEMENT = "nord-sante-truck", "mammography", "59"

# Published: the communes and their order, the day and the 31 women of Fourmies, 171 women in
# the first five, nearly 300 in all. Invented: every other date, the split between stops.
STOPS = [("fourmies", "2025-11-05", 31), ("sin-le-noble", "2025-11-13", 33),
         ("watten", "2025-11-18", 34), ("caudry", "2025-11-25", 37), ("anzin", "2025-11-28", 36),
         ("hazebrouck", "2025-12-04", 42), ("croix", "2025-12-10", 41),
         ("onnaing", "2025-12-16", 43)]

INVITATIONS_PER_APPOINTMENT = 4
PARTICIPATION = 0.465  # France, of women 50-74
MAX_INVITED_SHARE = 0.25  # of a commune's due women, at one stop
OWN_SHARE = 0.6  # of a stop's invitations, for the commune where it stands
OTHER_COMMUNES = 6  # the nearest ones where a stop may invite at least SMALLEST_CAP women
SMALLEST_CAP = 20
MAX_ACCESS, MIN_ACCESS, HALF_DISTANCE = 30, 5, 15  # minutes


def pull(minutes):
    return 2 ** (-max(minutes, MIN_ACCESS) / HALF_DISTANCE)


def invitations(home, total, access, communes):
    """Women to invite by commune: most at home, the rest from the nearest communes."""
    cap = {c: int(MAX_INVITED_SHARE * (1 - PARTICIPATION) * communes.by_code[c]["women_50_74"])
           for c in access}
    invited = {home: min(round(OWN_SHARE * total), cap[home])}
    others = sorted((c for c in access if c != home and cap[c] >= SMALLEST_CAP),
                    key=lambda c: (access[c], c))[:OTHER_COMMUNES]
    rest = apportion(total - invited[home], {c: cap[c] * pull(access[c]) for c in others})
    over = [c for c in others if rest[c] > cap[c]]
    if over:
        raise SystemExit(f"past-2025: more women invited than a quarter of the due of {over}")
    invited.update((c, n) for c, n in rest.items() if n)
    return invited


def label(site):
    if site == "fourmies":
        return "publié : date et 31 rendez-vous le premier jour ; inventé : invitées et répartition"
    return "publié : la commune ; inventé : date et nombres"


def build(communes, sites, roads):
    commune_of = {s["id"]: s["commune"] for s in sites}
    rows = []
    for site, day, attended in STOPS:
        home = commune_of[site]
        near = roads.minutes_from([home], MAX_ACCESS)
        access = {c: m for c, m in sorted(near.items())
                  if communes.by_code[c]["departement"] == DEPARTEMENT}
        invited = invitations(home, INVITATIONS_PER_APPOINTMENT * attended, access, communes)
        came = apportion(attended, {c: n * pull(access[c]) for c, n in invited.items()})
        rows += [(f"{site}-{day}", day, VEHICLE, site, SERVICE, c, invited[c], came[c],
                  label(site)) for c in sorted(invited)]
    rows.sort(key=lambda r: (r[1], r[5]))
    write_csv(REGION / "past-2025.csv", COLUMNS, rows)
