/* SPDX-License-Identifier: MIT
 *
 * scenarios/NAME.csv: lists of moves, one row for a scenario and factor.
 */
#include "input/folder.h"
#include "input/table.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static const struct {
  const char *prefix; /* with its colon */
  char factor;
  bool of_currency;
} factors[] = {{"price:", 'p', false}, {"vol:", 'v', false}, {"fx:", 'f', true}, {"rate:", 'r', true}};

typedef struct scenario_facts { /* what all rows of a scenario agree on */
  uint64_t line;
  const char *label, *date; /* "" until given */
  double weight;            /* NaN until given */
} scenario_facts;

typedef struct scenario_list {
  ids *names;
  ids *cells; /* scenario index and factor text, to find duplicates */
  ARRAY(uint64_t) cell_lines;
  ARRAY(scenario_facts) facts;
  ARRAY(scenario_move) moves;
} scenario_list;

/* "UNDERLYING@TENOR": the part after the last '@' is a tenor when the whole is no underlying. */
static bool read_vol_name(table *rows, const char *text, size_t length, scenario_move *move) {
  book_reader *reader = rows->reader;
  uint32_t u = reader_underlying(reader, text, length);
  const char *at = u == ID_NONE ? memrchr(text, '@', length) : NULL;
  if (at != NULL) {
    size_t tenor_length = (size_t)(text + length - at - 1);
    u = reader_underlying(reader, text, (size_t)(at - text));
    if (number_parse(at + 1, tenor_length, &move->tenor_days) != NULL || move->tenor_days < 0) {
      table_finding(rows, SCENARIO_FACTOR, "tenor \"%s\" is not a number of days >= 0",
                    show(at + 1, tenor_length).text);
      return false;
    }
    length = (size_t)(at - text);
  }
  if (u != ID_NONE) {
    move->name = reader->book->underlyings.id[u];
  } else if (reader->underlyings_usable) {
    table_finding(rows, SCENARIO_FACTOR, "factor moves \"%s\", which is not in underlyings.csv",
                  show(text, length).text);
  }
  return u != ID_NONE;
}

static bool read_name(table *rows, const char *text, size_t length, bool of_currency, scenario_move *move) {
  book_reader *reader = rows->reader;
  if (!of_currency) {
    uint32_t u = reader_underlying(reader, text, length);
    if (u != ID_NONE) {
      move->name = reader->book->underlyings.id[u];
    } else if (reader->underlyings_usable) {
      table_finding(rows, SCENARIO_FACTOR, "factor moves \"%s\", which is not in underlyings.csv",
                    show(text, length).text);
    }
    return u != ID_NONE;
  }
  uint32_t currency = ids_find(reader->currencies, text, length);
  if (currency != ID_NONE) {
    move->name = ids_text(reader->currencies, currency);
  } else if (reader_knows_currencies(reader)) {
    table_finding(rows, SCENARIO_FACTOR, "factor moves \"%s\", which is not a currency of the book",
                  show(text, length).text);
  }
  return currency != ID_NONE;
}

static bool read_factor(table *rows, scenario_move *move) {
  const csv_field *field = table_field(rows, SCENARIO_FACTOR);
  if (!table_id(rows, SCENARIO_FACTOR)) {
    return false;
  }
  if (field->length == 4 && memcmp(field->text, "time", 4) == 0) {
    move->factor = 't';
    return true;
  }
  for (size_t i = 0; i < sizeof factors / sizeof *factors; i++) {
    size_t prefix = strlen(factors[i].prefix);
    if (field->length > prefix && memcmp(field->text, factors[i].prefix, prefix) == 0) {
      move->factor = factors[i].factor;
      return move->factor == 'v'
                 ? read_vol_name(rows, field->text + prefix, field->length - prefix, move)
                 : read_name(rows, field->text + prefix, field->length - prefix, factors[i].of_currency, move);
    }
  }
  table_finding(rows, SCENARIO_FACTOR,
                "factor \"%s\" is not price:UNDERLYING, vol:UNDERLYING, vol:UNDERLYING@TENOR_DAYS, "
                "fx:CCY, rate:CCY or time",
                show(field->text, field->length).text);
  return false;
}

/* A text or number of the scenario: its first row that gives one decides, others agree or are findings. */
static void agree_text(table *rows, int column, const char **kept, const char *given) {
  if ((*kept)[0] == '\0') {
    *kept = given;
  } else if (given[0] != '\0' && strcmp(*kept, given) != 0) {
    table_finding(rows, column, "%s \"%s\" differs from \"%s\" of the scenario's other rows",
                  rows->format->columns[column].name, show_text(given).text, show_text(*kept).text);
  }
}

static void read_facts(table *rows, scenario_facts *facts) {
  int64_t midnight_s;
  double weight = NAN;
  agree_text(rows, SCENARIO_LABEL, &facts->label, table_text(rows, SCENARIO_LABEL));
  if (table_date(rows, SCENARIO_DATE, &midnight_s)) {
    agree_text(rows, SCENARIO_DATE, &facts->date, table_text(rows, SCENARIO_DATE));
  }
  table_number(rows, SCENARIO_WEIGHT, &weight);
  if (isnan(facts->weight)) {
    facts->weight = weight;
  } else if (!isnan(weight) && weight != facts->weight) {
    table_finding(rows, SCENARIO_WEIGHT, "weight differs from that of the scenario's other rows");
  }
}

static void check_duplicate(table *rows, scenario_list *list, uint32_t scenario) {
  const csv_field *field = table_field(rows, SCENARIO_FACTOR);
  char key[16 + 256];
  int prefix = snprintf(key, sizeof key, "%u:", scenario);
  memcpy(key + prefix, field->text, field->length); /* at most 255 bytes, as checked */
  bool added = false;
  uint32_t cell = ids_add(list->cells, key, (size_t)prefix + field->length, &added);
  if (cell == ID_NONE || (added && !ARRAY_PUSH(&list->cell_lines, rows->line))) {
    reader_out_of_memory(rows->reader);
  } else if (!added) {
    assert(cell < list->cell_lines.n && list->cell_lines.items != NULL);
    table_finding(rows, SCENARIO_FACTOR, "factor \"%s\" of this scenario is already on line %llu",
                  show(field->text, field->length).text, (unsigned long long)list->cell_lines.items[cell]);
  }
}

static void read_row(table *rows, scenario_list *list) {
  scenario_move move = {.name = "", .tenor_days = NAN, .line = rows->line};
  int kind = MOVE_KIND_RELATIVE;
  if (table_id(rows, SCENARIO_ID)) {
    const csv_field *field = table_field(rows, SCENARIO_ID);
    bool added = false;
    move.scenario = ids_add(list->names, field->text, field->length, &added);
    if (move.scenario == ID_NONE || (added && !ARRAY_PUSH(&list->facts, (scenario_facts){rows->line, "", "", NAN}))) {
      reader_out_of_memory(rows->reader);
      return;
    }
    assert(move.scenario < list->facts.n && list->facts.items != NULL);
    read_facts(rows, &list->facts.items[move.scenario]);
  }
  bool named = read_factor(rows, &move);
  table_number(rows, SCENARIO_MOVE, &move.move);
  bool kind_ok = table_word(rows, SCENARIO_KIND, &kind);
  move.relative = kind == MOVE_KIND_RELATIVE;
  if (named && kind_ok && move.factor == 't' && move.relative) {
    table_finding(rows, SCENARIO_KIND, "kind is relative; time moves by days, absolute");
  }
  if (named && table_given(rows, SCENARIO_ID)) {
    check_duplicate(rows, list, move.scenario);
  }
  if (rows->row_ok && !ARRAY_PUSH(&list->moves, move)) {
    reader_out_of_memory(rows->reader);
  }
}

static bool keep_list(book_reader *reader, const scenario_list *list, scenario_file *made) {
  arena *memory = reader->memory;
  uint32_t n = ids_count(list->names);
  made->n_scenarios = n;
  made->id = ARENA_ARRAY(memory, const char *, n);
  made->label = ARENA_ARRAY(memory, const char *, n);
  made->date = ARENA_ARRAY(memory, const char *, n);
  made->weight = ARENA_ARRAY(memory, double, n);
  made->n_moves = list->moves.n;
  made->moves = ARENA_ARRAY(memory, scenario_move, list->moves.n);
  if (made->id == NULL || made->label == NULL || made->date == NULL || made->weight == NULL || made->moves == NULL) {
    return false;
  }
  assert(n == list->facts.n && (n == 0 || list->facts.items != NULL));
  for (uint32_t s = 0; s < n; s++) {
    const scenario_facts *facts = &list->facts.items[s];
    made->id[s] = ids_text(list->names, s);
    made->label[s] = facts->label;
    made->date[s] = facts->date;
    made->weight[s] = isnan(facts->weight) ? 1 : facts->weight;
  }
  if (made->n_moves > 0) {
    memcpy(made->moves, list->moves.items, made->n_moves * sizeof *made->moves);
  }
  return true;
}

static sg_status read_file(book_reader *reader, const char *name, scenario_file *made) {
  table rows;
  sg_status status = SG_OK;
  scenario_list list = {.names = ids_open(reader->memory), .cells = ids_open(reader->memory)};
  TRY_DONE(table_open(reader, FILE_SCENARIOS, name, &rows));
  if (list.names == NULL || list.cells == NULL) {
    reader_out_of_memory(reader);
    goto done;
  }
  while (table_next(&rows)) {
    read_row(&rows, &list);
  }
  *made = (scenario_file){.name = name, .path = rows.path};
  if (!keep_list(reader, &list, made)) {
    reader_out_of_memory(reader);
  }
done:
  ids_close(list.names);
  ids_close(list.cells);
  ARRAY_FREE(&list.cell_lines);
  ARRAY_FREE(&list.facts);
  ARRAY_FREE(&list.moves);
  table_close(&rows);
  return status != SG_OK ? status : reader_status(reader);
}

sg_status read_scenarios(book_reader *reader) {
  folder_names found = {0};
  sg_status status = SG_OK;
  TRY_DONE(folder_list(reader, "scenarios", &found));
  scenario_file *files = ARENA_ARRAY(reader->memory, scenario_file, found.n);
  reader->book->scenario_files = files;
  if (files == NULL) {
    reader_out_of_memory(reader);
    goto done;
  }
  for (size_t i = 0; i < found.n; i++) {
    TRY_DONE(read_file(reader, found.items[i], &files[i]));
    reader->book->n_scenario_files++;
  }
done:
  ARRAY_FREE(&found);
  return status != SG_OK ? status : reader_status(reader);
}
