/* SPDX-License-Identifier: MIT
 *
 * What each kind of work takes on this machine: from a small book that is read, margined and written as any other.
 */
#ifndef CALIBRATE_RATES_H
#define CALIBRATE_RATES_H

#include "data/plan.h"
#include "device/device.h"

/* Takes a second or two. Writing is measured in the device's cache; where there is none, it stays 0. */
sg_status calibrate_rates(device *on, work_rates *rates, sg_error *error);

#endif
