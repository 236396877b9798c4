// Prints the events of a calendar as npm ical.js reads them, one JSON object a line.
// ical.js knows no zone but those the file defines; without its VTIMEZONE a time is floating.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [file, tools] = process.argv.slice(2);
const found = createRequire(`${tools}/`).resolve("ical.js");
const ICAL = (await import(pathToFileURL(found))).default;
const calendar = new ICAL.Component(ICAL.parse(readFileSync(file, "utf8")));

function local(property) {
  const time = property.getFirstValue();
  if (time.zone === ICAL.Timezone.localTimezone) throw new Error("floating time");
  // Only the instant is taken over: the local hour shown is worked out by node.
  const instant = new Date(time.toUnixTime() * 1000);
  const options = { timeZone: "Europe/Paris", timeZoneName: "longOffset", hourCycle: "h23" };
  const digits = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
  const parts = new Intl.DateTimeFormat("en-GB", { ...options, ...digits }).formatToParts(instant);
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}${part.timeZoneName.slice(3)}`;
}

for (const event of calendar.getAllSubcomponents("vevent")) {
  const text = (name) => event.getFirstPropertyValue(name);
  console.log(
    JSON.stringify({
      summary: text("summary"),
      start: local(event.getFirstProperty("dtstart")),
      end: local(event.getFirstProperty("dtend")),
      uid: text("uid"),
      status: text("status"),
      location: text("location"),
    }),
  );
}
