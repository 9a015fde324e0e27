/* SPDX-License-Identifier: MIT
 *
 * System calls, whoever makes them (the C library's streams too): a seccomp filter turns them into a signal, whose handler
 * fails the call, shortens it, or makes it. x86-64 Linux.
 */
#include "inject.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

/* X(name, error) */
#define COUNTED_CALLS(X)                                                                                               \
  X(open, EACCES) X(openat, EACCES) X(read, EIO) X(pread64, EIO) X(write, ENOSPC) X(writev, ENOSPC) X(pwrite64, ENOSPC) \
  X(fsync, EIO) X(fdatasync, EIO) X(close, EIO) X(rename, EIO) X(renameat, EIO) X(renameat2, EIO) X(mkdir, EROFS)        \
  X(mkdirat, EROFS) X(unlink, EACCES) X(unlinkat, EACCES) X(rmdir, EACCES) X(getdents64, EIO) X(stat, EIO)               \
  X(lstat, EIO) X(fstat, EIO) X(newfstatat, EIO) X(access, EIO) X(lseek, EIO) X(ftruncate, EIO) X(flock, ENOLCK)         \
  X(mmap, ENOMEM) X(mremap, ENOMEM) X(clone3, EAGAIN) X(clone, EAGAIN)

static const struct {
  long number;
  int error;
  const char *name;
} calls[] = {
#define CALL_ROW(name, error) {SYS_##name, error, #name},
    COUNTED_CALLS(CALL_ROW)
#undef CALL_ROW
};
enum { N_CALLS = sizeof calls / sizeof *calls };

/* A system call that the filter lets pass, because of where it stands. */
long inject_raw(long number, long a, long b, long c, long d, long e, long f);
extern const char inject_raw_end[];
__asm__(".text\n"
        ".globl inject_raw\n.hidden inject_raw\n.type inject_raw, @function\n"
        ".globl inject_raw_end\n.hidden inject_raw_end\n"
        "inject_raw:\n"
        "  mov %rdi, %rax\n  mov %rsi, %rdi\n  mov %rdx, %rsi\n  mov %rcx, %rdx\n  mov %r8, %r10\n  mov %r9, %r8\n"
        "  mov 8(%rsp), %r9\n  syscall\n"
        "inject_raw_end:\n  ret\n");

static bool can_interrupt(long number) {
  return number == SYS_read || number == SYS_write || number == SYS_openat || number == SYS_open || number == SYS_flock;
}

/* The result of the call that the program asked for, or of what was done to it. */
static long answer(long number, const greg_t *r, const void *caller) {
  long a = (long)r[REG_RDI], b = (long)r[REG_RSI], c = (long)r[REG_RDX], d = (long)r[REG_R10], e = (long)r[REG_R8],
       f = (long)r[REG_R9];
  size_t i = 0;
  while (calls[i].number != number) {
    i++;
  }
  bool moves = number == SYS_read || number == SYS_write;
  if (number == SYS_write && a == STDERR_FILENO) {
    return inject_raw(number, a, b, c, d, e, f); /* where the run says what is wrong */
  }
  if (inject->kind == INJECT_CALL && inject_now(INJECT_CALL, calls[i].name, caller)) {
    if (number == SYS_close) {
      inject_raw(number, a, b, c, d, e, f); /* Linux closes it all the same */
    }
    return -calls[i].error;
  }
  if (moves && c > 1 && inject->kind == INJECT_SHORT && inject_now(INJECT_SHORT, calls[i].name, caller)) {
    return inject_raw(number, a, b, 1, d, e, f);
  }
  if (can_interrupt(number) && inject->kind == INJECT_INTERRUPT &&
      inject_now(INJECT_INTERRUPT, calls[i].name, caller)) {
    return -EINTR;
  }
  if (inject->kind == INJECT_KILL && inject_now(INJECT_KILL, calls[i].name, caller)) {
    inject_raw(SYS_kill, inject_raw(SYS_getpid, 0, 0, 0, 0, 0, 0), SIGKILL, 0, 0, 0, 0);
  }
  return inject_raw(number, a, b, c, d, e, f);
}

static void on_call(int signal_number, siginfo_t *about, void *context) {
  greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  registers[REG_RAX] = answer(about->si_syscall, registers, about->si_call_addr);
}

void inject_calls_begin(void) {
  struct sock_filter filter[N_CALLS + 9];
  uint64_t passes = (uint64_t)(uintptr_t)inject_raw_end;
  size_t n = 0;
#define LOAD(member) filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define LOAD_AT(offset) filter[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset)
#define SKIP_UNLESS(value, skipped) filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, skipped)
#define GIVE(verdict) filter[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict)
  LOAD_AT(offsetof(struct seccomp_data, instruction_pointer));
  SKIP_UNLESS(passes, 3);
  LOAD_AT(offsetof(struct seccomp_data, instruction_pointer) + 4);
  SKIP_UNLESS(passes >> 32, 1);
  GIVE(SECCOMP_RET_ALLOW);
  LOAD(nr);
  for (size_t i = 0; i < N_CALLS; i++) {
    filter[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)calls[i].number,
                                               (unsigned char)(N_CALLS - i), 0);
  }
  GIVE(SECCOMP_RET_ALLOW);
  GIVE(SECCOMP_RET_TRAP);
  struct sigaction action = {.sa_sigaction = on_call, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART};
  const struct sock_fprog program = {(unsigned short)n, filter};
  if (sigaction(SIGSYS, &action, NULL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
      prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
    perror("faults: seccomp");
    _exit(77);
  }
}
