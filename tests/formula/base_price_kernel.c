/* SPDX-License-Identifier: MIT
 *
 * The loops of kernels/price.cl and forward.cl, compiled as C: which row, column, slice and weight a cell is made of.
 * Cells are worked by hand: without vol an option is worth its intrinsic value.
 */
#include "kernels/forward.cl"
#include "kernels/price.cl"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

_Thread_local size_t kernel_item[2];

enum { STRIDE = 32, N = 16, N_FORWARDS = 2, N_SLICES = 3 };

typedef struct launch {
  double contract[N_CONTRACT_FIELDS][N];
  uint pnl_row[N], forward_row[N], weight_row[N];
  double vol[N_SLICES][N];
  uint slice_of[STRIDE];
  double slice_years[N_SLICES];
  double forward[N_FORWARDS][STRIDE], log_move[N_FORWARDS][STRIDE], weight[2][STRIDE];
  double round_unit;
  double pnl[N][STRIDE];
} launch;

/* Calls with strike 100 on forwards of base 100 and 200, moved by k - 8 per cent; columns from 20 on are padding. */
static launch launch_make(void) {
  launch made = {.round_unit = 0};
  double base[N_FORWARDS] = {100, 200}, gain[N_FORWARDS] = {100, 200}, move[1][STRIDE];
  uint move_row[N_FORWARDS] = {0, 0};
  for (int k = 0; k < STRIDE; k++) {
    move[0][k] = k < 20 ? (k - 8) / 100.0 : 0;
    made.slice_of[k] = k < 20 ? (uint)(k / 8) : SLICE_PADDING;
    made.weight[0][k] = 1;
    made.weight[1][k] = 0.25 * k;
  }
  for (uint r = 0; r < N_FORWARDS; r++) {
    for (uint k = 0; k < STRIDE; k++) {
      kernel_item[0] = k;
      kernel_item[1] = r;
      move_forwards(base, gain, move_row, move[0], N_FORWARDS, STRIDE, made.forward[0], made.log_move[0]);
    }
  }
  for (int i = 0; i < N; i++) {
    made.contract[CONTRACT_STRIKE][i] = 100;
    made.contract[CONTRACT_SIGN][i] = 1;
    made.contract[CONTRACT_MULTIPLIER][i] = 10;
    made.contract[CONTRACT_YEARS][i] = 1;
    made.contract[CONTRACT_DISCOUNT][i] = 0.5;
    made.contract[CONTRACT_RATE][i] = -math_log(0.5);
    made.pnl_row[i] = (uint)(N - 1 - i);
  }
  return made;
}

typedef void price_kernel(const double *, uint, const uint *, const uint *, const uint *, const double *, const uint *,
                          const double *, const double *, const double *, const double *, double, uint, uint, double *);

static void launch_run(launch *of, price_kernel *kernel, uint span) {
  for (size_t y = 0; y < N + 3; y++) { /* beyond the true counts too, as a padded launch does */
    for (size_t x = 0; x < STRIDE / span + 2; x++) {
      kernel_item[0] = x;
      kernel_item[1] = y;
      kernel(of->contract[0], N, of->pnl_row, of->forward_row, of->weight_row, of->vol[0], of->slice_of,
             of->slice_years, of->forward[0], of->log_move[0], of->weight[0], of->round_unit, STRIDE, span, of->pnl[0]);
    }
  }
}

static void forwards_move_and_carry_their_logarithm(void **unused) {
  launch made = launch_make();
  assert_true(made.forward[1][13] == fma(200, 0.05, 200));
  assert_true(made.log_move[1][13] == math_log(made.forward[1][13] / 200));
  assert_true(made.forward[0][8] == 100 && made.log_move[0][8] == 0);
  assert_true(forward_log_move(0, 100) == -1500);
}

static void a_cell_is_the_gain_times_multiplier_times_weight_in_its_own_row(void **unused) {
  launch made = launch_make();
  made.forward_row[3] = 1;
  made.weight_row[3] = 1;
  made.contract[CONTRACT_VALUE][3] = 50;
  launch_run(&made, price_black, STRIDE);
  for (int k = 0; k < 20; k++) {
    double gain = made.forward[0][k] > 100 ? (made.forward[0][k] - 100) * 0.5 : 0;
    assert_true(made.pnl[N - 1][k] == gain * 10);
    double gain_3 = (made.forward[1][k] - 100) * 0.5 - 50;
    assert_true(made.pnl[N - 1 - 3][k] == gain_3 * 10 * (0.25 * k));
  }
}

static void padding_columns_are_zero(void **unused) {
  launch made = launch_make();
  for (int k = 0; k < STRIDE; k++) {
    made.pnl[4][k] = NAN;
  }
  launch_run(&made, price_linear, 1);
  for (int k = 20; k < STRIDE; k++) {
    assert_true(made.pnl[4][k] == 0);
  }
  assert_true(made.pnl[4][19] == made.forward[0][19] * 10);
}

/* Slice 1 has vol, slice 2 takes half a year and leaves half of ln 2 to discount. */
static void each_column_uses_its_slices_vol_and_time(void **unused) {
  launch made = launch_make();
  made.vol[1][0] = 0.2;
  made.slice_years[2] = 0.5;
  launch_run(&made, price_black, 1);
  lane_contract contract = contract_load(made.contract[0], N, 0);
  black_state with_vol = black_prepare(contract, 0.2, 0);
  for (int k = 0; k < 20; k++) {
    double intrinsic = made.forward[0][k] > 100 ? made.forward[0][k] - 100 : 0;
    double got = made.pnl[N - 1][k];
    if (k < 8) {
      assert_true(got == intrinsic * 0.5 * 10);
    } else if (k < 16) {
      assert_true(got == black_value(with_vol, made.forward[0][k], made.log_move[0][k]) * 10 && got > intrinsic * 5);
    } else {
      assert_true(fabs(got - intrinsic * sqrt(0.5) * 10) <= 1e-14 * intrinsic);
    }
  }
}

static void the_span_of_a_work_item_changes_no_bit(void **unused) {
  launch once = launch_make();
  for (int i = 0; i < N; i++) {
    once.forward_row[i] = i % 2;
    once.weight_row[i] = i % 3 == 0;
    for (int v = 0; v < N_SLICES; v++) {
      once.vol[v][i] = 0.1 * (i + v);
    }
  }
  static const uint spans[] = {1, 5, 16, STRIDE};
  static price_kernel *const kernels[] = {price_linear, price_black, price_bachelier};
  for (int kernel = 0; kernel < 3; kernel++) {
    launch_run(&once, kernels[kernel], 1);
    for (int s = 1; s < 4; s++) {
      launch again = once;
      memset(again.pnl, 0xff, sizeof again.pnl);
      launch_run(&again, kernels[kernel], spans[s]);
      assert_memory_equal(again.pnl, once.pnl, sizeof once.pnl);
    }
  }
}

/* Gains of 7.5, 2.5, -7.5, -2.5, 5, -5, 0 and 20 in units of 5. */
static void cells_round_to_the_unit_with_halves_away_from_zero(void **unused) {
  static const double forwards[] = {100.75, 100.25, 99.25, 99.75, 100.5, 99.5, 100, 102};
  static const double expected[] = {10, 5, -10, -5, 5, -5, 0, 20};
  launch made = launch_make();
  made.contract[CONTRACT_VALUE][0] = 100;
  made.round_unit = 5;
  for (int k = 0; k < 8; k++) {
    made.forward[0][k] = forwards[k];
  }
  launch_run(&made, price_linear, STRIDE);
  for (int k = 0; k < 8; k++) {
    assert_true(made.pnl[N - 1][k] == expected[k]);
  }
}

static void inverse_contracts_settle_in_coin(void **unused) {
  launch made = launch_make();
  made.contract[CONTRACT_INVERSE][0] = 1;
  made.contract[CONTRACT_DISCOUNT][0] = 1;
  made.contract[CONTRACT_RATE][0] = 0;
  made.contract[CONTRACT_VALUE][0] = -0.01;
  launch_run(&made, price_linear, STRIDE);
  assert_true(made.pnl[N - 1][18] == (-1 / made.forward[0][18] + 0.01) * 10);
  assert_true(made.pnl[N - 2][18] == made.forward[0][18] * 10);
  made.contract[CONTRACT_VALUE][0] = 0;
  launch_run(&made, price_black, STRIDE);
  assert_true(made.pnl[N - 1][18] == (made.forward[0][18] - 100) / made.forward[0][18] * 10);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(forwards_move_and_carry_their_logarithm),
      cmocka_unit_test(a_cell_is_the_gain_times_multiplier_times_weight_in_its_own_row),
      cmocka_unit_test(padding_columns_are_zero),
      cmocka_unit_test(each_column_uses_its_slices_vol_and_time),
      cmocka_unit_test(the_span_of_a_work_item_changes_no_bit),
      cmocka_unit_test(cells_round_to_the_unit_with_halves_away_from_zero),
      cmocka_unit_test(inverse_contracts_settle_in_coin),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
