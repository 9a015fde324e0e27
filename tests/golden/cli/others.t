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
