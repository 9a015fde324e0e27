/* SPDX-License-Identifier: MIT
 *
 * The open device: its backend's table behind the interface that the engine uses.
 */
#include "base/number.h"
#include "base/pages.h"
#include "device/backend.h"
#include "device/program_cache.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *device_kernel_name(kernel_id kernel) {
#define KERNEL_NAME(name, program) #name,
  static const char *const names[] = {KERNELS(KERNEL_NAME)};
#undef KERNEL_NAME
  return names[kernel];
}

void device_format_difference(double expected, double got, char text[DIFFERENCE_TEXT_BYTES]) {
  char expected_text[NUMBER_TEXT_BYTES], got_text[NUMBER_TEXT_BYTES];
  uint64_t expected_bits, got_bits;
  memcpy(&expected_bits, &expected, sizeof expected);
  memcpy(&got_bits, &got, sizeof got);
  number_format(expected, expected_text);
  number_format(got, got_text);
  snprintf(text, DIFFERENCE_TEXT_BYTES, "expected 0x%016" PRIx64 " (%s), got 0x%016" PRIx64 " (%s)", expected_bits,
           expected_text, got_bits, got_text);
}

static bool lanes_valid(uint32_t lanes) { return lanes >= 1 && lanes <= 16 && (lanes & (lanes - 1)) == 0; }

/* Copies what traits say, so that a device outlives the list it was found in. */
static bool traits_copy(device *opened, const sg_device_facts *facts) {
  opened->traits = (device_traits){
      .lanes = facts->lanes,
      .compute_units = facts->compute_units,
      .memory_bytes = facts->memory_bytes,
      .largest_allocation_bytes = facts->largest_allocation_bytes,
      .platform = arena_text(opened->memory, facts->platform, strlen(facts->platform)),
      .name = arena_text(opened->memory, facts->name, strlen(facts->name)),
      .driver = arena_text(opened->memory, facts->driver, strlen(facts->driver)),
      .type = facts->type,
      .self_test = "not run",
  };
  return opened->traits.platform && opened->traits.name && opened->traits.driver;
}

sg_status candidate_open(const candidate *from, const sg_device_options *options, device **opened, sg_error *error) {
  *opened = NULL;
  sg_status status = SG_OK;
  device *made = NULL;
  if (from->refusal) {
    return error_fail(error, SG_DEVICE, "%s (%s, driver %s) %s", from->facts.name, from->facts.platform,
                      from->facts.driver, from->refusal);
  }
  if (options && options->lanes && !lanes_valid(options->lanes)) {
    return error_fail(error, SG_USAGE, "lanes %u is not 1, 2, 4, 8 or 16", options->lanes);
  }
  made = calloc(1, sizeof *made);
  if (!made || !(made->memory = arena_open()) || !traits_copy(made, &from->facts)) {
    status = error_out_of_memory(error);
    goto done;
  }
  if (options && options->lanes) {
    made->traits.lanes = options->lanes;
  }
  made->cache_folder = program_cache_folder(made->memory, options ? options->cache_folder : NULL);
  TRY_DONE(from->device_id ? opencl_open(made, from, options, error) : reference_open(made));
  *opened = made;
  made = NULL;
done:
  device_close(made);
  return status;
}

void device_close(device *opened) {
  if (opened) {
    if (opened->backend) {
      opened->backend->close(opened);
    }
    arena_close(opened->memory);
    free(opened);
  }
}

const device_traits *device_get_traits(const device *opened) { return &opened->traits; }

const char *device_cache_folder(const device *opened) { return opened->cache_folder; }

sg_status buffer_make(device *on, size_t size_bytes, const void *initial, device_buffer **made, sg_error *error) {
  *made = NULL;
  if (size_bytes > on->traits.largest_allocation_bytes) {
    on->out_of_memory = true;
    return error_fail(error, SG_DEVICE, "a buffer of %zu bytes is larger than %s allows (%llu bytes)", size_bytes,
                      on->traits.name, (unsigned long long)on->traits.largest_allocation_bytes);
  }
  device_buffer *buffer = calloc(1, sizeof *buffer);
  if (!buffer) {
    return error_out_of_memory(error);
  }
  buffer->on = on;
  buffer->size_bytes = size_bytes ? size_bytes : 1;
  sg_status status = on->backend->buffer_make(buffer, size_bytes ? initial : NULL, error);
  if (status == SG_OK) {
    *made = buffer;
  } else {
    buffer_close(buffer);
  }
  return status;
}

bool device_ran_out_of_memory(device *on) {
  bool ran_out = on->out_of_memory;
  on->out_of_memory = false;
  return ran_out;
}

sg_status buffer_borrow(device *on, const void *memory, size_t size_bytes, device_buffer **made, sg_error *error) {
  *made = calloc(1, sizeof **made);
  if (!*made) {
    return error_out_of_memory(error);
  }
  **made = (device_buffer){.on = on, .size_bytes = size_bytes ? size_bytes : 1, .host_pages = (void *)memory, .lent = true};
  sg_status status = on->backend->buffer_make(*made, NULL, error);
  if (status != SG_OK) {
    buffer_close(*made);
    *made = NULL;
  }
  return status;
}

sg_status buffer_over(device *on, const void *memory, size_t size_bytes, device_buffer **made, sg_error *error) {
  return on->traits.own_memory ? buffer_make(on, size_bytes, memory, made, error)
                               : buffer_borrow(on, memory, size_bytes, made, error);
}

void buffer_touch(const device_buffer *buffer) {
  if (buffer->host_pages != NULL && !buffer->lent) {
    pages_touch(buffer->host_pages, buffer->size_bytes);
  }
}

kernel_argument memory_lend(lent_memory *all, const void *memory, size_t size_bytes, sg_error *error) {
  device_buffer *made = NULL;
  if (all->status == SG_OK) {
    all->status = buffer_borrow(all->to, memory, size_bytes, &made, error);
    all->buffers[all->n++] = made;
  }
  return ARG_BUFFER(made);
}

sg_status memory_take_back(lent_memory *all, const kernel_argument *written, size_t n_written, sg_error *error) {
  for (size_t i = 0; all->status == SG_OK && i < n_written; i++) {
    const double *mapped;
    all->status = buffer_map(written[i].as.buffer, &mapped, error);
    buffer_unmap(written[i].as.buffer, mapped);
  }
  while (all->n > 0) {
    buffer_close(all->buffers[--all->n]);
  }
  return all->status;
}

void buffer_close(device_buffer *buffer) {
  if (buffer) {
    buffer->on->backend->buffer_release(buffer);
    free(buffer);
  }
}

sg_status buffer_map(const device_buffer *buffer, const double **mapped, sg_error *error) {
  *mapped = NULL;
  return buffer->on->backend->buffer_map ? buffer->on->backend->buffer_map(buffer, mapped, error) : SG_OK;
}

void buffer_unmap(const device_buffer *buffer, const double *mapped) {
  if (mapped) {
    buffer->on->backend->buffer_unmap(buffer, mapped);
  }
}

static bool range_valid(const device_buffer *buffer, size_t offset_bytes, size_t size_bytes) {
  return offset_bytes <= buffer->size_bytes && size_bytes <= buffer->size_bytes - offset_bytes;
}

sg_status buffer_write(device *on, device_buffer *buffer, size_t offset_bytes, size_t size_bytes, const void *from,
                       sg_error *error) {
  assert(buffer && buffer->on == on && range_valid(buffer, offset_bytes, size_bytes));
  return size_bytes ? on->backend->buffer_write(buffer, offset_bytes, size_bytes, from, error) : SG_OK;
}

sg_status buffer_read(device *on, const device_buffer *buffer, size_t offset_bytes, size_t size_bytes, void *to,
                      sg_error *error) {
  assert(buffer && buffer->on == on && range_valid(buffer, offset_bytes, size_bytes));
  return size_bytes ? on->backend->buffer_read(buffer, offset_bytes, size_bytes, to, error) : SG_OK;
}

static sg_status gather_mapped(device *on, const device_buffer *buffer, const uint64_t *begin, size_t n, uint32_t length,
                               double *to, sg_error *error) {
  const double *from;
  TRY(on->backend->buffer_map(buffer, &from, error));
  for (size_t j = 0; j < n; j++) {
    if (length == 1) {
      to[j] = from[begin[j]];
    } else {
      memcpy(to + j * length, from + begin[j], length * sizeof *to);
    }
  }
  on->backend->buffer_unmap(buffer, from);
  return SG_OK;
}

sg_status buffer_gather(device *on, device_buffer *buffer, const uint64_t *begin, size_t n, uint32_t length, double *to,
                        sg_error *error) {
  if (n == 0 || on->backend->buffer_map) {
    return n == 0 ? SG_OK : gather_mapped(on, buffer, begin, n, length, to, error);
  }
  sg_status status = SG_OK;
  device_buffer *d_begin = NULL, *gathered = NULL;
  size_t gathered_bytes = n * length * sizeof *to;
  TRY_DONE(buffer_make(on, n * sizeof *begin, begin, &d_begin, error));
  TRY_DONE(buffer_make(on, gathered_bytes, NULL, &gathered, error));
  const kernel_argument arguments[] = {ARG_BUFFER(buffer), ARG_BUFFER(d_begin), ARG_UINT((uint32_t)n),
                                       ARG_UINT(length), ARG_BUFFER(gathered)};
  TRY_DONE(device_launch(on, KERNEL_gather_runs, arguments, sizeof arguments / sizeof *arguments,
                         (size_t[2]){length, n}, error));
  TRY_DONE(buffer_read(on, gathered, 0, gathered_bytes, to, error));
done:
  buffer_close(d_begin);
  buffer_close(gathered);
  return status;
}

sg_status device_launch(device *on, kernel_id kernel, const kernel_argument *arguments, size_t n_arguments,
                        const size_t items[2], sg_error *error) {
  return items[0] && items[1] ? on->backend->launch(on, kernel, arguments, n_arguments, items, error) : SG_OK;
}

sg_status device_finish(device *on, sg_error *error) { return on->backend->finish(on, error); }

/*
 * A CPU takes whole rows. On a GPU the neighbours of a netting work-item read the same row beside it, so each takes one
 * column; a pricing work-item prepares its instrument once for several. An H200 with spans of 1, 2, 4, 8 and 16:
 * net_nodes 894, 896, 552, 335, 148 G position-scenarios/s; price_black 29.7, 41.1, 51.7, 58.3, 33.5 G prices/s;
 * price_american (accurate) 0.54, 0.55, 0.60, 0.71, 0.77 G prices/s.
 */
uint32_t device_span(const device *on, kernel_id kernel, uint32_t stride) {
  enum { GPU_NET_SPAN = 1, GPU_PRICE_SPAN = 8 };
  uint32_t span = kernel == KERNEL_net_nodes ? GPU_NET_SPAN : GPU_PRICE_SPAN;
  span = span < on->traits.lanes ? on->traits.lanes : span;
  return on->traits.wide ? span : stride;
}

double device_kernel_seconds(const device *on, kernel_id kernel) { return on->seconds[kernel]; }
