# Models, devices, check.
$ shockgrid models
deribit-pm       Deribit portfolio margin
derive-pmrm1     Derive portfolio margin, PMRM v1
derive-pmrm2     Derive portfolio margin, PMRM_2
derive-standard  Derive standard margin
occ-cpm          OCC customer portfolio margin (TIMS)
okx-pm           OKX portfolio margin
spot-vol-grid    Spot -16 to +16 % by vol x 0.75, 1, 1.25
$ shockgrid models show occ-cpm --text | grep -c '^model:'
1
$ shockgrid models show occ-cpm --text >mine.yaml && shockgrid models check mine.yaml
mine.yaml: OCC customer portfolio margin (TIMS): no problem found
$ shockgrid models check nothing.yaml
! nothing.yaml: cannot be read: No such file or directory
[5]
$ shockgrid devices | tail -n 2 | head -n 1 | tr -s ' ' | cut -d ' ' -f 3,4,8-
reference reference yes 1 not run
$ shockgrid devices --json | tail -n 2 | grep -c '"name": "reference"'
1
$ shockgrid check "$SOURCE/examples/book" | sed -n '3,4p'
  underlyings      4
  forwards         8  3 own mark, 1 forwards.csv, 4 carry
$ shockgrid check nothing
! nothing: is not a folder that can be read
[5]
$ shockgrid help formats | grep -c '^positions.csv'
1
$ shockgrid help formats | sed -n '/^Columns that/,$p' | grep -E 'file|coin_class|rate_conf|risk_can|mmp' | tr -s ' '
 file column unit range default models meaning
 underlyings.csv x_coin_class text btc_eth, major, rest required okx-pm which of the venue's lists holds the coin
 forwards.csv x_rate_confidence 1 0 to 1 1 derive-pmrm1, derive-pmrm2 of its rate
 accounts.csv x_mmp_margin account currency 0 to 1000000000000000 0 deribit-pm market-maker protection, likewise
 assets.csv x_risk_cancelling 1 0 to 1 1 derive-pmrm1, derive-pmrm2 (default 0) 1: its value moves with its underlying in the scenarios
$ printf 'model: {name: house, extends: derive-pmrm2}\nparameters: {min_vol: 0.4}\n' >house.yaml
$ shockgrid models show house.yaml --set peg_factor=3 | grep -E '^  (name  *value|min_vol|peg_factor|vol_floor)'
  name                  value  unit                      range         source              date
  min_vol               0.4    annual vol                0 to 10       house
  vol_floor_days        1      days                      0.001 to 365  published cases     2024-11-01
  peg_factor            3      per base currency         0 to 1000     --set peg_factor=3
$ shockgrid run "$SOURCE/tests/golden/books/drv2-29" --model house.yaml --device reference | sed -n '/^  parameters/p'
  parameters     1 without a date, 33 dated 2024-11-01
