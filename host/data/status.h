/* SPDX-License-Identifier: MIT
 *
 * How an account stands.
 */
#ifndef DATA_STATUS_H
#define DATA_STATUS_H

/* X(ENUM, "word"), from good to bad */
#define ACCOUNT_STATUSES(X) \
  X(STATUS_OK, "ok") X(STATUS_WARNING, "warning") X(STATUS_CALL, "call") X(STATUS_LIQUIDATE, "liquidate")

#define STATUS_ENUM(name, text) name,
typedef enum account_status { ACCOUNT_STATUSES(STATUS_ENUM) N_ACCOUNT_STATUSES } account_status;
#undef STATUS_ENUM

const char *account_status_text(account_status value);

#endif
