/* SPDX-License-Identifier: MIT
 *
 * Several platforms at once: PoCL beside Oclgrind, which calls itself a GPU and uses the program cache. Skipped, and
 * said so, where Oclgrind or a registered PoCL is missing.
 */
#include "device/child.h"

#define OCLGRIND "/usr/lib/oclgrind/liboclgrind-rt-icd.so"
#define POCL_ICD "/etc/OpenCL/vendors/pocl.icd"

typedef struct fixture {
  char folder[64], vendors[96], cache[96];
} fixture;

static void command_run(const char *format, const char *folder) {
  char command[512];
  snprintf(command, sizeof command, format, folder);
  assert_int_equal(system(command), 0);
}

/* folder/vendors: a broken platform, Oclgrind, PoCL, in the loader's order. */
static int setup(void **state) {
  fixture *made = calloc(1, sizeof *made);
  strcpy(made->folder, "/tmp/shockgrid-platforms-XXXXXX");
  assert_non_null(mkdtemp(made->folder));
  snprintf(made->vendors, sizeof made->vendors, "OCL_ICD_VENDORS=%s/vendors", made->folder);
  snprintf(made->cache, sizeof made->cache, "XDG_CACHE_HOME=%s", made->folder);
  command_run("mkdir %s/vendors", made->folder);
  command_run("echo libdoes-not-exist.so > %s/vendors/a.icd", made->folder);
  command_run("echo " OCLGRIND " > %s/vendors/b.icd", made->folder);
  command_run("cp " POCL_ICD " %s/vendors/c.icd", made->folder);
  *state = made;
  return 0;
}

static int teardown(void **state) {
  fixture *used = *state;
  command_run("rm -r %s", used->folder);
  free(used);
  return 0;
}

static void a_broken_platform_does_not_hide_the_others_and_a_gpu_comes_first(void **state) {
  fixture *in = *state;
  assert_opens("auto", in->vendors, in->cache, "gpu, self-test passed, lanes 1\n");
  assert_opens("pthread", in->vendors, in->cache, "cpu, self-test passed");
}

/* The change touches one lane only, so the GPU that Oclgrind plays is refused and the CPU is not. */
static void auto_passes_over_a_refused_gpu_with_a_finding(void **state) {
  fixture *in = *state;
  outcome found;
  char *variable = kernels_change("price_linear.h", "return forward;", "return LANES == 1 ? forward + 1e-9 : forward;");
  open_in_child("auto", NULL, in->vendors, variable, &found);
  assert_int_equal(found.status, SG_OK);
  assert_int_equal(strncmp(found.text, "cpu, self-test passed", 21), 0);
  assert_contains(found.text, "Oclgrind Simulator (Oclgrind, driver ");
  assert_contains(found.text, "is refused: its kernel price_linear fails the self-test");
  open_in_child("gpu", NULL, in->vendors, variable, &found);
  assert_int_equal(found.status, SG_DEVICE);
  kernels_remove(variable);
}

/* The self-test, which takes a simulator long, says nothing of the cache. */
static void open_untested(const fixture *in) {
  const sg_device_options options = {.skip_self_test = true};
  outcome found;
  open_in_child("gpu", &options, in->vendors, in->cache, &found);
  assert_int_equal(found.status, SG_OK);
}

static void a_second_start_takes_the_program_from_the_cache_and_survives_a_damaged_one(void **state) {
  fixture *in = *state;
  open_untested(in);
  command_run(
      "test $(ls %1$s/shockgrid/*.program | wc -l) = 1 && stat -c '%%i %%s' %1$s/shockgrid/*.program > %1$s/first",
      in->folder);
  open_untested(in);
  /* A miss would have built it again and moved a new file into its place. */
  command_run("stat -c '%%i %%s' %1$s/shockgrid/*.program | cmp - %1$s/first", in->folder);
  command_run("truncate -s 1000 %s/shockgrid/*.program", in->folder);
  open_untested(in);
  command_run("test $(stat -c %%s %1$s/shockgrid/*.program) = $(cut -d' ' -f2 %1$s/first)", in->folder);
  command_run("rm -r %1$s/shockgrid && touch %1$s/shockgrid", in->folder);
  open_untested(in);
}

int main(void) {
  if (access(OCLGRIND, R_OK) != 0 || access(POCL_ICD, R_OK) != 0) {
    printf("skipped 3 tests: " OCLGRIND " or " POCL_ICD " is missing\n");
    return 0;
  }
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(a_broken_platform_does_not_hide_the_others_and_a_gpu_comes_first, setup,
                                      teardown),
      cmocka_unit_test_setup_teardown(auto_passes_over_a_refused_gpu_with_a_finding, setup, teardown),
      cmocka_unit_test_setup_teardown(a_second_start_takes_the_program_from_the_cache_and_survives_a_damaged_one, setup,
                                      teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
