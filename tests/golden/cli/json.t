# What programs read.
$ shockgrid check $SOURCE/examples/book --json
{"exit_code": 0, "problems": [], "findings": []}
$ cp -r $SOURCE/examples/book book && sed -i 's/^ACME,USD,120/ACME,USD,"1""0"/; s/^BTC,USD/BTC,/' book/underlyings.csv && shockgrid check book --json
{"exit_code": 3, "problems": [
  {"file": "book/underlyings.csv", "line": 4, "column": 10, "message": "price \"1\"0\" is not a number"},
  {"file": "book/underlyings.csv", "line": 5, "column": 5, "message": "currency is empty"}
], "findings": []}
[3]
$ shockgrid check nowhere --json
{"exit_code": 5, "problems": [
  {"file": "nowhere", "line": 0, "column": 0, "message": "is not a folder that can be read"}
], "findings": []}
[5]
$ shockgrid models --json | grep occ
  {"name": "occ-cpm", "title": "OCC customer portfolio margin (TIMS)"},
$ shockgrid models show occ-cpm --json
! shockgrid models: --json is for the list
! try 'shockgrid models --help'
[2]
