/* SPDX-License-Identifier: MIT
 *
 * A library that is loaded before all others (LD_PRELOAD) and makes one call of a run fail: the n-th allocation, system
 * call or OpenCL call, for every n in turn. inject_loop.c forks the program once for each n and judges what came of it.
 */
#ifndef FAULTS_INJECT_H
#define FAULTS_INJECT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum inject_kind {
  INJECT_MEMORY,    /* an allocation gives NULL */
  INJECT_CALL,      /* a system call gives the error that is likeliest for it */
  INJECT_SHORT,     /* a read or write moves one byte; the run has to go on as if nothing was */
  INJECT_INTERRUPT, /* a read, write, open or lock gives EINTR once */
  INJECT_KILL,      /* SIGKILL instead of a system call */
  INJECT_RANDOM,    /* SIGKILL at a random moment */
  INJECT_OPENCL,    /* an OpenCL call fails, or an event says that its kernel failed */
  N_INJECT_KINDS
} inject_kind;

/* Shared by the loop and the run under test. */
typedef struct injection {
  inject_kind kind;
  uint64_t at;   /* the occurrence that fails, from 1; 0: none, only counted */
  bool lasting;  /* and all after it */
  atomic_uint_fast64_t n_seen;
  char call[40]; /* the one that failed */
  const void *caller;
  const void *frames[12]; /* of the stack there */
  int64_t n_leaked; /* blocks, descriptors and OpenCL objects left at exit; more than there were is counted too */
  const void *leak_caller;
} injection;

extern injection *inject; /* NULL outside of a run under test */
extern bool inject_armed; /* in the run under test, from the first line of main on */

/* Counts an occurrence of `kind`; true when it is to fail. Notes the first that does. */
bool inject_now(inject_kind kind, const char *call, const void *caller);

/* Is an address in the code of shockgrid itself? */
bool inject_is_ours(const void *address);

/* What each part does at the start of the run under test, and what it finds left at its end. */
void inject_memory_begin(void);
int64_t inject_memory_left(const void **caller);
void inject_calls_begin(void);
int64_t inject_opencl_left(void);

/* ---- inject_tree.c: folders of small files ------------------------------------------------------------------------- */

typedef struct tree tree; /* the paths below a folder and a hash of what each holds, sorted */
tree *tree_read(const char *folder);
bool tree_equal(const tree *a, const tree *b);
/* What may be seen of a run that was stopped: every visible file is one of `before` or `after`, and where a file that
 * vouches for the others is among them (manifest.json, book.yaml), the visible ones are those of one of the two. */
bool tree_between(const tree *found, const tree *before, const tree *after);
void tree_print(const tree *found);
void tree_close(tree *closed);
void folder_remove(const char *folder);
void folder_copy(const char *from, const char *to); /* `to` is made; from "" makes an empty one */

#endif
