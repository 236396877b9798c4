#!/bin/sh
# Makes hauts-de-france/past-demo.csv: the truck's eight stops of 2025 and eight invented weeks, W41 to W48
# of 2026, each planned by tournee itself after the weeks before it. Whoever is expected is taken
# to have come. Run from the root of the project, after `cargo build --release`.
set -eu

region=routes/hauts-de-france
tournee=${TOURNEE:-target/release/tournee}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$region/past-2025.csv" "$work/past.csv"

for week in 41 42 43 44 45 46 47 48; do
    "$tournee" plan config/nord.toml --week "2026-W$week" --no-past --past "$work/past.csv" \
        --gap 0.002 --node-limit 200 --seed 0 --out "$work/W$week" >"$work/W$week.txt"
    python3 routes/build/past_demo.py "$work/W$week/plan.json" >>"$work/past.csv"
done
mv "$work/past.csv" "$region/past-demo.csv"
