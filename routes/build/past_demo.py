"""Prints the visits of a plan as rows of past visits, labelled as invented.

Attendance is the expected number, rounded so that each visit's total is right to one woman.
"""

import csv
import json
import sys


def main(path):
    with open(path, encoding="utf-8") as file:
        plan = json.load(file)
    out = csv.writer(sys.stdout, lineterminator="\n")
    for visit in plan["visits"]:
        for service in visit["services"]:
            expected = 0.0
            attended = 0
            for line in service["invitations"]:
                expected += line["expected"]
                came = round(expected) - attended
                attended += came
                out.writerow([visit["id"], visit["date"], visit["vehicle"], visit["site"], service["service"],
                              line["commune"], line["people"], came, "inventé"])


if __name__ == "__main__":
    main(sys.argv[1])
