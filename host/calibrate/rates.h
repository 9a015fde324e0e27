/* SPDX-License-Identifier: MIT
 *
 * What each kind of work takes on this machine: from a small book that is read, margined and written as any other.
 */
#ifndef CALIBRATE_RATES_H
#define CALIBRATE_RATES_H

#include "data/plan.h"
#include "device/device.h"

/* Measured in less than a second, or read from the device's cache, under a key of device, driver, lanes and processors. */
sg_status calibrate_rates(device *on, work_rates *rates, sg_error *error);

#endif
