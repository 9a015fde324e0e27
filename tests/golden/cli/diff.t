# Why margins changed. Shares at spot-vol-grid lose 8 steps of their value, 16 % at a step of 0.02. By hand: account a has
# 10 x 100 x 0.16 = 160; at 110, 176; with 12 shares, 211.2; at a step of 0.03, 316.8. b held 4 x 50 x 0.16 = 32 of what
# is gone; c buys 2 x 20 x 0.16 = 6.4 of what is new, 9.6 at the wider step.
$ shockgrid run $SOURCE/tests/golden/books/diff-old --model spot-vol-grid --device reference --quiet --out old
$ shockgrid run $SOURCE/tests/golden/books/diff-new --model spot-vol-grid --set price_step=0.03 --device reference --quiet --out new
$ shockgrid diff old new --device reference | sed "s|$SOURCE|SOURCE|"
old  old: book SOURCE/tests/golden/books/diff-old, model spot-vol-grid 1
new  new: book SOURCE/tests/golden/books/diff-new, model spot-vol-grid 1 --set price_step=0.03

Each cause is the change that a run makes which takes this from the new side, and all before it:
  market          prices, vols, rates and the terms of the instruments
  positions       accounts, positions and collateral in what both books have
  listed or gone  positions and collateral in what only one of the books has
  model           the model, its parameters and the scenario files it reads

  initial       before  market  positions  listed or gone  model  after
  a        USD   160      16         35.2             0    105.6  316.8
  b        USD    32       0          0             -32      0     gone
  c        USD     new     0          0               6.4    3.2    9.6
  total    USD   192      16         35.2           -25.6  108.8  326.4

  accounts gone: b
  accounts new: c
  instruments gone: GONE
  instruments listed: NEW
# A run is no different from itself.
$ shockgrid diff new new --device reference
$ shockgrid diff new new --device reference --json | grep accounts\"
  "accounts": [],
# Backwards.
$ shockgrid diff new old --device reference | grep total
  total    USD   326.4   -28.8      -48              38.4  -96    192
$ shockgrid diff old new --device reference --json | grep -A 28 '"account": "c"'
      "account": "c",
      "currency": "USD",
      "was": false,
      "is": true,
      "before": {
        "initial": "0",
        "maintenance": "0"
      },
      "changes": {
        "market": {
          "initial": "0",
          "maintenance": "0"
        },
        "positions": {
          "initial": "0",
          "maintenance": "0"
        },
        "listed or gone": {
          "initial": "6.4",
          "maintenance": "6.4"
        },
        "model": {
          "initial": "3.2",
          "maintenance": "3.2"
        }
      },
      "after": {
        "initial": "9.6",
        "maintenance": "9.6"
$ shockgrid run $SOURCE/tests/golden/books/diff-new --model spot-vol-grid --account a --device reference --quiet --out part
$ shockgrid diff old part --device reference
! shockgrid: old and part hold different choices of accounts (--account)
[3]
$ cp -r $SOURCE/tests/golden/books/diff-old book && shockgrid run book --model spot-vol-grid --device reference --quiet --out mine
$ sed -i s/100/101/ book/underlyings.csv && shockgrid diff mine mine --device reference
! underlyings.csv: has changed in the book since the run
[3]
$ shockgrid diff old
! shockgrid diff: expected OLD NEW
! try 'shockgrid diff --help'
[2]
