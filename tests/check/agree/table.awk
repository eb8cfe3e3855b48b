# table - the rows of docs/CHECK_WAYS.md
# usage: awk -f table.awk OLD/results NEW/results
#
# OLD is of a command of before, NEW of the one of today.

FNR == 1 { files++ }
!($3 in known) { known[$3]; order[++ways] = $3 }
$5 == "unsafe" && $6 ~ /^(window-|ram-not-copied)/ {
    if (files == 1) {
        if ($7 == "proved" && $3 == $4 && !($3 in hole)) hole[$3] = $1
    } else {
        said[$3, $7]++
    }
}
$5 == "safe" && files == 2 {
    safe[$3]++
    bare[$3] += $7 == "proved"
    noted[$3] += $8 == "proved"
}
function some(way, verdict) {
    return said[way, verdict] ? said[way, verdict] " " verdict : ""
}
END {
    for (i = 1; i <= ways; i++) {
        way = order[i]
        text = some(way, "violated")
        more = some(way, "unknown")
        text = text (text && more ? ", " : "") more
        more = some(way, "proved")
        if (more) text = text (text ? ", " : "") "**" more "**"
        printf "| `%s` | %s | %s | %d, %d of %d |\n", way, \
            way in hole ? hole[way] : "", text, bare[way], noted[way], safe[way]
    }
}
