# man.awk - a manual page (man 7) from a command's help text
#
# usage: awk -v name="xipsafe sim" -v version=0.1.0 -f scripts/man.awk sim.txt
#
# The form of a help text: "Usage: ..." in the first lines, a paragraph that
# says what the command does, then sections. A section begins with its title
# and a colon in a line of its own, or with "Exit:". Entries are indented by
# two blanks and end in a column of text that begins behind two blanks; lines
# below it continue it. Examples stay as they are.

function text(line) {
    gsub(/\\/, "\\e", line)
    gsub(/-/, "\\-", line)
    if (line ~ /^[.']/) line = "\\\&" line
    return line
}

function section(title) {
    if (literal) print ".fi"
    literal = 0
    print ".SH " title
}

# The sentence about a command is the page's one line, up to its first stop.
function summary(sentence) {
    sub(/[.,:;].*/, "", sentence)
    return tolower(substr(sentence, 1, 1)) substr(sentence, 2)
}

NR == 1 {
    page = name
    gsub(/ /, "-", page)
    printf ".TH \"%s\" 1 \"\" \"xipsafe %s\" \"xipsafe\"\n", toupper(page), version
    usage = substr($0, 8)
    next
}

state == "" && /^ +xipsafe / {
    sub(/^ +/, "")
    usage = usage "\n.br\n" $0
    next
}

state == "" && /^[ ]/ { usage = usage $0; next }

state == "" {
    section("NAME")
    print text(page) " \\- " text(summary($0))
    section("SYNOPSIS")
    print text(usage)
    section("DESCRIPTION")
    print text($0)
    state = "text"
    next
}

/^$/ { blank = 1; next }

/^Exit: / {
    section("EXIT STATUS")
    print text(substr($0, 7))
    blank = 0
    next
}

/^[A-Z][^.]*:$/ {
    title = substr($0, 1, length($0) - 1)
    section(toupper(title == "Example" ? "Examples" : title))
    literal = title == "Example"
    if (literal) print ".nf"
    blank = 0
    next
}

literal { print text($0); next }

/^ /  {
    line = $0
    indent = match(line, /[^ ]/) - 1
    line = substr(line, indent + 1)
    at = match(line, /   *[^ ]/)
    if (indent <= 6 && at) {
        print ".TP"
        print ".B " text(substr(line, 1, at - 1))
        print text(substr(line, at + RLENGTH - 1))
    } else if (indent <= 6) {
        print ".TP" # what it does follows in lines of their own
        print ".B " text(line)
    } else print text(line)
    blank = 0
    next
}

{
    if (blank) print ".PP"
    blank = 0
    print text($0)
}
