# What a wrong command line is told.
$ shockgrid
! shockgrid: expected a command
! try 'shockgrid --help'
[2]
$ shockgrid rnu
! shockgrid: there is no command "rnu"; did you mean "run"?
! try 'shockgrid --help'
[2]
$ shockgrid frobnicate
! shockgrid: there is no command "frobnicate"
! try 'shockgrid --help'
[2]
$ shockgrid --verison
! shockgrid: there is no command "--verison"
! try 'shockgrid --help'
[2]
$ shockgrid run
! shockgrid run: expected BOOK
! try 'shockgrid run --help'
[2]
$ shockgrid run book
! shockgrid run: expected --model MODEL
! try 'shockgrid run --help'
[2]
$ shockgrid run book second-book --model occ-cpm
! shockgrid run: expected BOOK only
! try 'shockgrid run --help'
[2]
$ shockgrid run book --modle occ-cpm
! shockgrid run: there is no option --modle; did you mean --model?
! try 'shockgrid run --help'
[2]
$ shockgrid run book --modle=occ-cpm
! shockgrid run: there is no option --modle; did you mean --model?
! try 'shockgrid run --help'
[2]
$ shockgrid run book --fall
! shockgrid run: there is no option --fall
! try 'shockgrid run --help'
[2]
$ shockgrid run book -x
! shockgrid run: there is no option -x
! try 'shockgrid run --help'
[2]
$ shockgrid run book --model
! shockgrid run: --model needs an argument: --model MODEL
! try 'shockgrid run --help'
[2]
$ shockgrid run book --model occ-cpm --quiet=yes
! shockgrid run: --quiet takes no argument
! try 'shockgrid run --help'
[2]
$ shockgrid run book --model occ-cpm --lanes 3
! shockgrid run: --lanes 3 is not 1, 2, 4, 8 or 16
! try 'shockgrid run --help'
[2]
$ shockgrid run book --model occ-cpm --lanes eight
! shockgrid run: --lanes "eight" is not a whole number up to 4294967295
! try 'shockgrid run --help'
[2]
$ shockgrid run book --model occ-cpm --tile-scenarios 4294967296
! shockgrid run: --tile-scenarios "4294967296" is not a whole number up to 4294967295
! try 'shockgrid run --help'
[2]
$ shockgrid run book --model occ-cpm --tile-accounts -1
! shockgrid run: --tile-accounts "-1" is not a whole number up to 4294967295
! try 'shockgrid run --help'
[2]
$ shockgrid run book --model occ-cpm --memory 3Q
! shockgrid run: --memory "3Q" is not a size such as 256M or 2G
! try 'shockgrid run --help'
[2]
$ shockgrid run book --model occ-cpm --memory G
! shockgrid run: --memory "G" is not a size such as 256M or 2G
! try 'shockgrid run --help'
[2]
$ shockgrid run book --model occ-cpm --memory 16777216T
! shockgrid run: --memory "16777216T" is not a size such as 256M or 2G
! try 'shockgrid run --help'
[2]
$ shockgrid run book --model occ-cpm --set factor
! shockgrid run: --set "factor" is not NAME=VALUE
! try 'shockgrid run --help'
[2]
$ shockgrid run book --model occ-cpm --scenario-pnl
! shockgrid run: --scenario-pnl needs --out DIR
! try 'shockgrid run --help'
[2]
$ shockgrid explain margins
! shockgrid explain: expected DIR ACCOUNT
! try 'shockgrid explain --help'
[2]
$ shockgrid check
! shockgrid check: expected BOOK
! try 'shockgrid check --help'
[2]
$ shockgrid import deribit chain.json
! shockgrid import: expected --out BOOK
! try 'shockgrid import --help'
[2]
$ shockgrid import deribit chain.json --out book --accounts 10 --seed 18446744073709551616
! shockgrid import: --seed "18446744073709551616" is not a whole number
! try 'shockgrid import --help'
[2]
$ shockgrid devices all
! shockgrid devices: expected no argument besides options
! try 'shockgrid devices --help'
[2]
$ shockgrid devices --jsno
! shockgrid devices: there is no option --jsno; did you mean --json?
! try 'shockgrid devices --help'
[2]
$ shockgrid models shwo occ-cpm
! shockgrid models: "shwo" is not list, show or check
! try 'shockgrid models --help'
[2]
$ shockgrid models show
! shockgrid models: show needs a model
! try 'shockgrid models --help'
[2]
$ shockgrid models list occ-cpm
! shockgrid models: list takes no model
! try 'shockgrid models --help'
[2]
$ shockgrid models show --text ocp-cpm
! shockgrid models: there is no shipped model "ocp-cpm"; did you mean occ-cpm?
! try 'shockgrid models --help'
[2]
$ shockgrid help runn
! shockgrid: there is no help on "runn"
! try 'shockgrid --help'
[2]
$ shockgrid run $SOURCE/examples/book --model occ-cpm --verify 2
! shockgrid: "2" for the share to verify is not a number from 0 to 1
[2]
