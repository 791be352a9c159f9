# vpcpath: `make build` makes bin/vpcpath, `make test` runs every check.
GO         ?= go
STATICCHECK = $(GO) tool -modfile=tools/go.mod staticcheck
FUZZTIME   ?= 10m

.PHONY: build test unit lint bench demo fuzz lab live clean

build: ## bin/vpcpath
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags="-s -w" -o bin/vpcpath ./cmd/vpcpath

test: lint unit ## everything that must hold

unit:
	$(GO) test ./...

lint: ## gofmt, go vet and staticcheck
	@out=$$(gofmt -l cmd internal lab); if [ -n "$$out" ]; then echo "not gofmt-clean:"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
	$(STATICCHECK) ./...
	cd lab && GOOS=linux $(GO) vet ./... && GOOS=linux $(GO) tool -modfile=../tools/go.mod staticcheck ./...

bench: ## the figures of docs/performance.md
	$(GO) test -run '^$$' -bench . -benchmem ./...

demo: build ## explain a path of an example that ships with the program
	bin/vpcpath example openvpn | bin/vpcpath explain - --from app-1 --to app-2 --port tcp/5432

fuzz: ## the loader against random input
	$(GO) test -run '^$$' -fuzz FuzzLoad -fuzztime $(FUZZTIME) ./internal/load

lab: ## real packets through a Linux kernel, compared with the analyzer; LAB_MINUTES=30 for a long run
	lab/run.sh

live: ## bin/vpcpath-aws, and its tests against recorded accounts on loopback
	cd live && $(GO) build -o ../bin/vpcpath-aws ./cmd/vpcpath-aws
	live/test.sh

clean:
	rm -rf bin
