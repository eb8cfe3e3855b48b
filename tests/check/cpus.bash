# shellcheck shell=bash disable=SC2034
# cpus - the processors that the cases are compiled for; sourced, not run
#
# flags_of: for both compilers; target_of: clang's.

declare -A flags_of=(
    [m0plus]='-mcpu=cortex-m0plus -mthumb -mfloat-abi=soft'
    [m4]='-mcpu=cortex-m4 -mthumb -mfloat-abi=soft'
    [m4f]='-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16'
    [m7]='-mcpu=cortex-m7 -mthumb -mfloat-abi=hard -mfpu=fpv5-d16'
    [m23]='-mcpu=cortex-m23 -mthumb -mfloat-abi=soft'
    [m33]='-mcpu=cortex-m33 -mthumb -mfloat-abi=soft'
)
declare -A target_of=(
    [m0plus]=thumbv6m-none-eabi
    [m4]=thumbv7em-none-eabi
    [m4f]=thumbv7em-none-eabihf
    [m7]=thumbv7em-none-eabihf
    [m23]=thumbv8m.base-none-eabi
    [m33]=thumbv8m.main-none-eabi
)
