/* SPDX-License-Identifier: MIT
 *
 * Time that has passed, for progress and for people; never on a result path.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

double clock_seconds(void); /* monotonic */

#endif
