# Everything runs in the release profile, so that HiGHS is built once (7 to 9 minutes of one
# core) and serves the program, tests, benches, lints and documentation.

CARGO ?= cargo
OUT ?= out/demo
TARGET := $(or $(CARGO_TARGET_DIR),target)

.DEFAULT_GOAL := help
.PHONY: help demo test bench peers lint doc setup clean

help: ## say what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/    make \1\t\2/p' $(firstword $(MAKEFILE_LIST))

demo: setup ## plan the Nord truck's week 2026-W49 into out/demo (OUT=… for another folder)
	$(CARGO) build --release --locked
	"$(TARGET)/release/tournee" plan config/nord.toml --out "$(OUT)"
	@echo
	@echo "plan:      $(OUT)/plan.json"
	@echo "calendars: $(OUT)/calendars/"
	@echo "for a spreadsheet: $(OUT)/visits.csv, $(OUT)/invitations.csv, $(OUT)/territories.csv, $(OUT)/communes.csv"

test: setup ## run all tests, foreign calendar readers included
	scripts/install-test-tools.sh
	TOURNEE_REQUIRE_TOOLS=1 $(CARGO) test --release --locked

bench: setup ## measure; one case: cargo bench --bench plans -- nord
	$(CARGO) bench --locked --bench pieces
	$(CARGO) bench --locked --bench plans
	$(CARGO) bench --locked --bench growth

lint: setup doc ## format, clippy and documentation, without a warning
	$(CARGO) fmt --check
	$(CARGO) clippy --release --locked --all-targets -- -D warnings

doc: setup ## build the documentation of the library
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --release --locked --no-deps

peers: setup ## measure beside general routing engines, which it installs (40 minutes)
	benches/peers/install.sh
	$(CARGO) bench --locked --bench peers

setup: ## install what a build needs besides Rust (as root; otherwise say what)
	@scripts/setup.sh

clean: ## remove everything built or made
	$(CARGO) clean
	rm -rf out
