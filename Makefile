# `make` alone lists the targets. Whatever a target needs, it sets up by itself in .venv.
# Plain enough for GNU make 3.81 (macOS) and 4.x.

BIN := .venv/bin
READY := .venv/ready
PYTHONS := python3 python3.13 python3.12 python3.11
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help lab update test test-long lint format pythons build sync site tab class bench lock clean

help: ## list these targets
	@echo "Backprop by Hand. The first run of a target makes the Python environment .venv; later runs reuse it."
	@echo
	@sed -n 's/^\([a-z-]*\):.*[#][#] \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "  make %-9s %s\n", $$1, $$2 }'
	@echo
	@echo "PYTHON=/path/to/python3.12 chooses the interpreter of a new .venv; ARGS=... goes to the command that is run."

lab: $(READY) ## copy what is missing of the lessons to work/ and open JupyterLab there (LAB_ARGS="--folder PLACE --no-browser")
	@$(BIN)/backprop lab $(LAB_ARGS)

update: $(READY) ## bring the lessons in work/ to this release; what you wrote stays (ARGS=--check: only say what would change)
	@$(BIN)/backprop update $(ARGS)

# Two at a time: files of tests side by side, so that a notebook or a class is made once for the tests that share it.
test: lint ## run all tests (ARGS="-m 'not browser'": without those that need a browser)
	@echo "Running the tests, two files at a time."
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

test-long: $(READY) ## run in full what `make test` tries in samples: hours (ARGS="outputs moments": some steps only)
	@.ci/long $(ARGS)

lint: $(READY) ## look over the code: rules and layout as pyproject.toml has them, types, layout of the JavaScript
	@echo "Looking over the code."
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo "make format lays these files out." >&2; exit 1; }
	@.ci/layout || { echo "make format lays these files out." >&2; exit 1; }
	@.ci/types

format: $(READY) ## lay the code out as `make lint` wants it
	@$(BIN)/ruff check --quiet --fix-only --select I .
	@$(BIN)/ruff format --quiet .
	@.ci/layout --write

# Each in an environment of its own below .venvs/; PYTHONS="3.12 3.13" names the versions.
pythons: ## run the tests that need no browser on each Python that is found, 3.11 and newer
	@.ci/pythons $(ARGS)

build: $(READY) ## build source/ and release/ from course/lessons/
	@$(BIN)/backprop build $(ARGS)

sync: $(READY) ## bring edits made in source/ back into course/lessons/
	@$(BIN)/backprop sync $(ARGS)

# Runs the releases, so the first time takes minutes; what ran is kept. Sphinx lives in .venv-site.
site: $(READY) ## build the static site in site/_build: pages to read, notebooks in a browser tab (ARGS="--lessons 1 4")
	@$(BIN)/python site/build.py pages $(ARGS)
	@$(MAKE) --no-print-directory tab ARGS=

class: $(READY) ## rehearse a whole class beside this folder, from release to export
	@$(BIN)/backprop class $(ARGS)

# In an environment of its own: its packages would break JupyterLab. Registries are asked once.
tab: $(READY) ## build the course in a browser tab in site/_build/lab (ARGS="--wheels FOLDER": wheels of Pyodide)
	@if ! cmp -s site/lab/requirements.lock .venv-site/tab; then \
	    echo "Setting up .venv-site."; \
	    { [ -x .venv-site/bin/python ] || $(BIN)/python -m venv .venv-site; } \
	    && .venv-site/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r site/lab/requirements.lock \
	    && cp site/lab/requirements.lock .venv-site/tab || exit 1; \
	fi
	@.venv-site/bin/python site/lab/build.py $(ARGS)

bench: $(READY) ## run the benchmarks one after the other
	@for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python "$$script" || exit 1; done

# Made with the oldest supported Python, for its first release: what is pinned for it exists for newer ones too.
lock: ## resolve all dependencies afresh and pin them in requirements.lock (needs Python 3.11)
	@set -e; work=$$(mktemp -d); trap 'rm -rf "$$work"' EXIT; \
	echo "Resolving the dependencies of pyproject.toml."; \
	"$(or $(PYTHON),python3.11)" -m venv "$$work/venv"; \
	"$$work/venv/bin/python" -m pip install --quiet --dry-run --ignore-installed --report "$$work/report.json" \
	    --python-version 3.11.0 --only-binary :all: --target "$$work/none" '.[test]'; \
	{ echo "# Every package of the environment, used as constraints. Made by 'make lock'."; \
	  "$$work/venv/bin/python" -c 'import json, re, sys; \
	    found = [item["metadata"] for item in json.load(open(sys.argv[1]))["install"]]; \
	    pins = {re.sub("[-_.]+", "-", p["name"]).lower(): p["version"] for p in found}; \
	    pins.pop("backprop-by-hand"); \
	    print("\n".join(f"{name}=={version}" for name, version in sorted(pins.items())))' "$$work/report.json"; \
	} > "$$work/requirements.lock"; \
	cp "$$work/requirements.lock" requirements.lock; \
	echo "requirements.lock: $$(grep -c == requirements.lock) packages."

clean: ## remove .venv, .venvs, .venv-site, the built site and caches; lessons, notebooks and anything graded stay
	@rm -rf .venv .venvs .venv-site site/_build site/.cache site/lab/.cache build dist *.egg-info \
	    .pytest_cache .hypothesis
	@find . -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +
	@echo "Removed .venv, .venvs and caches."

# The stamp is written last and holds the folder's name: an environment that is half made, moved, copied, or whose
# interpreter has gone, is made again from nothing.
SOUND := [ -x $(BIN)/python ] && [ "$$(cat $(READY) 2>/dev/null)" = "$$(pwd -P)" ]
ifneq ($(shell $(SOUND) && echo yes),yes)
.PHONY: $(READY)
endif

$(READY): pyproject.toml requirements.lock
	@if $(SOUND); then \
	    echo "pyproject.toml or requirements.lock has changed: updating .venv."; fresh=; \
	else \
	    rm -rf .venv; fresh=yes; best=; newest=0; seen=; bare=; \
	    for python in $(if $(PYTHON),"$(PYTHON)",$(PYTHONS)); do \
	        version=$$("$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null) || continue; \
	        seen="$$seen $$python (Python $$version)"; \
	        case "$$version" in 3.1[1-9]|3.[2-9][0-9]) ;; *) continue ;; esac; \
	        "$$python" -c 'import ensurepip, venv' 2>/dev/null || { bare="$$bare $$python"; continue; }; \
	        minor=$${version#3.}; \
	        if [ "$$minor" -gt "$$newest" ]; then best=$$python; newest=$$minor; fi; \
	    done; \
	    if [ -z "$$best" ]; then \
	        if [ -n "$$bare" ]; then \
	            echo "Python's venv module is missing from:$$bare. Install it (Debian, Ubuntu: apt install python3-venv)" >&2; \
	        else \
	            echo "Backprop by Hand needs Python 3.11 or newer. Found:$${seen:- none}. Install one (python.org, your" >&2; \
	            echo "package manager, or conda with environment.yml), or name one: make lab PYTHON=/path/to/python3.12" >&2; \
	        fi; \
	        echo "and run the same command again. Nothing was set up." >&2; exit 1; \
	    fi; \
	    echo "Setting up: $$best (Python 3.$$newest) makes .venv. Once only; a minute or two, about 200 MB to download."; \
	    "$$best" -m venv .venv || { rm -rf .venv; echo "$$best could not make .venv. Nothing was set up." >&2; exit 1; }; \
	fi; \
	if ! $(BIN)/python -m pip install --quiet --disable-pip-version-check -c requirements.lock -e '.[test]'; then \
	    if [ -n "$$fresh" ]; then rm -rf .venv; fi; \
	    echo >&2; \
	    echo "The packages could not be installed; pip's reason stands above. Connection errors, or 'from versions: none', say" >&2; \
	    echo "that no Python package index answers: go online for the set-up, or set HTTPS_PROXY or" >&2; \
	    echo "PIP_INDEX_URL to your proxy or mirror. Another reason: try another interpreter, make lab PYTHON=/path/to/python3." >&2; \
	    echo "Then run the same command again." >&2; exit 1; \
	fi; \
	pwd -P > $(READY); echo "Set up."
