/* SPDX-License-Identifier: MIT
 *
 * Which device is opened, what is said when none can be, and devices with broken kernels. Each case runs in a process
 * of its own, because an OpenCL loader reads its environment once.
 */
#define CL_TARGET_OPENCL_VERSION 120
#include "device/child.h"

#include <CL/cl.h>
#include <dlfcn.h>

/* Before the loader's own: the question of the number in $UNTOLD gets no answer. */
static bool is_untold(cl_uint what) {
  const char *untold = getenv("UNTOLD");
  return untold && strtoul(untold, NULL, 0) == what;
}

#define LOADERS(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

cl_int clGetDeviceInfo(cl_device_id id, cl_device_info what, size_t size_bytes, void *value, size_t *needed_bytes) {
  return is_untold(what) ? CL_OUT_OF_RESOURCES
                         : LOADERS(clGetDeviceInfo)(id, what, size_bytes, value, needed_bytes);
}

cl_int clGetPlatformInfo(cl_platform_id platform, cl_platform_info what, size_t size_bytes, void *value,
                         size_t *needed_bytes) {
  return is_untold(what) ? CL_OUT_OF_RESOURCES
                         : LOADERS(clGetPlatformInfo)(platform, what, size_bytes, value, needed_bytes);
}

static void auto_and_cpu_open_a_cpu_that_has_passed(void **state) {
  assert_opens("auto", NULL, NULL, "cpu, self-test passed");
  assert_opens("cpu", NULL, NULL, "cpu, self-test passed");
  assert_opens("0", NULL, NULL, "cpu, self-test passed");
}

static void reference_opens_without_any_platform(void **state) {
  assert_opens("reference", "OCL_ICD_VENDORS=/nonexistent", NULL, "reference, self-test passed, lanes 1");
  assert_opens("0", "OCL_ICD_VENDORS=/nonexistent", NULL, "reference, self-test passed");
}

static void no_choice_reads_the_environment_and_a_choice_does_not(void **state) {
  assert_opens(NULL, "SHOCKGRID_DEVICE=reference", NULL, "reference");
  assert_opens("reference", "SHOCKGRID_DEVICE=nonsense", NULL, "reference");
  assert_opens(NULL, "SHOCKGRID_DEVICE=", NULL, "cpu");
}

static void a_part_of_a_name_is_enough_in_any_case(void **state) { assert_opens("REFER", NULL, NULL, "reference"); }

static void options_set_the_lanes_and_skip_the_self_test(void **state) {
  outcome found;
  open_in_child("auto", &(sg_device_options){.lanes = 2, .skip_self_test = true}, NULL, NULL, &found);
  assert_int_equal(found.status, SG_OK);
  assert_string_equal(found.text, "cpu, self-test not run, lanes 2\n");
  open_in_child("auto", &(sg_device_options){.lanes = 3}, NULL, NULL, &found);
  assert_int_equal(found.status, SG_USAGE);
  assert_string_equal(found.text, "lanes 3 is not 1, 2, 4, 8 or 16\n");
}

static void an_unknown_name_or_index_lists_what_exists(void **state) {
  assert_refuses(
      "voodoo", NULL, SG_USAGE,
      PARTS("device \"voodoo\" is not auto, cpu, gpu, reference, or the index or part of the name of one of: 0: ",
            "(cpu)", ": reference\n"));
  assert_refuses("99", NULL, SG_USAGE, PARTS("device \"99\" is not"));
  assert_refuses("", NULL, SG_USAGE, PARTS("device \"\" is not"));
}

static void no_platform_says_what_to_install(void **state) {
  static const char *const choices_[] = {"auto", "cpu", "gpu"};
  for (int i = 0; i < 3; i++) {
    assert_refuses(choices_[i], "OCL_ICD_VENDORS=/nonexistent", SG_DEVICE,
                   PARTS("no OpenCL device was found: install one (Debian: `apt install pocl-opencl-icd` makes the CPU "
                         "one), or use --device reference\n"));
  }
}

/* Its name, driver and lanes stand in what a run records. */
static void a_device_that_does_not_tell_what_it_is_is_refused_with_the_question(void **state) {
  static const struct {
    cl_uint what;
    const char *name;
  } questions[] = {{CL_DEVICE_NAME, "CL_DEVICE_NAME"},
                   {CL_DRIVER_VERSION, "CL_DRIVER_VERSION"},
                   {CL_DEVICE_VERSION, "CL_DEVICE_VERSION"},
                   {CL_PLATFORM_NAME, "CL_PLATFORM_NAME"},
                   {CL_PLATFORM_VERSION, "CL_PLATFORM_VERSION"},
                   {CL_DEVICE_TYPE, "CL_DEVICE_TYPE"},
                   {CL_DEVICE_DOUBLE_FP_CONFIG, "CL_DEVICE_DOUBLE_FP_CONFIG"},
                   {CL_DEVICE_NATIVE_VECTOR_WIDTH_DOUBLE, "CL_DEVICE_NATIVE_VECTOR_WIDTH_DOUBLE"}};
  for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
    char variable[32], said[128];
    snprintf(variable, sizeof variable, "UNTOLD=%u", questions[i].what);
    snprintf(said, sizeof said, " does not tell %s: CL_OUT_OF_RESOURCES (-5)", questions[i].name);
    assert_refuses("0", variable, SG_DEVICE, PARTS(said));
    assert_refuses("auto", variable, SG_DEVICE, PARTS("no OpenCL device can be used; there is 0: ", said + 1, "1: reference"));
  }
}

static void assert_change_refused(const char *file, const char *from, const char *to, const char *const *parts) {
  char *variable = kernels_change(file, from, to);
  assert_refuses("cpu", variable, SG_DEVICE, parts);
  kernels_remove(variable);
}

static void a_kernel_with_one_wrong_constant_is_refused_by_name_and_case(void **state) {
  assert_change_refused("price_black.h", "0\\.5 \\* stddev", "0.500000000000001 * stddev",
                        PARTS("is refused: its kernel price_black fails the self-test at pnl[", "instrument", "strike",
                              "driver", "expected 0x", "got 0x", "no OpenCL cpu can be used"));
  assert_change_refused("price_bachelier.h", "return outside +", "return 1e-14 + outside +",
                        PARTS("its kernel price_bachelier fails"));
  assert_change_refused("price_linear.h", "return forward;", "return forward + 1e-9;",
                        PARTS("its kernel price_linear fails"));
  assert_change_refused("shared.h", "NET_SEGMENT 256", "NET_SEGMENT 255", PARTS("its kernel net_nodes fails"));
  assert_change_refused("fold.cl", "sum = sum + fold_part", "sum = fold_part", PARTS("its kernel fold_level fails"));
  assert_change_refused("reduce.h", "lane_less(number, held->scenario)", "lane_less(held->scenario, number)",
                        PARTS("its kernel reduce_worst fails the self-test at worst_scenario["));
  assert_change_refused("forward.cl", "fma(", "1e-17 + fma(", PARTS("its kernel move_forwards fails"));
}

static void a_broken_arithmetic_is_caught_by_its_canary(void **state) {
  assert_change_refused(
      "probe.cl", "return a \\* b + c;", "return fma(a, b, c);",
      PARTS("its kernel probe_math fails the self-test at MULTIPLY_ADD of 0x1.0000002p0, 0x1.0000002p0, "
            "-0x1.0000004p0: expected 0x0000000000000000 (0), got 0x3c90000000000000"));
  assert_change_refused("probe.cl", "return a / b;", "return a * (1.0 / b);", PARTS("at DIVIDE of"));
}

static void a_build_failure_shows_the_lines_around_it(void **state) {
  assert_change_refused(
      "net.cl", "ulong last = .*", "ulong last = nonsense;",
      PARTS("cannot build the kernels with \"-cl-std=CL1.2 -DLANES=", "CL_BUILD_PROGRAM_FAILURE (-11)",
            " |   ulong last = nonsense;\n", "\n> ", "undeclared identifier 'nonsense'"));
}

static void a_missing_kernel_folder_is_told(void **state) {
  assert_refuses("cpu", "SHOCKGRID_KERNELS=/nonexistent", SG_DEVICE, PARTS("/nonexistent/probe.cl: "));
}

static void list_in_child(const char *environment, char *text, size_t size) {
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  fflush(NULL);
  pid_t child = fork();
  if (child == 0) {
    device_list *list;
    FILE *stream = fdopen(ends[1], "w");
    if (environment) {
      putenv((char *)(uintptr_t)environment);
    }
    if (device_list_open(true, &list, NULL) == SG_OK) {
      for (size_t i = 0; i < device_list_count(list); i++) {
        sg_device_facts facts = device_list_get(list, i);
        fprintf(stream, "%s %s %d %d: %s\n", facts.type, facts.name, facts.double_precision, facts.memory_bytes > 0,
                facts.self_test);
      }
    }
    fclose(stream);
    device_list_close(list);
    _exit(0);
  }
  close(ends[1]);
  FILE *stream = fdopen(ends[0], "r");
  size_t n = fread(text, 1, size - 1, stream);
  text[n] = 0;
  fclose(stream);
  waitpid(child, NULL, 0);
}

static void the_list_has_every_device_with_its_verdict_and_the_reference_last(void **state) {
  static char text[TEXT_BYTES];
  list_in_child(NULL, text, sizeof text);
  assert_int_equal(strncmp(text, "cpu ", 4), 0);
  assert_contains(text, " 1 1: passed\nreference reference 1 1: passed\n");
  list_in_child("OCL_ICD_VENDORS=/nonexistent", text, sizeof text);
  assert_string_equal(text, "reference reference 1 1: passed\n");
  char *variable = kernels_change("price_linear.h", "return forward;", "return forward + 1e-9;");
  list_in_child(variable, text, sizeof text);
  kernels_remove(variable);
  assert_contains(text, "is refused: its kernel price_linear fails the self-test");
  assert_contains(text, "\nreference reference 1 1: passed\n");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(auto_and_cpu_open_a_cpu_that_has_passed),
      cmocka_unit_test(reference_opens_without_any_platform),
      cmocka_unit_test(no_choice_reads_the_environment_and_a_choice_does_not),
      cmocka_unit_test(a_part_of_a_name_is_enough_in_any_case),
      cmocka_unit_test(options_set_the_lanes_and_skip_the_self_test),
      cmocka_unit_test(an_unknown_name_or_index_lists_what_exists),
      cmocka_unit_test(no_platform_says_what_to_install),
      cmocka_unit_test(a_device_that_does_not_tell_what_it_is_is_refused_with_the_question),
      cmocka_unit_test(a_kernel_with_one_wrong_constant_is_refused_by_name_and_case),
      cmocka_unit_test(a_broken_arithmetic_is_caught_by_its_canary),
      cmocka_unit_test(a_build_failure_shows_the_lines_around_it),
      cmocka_unit_test(a_missing_kernel_folder_is_told),
      cmocka_unit_test(the_list_has_every_device_with_its_verdict_and_the_reference_last),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
