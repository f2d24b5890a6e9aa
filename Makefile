# Two commands matter: make run, make test.

GO ?= go
# One set of flags everywhere: other flags would mean another cold build of everything.
PURE := CGO_ENABLED=0
BUILD_PACKAGES := gcc libc6-dev ca-certificates pkg-config libgl-dev libx11-dev libxcursor-dev \
	libxrandr-dev libxinerama-dev libxi-dev libxxf86vm-dev libwayland-dev libxkbcommon-dev
WINDOW_PACKAGES := xvfb xauth libgl1-mesa-dri libegl1 xdotool imagemagick
TEST_PACKAGES := qrencode
FUZZTIME ?= 10s
SOURCES := app assets sync

# Of these tools go.mod knows nothing: they are built at the versions named here.
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.7.0
GOFUMPT := mvdan.cc/gofumpt@v0.9.2
DEADCODE := golang.org/x/tools/cmd/deadcode@v0.52.0

.PHONY: run test lint race window soak bench bench-app bench-ui fuzz fuzz-openers fmt build deps deps-window clean

# The demo hub and the app enrolled to it; without a display the same under Xvfb, with screenshots in out/.
run: build
	@if [ "$$(uname)" != Linux ] || [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ]; then \
		bin/postern demo --app bin/postern-gate; \
	else \
		echo "There is no display here: the app runs under Xvfb, screenshots go to out/."; \
		$(MAKE) --no-print-directory deps-window && mkdir -p out && \
		xvfb-run -a -s "-screen 0 1400x1400x24" bin/postern demo --app bin/postern-gate --tour out; \
	fi

build: deps
	$(PURE) $(GO) build -o bin/postern ./app/cmd/postern
	$(PURE) $(GO) build -o bin/postern-hub ./sync/cmd/postern-hub
	$(GO) build -o bin/postern-gate ./app

# Everything: lint, every test without a window, the openers fuzzed, then the real window.
test: deps
	@[ "$$(uname)" != Linux ] || .ci/apt $(TEST_PACKAGES)
	$(MAKE) --no-print-directory lint
	$(PURE) $(GO) test -tags ci ./...
	$(MAKE) --no-print-directory fuzz-openers
	$(MAKE) --no-print-directory window

# vet, staticcheck, gofumpt, and what no program reaches. It needs no C compiler and no display.
lint:
	$(PURE) $(GO) vet -tags ci ./...
	$(PURE) $(GO) run $(STATICCHECK) -tags ci ./...
	@unformatted=$$($(GO) run $(GOFUMPT) -l $(SOURCES)) && [ -z "$$unformatted" ] || { echo "make fmt would change: $$unformatted"; exit 1; }
	DEADCODE=$(DEADCODE) .ci/reached

# The real app in a real window; what it shows is in out/screens/.
window: deps-window build
	$(GO) vet ./app
	@mkdir -p out/screens
	POSTERN_BIN="$(CURDIR)/bin" POSTERN_SHOTS="$(CURDIR)/out/screens" $(PURE) $(GO) test -count=1 -run Window -v ./app/cmd/postern

# Everything but the window, under the race detector.
race: deps
	CGO_ENABLED=1 $(GO) test -race $$($(GO) list ./... | grep -v -e '^postern/app$$' -e '^postern/app/ui$$')

bench:
	$(PURE) $(GO) test -run '^$$' -bench . -benchmem $$($(PURE) $(GO) list -tags ci ./... | grep -v -e '^postern/app$$' -e '^postern/app/ui$$')

# The app's cold start and memory with a million passes, against an empty window.
bench-app: deps-window build
	POSTERN_BIN="$(CURDIR)/bin" $(PURE) $(GO) test -run '^$$' -bench ColdStart -benchtime 5x -timeout 20m ./app/cmd/postern

# What a guard feels: a verdict's way to the screen, the camera's picture, Fyne's thread.
bench-ui: deps-window build
	POSTERN_BIN="$(CURDIR)/bin" $(PURE) $(GO) test -run '^$$' -bench Screen -benchtime 1x -timeout 20m ./app/cmd/postern

# Some hours of people one after another before the camera of the real app.
soak: deps-window build
	POSTERN_BIN="$(CURDIR)/bin" POSTERN_SOAK=10000 $(PURE) $(GO) test -count=1 -run WindowSoak -v -timeout 4h ./app/cmd/postern

# Every fuzz target for FUZZTIME, one to a core.
fuzz:
	FUZZTIME=$(FUZZTIME) .ci/fuzz ./...

# What opens what others wrote: passes, policies, lists. It is part of the suite.
fuzz-openers:
	FUZZTIME=$(FUZZTIME) .ci/fuzz ./sync/pass ./sync/policy ./sync/status

fmt:
	$(GO) run $(GOFUMPT) -w $(SOURCES)

deps:
	@[ "$$(uname)" != Linux ] || .ci/apt $(BUILD_PACKAGES)

deps-window:
	@[ "$$(uname)" != Linux ] || .ci/apt $(WINDOW_PACKAGES)

clean:
	rm -rf bin out
