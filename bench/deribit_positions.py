#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""More positions for an imported book, series by series as often as its accounts hold them; the same for every run.

  shockgrid import deribit ... --out book --accounts 100000 --seed 1
  bench/deribit_positions.py book 30      rewrites book/positions.csv: 30 positions an account on average

Numbers of positions are log-normal, quantities are lots of 0.1 coin or 10 USD, log-normal too, long or short alike.
"""
import itertools
import random
import sys
from bisect import bisect

folder, wanted = sys.argv[1], int(sys.argv[2])
draw = random.Random(1)


def rows(name):
    return [line.split(',') for line in open(f'{folder}/{name}.csv').read().split()[1:]]


held = {}
for _, instrument, *_ in rows('positions'):
    held[instrument] = held.get(instrument, 0) + 1
series = sorted(held)
is_option = {row[0]: row[1] == 'option' for row in rows('instruments')}
cumulated = list(itertools.accumulate(held[name] for name in series))
accounts = [row[0] for row in rows('accounts')]
with open(f'{folder}/positions.csv', 'w') as out:
    out.write('account,instrument,quantity\n')
    for account in accounts:
        n = max(1, min(len(series) // 2, int(wanted * draw.lognormvariate(-0.32, 0.8))))
        chosen = set()
        while len(chosen) < n:
            chosen.add(bisect(cumulated, draw.random() * cumulated[-1]))
        for at in sorted(chosen):
            lot = 0.1 if is_option[series[at]] else 10
            lots = draw.choice((-1, 1)) * max(1, int(draw.lognormvariate(2, 1.5)))
            out.write(f'{account},{series[at]},{round(lots * lot, 1):g}\n')
