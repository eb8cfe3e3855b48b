#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# A sample of the campaigns of docs/CAMPAIGN.md; scripts/deep has the whole.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

XIPSAFE=$xipsafe FIRMWARE=$firmware scripts/campaigns --sample \
    >"$scratch/out" 2>"$scratch/err" || fail "scripts/campaigns: exit $?"
[ ! -s "$scratch/err" ] || fail "scripts/campaigns complains"
# name, operations, points, cuts, second cuts, resumed, bad, what starts
awk -F ' *[|] *' 'NR > 2 { n++; if ($5 < 2 || $8 != 0) bad = 1; second += $6
    } END { exit bad || n != 12 || second < 50 }' "$scratch/out" ||
    fail "not twelve campaigns with cuts, or bad ones"
for started in 'update ends.* v1 .* v2 ' 'three starts.* v1 ' \
    'first start.* v2 [0-9]* [|]$' 'application is content.* v2 [0-9]* [|]$' \
    'asked for.* recovery_request '; do
    printed_like "$started"
done
finish
