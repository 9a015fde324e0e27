# A run, what it leaves, and explain. Numbers are checked by vectors.sh; here the messages and the files.
$ cp -r "$SOURCE/examples/book" book
$ shockgrid run book --model occ-cpm --device reference --out out --quiet
$ ls out
lines.csv
manifest.json
margins.csv
quality.csv
scenarios.csv
$ shockgrid run book --model occ-cpm --device reference --out out --quiet --scenario-pnl=collar --account collar
$ cut -d, -f1 out/scenario_pnl.csv out/margins.csv | sort -u
account
collar
$ shockgrid run book --model occ-cpm --device reference --out out --quiet
$ ls out | grep scenario_pnl
[1]
# The requirement is the sum of its lines, for every account.
$ for a in $(tail -n +2 out/margins.csv | cut -d, -f1); do shockgrid explain out $a --device reference | grep -c '^sum of .* = requirement$'; done | sort -u
1
# The same digest for every tile and lane width (a driver may count its warnings when it compiles 16 lanes).
$ for l in 1 16; do shockgrid run book --model occ-cpm --lanes $l --tile-scenarios 16 --tile-accounts $l; done 2>/dev/null | grep '^  digest' | sort -u | wc -l
1
$ test $(shockgrid run book --model occ-cpm --memory 64M | sed -n 's/^  digest *//p') = $(sed -n 's/^  "digest": "\(.*\)",/\1/p' out/manifest.json)
# A plan runs nothing and writes nothing; compared, every stage has its planned seconds.
$ shockgrid run book --model occ-cpm --out planned --plan | sed -n '/^  tiles/,/^$/p' | sed 's/  *$//'
  tiles   scenarios  tiles  of scenarios    bytes
    scan         10      1            10  1.79 kB  priced once

$ ls planned 2>&1
ls: cannot access 'planned': No such file or directory
[2]
$ shockgrid run book --model occ-cpm --out out --compare-plan | grep -c '^  time .* planned'
1
$ grep -c '"planned_seconds"' out/manifest.json
8
# What explain refuses.
$ shockgrid explain out nobody --device reference
! shockgrid: the book has no account "nobody"
[2]
$ shockgrid explain book collar --device reference
! book: is not a folder of results: it has no manifest.json
[3]
$ cp -r out edited && sed -i 's/"format": 1/"format": 7/' edited/manifest.json
$ shockgrid explain edited collar --device reference
! edited/manifest.json: was edited after the run: its seal does not fit its text
[3]
$ cp -r out short && head -c 500 out/manifest.json >short/manifest.json
$ shockgrid explain short collar --device reference
! short/manifest.json: has no seal at its end: it was cut short, or no run wrote it
[3]
$ cp -r out half && rm half/lines.csv && sed -i 's/collar/hollow/' half/margins.csv
$ shockgrid explain half collar --device reference
! half/margins.csv: was changed after the run
! half/lines.csv: is missing: the run wrote it
! 2 problems in 2 files
[3]
$ cp book/positions.csv . && echo 'omnibus,ACME,1' >>book/positions.csv
$ shockgrid explain out collar --device reference
! positions.csv: has changed in the book since the run
[3]
$ cp positions.csv book/positions.csv && shockgrid explain out collar --device reference >explained
# Nothing is written for a bad book or model, and both are reported.
$ shockgrid run nobook --model nomodel --out none
! shockgrid: "nomodel" is neither a shipped model (deribit-pm, derive-pmrm1, derive-pmrm2, derive-standard, occ-cpm, okx-pm, spot-vol-grid) nor the path of a .yaml file
! nobook: is not a folder that can be read
! 2 problems; nothing was written
[2]
$ ls none 2>&1
ls: cannot access 'none': No such file or directory
[2]
$ shockgrid run book --model occ-cpm --device reference --account nobody
! shockgrid: the book has no account "nobody"
[2]
$ touch file && shockgrid run book --model occ-cpm --device reference --out file/out --quiet >/dev/null 2>&1
[5]
# A closed pipe is an I/O error.
$ (sleep 0.3; shockgrid --version; echo $? >code) | true; cat code
5
! shockgrid: standard output cannot be written: Broken pipe
# The page to look at; a result that was changed is refused.
$ shockgrid run $SOURCE/examples/book --model occ-cpm --device reference --out looked --quiet
$ shockgrid report looked --device reference && grep -o '^<!doctype html>' looked/report.html
looked/report.html
<!doctype html>
$ echo >>looked/margins.csv; shockgrid report looked --device reference 2>/dev/null
[3]
$ shockgrid run "$SOURCE/tests/golden/books/srm-1" --model derive-standard --fail-on-call --quiet
! 1 account to call or to liquidate
[1]
$ shockgrid run "$SOURCE/tests/golden/books/drv2-13" --model derive-pmrm2 --fail-on-call --quiet
$ shockgrid run "$SOURCE/examples/book" --model occ-cpm --fail-on-call --quiet
! shockgrid run: --fail-on-call needs a model with an equity section
! try 'shockgrid run --help'
[2]
# A credit of a level reduces a loss; a negative one would deepen it.
$ printf 'model: {name: neg, title: Negative credit, extends: spot-vol-grid}\nlevels: [{by: [underlying]}, {by: [account], credit: -5, convert: base}]\n' >neg.yaml
$ shockgrid run book --model neg.yaml --device reference
! neg.yaml:2:30: credit "-5" is negative for -: a credit only reduces a loss
[3]
