#!/usr/bin/env bash
# command: optimised (the sanitizers make this five times longer)
# A sample of the campaigns of docs/CAMPAIGN.md; scripts/deep has the whole.
set -u
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"

XIPSAFE=$xipsafe FIRMWARE=$firmware scripts/campaigns --sample \
    >"$scratch/out" 2>"$scratch/err" || fail "scripts/campaigns: exit $?"
grep '^again with' "$scratch/err" # for scripts/run-test
grep -v '^again with' "$scratch/err" && fail "scripts/campaigns complains"
# name, operations, points, cuts, second cuts, resumed, bad, what starts
awk -F ' *[|] *' -v all="${XIPSAFE_DEEP:+1}" 'NR > 2 {
        n++
        if ($5 < 2 || $8 != 0 || ($2 ~ /begun again/ && $6 < 50)) bad = 1
    } END { exit bad || n != (all ? 12 : 1) }' "$scratch/out" ||
    fail "not the campaigns, with cuts, or bad ones"
# Where the cuts of a campaign end, for those that were run.
while read -r name regex; do
    ! grep -q "| $name" "$scratch/out" || printed_like "| $name.*$regex"
done <<'END'
revert v1
trial v2 [0-9]* [|]$
confirm v2 [0-9]* [|]$
compaction.*program v1 .*v2
serial.*asked recovery_request
END
finish
