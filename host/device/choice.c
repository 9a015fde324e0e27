/* SPDX-License-Identifier: MIT
 *
 * Which device a choice means: auto | cpu | gpu | INDEX | a part of a NAME | reference.
 */
#include "device/backend.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* One thread at a time looks for devices and opens one: neither the loader (ocl-icd 2.3 finds nothing in the second of two
 * threads) nor PoCL 3.1 can start in two at once. */
static pthread_mutex_t drivers = PTHREAD_MUTEX_INITIALIZER;

static sg_status candidates_find(arena *memory, candidates *found, sg_error *error) {
  TRY(opencl_find(memory, found, error));
  return reference_find(found, error);
}

static void candidates_free(candidates *found) {
  ARRAY_FREE(&found->list);
  ARRAY_FREE(&found->broken);
}

/* Opens and, unless told otherwise, tests a candidate; a failed test is a finding and SG_DEVICE. */
static sg_status candidate_prove(const candidate *from, const sg_device_options *options, device **opened,
                                 sg_error *error) {
  TRY(candidate_open(from, options, opened, error));
  if (options && options->skip_self_test) {
    return SG_OK;
  }
  sg_status status = self_test_run(*opened, error);
  if (status == SG_OK) {
    (*opened)->traits.self_test = "passed";
  } else {
    device_close(*opened);
    *opened = NULL;
  }
  return status;
}

/* `0: NAME (cpu), 1: NAME (gpu; has no double precision), 2: reference`; NULL when out of memory */
static const char *names_format(arena *memory, const candidates *found) {
  const char *names = "";
  for (size_t i = 0; i < found->list.n && names; i++) {
    const candidate *each = &found->list.items[i];
    names = each->device_id ? arena_format(memory, "%s%zu: %s (%s%s%s), ", names, i, each->facts.name, each->facts.type,
                                           each->refusal ? "; " : "", each->refusal ? each->refusal : "")
                            : arena_format(memory, "%s%zu: %s", names, i, each->facts.name);
  }
  return names;
}

/* ` (platform NAME is broken: ...)`, "" when none is; NULL when out of memory */
static const char *broken_format(arena *memory, const candidates *found) {
  const char *broken = "";
  for (size_t i = 0; i < found->broken.n && broken; i++) {
    broken = arena_format(memory, "%s (platform %s is broken)", broken, found->broken.items[i]);
  }
  return broken;
}

/* Why nothing of what was looked for can be used. The reference is always found: one candidate is no OpenCL device. */
static sg_status none_fail(arena *memory, const candidates *found, const char *type, sg_error *error) {
  const char *names = names_format(memory, found), *broken = broken_format(memory, found);
  if (!names || !broken) {
    return error_out_of_memory(error);
  }
  if (found->list.n == 1) {
    return error_fail(error, SG_DEVICE,
                      "no OpenCL device was found%s: install one (Debian: `apt install pocl-opencl-icd` makes the CPU "
                      "one), or use --device reference",
                      broken);
  }
  return error_fail(error, SG_DEVICE, "no OpenCL %s can be used%s; there is %s", type ? type : "device", broken, names);
}

/* The first device of a type (NULL: any OpenCL device) that proves itself. One without double precision is passed over
 * in silence, one with a wrong bit with a finding. */
static sg_status type_open(arena *memory, const candidates *found, const char *type, const sg_device_options *options,
                           device **opened, sg_error *error) {
  static const char *const order[] = {"gpu", "cpu", "accelerator"};
  for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
    for (size_t i = 0; i < found->list.n && (!type || strcmp(type, order[k]) == 0); i++) {
      const candidate *each = &found->list.items[i];
      if (each->refusal || strcmp(each->facts.type, order[k]) != 0) {
        continue;
      }
      sg_status status = candidate_prove(each, options, opened, error);
      if (status == SG_OK || status == SG_USAGE) {
        return status;
      }
    }
  }
  return none_fail(memory, found, type, error);
}

static bool name_contains(const char *name, const char *part) {
  size_t length = strlen(part);
  for (; *name; name++) {
    if (strncasecmp(name, part, length) == 0) {
      return true;
    }
  }
  return false;
}

static sg_status unknown_fail(arena *memory, const candidates *found, const char *choice, sg_error *error) {
  const char *names = names_format(memory, found);
  if (!names) {
    return error_out_of_memory(error);
  }
  return error_fail(error, SG_USAGE,
                    "device \"%s\" is not auto, cpu, gpu, reference, or the index or part of the name of one of: %s",
                    choice, names);
}

/* The candidate that a choice names by index or name; NULL when there is none. */
static const candidate *named_find(const candidates *found, const char *choice) {
  if (strspn(choice, "0123456789") == strlen(choice)) {
    char *end;
    unsigned long index = strtoul(choice, &end, 10);
    return index < found->list.n ? &found->list.items[index] : NULL;
  }
  for (size_t i = 0; i < found->list.n; i++) {
    if (name_contains(found->list.items[i].facts.name, choice)) {
      return &found->list.items[i];
    }
  }
  return NULL;
}

static sg_status any_open(const char *wanted, const sg_device_options *options, device **opened, sg_error *error) {
  *opened = NULL;
  sg_status status = SG_OK;
  candidates found = {0};
  arena *memory = arena_open();
  if (!memory) {
    return error_out_of_memory(error);
  }
  TRY_DONE(candidates_find(memory, &found, error));
  bool automatic = strcmp(wanted, "auto") == 0;
  if (automatic || strcmp(wanted, "cpu") == 0 || strcmp(wanted, "gpu") == 0) {
    TRY_DONE(type_open(memory, &found, automatic ? NULL : wanted, options, opened, error));
    goto done;
  }
  const candidate *named = *wanted ? named_find(&found, wanted) : NULL;
  TRY_DONE(named ? candidate_prove(named, options, opened, error) : unknown_fail(memory, &found, wanted, error));
done:
  candidates_free(&found);
  arena_close(memory);
  return status;
}

/* Without waking a driver. */
static sg_status only_reference_open(const sg_device_options *options, device **opened, sg_error *error) {
  candidates found = {0};
  sg_status status = reference_find(&found, error);
  if (status == SG_OK) {
    status = candidate_prove(&found.list.items[0], options, opened, error);
  }
  candidates_free(&found);
  return status;
}

sg_status device_open(const char *choice, const sg_device_options *options, device **opened, sg_error *error) {
  const char *fallback = getenv("SHOCKGRID_DEVICE");
  const char *wanted = choice ? choice : fallback && *fallback ? fallback : "auto";
  *opened = NULL;
  if (strcmp(wanted, "reference") == 0) {
    return only_reference_open(options, opened, error);
  }
  pthread_mutex_lock(&drivers);
  sg_status status = any_open(wanted, options, opened, error);
  pthread_mutex_unlock(&drivers);
  return status;
}

/* ---- the list ------------------------------------------------------------------------------ */

struct sg_device_list {
  arena *memory;
  candidates found;
};

/* The verdict of opening and testing one candidate, in the list's arena; NULL when out of memory. */
static const char *verdict_find(arena *memory, const candidate *of) {
  sg_error *error = sg_error_open();
  device *opened = NULL;
  const char *verdict = "passed";
  if (!error) {
    return NULL;
  }
  if (candidate_prove(of, NULL, &opened, error) != SG_OK) {
    const char *message = sg_error_count(error) ? sg_error_get(error, 0).message : "failed";
    verdict = arena_text(memory, message, strlen(message));
  }
  device_close(opened);
  sg_error_close(error);
  return verdict;
}

static sg_status list_open(bool self_test, device_list **opened, sg_error *error) {
  *opened = NULL;
  sg_status status = SG_OK;
  device_list *list = calloc(1, sizeof *list);
  if (!list || !(list->memory = arena_open())) {
    status = error_out_of_memory(error);
    goto done;
  }
  TRY_DONE(candidates_find(list->memory, &list->found, error));
  for (size_t i = 0; i < list->found.list.n && self_test; i++) {
    candidate *each = &list->found.list.items[i];
    each->facts.self_test = verdict_find(list->memory, each);
    if (!each->facts.self_test) {
      status = error_out_of_memory(error);
      goto done;
    }
  }
  *opened = list;
  list = NULL;
done:
  device_list_close(list);
  return status;
}

sg_status device_list_open(bool self_test, device_list **opened, sg_error *error) {
  pthread_mutex_lock(&drivers);
  sg_status status = list_open(self_test, opened, error);
  pthread_mutex_unlock(&drivers);
  return status;
}

void device_list_close(device_list *list) {
  if (list) {
    candidates_free(&list->found);
    arena_close(list->memory);
    free(list);
  }
}

size_t device_list_count(const device_list *list) { return list->found.list.n; }

sg_device_facts device_list_get(const device_list *list, size_t index) { return list->found.list.items[index].facts; }
