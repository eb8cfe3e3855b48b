# What tests/unit/test_elf.c looks at.
xip_firmware(NAME elf_probe SOURCES probe.c LINKER probe.ld PLACEMENT none)
