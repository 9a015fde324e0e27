/* SPDX-License-Identifier: MIT
 *
 * equity, collateral, status and outputs, as `models show` prints them.
 */
#include "rules/model_describe.h"
#include "rules/model_text.h"

void describe_equity(text_builder *to, const model *m) {
  static const char *const measures[2] = {"initial", "maintenance"};
  if (!m->equity.given) {
    text_add(to, "\nNo equity: accounts get no excess, call or status\n");
    return;
  }
  text_add(to, "\nEquity: value of");
  for (uint32_t t = 0; t < ASSET; t++) {
    text_add(to, "%s%s", m->equity.counts_type[t] ? " " : "",
             m->equity.counts_type[t] ? instrument_type_text((instrument_type)t) : "");
  }
  text_add(to, "%s%s, unsettled P&L and funding\n", m->equity.counts_assets ? " asset" : "",
           m->equity.counts_cash ? " cash" : "");
  for (uint32_t i = 0; i < m->collateral.n_moves; i++) {
    table_row(to, i == 0 ? "assets move where" : "and", m->inputs[m->collateral.move_input[i]].name, "=",
              text_number(to, m->collateral.move_value[i]), NULL);
  }
  for (int i = 0; i < 2; i++) {
    if (m->collateral.has_haircut[i]) {
      table_row(to, "haircut", measures[i], "", m->collateral.haircut[i].text, NULL);
    }
  }
  for (uint32_t i = 0; i < m->n_statuses; i++) {
    table_row(to, "status", account_status_text(m->statuses[i].is), i == 0 ? "when" : "else when",
              m->statuses[i].when.text, NULL);
  }
  for (uint32_t i = 0; i < m->n_outputs; i++) {
    table_row(to, "output", m->outputs[i].name, "=", m->outputs[i].value.text, NULL);
  }
  table_end(to, 2);
}
