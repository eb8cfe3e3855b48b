# The commands people type. The build itself is CMake (CMakePresets.json).

PREFIX ?= /usr/local
BOARD ?= stm32l476g-disco
# Progress on a terminal, only errors in a log.
NINJA_FLAGS ?= $(if $(MAKE_TERMOUT),,--quiet)

.PHONY: all host firmware asan bearssl tools demo test check lint size bench \
	bench-check deep fuzz fuzz-targets flash install clean

all: firmware

# The command: build/xipsafe.
host: tools
	@test -e build/host/build.ninja || cmake --preset host >/dev/null
	@cmake --build --preset host -- $(NINJA_FLAGS)

# boot, examples and test firmware: build/firmware/*.elf, .bin, .map, .img.
firmware: host bearssl
	@test -e build/cortex-m4/build.ninja || \
		cmake --preset cortex-m4 >/dev/null
	@cmake --build --preset cortex-m4 -- $(NINJA_FLAGS)

# The command and the tests under sanitizers: build/asan/xipsafe.
asan: tools
	@test -e build/asan/build.ninja || cmake --preset asan >/dev/null
	@cmake --build --preset asan -- $(NINJA_FLAGS)

bearssl: tools
	@scripts/fetch-bearssl

# Prints what is missing; never installs.
tools:
	@SETUP=$${SETUP:-no} scripts/setup build

# What scripts/demo needs, and no more.
DEMO_PROGRAMS = boot naive smp_update_v1_slot0 smp_update_v2_slot0 \
	smp_update_v2_slot1

demo:
	@scripts/setup build
	@$(MAKE) --no-print-directory SETUP=skip host bearssl
	@test -e build/cortex-m4/build.ninja || \
		cmake --preset cortex-m4 >/dev/null
	@cmake --build --preset cortex-m4 --target $(DEMO_PROGRAMS:%=%_outputs) \
		-- $(NINJA_FLAGS)
	@scripts/demo

# All tests, or T=NAME: the test of that name, or all whose names contain it.
# TESTS holds further arguments of ctest.
test check:
	@scripts/setup build test
	@$(MAKE) --no-print-directory SETUP=skip all asan
	@scripts/run-tests $(if $(T),--name '$(T)') $(TESTS)

lint:
	@scripts/setup build test lint
	@$(MAKE) --no-print-directory SETUP=skip all asan
	@scripts/lint

size: all
	@scripts/size

# Damaged input by the million: ten seconds for each target of tests/fuzz, or
# FUZZ="--seconds 600 smp".
fuzz: fuzz-targets
	@scripts/fuzz $(FUZZ)

fuzz-targets:
	@scripts/setup build test
	@test -e build/fuzz/build.ninja || cmake --preset fuzz >/dev/null
	@cmake --build --preset fuzz -- $(NINJA_FLAGS)

# Seeds by the thousand, whole chips, mutations. Long.
deep:
	@scripts/setup build test deep
	@$(MAKE) --no-print-directory SETUP=skip all asan fuzz-targets
	@scripts/deep

# On the simulator: build/bench/bench.md. Some minutes.
bench: all
	@scripts/bench
	@scripts/bench-boot | tee -a build/bench/bench.md
	@scripts/bench-cut
	@scripts/bench-sim
	@scripts/bench-core

# Time and memory of `xipsafe check`: build/bench/check.md. A minute.
bench-check: host
	@scripts/bench-check

# To a real board, through OpenOCD. Not tried on hardware yet.
flash: all
	@BOARD=$(BOARD) scripts/flash $(APP)

install: host
	cmake --install build/host --prefix "$(PREFIX)"

clean:
	rm -rf build
