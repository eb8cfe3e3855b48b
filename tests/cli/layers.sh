#!/usr/bin/env bash
# The check of layers sees each kind of wrong arrow, planted in a small tree.
set -eu
lint=$PWD/scripts/lint-layers
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
mkdir -p host/base host/low/deep host/high scripts objects/x.dir/host/low \
    objects/x.dir/host/high xipsafe/include xipsafe/port/one xipsafe/port/two

put() {
    printf '%s\n' "${@:2}" >"$1"
}
put host/base/cli.h 'int cli_fail(int status);'
put host/low/low.h '#include "base/cli.h"' 'int low_work(void);'
put host/low/low.c '#include "low/low.h"' 'int low_work(void) { return 0; }'
put host/low/deep/deep.c '#include "low/low.h"'
put host/high/high.h 'int high_work(void);'
put host/high/high.c '#include "high/high.h"' '#include "low/low.h"' \
    'int high_work(void) { return low_work(); }'
for file in low/low high/high; do
    cc -Ihost -c host/$file.c -o objects/x.dir/host/$file.c.o
done
put xipsafe/include/xip_flash.h ''
put xipsafe/port/one/xip_port_opcode.h '#include "xip_flash.h"'
put xipsafe/port/two/xip_port_opcode.h '#include "xip_flash.h"'
put good.txt 'host/base:' 'host/low: host/base' 'host/low/*: host/low' \
    'host/high: host/low' 'xipsafe/port/*: xipsafe/include' 'xipsafe/include:'
cp good.txt scripts/layers.txt

# accused TEXT: the check is red, in one line with TEXT; then all is as before.
accused() {
    if "$lint" . objects >out 2>&1; then
        complain "not seen: $1"
    elif [ "$(wc -l <out)" -ne 1 ] || ! grep -qF -- "$1" out; then
        complain "wanted one line with '$1', got: $(cat out)"
    fi
    cp good.txt scripts/layers.txt
}

"$lint" . objects >out 2>&1 || fail "the good tree is accused: $(cat out)"

for include in '#include "high/high.h"' '# include <high/high.h>' \
    '#include "../high/high.h"' '#include "./../low/../high/high.h"'; do
    sed -i "1i $include" host/low/low.c
    accused "host/low may not use host/high: host/low/low.c:1 (#include)"
    sed -i 1d host/low/low.c
done
# The library knows no board, not even by what is made of its board.txt.
put xipsafe/port/one/one.c '#include "layout.h"'
accused "xipsafe/port/one may not use boards: xipsafe/port/one/one.c:1"
rm xipsafe/port/one/one.c

# A symbol that no include shows.
put wild.c 'int high_work(void); int wild(void); int wild(void) {' \
    'return high_work(); }'
cc -c wild.c -o objects/x.dir/host/low/low.c.o
accused "host/low may not use host/high: host/low/low.c (high_work)"
rm objects/x.dir/host/low/low.c.o

sed -i 's/^host\/base:/host\/base: host\/high/' scripts/layers.txt
"$lint" . objects >out 2>&1 && complain "a circle in the table is not seen"
grep -q 'a circle by ' out || complain "no word of the circle: $(cat out)"
cp good.txt scripts/layers.txt

sed -i 's/^host\/high: host\/low/& host\/base/' scripts/layers.txt
accused "host/high does not use host/base: take the arrow out"
sed -i '/^host\/high/d' scripts/layers.txt
accused "no row for host/high, which uses host/low"
sed -i 's/^host\/low:/host\/low/' scripts/layers.txt
"$lint" . objects >out 2>&1 && complain "a row without a colon is taken"
finish
