# Told Once. `make help` lists what there is.

SHELL := /bin/bash
PORT ?= 8080
DATA ?= toldonce-demo
# Homebrew keeps libpq, whose pg_config the build asks, out of PATH.
export PATH := $(PATH):$(HOME)/.cargo/bin:/opt/homebrew/opt/libpq/bin:/usr/local/opt/libpq/bin

.PHONY: help demo test lint deps sbom openapi bench screens needs
.DEFAULT_GOAL := help

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: needs ## Run the service with invented people on http://127.0.0.1:8080 (PORT, DATA)
	cargo build --locked --release
	./target/release/toldonce demo --port $(PORT) --data $(DATA)

test: needs ## Run every test
	cargo test --locked --workspace

lint: ## Check format and lints
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets --quiet -- -D warnings
	cargo clippy --locked --no-default-features --quiet -- -D warnings

deps: ## Check what comes in with dependencies: licences, sources, those that nothing uses
	@scripts/tool cargo-machete 0.9.2
	@scripts/tool cargo-deny 0.20.2
	cargo machete
	cargo deny --workspace check bans licenses sources

sbom: ## Write the bill of materials to toldonce.spdx.json
	@scripts/tool cargo-sbom 0.10.0
	cargo sbom > toldonce.spdx.json

openapi: needs ## Write openapi/openapi.json anew from the routes
	mkdir -p openapi
	cargo run --locked --quiet -- openapi > openapi/openapi.json.new
	mv openapi/openapi.json.new openapi/openapi.json

bench: needs ## Measure against plain SQL on this machine
	bench/run

screens: needs ## Picture printed agendas and minutes under docs/screens, held to axe-core
	cargo build --locked
	scripts/screens

needs: ## Find PostgreSQL 15 or newer and libpq, or install them
	@scripts/needs
