/*
 * xip_soc_family - which family the library is compiled for
 *
 * SPDX-License-Identifier: MIT
 *
 * For the sources in soc/ only. Each of them is empty unless its family is the
 * one chosen here, so that a project may compile the whole folder. The choice
 * is XIP_CFG_SOC_<family>, which CMake and make set from XIPSAFE_SOC, or the
 * device that CubeMX and other generators put on the command line.
 *
 * Only devices whose reference manual the half was written from are detected.
 */
#ifndef XIP_SOC_FAMILY_H
#define XIP_SOC_FAMILY_H

#if defined(XIP_CFG_SOC_STM32L4) || defined(XIP_CFG_SOC_TEMPLATE)
// Chosen.
#elif defined(XIP_CFG_SOC_OWN)
// The project supplies the functions of xip_soc.h itself.
#elif defined(STM32L471xx) || defined(STM32L475xx) || defined(STM32L476xx) || \
        defined(STM32L485xx) || defined(STM32L486xx) || \
        defined(STM32L496xx) || defined(STM32L4A6xx) // RM0351
#define XIP_CFG_SOC_STM32L4
#else
#error "xipsafe has no half for this chip in xipsafe/soc. An STM32L4: set \
XIPSAFE_SOC=stm32l4 in CMake or make, or define XIP_CFG_SOC_STM32L4. Another \
family: docs/PORTING.md, 'A new family'"
#endif

#endif
