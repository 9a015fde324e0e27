/* SPDX-License-Identifier: MIT
 *
 * The loop: before main, forks the program once for each occurrence to fail, and judges its exit code, its message, what
 * it left in its sandbox, and what it did not give back. Settings come from the environment, see sweep.sh.
 */
#include "inject.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *const kind_names[N_INJECT_KINDS] = {"memory", "call",   "short", "interrupt",
                                                       "kill",   "random", "opencl"};
enum { TIMEOUT_CPU_S = 60, TIMEOUT_S = 600 }; /* a busy machine may stop a run for minutes */

injection *inject;
bool inject_armed;

/* ---- inside the run under test ------------------------------------------------------------------------------------- */

/* The innermost code that is neither this library nor the C library; `otherwise` when there is none. */
static const void *find_caller(const void *otherwise) {
  void *frames[32];
  bool armed = inject_armed;
  inject_armed = false;
  int n = backtrace(frames, sizeof frames / sizeof *frames);
  const void *found = otherwise;
  for (int i = n; i-- > 1;) {
    Dl_info where = {0};
    dladdr(frames[i], &where);
    const char *file = where.dli_fname == NULL ? "" : where.dli_fname;
    if (i <= 12) {
      inject->frames[i - 1] = frames[i];
    }
    if (strstr(file, "/libc.so") == NULL && strstr(file, "inject.so") == NULL && *file != '\0') {
      found = frames[i];
    }
  }
  inject_armed = armed;
  return found;
}

bool inject_now(inject_kind kind, const char *call, const void *caller) {
  if (!inject_armed || inject->kind != kind) {
    return false;
  }
  uint64_t n = atomic_fetch_add(&inject->n_seen, 1) + 1;
  bool now = inject->at != 0 && (n == inject->at || (inject->lasting && n > inject->at));
  if (now && inject->call[0] == '\0') {
    strcpy(inject->call, call);
    inject->caller = find_caller(caller);
  }
  return now;
}

static struct {
  uintptr_t from, to;
} ours[2];

static int note_object(struct dl_phdr_info *object, size_t size_bytes, void *n_noted) {
  bool is_ours = object->dlpi_name[0] == '\0' || strstr(object->dlpi_name, "libshockgrid") != NULL;
  size_t *n = n_noted;
  for (int i = 0; is_ours && i < object->dlpi_phnum && *n < 2; i++) {
    if (object->dlpi_phdr[i].p_type == PT_LOAD && (object->dlpi_phdr[i].p_flags & PF_X) != 0) {
      uintptr_t from = object->dlpi_addr + object->dlpi_phdr[i].p_vaddr;
      ours[*n].from = from;
      ours[(*n)++].to = from + object->dlpi_phdr[i].p_memsz;
    }
  }
  return 0;
}

bool inject_is_ours(const void *address) {
  uintptr_t at = (uintptr_t)address;
  return (at >= ours[0].from && at < ours[0].to) || (at >= ours[1].from && at < ours[1].to);
}

/* Ours do not start: what comes n-th is the same each time, and who finds no thread does the work itself. */
__attribute__((visibility("default"))) int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                                                          void *(*start)(void *), void *argument) {
  static int (*create)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
  if (inject_armed && inject_is_ours(__builtin_return_address(0))) {
    return EAGAIN;
  }
  if (create == NULL) {
    *(void **)&create = dlsym(RTLD_NEXT, "pthread_create");
  }
  return create(thread, attributes, start, argument);
}

static int64_t count_descriptors(void) {
  int64_t n = 0;
  DIR *listing = opendir("/proc/self/fd");
  while (listing != NULL && readdir(listing) != NULL) {
    n++;
  }
  if (listing != NULL) {
    closedir(listing);
  }
  return n;
}

static int64_t n_descriptors;

static void run_end(void) {
  inject_armed = false;
  bool has_driver = inject->kind == INJECT_OPENCL; /* which keeps descriptors of its own */
  int64_t n_new = has_driver ? 0 : count_descriptors() - n_descriptors;
  inject->n_leaked = inject_memory_left(&inject->leak_caller) + (n_new != 0) + (inject_opencl_left() != 0);
}

static void run_begin(const char *work) {
  static char out_bytes[1 << 12];
  char path[4096];
  snprintf(path, sizeof path, "%s/stdout", work);
  FILE *out = freopen(path, "w", stdout);
  snprintf(path, sizeof path, "%s/stderr", work);
  FILE *messages = freopen(path, "w", stderr);
  if (out == NULL || messages == NULL) {
    _exit(70);
  }
  setvbuf(stdout, out_bytes, _IOFBF, sizeof out_bytes); /* else the stream allocates, and never frees */
  setvbuf(stderr, NULL, _IONBF, 0);
  size_t n_noted = 0;
  dl_iterate_phdr(note_object, &n_noted);
  (void)find_caller(NULL); /* loads what it needs */
  n_descriptors = count_descriptors();
  inject_memory_begin();
  atexit(run_end);
  setrlimit(RLIMIT_CPU, &(struct rlimit){TIMEOUT_CPU_S, TIMEOUT_CPU_S + 1});
  alarm(TIMEOUT_S);
  if (inject->kind == INJECT_CALL || inject->kind == INJECT_SHORT || inject->kind == INJECT_INTERRUPT ||
      inject->kind == INJECT_KILL) {
    inject_calls_begin();
  }
  inject_armed = true;
}

/* ---- the judge ----------------------------------------------------------------------------------------------------- */

typedef struct sweep {
  const char *name, *work, *before_folder;
  char sandbox[3000];
  tree *before, *after;
  uint64_t clean_us, random;
  size_t n_points, n_refused, n_survived, n_told, n_killed, n_library, n_bad, n_leaking;
} sweep;

static uint64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static uint64_t setting(const char *name, uint64_t otherwise) {
  const char *text = getenv(name);
  return text != NULL && *text != '\0' ? strtoull(text, NULL, 10) : otherwise;
}

/* xorshift64: Marsaglia, Xorshift RNGs, Journal of Statistical Software 8 (14), 2003. */
static uint64_t draw(sweep *of) {
  of->random ^= of->random << 13;
  of->random ^= of->random >> 7;
  return of->random ^= of->random << 17;
}

/* Forks. Returns true in the child, which goes on to main; in the parent *status tells how the child ended. */
static bool run(sweep *of, uint64_t at, uint64_t kill_after_us, int *status) {
  inject->at = at;
  inject->n_seen = 0;
  inject->call[0] = '\0';
  inject->n_leaked = 0;
  fflush(NULL);
  pid_t child = fork();
  if (child < 0) {
    perror("faults: fork");
    _exit(70);
  }
  if (child == 0) {
    run_begin(of->work);
    return true;
  }
  if (kill_after_us > 0) {
    usleep((useconds_t)kill_after_us);
    kill(child, SIGKILL);
  }
  waitpid(child, status, 0);
  return false;
}

/* The first lines of what the run said. */
static void print_message(const sweep *of) {
  char path[4096], line[400];
  snprintf(path, sizeof path, "%s/stderr", of->work);
  FILE *stream = fopen(path, "r");
  for (int i = 0; i < 5 && stream != NULL && fgets(line, sizeof line, stream) != NULL; i++) {
    fprintf(stderr, "    %s", line);
  }
  if (stream != NULL) {
    fclose(stream);
  }
}

static void complain(sweep *of, uint64_t at, const char *what, int status) {
  of->n_bad++;
  if (of->n_bad > setting("FAULT_SHOW", 5)) {
    return;
  }
  Dl_info where = {0};
  dladdr(inject->n_leaked != 0 ? inject->leak_caller : inject->caller, &where);
  const void *address = inject->n_leaked != 0 ? inject->leak_caller : inject->caller;
  fprintf(stderr, "FAULT: %s %s %llu (%s, called from %s+%#lx): %s; wait status %#x\n", of->name,
          kind_names[inject->kind], (unsigned long long)at, inject->call, where.dli_fname ? where.dli_fname : "?",
          (unsigned long)((uintptr_t)address - (uintptr_t)where.dli_fbase), what, (unsigned)status);
  for (size_t i = 0; i < 12 && getenv("FAULT_STACK") != NULL; i++) {
    dladdr(inject->frames[i], &where);
    fprintf(stderr, "    %s+%#lx\n", where.dli_fname, (unsigned long)((uintptr_t)inject->frames[i] - (uintptr_t)where.dli_fbase));
  }
  print_message(of);
  tree *found = tree_read(of->sandbox);
  tree_print(found);
  tree_close(found);
}

static bool said_something(const sweep *of) {
  char path[4096];
  struct stat facts;
  snprintf(path, sizeof path, "%s/stderr", of->work);
  return stat(path, &facts) == 0 && facts.st_size > 0;
}

/* Out of memory and a broken device are 4, the rest is about files: 5. A system call that gives memory counts as memory. */
static bool code_fits(int code) {
  bool memory = inject->kind == INJECT_MEMORY || inject->kind == INJECT_OPENCL;
  return code == 4 ? memory || strcmp(inject->call, "mmap") == 0 || strncmp(inject->call, "clone", 5) == 0
                   : code == 5 && !memory;
}

/* Cleaning up is all that may fail and leave something hidden. */
static bool may_leave_hidden(void) {
  static const char *const cleaning[] = {"unlink", "rmdir", "openat", "getdents64", "newfstatat", "fstat"};
  for (size_t i = 0; i < sizeof cleaning / sizeof *cleaning; i++) {
    if (strcmp(inject->call, cleaning[i]) == 0) {
      return true;
    }
  }
  return inject->lasting || inject->kind == INJECT_MEMORY;
}

/* Not ours, and not the C library on our behalf. */
static bool is_of_library(const void *address) {
  Dl_info where = {0};
  return dladdr(address, &where) != 0 && where.dli_fname != NULL && strstr(where.dli_fname, "libshockgrid") == NULL &&
         strstr(where.dli_fname, "/libc.") == NULL && strstr(where.dli_fname, "/lib") != NULL;
}

/* True: something is left that could not be taken back, and has to be as after a kill. */
static bool judge_failed(sweep *of, uint64_t at, int status) {
  bool is_stuck = false;
  tree *found = tree_read(of->sandbox);
  bool passes = inject->kind == INJECT_SHORT; /* no failure at all */
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  if (code == 0) {
    bool same = tree_equal(found, of->after) || (may_leave_hidden() && tree_between(found, of->after, of->after));
    of->n_survived++;
    if (!same) {
      complain(of, at, "says that it went well, and its output differs", status);
    }
  } else if (!WIFEXITED(status) && is_of_library(inject->caller)) {
    of->n_library++;
  } else if (!WIFEXITED(status)) {
    bool hangs = WTERMSIG(status) == SIGALRM || WTERMSIG(status) == SIGXCPU;
    complain(of, at, hangs ? "hangs" : "crashes", status);
  } else if (passes) {
    complain(of, at, "does not go on", status);
  } else if (!code_fits(code)) {
    complain(of, at, "has the wrong exit code", status);
  } else if (!said_something(of)) {
    complain(of, at, "says nothing", status);
  } else if (tree_equal(found, of->before) || (may_leave_hidden() && tree_between(found, of->before, of->before))) {
    of->n_refused++;
  } else if (tree_equal(found, of->after)) {
    of->n_told++;
  } else if (inject->lasting && inject->kind == INJECT_CALL) { /* nothing moves any more, and so nothing back */
    of->n_refused++;
    is_stuck = true;
  } else {
    complain(of, at, "fails and leaves something behind", status);
  }
  if (WIFEXITED(status) && inject->n_leaked != 0) {
    if (is_of_library(inject->caller)) { /* which may not give back what it had when its own allocation failed */
      of->n_leaking++;
    } else {
      complain(of, at, "leaks", status);
    }
  }
  tree_close(found);
  return is_stuck;
}

/* True in a child. */
static bool judge_killed(sweep *of, uint64_t at, int status) {
  tree *found = tree_read(of->sandbox);
  of->n_killed += WIFSIGNALED(status);
  if (!tree_between(found, of->before, of->after)) {
    complain(of, at, "leaves an output that looks complete", status);
  }
  bool is_whole = tree_equal(found, of->after); /* which some commands do not replace */
  tree_close(found);
  if (is_whole) {
    return false;
  }
  if (run(of, 0, 0, &status)) {
    return true;
  }
  found = tree_read(of->sandbox);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    complain(of, at, "cannot be repeated after a kill", status);
  } else if (!tree_equal(found, of->after)) {
    complain(of, at, "gives something else after a kill, or leaves debris", status);
  }
  tree_close(found);
  return false;
}

static void reset(const sweep *of) {
  folder_remove(of->sandbox);
  folder_copy(of->before_folder, of->sandbox);
}

/* A run without faults, which says what is expected. True in a child. */
static bool calibrate(sweep *of, bool first) {
  int status;
  reset(of);
  uint64_t start_us = now_us();
  if (run(of, 0, 0, &status)) {
    return true;
  }
  of->clean_us = now_us() - start_us;
  tree *found = tree_read(of->sandbox);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || inject->n_leaked != 0) {
    complain(of, 0, "fails by itself, or leaks", status);
    exit(WIFEXITED(status) && WEXITSTATUS(status) == 77 ? 77 : 1);
  }
  if (first) {
    of->after = found;
    return false;
  }
  if (!tree_equal(found, of->after)) {
    complain(of, 0, "does not give the same bytes twice", status);
  }
  tree_close(found);
  return false;
}

static void report(const sweep *of) {
  printf("%-24s %-10s%-8s %6zu points, %6zu refused, %6zu survived, %5zu told, %6zu killed, "
         "%zu crashed and %zu leaked in a library, %zu bad\n",
         of->name, kind_names[inject->kind], inject->lasting ? " lasting" : "", of->n_points, of->n_refused,
         of->n_survived, of->n_told, of->n_killed, of->n_library, of->n_leaking, of->n_bad);
  fflush(stdout);
}

/* True in a child. */
static bool sweep_run(sweep *of) {
  bool is_random = inject->kind == INJECT_RANDOM;
  uint64_t every = setting("FAULT_EVERY", 1), first = setting("FAULT_FIRST", 1);
  if (calibrate(of, true) || calibrate(of, false)) {
    return true;
  }
  uint64_t n_kills = setting("FAULT_RUNS", 100), n = is_random ? 10 * n_kills : inject->n_seen;
  for (uint64_t at = first; at <= n && !(is_random && of->n_killed == n_kills); at += is_random ? 1 : every) {
    int status;
    reset(of);
    of->n_points++;
    if (run(of, is_random ? 0 : at, is_random ? 1 + draw(of) % (of->clean_us * 11 / 10) : 0, &status)) {
      return true;
    }
    if (inject->kind == INJECT_KILL || is_random) {
      if (judge_killed(of, at, status)) {
        return true;
      }
    } else if (judge_failed(of, at, status) && judge_killed(of, at, status)) {
      return true;
    }
  }
  return false;
}

__attribute__((constructor)) static void begin(void) {
  const char *kind = getenv("FAULT_KIND");
  if (kind == NULL) {
    return;
  }
  inject = mmap(NULL, sizeof *inject, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  while (inject->kind < N_INJECT_KINDS && strcmp(kind_names[inject->kind], kind) != 0) {
    inject->kind++;
  }
  unsetenv("LD_PRELOAD"); /* not in what the program may start */
  unsetenv("FAULT_KIND");
  static sweep all;
  all = (sweep){.name = getenv("FAULT_NAME"), .work = getenv("FAULT_WORK"), .before_folder = getenv("FAULT_BEFORE"),
                .random = setting("FAULT_SEED", 1)};
  inject->lasting = setting("FAULT_LASTING", 0) != 0;
  snprintf(all.sandbox, sizeof all.sandbox, "%s/sandbox", all.work);
  reset(&all);
  all.before = tree_read(all.sandbox);
  if (!sweep_run(&all)) {
    report(&all);
    _exit(all.n_bad == 0 ? 0 : 1);
  }
}
