/* SPDX-License-Identifier: MIT
 *
 * quality, as `models show` prints it.
 */
#include "rules/model_describe.h"
#include "rules/model_text.h"

void describe_quality(text_builder *to, const model *m) {
  quality_rules plain;
  quality_rules_default(&plain);
  text_add(to, "\nQuality: findings are reported, except\n");
  uint32_t n = 0;
  for (int k = 0; k < N_QUALITY_KINDS; k++) {
    const quality_kind_facts *facts = quality_kind_get((quality_kind)k);
    if (m->quality.action[k] == plain.action[k] && m->quality.limit[k] == plain.limit[k]) {
      continue;
    }
    bool limited = facts->unit[0] != '\0';
    table_row(to, facts->name, quality_action_text(m->quality.action[k]),
              limited ? text_number(to, m->quality.limit[k]) : "", facts->unit, facts->meaning, NULL);
    n++;
  }
  if (n == 0) {
    table_row(to, "none", NULL);
  }
  table_end(to, 2);
}
