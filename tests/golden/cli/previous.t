# A run against the book of the day before: the vol of before is a substitute, and what it gives is what a book with that
# vol requires.
$ cp -r $SOURCE/tests/golden/quality/sound today && cp -r $SOURCE/tests/golden/quality/previous before && sed -i '/JUN-100-C/s/0.3087/0.6512/' before/instruments.csv
$ printf 'model: {name: house, title: house, extends: spot-vol-grid}\nquality: {move_vol: substitute}\n' >house.yaml
$ shockgrid check today --previous before --model house.yaml | tail -n 3
today/instruments.csv:8: warning: option "ACME-JUN-100-C": vol 0.3006, expected 0.3256 to 0.9768 by the previous book [move_vol: substitute]

0 errors, 1 warning, 0 notes
$ shockgrid run today --previous before --model house.yaml --device reference --out out | grep -A 1 -E '^  (book|quality) '
  book           today, as of 2026-04-10T20:00:00Z, base currency USD
  previous       before, as of 2026-04-09T20:00:00Z, has 33 of 33 instruments
--
  quality        1 warning: 1 move_vol
  substituted    option "ACME-JUN-100-C": vol 0.3006, expected 0.3256 to 0.9768 by the previous book -> vol 0.6512 (move_vol)
$ grep substitute out/lines.csv | grep initial
LONG,initial,-,quality.substitute,3878.050632824147,USD,,,"18842.956278895617 stated, 22721.006911719764 with ACME-JUN-100-C vol 0.6512 (move_vol): the second counts"
SHORT,initial,-,quality.substitute,752.106521680467,USD,,,"21919.581674011832 stated, 22671.688195692299 with ACME-JUN-100-C vol 0.6512 (move_vol): the second counts"
$ sed -i '/JUN-100-C/s/0.3006/0.6512/' today/instruments.csv && shockgrid run today --model house.yaml --device reference --quiet --out moved && cut -d, -f1-3 moved/margins.csv; sed -i '/JUN-100-C/s/0.6512/0.3006/' today/instruments.csv
account,currency,initial
LONG,USD,22721.006911719764
SHORT,USD,22671.688195692299
# The manifest names it, explain and report repeat the run against it, and refuse one that has changed.
$ sed -n '/"previous"/,/as_of/p' out/manifest.json | sed 's|: "/.*/|: "/.../|'
  "previous": {
    "folder": "/.../before",
    "as_of": "2026-04-09T20:00:00Z",
$ shockgrid explain out SHORT --device reference | sed -n '/initial requirement/,/^sum/p'
initial requirement   22,671.688195692299  USD
  scan_risk           21,919.581674011832  worst
    whole account     21,919.581674011832  grid 50
  quality.substitute     752.106521680467  21919.581674011832 stated, 22671.688195692299 with ACME-JUN-100-C vol 0.6512 (move_vol): the second counts
sum of 2 lines = 22,671.688195692299 = requirement
$ shockgrid report out --device reference && grep -o 'before, as of[^<]*' out/report.html
out/report.html
before, as of 2026-04-09T20:00:00Z, has 33 of 33 instruments
$ shockgrid diff out out --device reference
$ sed -i 's/0.6512/0.6513/' before/instruments.csv && shockgrid explain out SHORT --device reference
! instruments.csv: has changed in the previous book since the run
[3]
$ sed -i 's/0.6513/0.6512/' before/instruments.csv && rm before/fx.csv && shockgrid report out --device reference
! fx.csv: was part of the previous book of the run and is gone
[3]
# A price beyond the model's range isolates who holds it, or refuses the run.
$ sed -i 's/^ACME,USD,98/ACME,USD,70/' before/underlyings.csv && printf 'currency,rate_to_base\nBTC,58310\nEUR,1.19\n' >before/fx.csv
$ printf 'model: {name: strict, title: strict, extends: spot-vol-grid}\nquality: {move_price: isolate}\n' >strict.yaml
$ shockgrid run today --previous before --model strict.yaml --device reference --quiet --out out; cut -d, -f1-3 out/margins.csv
account,currency,initial
LONG,USD,
SHORT,USD,
! 2 accounts are not computed, because of findings that the model isolates
$ shockgrid run today --model strict.yaml --device reference --quiet --out out; cut -d, -f1-3 out/margins.csv
account,currency,initial
LONG,USD,18842.956278895617
SHORT,USD,21919.581674011832
$ sed -i 's/isolate/refuse/' strict.yaml; shockgrid run today --previous before --model strict.yaml --device reference --quiet --out out2; ls
before
house.yaml
moved
out
strict.yaml
today
! today/underlyings.csv:2: underlying "ACME": has price 100, expected 58.8 to 81.2 by the previous book and the model's range: the model refuses this (move_price)
# One that lacks instruments is compared as far as it goes, and the summary says how far.
$ sed -i '/SEP\|DEC/d' before/instruments.csv before/forwards.csv; sed -i '/SEP/d' before/positions.csv
$ shockgrid run today --previous before --model house.yaml --device reference | grep '^  previous'
  previous       before, as of 2026-04-09T20:00:00Z, has 13 of 33 instruments
# A bad one is refused with its lines, together with what is wrong with the book itself; so is one that cannot be it.
$ sed -i 's/0.6512/x/' before/instruments.csv; cp -r today bad && sed -i 's/LONG,ACME,300/LONG,ACME,3OO/' bad/positions.csv
$ shockgrid run bad --previous before --model house.yaml --device reference --out out3
! bad/positions.csv:8:11: quantity "3OO" is not a number
! before/instruments.csv:8:83: implied_vol "x" is not a number
! 2 problems in 2 files; nothing was written
[3]
$ shockgrid run today --previous nowhere --model house.yaml --device reference --out out3
! nowhere: is not a folder that can be read
[5]
$ shockgrid run $SOURCE/tests/golden/quality/previous --previous today --model house.yaml --device reference --out out3
! shockgrid: the previous book is as of 2026-04-10T20:00:00Z, after 2026-04-09T20:00:00Z of the book
[3]
$ cp -r today other && sed -i 's/ACME/ELSE/g; s/BTC/ETC/g' other/*.csv && shockgrid run today --previous other --model house.yaml --device reference --out out3
! shockgrid: the previous book has none of the book's underlyings
[3]
$ ls
bad
before
house.yaml
moved
other
out
strict.yaml
today
