# Generated books: what is written, the same bytes twice, and refusals.
$ shockgrid generate one --accounts 50 --positions 5 --instruments 400 --underlyings 3 --seed 9 | sed -n '2p;$p'
  shape                                              this book  real books
longs equal shorts in every series; rates are flat at 4 %, European exercise
$ ls one
accounts.csv
book.yaml
instruments.csv
positions.csv
rates.csv
underlyings.csv
$ sed 's/^#/comment/' one/book.yaml
comment made by shockgrid generate: 50 accounts, 5 mean positions, 400 instruments, 3 underlyings, seed 9
as_of: 2026-01-02T21:00:00Z
currency: USD
day_count: act/365f
expiry_time: "21:00:00Z"
$ shockgrid generate two --accounts 50 --positions 5 --instruments 400 --underlyings 3 --seed 9 >report && diff -r one two && grep -c 'seed 9: 50 accounts' report
1
$ awk -F, 'NR > 1 { net[$2] += $3 } END { for (c in net) n += net[c] != 0; print n + 0 }' one/positions.csv
0
$ shockgrid check one | sed -n '3p;5p'
  underlyings       3
  instruments     400  388 options, 11 futures, 1 spot
$ shockgrid generate one --tier T0
! one: holds a book.yaml already; choose another folder or move it away
[2]
$ shockgrid generate three --tier T9
! shockgrid: there is no tier "T9"; expected one of: T0 T1 T2 T3 T4
[2]
$ shockgrid generate three --accounts 50
! shockgrid: how many mean positions is not said; give that or a tier
[2]
$ shockgrid generate
! shockgrid generate: expected BOOK
! try 'shockgrid generate --help'
[2]
$ ls three
! ls: cannot access 'three': No such file or directory
[2]
