# Explanations of published cases: every term is a line with the numbers of its formula, and the lines sum to the requirement.
$ B=$SOURCE/tests/golden/books && for m in drv2-12:derive-pmrm2 drv1-16:derive-pmrm1 srm-17:derive-standard dbt-a:deribit-pm okx-1:okx-pm; do shockgrid run $B/${m%:*} --model ${m#*:} --device reference --quiet --out ${m%:*}; done
$ shockgrid explain drv2-12 A --device reference | sed -n '3,18p'
initial requirement                                  13,417.629550686073  USDC
  initial.sum                                        14,191.339079803171  sum
    scan_initial                                     13,713.021549560421  sum
      scan_or_basis                                  13,713.021549560421  max
        scan                                         12,939.312020443323  worst
          whole account                              12,939.312020443323  regular 0
        scan_or_basis.sum                             1,720.919334047612  sum
          basis_contingency                           1,720.919334047612  worst
            BTC/2026-01-10T04:47:32Z                  1,720.919334047612  basis 0
        max, whole account                             -947.209804930514
    naked_initial                                       478.31753024275   charge naked * S * (option_mm + option_im) with option_mm=0.003, option_im=0.002
      BTC/2026-01-10T04:47:32Z/100000                   478.31753024275   calls=-1, puts=0, S=95663.50604855
  basis_contingency.times, BTC/2026-01-10T04:47:32Z    -773.709529117098  x 0.5504091831557585 = basis_add + basis_mult * T: basis_add=0.5, basis_mult=2, T=0.02520459157787925
sum of 5 lines = 13,417.629550686073 = requirement

maintenance requirement                              10,638.440134500308  USDC
$ shockgrid explain drv1-16 A --device reference | sed -n '3,17p'
initial requirement            332.475  USDC
  initial.sum                  255.75   sum
    risk_initial               255.75   sum
      risk                     255.75   sum
        scan_or_basis          225.75   max
          scan                 225.75   worst
            whole account      225.75   regular 18
          scan_or_basis.sum      0      sum
            basis_contingency    0      worst
              ETH/-              0
        static_perps            30      charge abs(perps) * S * perp_static with perp_static=0.02
          ETH                   30      perps=1, S=1500
  risk_initial.times            76.725  x 1.3 = im_factor + peg: im_factor=1.3, peg_threshold=0.98, peg_factor=2, fx=1
sum of 4 lines = 332.475 = requirement

$ shockgrid explain srm-17 A --device reference | sed -n '3,7p'
initial requirement  97.825  USDC
  initial.sum        97.825  sum
    perps_initial    97.825  charge perp_value * perp_im with perp_im=0.065
      ETH            97.825  perp_value=1505
sum of 1 line = 97.825 = requirement
$ shockgrid explain dbt-a A --device reference | sed -n '/^maintenance/,/^sum/p'
maintenance requirement                0.050274504784  BTC
  maintenance.sum                      0.062843131361  sum
    risk_matrix                        0.062843131361  sum
      worst                            0.059685872381  worst
        whole account                  0.059685872381  standard 0
      roll_shock                       0.00315725898   charge abs(net_delta) * per_unit * max(min_annualised_move, exp(move_risk * T) - 1) with annualised_move_risk_linear=0.1
        BTC/BTC/-                      0.00314538364   net_delta=0.314538364, linear=0, S=65666.19, min_annualised_move=0.01, annualised_move_risk=0.075, T=0
        BTC/BTC/2024-06-28T08:00:00Z   0.00001187534   net_delta=-0.001187534, linear=0, S=65666.19, min_annualised_move=0.01, annualised_move_risk=0.075, T=0.029866184677828513
  worst.round                         -0.000000000381  to multiples of 0.000000001
  maintenance.sum.times               -0.012568626196  x 0.8 = mm_factor
sum of 5 lines = 0.050274504784 = requirement
$ shockgrid explain okx-1 A --device reference | sed -n '3,21p'
initial requirement      1,538.96695140708   USDT
  initial.sum            1,183.8207318516    sum
    risk_unit            1,183.8207318516    max
      stress             1,183.8207318516    sum
        scan             1,164.410924472     max
          spot_and_vol   1,164.410924471999  worst
            BTC          1,164.410924471999  grid 18
          extreme_move   1,164.410924472     worst
            BTC          1,164.410924472     extreme 1
          max, BTC      -1,164.410924471999
        basis               19.4098073796    charge abs(delta_value) * if(T > 0, basis_move * T, perpetual_move)
          BTC/-             19.4098073796    delta_value=-9704.903689800001, T=0, basis_move=0.05, perpetual_move=0.002
      minimum               43.6720666041    charge tiers(gross_value * minimum_rate, minimum_tiers) with minimum_rate=0.0045
        BTC                 43.6720666041    gross_value=9704.903689800001
      max, BTC             -43.6720666041
  initial.sum.times        355.14621955548   x 1.3 = initial_factor
  not covered                0               MR9, depeg of stablecoins (its formula is not public)
sum of 8 lines = 1,538.96695140708 = requirement

# How old the numbers of a model are.
$ shockgrid run $SOURCE/tests/golden/books/okx-1 --model okx-pm --set initial_factor=1.5 --device reference | sed -n '/^  parameters/,/^  settings/p'
  parameters     1 without a date, 1 dated 2024-01-01, 19 dated 2025-01-01
  settings       initial_factor=1.5
# A wrong parameter: misspelt, out of range, of another unit, not a number, no such row; in a file and on the command line.
$ printf 'model: {name: house, extends: deribit-pm}\nparameters:\n  mm_factr: 0.7\n' >house.yaml && shockgrid models check house.yaml
! house.yaml:3:3: "mm_factr" is not a parameter of the extended model, and nothing uses it; the nearest is "mm_factor"
[3]
$ printf 'model: {name: house, extends: deribit-pm}\nparameters:\n  mm_factor: 80\n' >house.yaml && shockgrid models check house.yaml
! house.yaml:3:14: mm_factor: 80 is outside its range [0, 1]
[3]
$ printf 'model: {name: house, extends: deribit-pm}\nparameters:\n  mm_factor: {value: 0.8, unit: per cent}\n' >house.yaml && shockgrid models check house.yaml
! house.yaml:3:33: mm_factor: the unit "per cent" is not that of the extended model, "1"
[3]
$ printf 'model: {name: house, extends: deribit-pm}\nparameters:\n  mm_factor: 80 %%\n' >house.yaml && shockgrid models check house.yaml
! house.yaml:3:17: expected an operator or the end of the expression, found "%"
[3]
$ printf 'model: {name: house, extends: deribit-pm}\nparameters:\n  price_range: {by: asset, BTC: 1.5}\n' >house.yaml && shockgrid models check house.yaml
! house.yaml:3:33: price_range: 1.5 is outside its range [0.01, 0.9]
[3]
$ printf 'model: {name: house, extends: deribit-pm}\nparameters:\n  mm_factor: null\n' >house.yaml && shockgrid models check house.yaml
! shipped:deribit-pm:144:44: "mm_factor" is not a known name
[3]
$ shockgrid models check deribit-pm --set mm_factor=80 --set mm_factr=0.7 --set delta_increment=1e-5 --set price_range.XRP=0.2 --set pnl_offset=60%
! --set mm_factr=0.7: "mm_factr" is not a parameter of this model; the nearest is "mm_factor"
! --set delta_increment=1e-5: "delta_increment" is a table: set one of its rows as delta_increment.KEY=VALUE; its keys are: BTC, ETH, default
! --set price_range.XRP=0.2: "price_range" is a table: set one of its rows as price_range.KEY=VALUE; its keys are: BTC, ETH, default
! --set pnl_offset=60%: "60%" is not a number
! --set mm_factor=80: mm_factor: 80 is outside its range [0, 1]
! 5 problems in 5 files
[2]
$ shockgrid run $SOURCE/tests/golden/books/dbt-a --model deribit-pm --set mm_factor=-1 --device reference
! --set mm_factor=-1: mm_factor: -1 is outside its range [0, 1]
[2]
# A misspelt column is told: its input stays at the default.
$ cp -r $SOURCE/tests/golden/books/drv1-4 mis && sed -i s/x_spot_confidence/x_spot_confidnce/ mis/underlyings.csv && shockgrid run mis --model derive-pmrm1 --device reference | sed -n '/^  not read/p'
  not read       underlyings.csv: x_spot_confidnce
