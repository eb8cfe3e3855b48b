#!/usr/bin/env bash
# command: optimised
# Random programs in random states run here and under QEMU, whose cores nobody
# here wrote, with interrupts: registers, flags, FP registers and memory have to
# be the same. `make test` runs twelve thousand programs of twelve instructions
# on a Cortex-M4 and a third of that on each other core, XIPSAFE_BATCHES=850 ten
# million instructions on each. A batch that differs is run again to find its
# first program that does. XIPSAFE_CORES: only these.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
# shellcheck source=tests/sim/arch/qemu.bash
. "$tests/sim/arch/qemu.bash"
cd "$scratch" || exit 2

cores=${XIPSAFE_CORES:-cortex-m4 cortex-m7 cortex-m33 cortex-m0plus}
first=${XIPSAFE_SEED:-0}
echo "again with XIPSAFE_SEED=$first"

# run CORE BATCHES
run() {
    local core=$1 batches=$2
    both "$core" random.c "-DFIRST=$first" "-DBATCHES=$batches"
    [ "$(wc -l <here.txt)" -eq $((batches + 1)) ] ||
        fail "$core: $(wc -l <here.txt) lines of $batches batches"
    # A program that does nothing would be the same everywhere.
    [ "$(cut -d ' ' -f 2 here.txt | sort -u | wc -l)" -eq $((batches + 1)) ] ||
        fail "$core: batches are alike"
    diff here.txt qemu.txt | sed -n 's/^< \([0-9a-f]*\) .*/\1/p' >differ
    [ -s differ ] || return 0
    both "$core" random.c "-DFIRST=$((16#$(head -n 1 differ)))" -DBATCHES=1 \
        -DWHOLE
    diff here.txt qemu.txt | head -n 4
    : >out
    fail "$core: $(wc -l <differ) batches differ, the first at the program
above: its number and code in here.txt, then r0 to r12, APSR, 0, FPSCR, s0 to
s31, memory"
}

for core in $cores; do
    batches=${XIPSAFE_BATCHES:-4}
    [[ -n ${XIPSAFE_BATCHES-} || $core != cortex-m4 ]] || batches=12
    run "$core" "$batches"
    echo "$core: $((batches * 1000)) programs, $((batches * 12000)) instructions"
done
finish
