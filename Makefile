# What can be done with this repository. `make` lists it.

RUN ?= .
XR  ?= examples/quickstart.yaml

GOLANGCI_LINT = go run -modfile=$(CURDIR)/tools/lint/go.mod github.com/golangci/golangci-lint/v2/cmd/golangci-lint
GOVULNCHECK   = go run golang.org/x/vuln/cmd/govulncheck@v1.1.4
E2E_IMAGES    = --with-mattermost=11.1.0,9.10.0
# Installations alone need no more than the demo, and are to be tried quickly.
E2E_FURTHER   = $(if $(filter TestInstall,$(RUN)),,--with-images=mattermost-dbtool --with-images=mariadb)
E2E_PACKAGES  = --with-packages=function-patch-and-transform,provider-sql
# Only where RUN has a test of theirs run: they take minutes to compile.
E2E_OPERATORS = $(shell printf '%s\n' TestClaimsCloudNativePG TestClaimsCloudNativePGBackup TestRestorePointInTime | grep -Eq '$(firstword $(subst /, ,$(RUN)))' && echo --with-operators=cloudnative-pg,barman-cloud)

.DEFAULT_GOAL := help
.PHONY: help demo down render test test-dbtool e2e bench lint mutate generate packages govulncheck

help: ## List the targets.
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: ## Bring up a real cluster with the quickstart installed, show both, leave them running. Needs root.
	cd test && go run ./cluster demo

down: ## Take the cluster down and remove whatever it made.
	cd test && go run ./cluster down

render: ## Show what the function answers for XR=examples/quickstart.yaml, without a cluster.
	@go run ./cmd/render $(XR)

# The function's SDK and Crossplane register the same protobuf messages, and the
# engine's tests have both in one binary.
test: ## Run the unit tests, and Crossplane's own reconciler stepped from Go.
	go test ./...
	cd test && GOLANG_PROTOBUF_REGISTRATION_CONFLICT=ignore go test ./cluster/... ./engine/... ./gitops/... ./bench/... ./discretion/...

test-dbtool: ## Run mattermost-dbtool with PostgreSQL servers and an S3 server that are started for it, and read statements at random. Needs Debian's PostgreSQL; npm for a later one.
	go test ./dbtool/postgres -run '^$$' -fuzz '^FuzzStatements$$' -fuzztime 1m
	cd test && go test ./dbtool/... -count=1 -timeout=60m

# Tests that run in parallel wait more than they compute.
e2e: ## Run the end-to-end tests that match RUN=<regexp> on a cluster that is up, or bring one up. Needs root.
	cd test && go run ./cluster up $(E2E_IMAGES) $(E2E_FURTHER) $(E2E_PACKAGES) $(E2E_OPERATORS)
	cd test && go test ./e2e/... -run '$(RUN)' -count=1 -timeout=120m -parallel=16 -v

bench: ## Measure, on a cluster that is up, or bring one up; fails when a limit is missed. Needs root.
	cd test && go run ./cluster up $(E2E_IMAGES) --with-images=mattermost-dbtool
	cd test && go run ./bench

lint: ## Run golangci-lint over both modules.
	$(GOLANGCI_LINT) run ./...
	cd test && $(GOLANGCI_LINT) run --config=$(CURDIR)/.golangci.yml ./...

mutate: ## Change the code of PACKAGE=<folder> in small ways, and fail when its tests notice too few. Takes minutes.
	go run ./tools/mutate $(PACKAGE)

generate: ## Regenerate what is generated from the Go types.
	go generate ./apis

packages: ## Build the packages for amd64 and arm64 in _output/packages.
	go run ./package/build

govulncheck: ## Look for known vulnerabilities. Needs the internet.
	$(GOVULNCHECK) ./...
