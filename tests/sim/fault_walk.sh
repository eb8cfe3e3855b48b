#!/usr/bin/env bash
# command: optimised
# "Ten minutes in a CubeMX project" of docs/FAULTS.md, step by step, in a project
# of that shape which has nothing to do with XIP (examples/cubemx has its HAL
# and start-up code): it is compiled, faults, and its record is decoded.
set -eu
# shellcheck source=tests/support.bash
. "$(dirname "$0")/../support.bash"
cd "$scratch"
root=$tests/..
walk=$root/docs/FAULTS.md
mkdir Core
cp "$root"/examples/cubemx/{core,hal}/*.[ch] Core/
cp "$root/boards/mcu/"*.h Core/
cp "$root/examples/cubemx/loader/STM32L476VGTX_FLASH.ld" .

# As CubeMX writes them, and with the places that it leaves to the user.
cat >Core/stm32l4xx_it.c <<'END'
#include "stm32l4xx_hal.h"
void NMI_Handler(void);
void NMI_Handler(void)
{
  while (1)
  {
  }
}
void HardFault_Handler(void);
void HardFault_Handler(void)
{
  while (1)
  {
  }
}
void MemManage_Handler(void);
void MemManage_Handler(void)
{
  while (1)
  {
  }
}
void BusFault_Handler(void);
void BusFault_Handler(void)
{
  while (1)
  {
  }
}
void UsageFault_Handler(void);
void UsageFault_Handler(void)
{
  while (1)
  {
  }
}
void SysTick_Handler(void);
void SysTick_Handler(void)
{
  HAL_IncTick();
}
END
cat >Core/main.c <<'END'
#include "stm32l4xx_hal.h"
/* USER CODE BEGIN Includes */
/* USER CODE END Includes */
static UART_HandleTypeDef huart2 = {.BaudRate = 115200};
/* USER CODE BEGIN 0 */
#ifdef HAS_SENSORS
static volatile uint32_t sensor_count = 100;
#else
static volatile uint32_t sensor_count;
#endif
static volatile uint32_t mean;
static void __attribute__((noinline)) average(uint32_t sum) {
    mean = sum / sensor_count; /* AT divide */
}
void Error_Handler(void);
static void __attribute__((noinline)) use_average(void) {
    if (mean == 1)
    {
        Error_Handler(); /* AT error */
    }
    sensor_count++;
}
/* USER CODE END 0 */
void Error_Handler(void)
{
  /* USER CODE BEGIN Error_Handler_Debug */
  /* USER CODE END Error_Handler_Debug */
}
void HAL_UART_MspInit(UART_HandleTypeDef *huart)
{
  (void)huart;
  const GPIO_InitTypeDef pins = {.Pins = 0x0060, .Mode = GPIO_ALTERNATE,
      .Pull = 1, .Speed = 3, .Alternate = 7};
  HAL_GPIO_Init(GPIO_D, &pins);
  RCC->APB1ENR1 |= RCC_APB1ENR1_USART2;
  (void)RCC->APB1ENR1;
}
void HAL_QSPI_MspInit(QSPI_HandleTypeDef *handle)
{
  (void)handle;
}
int main(void)
{
  HAL_Init();
  if (HAL_UART_Init(&huart2) != HAL_OK)
  {
    Error_Handler();
  }
  /* USER CODE BEGIN 2 */
  /* USER CODE END 2 */
  *(volatile uint32_t *)0xE000ED14 |= 0x10; /* a division by 0 is a fault */
  average(100);
  use_average();
  while (1)
  {
  }
}
END

# step N: what the page says there.
step() {
    sed -n "/^## Ten minutes/,/^## /{ /^$1\. /,/^$(($1 + 1))\. /p; }" "$walk"
}
# behind MARK FILE: puts standard input behind the line.
behind() {
    sed -i "/$1/r /dev/stdin" "$2"
}

# 1: the files.
step 1 | grep -o 'xip_[a-z_]*\.[ch]' | sort -u >files
[ "$(wc -l <files)" = 6 ] || fail "step 1 names other files: $(cat files)"
while read -r file; do
    cp "$root/xipsafe/fault/$file" Core/ 2>/dev/null ||
        cp "$root/xipsafe/include/$file" Core/
done <files
# 2: five handlers go.
sed -i '/^void \(NMI\|HardFault\|MemManage\|BusFault\|UsageFault\)_Handler(void)$/,/^}/d; /Handler(void);$/{/SysTick/!d}' \
    Core/stm32l4xx_it.c
# 3: the linker script.
step 3 | sed -n '/^ *\.noinit/,/> FLASH/p' | behind '^ *_sidata = ' \
    STM32L476VGTX_FLASH.ld
# 5: main.c.
step 5 | sed -n '/#include/p' | behind 'BEGIN Includes' Core/main.c
step 5 | sed -n '/static void put/,/^ *}/p' | behind 'BEGIN 0' Core/main.c
step 5 | sed -n '/const struct xip_fault_record/,/^ *}/p' |
    behind 'BEGIN 2' Core/main.c
# 6: the Error_Handler.
step 6 | grep -o 'XIP_PANIC();' | head -n 1 |
    behind 'BEGIN Error_Handler_Debug' Core/main.c

# build NAME DEFINES...: with the option of step 4.
option=$(step 4 | grep -o -- '-Wl,--build-id')
build() {
    local name=$1
    shift
    arm-none-eabi-gcc -mcpu=cortex-m4 -mthumb -Os -g -Wall -Wextra -Werror \
        -ffunction-sections -fdata-sections -Wl,--gc-sections -nostartfiles \
        --specs=nano.specs -Wl,--no-warn-rwx-segments "$option" \
        -DTICK_INT_PRIORITY=0u "$@" -T STM32L476VGTX_FLASH.ld -I Core \
        -o "$name.elf" Core/*.c >out 2>&1 || fail "$name: $(cat out)"
    "$xipsafe" sim --internal "$name.elf" --expect 'xipfault end' \
        --time-limit 5s >"$name.log" 2>err || fail "$name: $(cat err)"
    "$xipsafe" crash "$name.log" "$name.elf" >out || fail "$name"
}
# named MARK: the line of main.c.
named() {
    printed_like "main\.c:$(grep -n "AT $1" Core/main.c | cut -d : -f 1)\)"
}

build divides
printed 'CRASH UsageFault'
printed 'the firmware divided by 0'
named divide
build calls_error_handler -DHAS_SENSORS
printed 'CRASH panic'
printed 'in Error_Handler'
named error
finish
