/*
 * updater - takes a new image over USART2 and puts it in the other slot
 *
 * SPDX-License-Identifier: MIT
 *
 * All of what xipsafe adds to this project: attach, receive, install, verify.
 */
#ifndef UPDATER_H
#define UPDATER_H

// Attach to the mapping that the boot loader made. After the HAL, the clock
// and the interrupt priorities are set up.
void updater_start(void);

// From the main loop. Restarts the MCU when an image has been installed.
void updater_poll(void);

#endif
