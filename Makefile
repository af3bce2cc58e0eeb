# The commands of this repository. `make help` lists them; CMakePresets.json says how each is built.
#
#   ARGS=...    appended to the demo's command line:  make run ARGS="--pods 5000"
#   FILES=...   the sources that `make tidy` looks at, all if left out
#   JOBS=N      compilers and tests at a time; the number of processors if left out
JOBS ?= $(shell nproc)
ARGS ?=
FILES ?=
FUZZ_SECONDS ?= 60
# Where threads meet; the thread sanitizer has nothing to see elsewhere.
THREADED = http log metrics poll access web demo
THREADED_TESTS = $(foreach room,$(THREADED),$(if $(wildcard tests/$(room)/*_test.cc),test_$(room)))
SOURCES = git ls-files -co --exclude-standard 'exporter/*.cc' 'exporter/*.h' 'tests/*.cc' 'tests/*.h'

.DEFAULT_GOAL := help
.PHONY: help run build test asan tsan tidy format format-check chart fuzz bench bench-reading docs preview reference pictures golden image packages clean
.NOTPARALLEL:

# $(call need,sections): asks apt for the packages of these sections that are not installed, and
# leaves apt alone when there are none.
define need
@missing=$$(awk -v want=' $(1) ' \
    '/^# [a-z]+:/ { name = $$2; sub(":", "", name); on = index(want, " " name " ") } \
     !/^#/ && NF && on { print $$1 }' packages.txt | while read -r package; do \
  dpkg-query -W -f '$${Status}' "$$package" 2>/dev/null | grep -q '^install ok installed$$' \
    || echo "$$package"; done); \
if [ -n "$$missing" ]; then \
  echo "installing:" $$missing; \
  command -v apt-get >/dev/null || { echo "this is not Debian; install them by hand" >&2; exit 1; }; \
  as_root=; \
  [ "$$(id -u)" = 0 ] || as_root=sudo; \
  [ -z "$$as_root" ] || command -v sudo >/dev/null || \
    { echo "neither root nor sudo; ask root for: apt-get install" $$missing >&2; exit 1; }; \
  $$as_root apt-get update -qq && \
  $$as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends $$missing </dev/null; \
fi
endef

# $(call compile,preset[,targets]): the build directory is build/<preset>.
define compile
cmake --preset $(1) --log-level=WARNING
cmake --build --preset $(1) -j $(JOBS)$(if $(2), --target $(2))
endef

# $(call check,preset[,which]): the tests of that build.
check = ctest --preset $(1) -j $(JOBS) $(2)

help: ## This list.
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: build ## Build the optimised binary and run the demo: a made-up cluster, no OpenCost needed.
	build/opencost-exporter demo $(ARGS)

build: ## Build the optimised binary, build/opencost-exporter.
	$(call need,build)
	$(call compile,release)
	install -m 755 build/release/exporter/opencost-exporter build/opencost-exporter

test: ## Build with assertions and run every test.
	$(call need,build test)
	$(call compile,dev)
	$(call check,dev)

asan: ## Run the tests that run our code under the address and undefined-behaviour sanitizers.
	$(call need,build test checks)
	$(call compile,asan)
	$(call check,asan,-LE '^(lint|alerts)$$')

tsan: ## Run the tests of what has threads under the thread sanitizer.
	$(call need,build test checks)
	$(call compile,tsan,opencost-exporter $(THREADED_TESTS))
	$(call check,tsan,-R '^($(subst $() ,|,$(THREADED))|component)/' -LE alerts)

tidy: ## Run clang-tidy over every source, or over FILES.
	$(call need,build test checks)
	cmake --preset tidy --log-level=WARNING
	sed -n 's/^ *"file": "\(.*\)",\{0,1\}$$/\1/p' build/tidy/compile_commands.json | sort -u \
	  $(if $(FILES),| grep -F $(addprefix -e /,$(FILES))) \
	  | xargs -P $(JOBS) -n 1 clang-tidy-14 --quiet -p build/tidy

format: ## Lay out every source as .clang-format says.
	$(call need,checks)
	$(SOURCES) | xargs clang-format-14 -i

format-check: ## Say which sources `make format` would change.
	$(call need,checks)
	$(SOURCES) | xargs clang-format-14 --dry-run -Werror

chart: ## Test the Helm chart with Helm 4 and Helm 3; needs node and npm.
	tests/chart/run

fuzz: ## Run the fuzz targets, FUZZ_SECONDS each.
	$(call need,build test checks)
	tests/fuzz/run $(FUZZ_SECONDS)

bench: ## Run the benchmarks; QUICK=1 for a rough look.
	$(call need,build test checks)
	$(call compile,bench)
	tests/bench/run $(if $(QUICK),--quick)

bench-reading: ## What cost questions cost Prometheus: gauges beside joins; QUICK=1 for a rough look.
	$(call need,test)
	tests/bench/reader/run $(if $(QUICK),--quick)

docs: ## Write the generated pages of docs/, the runbooks' facts and the dashboards again.
	$(call need,build test)
	$(call compile,dev,opencost-exporter)
	build/dev/exporter/opencost-exporter print-docs --output docs
	alerts/generate-docs
	dashboards/generate

preview: ## Check the dashboards against Grafana's own types, and the viewer that draws them.
	$(call need,pictures)
	npm ci --prefix dashboards/preview --no-audit --no-fund --silent
	npm run --prefix dashboards/preview --silent schema
	npm test --prefix dashboards/preview --silent

reference: ## Lint docs/openapi.json, and look at the page that shows it with a browser; needs node and npm.
	$(call need,pictures)
	tests/reference/run

PICTURES ?= docs/pictures
pictures: build ## Draw every dashboard on the demo's data, into docs/pictures or PICTURES.
	$(call need,test pictures)
	[ -d dashboards/preview/node_modules ] || npm ci --prefix dashboards/preview --no-audit --no-fund --silent
	EXPORTER_BINARY=build/opencost-exporter dashboards/draw $(PICTURES)

golden: ## Write the golden pages of tests/golden again; look at the difference before you commit it.
	$(call need,build test)
	$(call compile,dev)
	tests/golden/update

# Which commit it is from, and when that was; the same commit gives the same image.
VERSION = $(shell sed -n 's/^project.* VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
IMAGE ?= opencost-exporter
CONTAINER ?= docker
IMAGE_FLAGS ?=
image: ## Build the container image IMAGE with CONTAINER: docker, podman or buildah.
	BUILDAH_FORMAT=docker $(CONTAINER) build -t $(IMAGE):$(VERSION) --build-arg VERSION=$(VERSION) \
	  --build-arg REVISION=$$(git describe --always --dirty --exclude='*' --abbrev=40) \
	  --build-arg CREATED=$$(git log -1 --format=%cI) \
	  --build-arg SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(IMAGE_FLAGS) .

packages: ## Install the Debian packages of every section of packages.txt.
	$(call need,build test checks pictures)

clean: ## Remove build/.
	rm -rf build
