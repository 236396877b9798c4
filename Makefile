# Everything runs in one profile, so that all is built once and serves the program, tests, benches, lints and
# documentation.

CARGO ?= cargo
OUT ?= out/demo
DIST ?= dist
TARGET := $(or $(CARGO_TARGET_DIR),target)
STEP := scripts/step.sh

.DEFAULT_GOAL := help
.PHONY: help demo test fuzz bench peers lint doc setup dist test-dist clean

help: ## say what there is to make
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/    make \1\t\2/p' $(firstword $(MAKEFILE_LIST))

demo: setup ## plan the Nord truck's week 2026-W49 into out/demo (OUT=… for another folder)
	@echo "Construction de tournee : quelques minutes la première fois ; la dernière ligne dit où elle en est." >&2
	@$(CARGO) build --release --locked
	"$(TARGET)/release/tournee" plan config/nord.toml --out "$(OUT)"

test: setup ## run all tests, foreign calendar readers included
	@$(STEP) "tools for tests" scripts/install-test-tools.sh
	@$(STEP) "build of tests" $(CARGO) test --release --locked --no-run
	@TOURNEE_REQUIRE_TOOLS=1 $(STEP) "tests" scripts/test.sh

fuzz: setup ## try 20,000 mutated inputs (10 minutes at most)
	FUZZ=0..20000 FUZZ_SECONDS=600 $(STEP) "mutated inputs" $(CARGO) test --release --locked --test command no_mutated_input -- --nocapture

bench: setup ## measure; one case: cargo bench --bench plans -- nord
	$(CARGO) bench --locked --bench pieces
	$(CARGO) bench --locked --bench plans
	$(CARGO) bench --locked --bench growth

lint: setup doc ## format, clippy and documentation, without a warning
	@$(STEP) "format" $(CARGO) fmt --check
	@$(STEP) "clippy" $(CARGO) clippy --release --locked --all-targets -- -D warnings

doc: setup ## build the documentation of the library
	@RUSTDOCFLAGS="-D warnings" $(STEP) "documentation" $(CARGO) doc --release --locked --no-deps

peers: setup ## measure beside general routing engines, which it installs (40 minutes)
	benches/peers/install.sh
	$(CARGO) bench --locked --bench peers

dist: setup ## make the packages (Debian, tarball, wheel, image) into dist/ (DIST=… for another folder)
	packaging/dist.sh "$(DIST)"

test-dist: setup ## make the packages twice, compare them, and try each in a clean root (as root, half an hour)
	packaging/test-dist.sh

setup: ## install what a build needs besides Rust (as root; otherwise say what)
	@$(STEP) "setup" scripts/setup.sh

clean: ## remove everything built or made
	$(CARGO) clean
	rm -rf out "$(DIST)" target/tools/highs target/tools/highs.*
