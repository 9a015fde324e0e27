# Options that have a price and no vol: one that gives its vol, one below its intrinsic value, one without time value, and
# one that nobody holds.
$ cp -r "$SOURCE/examples/book" book
$ sed -i 's/^\(BTC-26JUN26-50000-P.*\),,0.58$/\1,0.001,/; s/^\(LCX-JUN-C5000.*\),,0.17$/\1,20,/' book/instruments.csv
$ sed -i 's/^\(ACME-JUN-C130.*\),,0.31$/\1,0,/' book/instruments.csv
$ echo 'IDLE,option,LCX,call,european,5000,2026-06-19,100,USD,linear,1e5,' >>book/instruments.csv
$ shockgrid run book --model occ-cpm --device reference --out out
! instruments.csv:9: option "ACME-JUN-C130" has no vol: its price 0 is at intrinsic value (0)
! instruments.csv:3: option "LCX-JUN-C5000" has no vol: its price 20 is below intrinsic value (28.618589225846907)
! shockgrid: 2 options are held without a vol; a run may be given a vol to use for them
! 3 problems; nothing was written
[3]
$ shockgrid run book --model occ-cpm --device reference --out out --unimplied 30%
! shockgrid: "30%" for options whose price gives no vol is neither "refuse" nor a vol above 0 and up to 100
[2]
$ shockgrid run book --model occ-cpm --device reference --out out --unimplied 0.3 | sed -n '/vols/,/^$/p'
  vols           5 given, 1 implied by the price, 1 below intrinsic value, 1 at intrinsic value, 1 at the upper bound or above
                 ACME-JUN-C130 priced with 0.3: its price 0, at intrinsic value
                 LCX-JUN-C5000 priced with 0.3: its price 20, below intrinsic value
  quality        2 errors, 3 warnings: 2 mark_bounds, 1 no_vol, 1 parity, 1 duplicate

$ sed -n '/"vols"/,/^  }/p' out/manifest.json
  "vols": {
    "unimplied": "0.3",
    "given": 5,
    "implied by the price": 1,
    "below intrinsic value": 1,
    "at intrinsic value": 1,
    "at the upper bound or above": 1,
    "fallback": [
      {
        "instrument": "ACME-JUN-C130",
        "price is": "at intrinsic value"
      },
      {
        "instrument": "LCX-JUN-C5000",
        "price is": "below intrinsic value"
      }
    ]
  },
# Explain prices with the same vols.
$ shockgrid explain out covered-call --device reference | grep '= requirement'
sum of 3 lines = 15,228.956770372404 = requirement
# What an account does not hold need not have a vol.
$ shockgrid run book --model occ-cpm --device reference --account house-crypto --quiet
