# shellcheck shell=bash
# one - builds and checks one case at one level; sourced by defects.sh
# usage: run_case FILE LEVEL COMPILER
#
# Prints "pass|fail|skip NAME LEVEL COMPILER defect|clean" for each twin, and
# below it, indented, why.

shopt -s extglob
harness=${0%/*}/defects/harness

# Functions leave their answers in variables: a subshell costs as much as a
# program.
# shellcheck source=tests/check/cpus.bash
. "${0%/*}/cpus.bash"

# holds CONDITION: as match.c understands it.
holds() {
    local word levels='' level_hit='' others='' other_hit=''
    for word in ${1//,/ }; do
        case $word in
        "!$level" | "!$compiler") return 1 ;;
        !*) ;;
        O*) levels=1; [ "$word" = "$level" ] && level_hit=1 ;;
        *) others=1; [ "$word" = "$compiler" ] && other_hit=1 ;;
        esac
    done
    [ -z "$levels$level_hit" ] || [ -n "$level_hit" ] || return 1
    [ -z "$others$other_hit" ] || [ -n "$other_hit" ]
}

# take LINE: into said[KEY], if it is `// key[condition]: words`.
take() {
    local key words form='^// ([a-z-]+)(\[([^]]*)\])?: *(.*)$'
    [[ $1 =~ $form ]] || return 0
    key=${BASH_REMATCH[1]} words=${BASH_REMATCH[4]}
    [ -z "${BASH_REMATCH[2]}" ] || holds "${BASH_REMATCH[3]}" || return 0
    case $key in
    note | defect-note | objdump) said[$key]+="$words"$'\n' ;;
    *) said[$key]+=" $words" ;;
    esac
}

# A line that begins with "//   " goes on with the one before.
read_notes() {
    local line whole=
    while IFS= read -r line; do
        case $line in
        '//   '*) whole+=" ${line##//*( )}" ;;
        *) take "$whole"; whole=$line ;;
        esac
    done <"$1"
    take "$whole"
}

# compile FILE OUT FLAGS...
compile() {
    local file=$1 out=$2
    shift 2
    # shellcheck disable=SC2086
    if [ "$compiler" = clang ]; then
        clang --target="${target_of[$cpu]}" ${flags_of[$cpu]} \
            -isystem "$NEWLIB" -std=c11 -g "-$level" -Wall -Wextra \
            -Werror -fshort-enums -I "$harness" "$@" -c -o "$out" "$file"
    else
        arm-none-eabi-gcc ${flags_of[$cpu]} -std=c11 -g "-$level" -Wall \
            -Wextra -Werror -I "$harness" "$@" -c -o "$out" "$file"
    fi
}

# The start-up object and linker script for these options, made once: $made.
shared_file() {
    local name=$1 words="${*:2}"
    made=$SCRATCH/shared_${words//[^A-Za-z0-9]/_}_$name
    if [ ! -e "$made" ]; then
        if [ "$name" = app.ld ]; then
            arm-none-eabi-cpp -E -P -x c "${@:2}" -o "$made.$$" \
                "$harness/app.ld"
        else
            # shellcheck disable=SC2086
            arm-none-eabi-gcc ${flags_of[$2]} -std=c11 -g -Os -Wall -Wextra \
                -fno-tree-loop-distribute-patterns \
                -Werror "${@:3}" -c -o "$made.$$" "$harness/start.c"
        fi || return 1
        mv "$made.$$" "$made"
    fi
}

# The libraries of $cpu that gcc links, asked once: ${libraries[@]}.
find_libraries() {
    local list=$SCRATCH/shared_libraries_$cpu name
    if [ ! -e "$list" ]; then
        for name in libgcc.a libc_nano.a; do
            # shellcheck disable=SC2086
            arm-none-eabi-gcc ${flags_of[$cpu]} -print-file-name=$name ||
                return 1
        done >"$list.$$"
        mv "$list.$$" "$list"
    fi
    mapfile -t libraries <"$list"
}

# link FLAGS...: $elf of $elf.o. The compiler links only what has flags for it.
link() {
    local libraries
    # shellcheck disable=SC2086
    if [ -n "${said[link]-}${said[libs]-}" ]; then
        arm-none-eabi-gcc ${flags_of[$cpu]} -nostartfiles \
            --specs=nano.specs "${@/#/-Wl,}" ${said[link]-} -T "$script" \
            -o "$elf" "$elf.o" "$start" "${objects[@]}" ${said[libs]-}
    else
        find_libraries &&
            arm-none-eabi-ld -X "$@" -T "$script" -o "$elf" "$elf.o" "$start" \
                "${objects[@]}" --start-group "${libraries[@]}" --end-group
    fi
}

# build TWIN: $elf
build() {
    local start script made flags=${said[flags]-} defines=() objects=()
    if [ "$1" = clean ]; then
        defines=(-DCLEAN)
        flags+=" ${said[clean-flags]-}"
    else
        flags+=" ${said[defect-flags]-}"
    fi
    local start_flags=${said[start]-} ld_flags=${said[linker]-}
    if [ "$1" = clean ]; then
        start_flags=${said[clean-start]-$start_flags}
        ld_flags=${said[clean-linker]-$ld_flags}
    fi
    # shellcheck disable=SC2086
    {
        shared_file start.o "$cpu" $start_flags || return 1
        start=$made
        shared_file app.ld $ld_flags || return 1
        script=$made
        compile "$file" "$elf.o" "${defines[@]}" $flags || return 1
        if [ -n "${said[lld]-}" ]; then
            local libraries
            find_libraries || return 1
            ld.lld --no-warn-mismatch -o "$elf" "$elf.o" "$start" \
                -T "$script" "${libraries[0]}"
            return
        fi
        # Relocations help the checker; half of the runs go without.
        local relocations=-q
        case $level in O0 | O2) relocations= ;; esac
        link --no-warn-rwx-segments -z noexecstack -n $relocations || return 1
    }
    if [ -n "${said[with]-}" ]; then
        # shellcheck disable=SC2086
        arm-none-eabi-gcc ${flags_of[$cpu]} "${defines[@]}" -nostdlib \
            -Wl,-n,-e,boot_status,-Ttext=0x08000100 \
            -o "$elf.with" "$harness/${said[with]# }" || return 1
    fi
    local strip=${said[objcopy]-}
    [ "$1" = clean ] && strip=${said[clean-objcopy]-$strip}
    if [ -n "${strip# }" ]; then
        # shellcheck disable=SC2086
        (set -f; arm-none-eabi-objcopy $strip "$elf")
    fi
}

# Is the defect there? The regular expressions of // objdump: lines hold in the
# defective twin, and what is named as a target lies in the flash. As long as
# nothing but the checker changes it is, so PLANTED says whether to ask.
planted() {
    local regex target flash='^9'
    [ -z "${said[xip]}" ] || flash='^20[0-9a-f]{6}'
    arm-none-eabi-objdump -dt "$elf" >"$elf.dump"
    while IFS= read -r regex; do
        [ -z "$regex" ] || grep -qE -- "$regex" "$elf.dump" ||
            { echo "the defect is not there: no $regex"; return 1; }
    done <<<"${said[objdump]-}"
    for target in ${said[expect]-}; do
        [[ $target == target=[a-zA-Z_]* ]] || continue
        regex=${target#target=}
        regex=${regex//./\\.}
        regex=${regex//\*/.*}
        grep -qE -- "$flash.* ($regex)\$" "$elf.dump" ||
            { echo "the defect is not there: $target"; return 1; }
    done
}

# Leaves its complaints, indented, on stdout.
check() {
    local twin=$1 status=0 options=${said[check]-} notes=()
    local text=${said[defect-note]-}
    if [ "$twin" = clean ]; then
        options=${said[clean-check]-$options}
        text=${said[note]-}
    fi
    if [ -n "$text" ]; then
        printf '%s' "$text" >"$elf.notes"
        notes=(--notes "$elf.notes")
    fi
    [ -z "${said[with]-}" ] || options+=" --with $elf.with"
    [ ! -e "$elf.json" ] || rm "$elf.json"
    (
        set -f
        # shellcheck disable=SC2086
        "$XIPSAFE" check "$elf" --xip "${said[xip]:-0x90000000:16M}" \
            "${notes[@]}" $options --json="$elf.json"
    ) >"$elf.out" 2>&1 || status=$?
    "$SCRATCH/match" "$file" "$twin" "$level" "$compiler" "$status" \
        "$elf.json" >"$elf.why" && return 0
    # Without a report, its own words say more.
    [ -e "$elf.json" ] || tail -n 3 "$elf.out" >>"$elf.why"
    sed 's/^/    /' "$elf.why"
    return 1
}

run_case() {
    file=$1 level=$2 compiler=$3
    local -A said=()
    local name twin why elf
    name=${file##*/}
    name=${name%.*}
    read_notes "$file"
    cpu=${said[cpu]:-m4}
    cpu=${cpu# }
    said[xip]=${said[xip]-}
    said[xip]=${said[xip]# }
    [ -z "${said[lld]-}" ] || command -v ld.lld >/dev/null ||
        said[skip]="no ld.lld"
    for twin in defect clean; do
        elf=$SCRATCH/${name}_${level}_${compiler}_$twin.elf
        if [ -n "${said[skip]-}" ]; then
            echo "skip $name $level $compiler $twin"
            continue
        fi
        if why=$(build "$twin" 2>&1) &&
            { [ "$twin" = clean ] || [ "$PLANTED" = 0 ] || why=$(planted); } &&
            { [ "$XIPSAFE" = - ] || why=$(check "$twin"); }; then
            echo "pass $name $level $compiler $twin"
        else
            printf 'fail %s %s %s %s\n' "$name" "$level" "$compiler" "$twin"
            awk '{ sub(/^ */, "    "); print } NR == 12 { exit }' <<<"$why"
        fi
    done
}
