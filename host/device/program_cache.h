/* SPDX-License-Identifier: MIT
 *
 * Built programs on disk. A cache never fails: what cannot be read or is not whole is not there, and what cannot be
 * written is not kept.
 */
#ifndef DEVICE_PROGRAM_CACHE_H
#define DEVICE_PROGRAM_CACHE_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The digest of everything that shapes a binary: `texts` in order (their lengths count, so that no two lists of texts
 * have one key) and the format of the file. False: out of memory. */
bool program_cache_key(const char *const *texts, size_t n_texts, uint64_t key[2]);

/* `wanted`, else $XDG_CACHE_HOME/shockgrid, else $HOME/.cache/shockgrid; NULL when there is none. */
const char *program_cache_folder(arena *memory, const char *wanted);

/* Makes the folder and those above it. */
bool program_cache_make(const char *folder);

/* The path of a key's file. */
const char *program_cache_path(arena *memory, const char *folder, const uint64_t key[2]);

/* The bytes stored under `key`, in `memory`; NULL when absent or damaged. */
const void *program_cache_load(arena *memory, const char *folder, const uint64_t key[2], size_t *size_bytes);

/* Stores them, making the folder; through a temporary file, so that a reader sees all or nothing. */
bool program_cache_save(const char *folder, const uint64_t key[2], const void *bytes, size_t size_bytes);

#endif
