# What the help says, and that a failed write is no success.
$ shockgrid --version
shockgrid 0.1.0
$ shockgrid --help
shockgrid 0.1.0: portfolio margin at clearing-house scale on any OpenCL device

usage: shockgrid COMMAND ...

commands:
  run       margin the accounts of a book under a model
  explain   why an account's requirement is what it is, line by line
  price     what the instruments of a book are worth, also in scenarios
  diff      why margins changed between two runs, by cause
  report    a run as a page to look at, with pictures
  models    list, show or check margin models
  devices   list the devices that can compute, and test them
  check     read a book and report what is wrong or odd in it
  import    make a book of public data
  generate  make a book of any size from a seed
  bench     what this machine can do: kernels, limits, whole runs
  help      help on a command, or on the files of a book

'shockgrid COMMAND --help' says everything about one of them; 'shockgrid help formats' describes the
files of a book, 'shockgrid help quality' what is looked for in them; 'shockgrid --version' prints the version.
The environment variable SHOCKGRID_DEVICE chooses the device where --device does not.

exit codes:
  0         done
  1         done, and an account owes money (only with --fail-on-call)
  2         the command line is wrong
  3         a book, model or data file cannot be margined
  4         no usable device, one that gave a wrong number, or out of memory
  5         a file or standard output cannot be read or written
  70        an invariant broke: a bug, please report it
$ shockgrid --help >help && shockgrid help | diff - help
$ shockgrid run --help
usage: shockgrid run BOOK --model MODEL [OPTION]...

Reads the book in the folder BOOK, reprices its instruments in every scenario of the model, nets each
account's profit and loss, and prints what each account has to hold: in total, by level of netting,
and the time that it took. The same input gives the same bytes on every device.

options:
  --model MODEL             a shipped model's name, or a path to a .yaml file
  --out DIR                 write margins.csv, lines.csv, scenarios.csv, quality.csv and
                            manifest.json there; without it only the summary is printed
  --device DEVICE           auto, cpu, gpu, an index or part of a name as 'shockgrid
                            devices' prints them, or reference
  --lanes N                 1, 2, 4, 8 or 16 numbers in a register; results are the same
  --set NAME=VALUE          override a parameter of the model; may be repeated
  --previous BOOK           a book of before: look for marks that stood still and for
                            prices, vols and rates that moved too far, and do what the
                            model says about them
  --unimplied VOL           price held options whose price gives no vol with this one
                            (0.8 is 80 %) and name them; default: refuse the book
  --account ACCOUNT         margin only this account; may be repeated
  --scenario-pnl[=ACCOUNT]  write scenario_pnl.csv too, for one account or for all;
                            may be repeated
  --verify FRACTION         recompute this share of what the device gives, 0 to 1, by
                            the reference, and end with exit code 4 at the first wrong
                            bit; default: 69,075 cells, nodes and results each, or all
                            if fewer: one wrong in 10,000 stays unseen with probability
                            (1 - 1e-4)^69075 < 0.001
  --memory SIZE             bound on the memory of tiles and on the bytes of the book's
                            files (of these at least 64M): 256M, 2G
  --tile-scenarios N        scenarios to a tile; results are the same
  --tile-accounts N         accounts to a tile; results are the same
  --plan                    do not run: print tiles, batches, work and bytes, and the
                            seconds that each stage should take on this machine
  --compare-plan            run, and set the plan's seconds beside the measured ones
  --fail-on-call            exit code 1 when an account's status is call or liquidate,
                            or not computed because of what its book says
  --quiet                   no summary and no progress
  --help                    print this help

examples:
  shockgrid run examples/book --model occ-cpm --out margins
  shockgrid run examples/book --model spot-vol-grid --account collar --scenario-pnl=collar --out collar
$ shockgrid run -h >help && shockgrid help run | diff - help
$ shockgrid explain --help
usage: shockgrid explain DIR ACCOUNT [OPTION]...

Prints why the requirement of ACCOUNT in the results in DIR is what it is: its lines as a tree that sums
to the last digit, the scenario that binds, what each position contributes to it, and what each level
of netting saved. Positions come from the book that the run read; a book, model or result that has
changed since is refused.

options:
  --device DEVICE           where to compute it again, as for 'shockgrid run'
  --help                    print this help

examples:
  shockgrid explain margins collar
$ shockgrid models --help
usage: shockgrid models [list | show MODEL | check MODEL] [OPTION]...

Lists the models that ship with shockgrid; shows everything about one: what it covers, inputs,
parameters with unit, range, source and date, scenarios, levels, amounts; or checks one. MODEL is a
shipped model's name or a path to a .yaml file.

A model of one's own may extend another and give only what differs:

  model: {name: house, title: Our Derive, extends: derive-pmrm2}
  parameters: {min_vol: 0.4, peg_factor: 4}
  blocks:
    tails: null
    regular: {scenarios: [{price: [0.2, 0, -0.2], vol: [up, same, down], damp: 1}]}
  amounts: {scan: {worst: [regular, skew]}}

Maps merge key by key, lists and single values replace, null removes. A parameter that is given a number
keeps its unit and range. 'show --text' prints a shipped model's file, the whole language by example.

options:
  --set NAME=VALUE          override a parameter before it is shown or checked
  --text                    show the file of a shipped model, to start one's own from
  --json                    list as JSON
  --help                    print this help

examples:
  shockgrid models show occ-cpm
  shockgrid models show occ-cpm --text >my-model.yaml
  shockgrid models check my-model.yaml
$ shockgrid devices --help
usage: shockgrid devices [OPTION]...

Lists every OpenCL device, and last the reference: the same formulas compiled as C, on one core. A
device needs double precision, and has to pass its self-test before it margins anything.

options:
  --self-test               run every kernel on known cases on every device
  --json                    as JSON, sizes in bytes
  --help                    print this help

examples:
  shockgrid devices --self-test
$ shockgrid check --help
usage: shockgrid check BOOK [OPTION]...

Reads the book in the folder BOOK and prints every problem with its file, line and column, or, when
there is none, what the book holds and what a risk team would question in it: marks, vols, forwards,
rates, terms and positions ('shockgrid help quality' lists the kinds). Exit code 3 for problems and for
findings that are errors or, with --model, that the model refuses.

options:
  --model MODEL             take the limits and actions of this model's section
                            'quality', and its range for moves of prices
  --set NAME=VALUE          override a parameter of the model; may be repeated
  --previous BOOK           a book of before: look for marks that stood still and for
                            prices, vols and rates that moved too far
  --memory SIZE             bound on the bytes of a book's files, at least 64M
  --all                     list every finding, not the first ten of each kind
  --json                    print problems and findings as JSON, on standard output
  --help                    print this help

examples:
  shockgrid check examples/book
  shockgrid check today --previous yesterday --model occ-cpm
$ shockgrid import --help
usage: shockgrid import FORMAT FILE... --out BOOK [OPTION]...

Makes a book of public data and lists what was found and what was left out.

formats:
  deribit   responses of public/get_book_summary_by_currency, as curl saves them
  yahoo     option-chain JSON of Yahoo, one file per underlying
  cboe      quote tables of Cboe's delayed-quotes page, one file per underlying
  lean      QuantConnect's daily option files, one per share: aapl/20140616.csv

Options without a vol are priced by the middle of their quotes. Where a source has no forwards and rates,
both come from put-call parity, expiry by expiry, with the quality of the fit.

options:
  --out BOOK                the folder to write
  --accounts N              make N accounts from the open interest: longs equal shorts
  --seed S                  of the accounts; the same seed makes the same accounts
  --dividends FILE          cash dividends of the chains' shares: a CSV file with underlying,ex_date,amount, as in a book
  --rate R                  interest where American exercise hides it: annual, continuously compounded, 0.0025 is 0.25 %; else 0
  --imply                   leave the chains' vols out, so that a run implies them from the prices
  --help                    print this help

examples:
  shockgrid import deribit BTC-options.json BTC-futures.json --out book --accounts 10000 --seed 1
  shockgrid import lean aapl_20140616.csv --dividends dividends.csv --rate 0.002 --imply --out book
$ shockgrid help --help
usage: shockgrid help [COMMAND | formats | quality] [OPTION]...

Prints what all commands do, everything about one of them, the files and columns of a book, or what
`check` and `run` look for in it.

options:
  --man                     print it as the source of a man page
  --completion SHELL        print a script that completes command lines; SHELL is bash
  --help                    print this help
$ shockgrid --help >/dev/full
! shockgrid: standard output cannot be written: No space left on device
[5]
