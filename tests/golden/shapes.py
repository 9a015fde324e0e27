# SPDX-License-Identifier: MIT
"""shapes.py BOOK MARGINS.csv: the requirement of every account of a book of shapes.sh under examples/models/span-like.yaml,
option by option and scenario by scenario in plain Python, beside what a run wrote. Written from the model's own words.
"""

import csv
import sys
from datetime import datetime
from math import fsum

from venue_formulas import YEAR, black

PRICE_RANGE, VOL_MOVE, EXTREME, EXTREME_SHARE = 0.12, 0.10, 3, 0.33
THIRDS = (0, 1, -1, 2, -2, 3, -3)
SCENARIOS = [(PRICE_RANGE * third / 3, vol, 1) for third in THIRDS for vol in (VOL_MOVE, -VOL_MOVE)]
SCENARIOS += [(EXTREME * PRICE_RANGE, 0, EXTREME_SHARE), (-EXTREME * PRICE_RANGE, 0, EXTREME_SHARE)]


def rows(path):
    with open(path, newline='') as stream:
        yield from csv.DictReader(stream)


def instant(text):
    return datetime.fromisoformat(text.replace('Z', '+00:00'))


def moves(option, price, as_of):
    """Gains of one contract in every scenario; the value itself."""
    strike, vol, call = float(option['strike']), float(option['implied_vol']), option['right'] == 'call'
    years = (instant(option['expiry']) - as_of).total_seconds() / YEAR
    size, base = float(option['multiplier']), black(price, strike, vol, years, call)
    return [size * part * (black(price * (1 + move), strike, max(vol + change, 0), years, call) - base)
            for move, change, part in SCENARIOS], size * base


def main(book, margins):
    as_of = instant('2026-04-10T20:00:00Z')
    price = {row['underlying']: float(row['price']) for row in rows(f'{book}/underlyings.csv')}
    option = {row['instrument']: row for row in rows(f'{book}/instruments.csv')}
    nodes, gross = {}, {}
    for row in rows(f'{book}/positions.csv'):
        held, quantity = option[row['instrument']], float(row['quantity'])
        gains, value = moves(held, price[held['underlying']], as_of)
        node = nodes.setdefault((row['account'], held['underlying']), [[] for _ in SCENARIOS])
        for sums, gain in zip(node, gains):
            sums.append(quantity * gain)
        gross[row['account']] = gross.get(row['account'], 0) + abs(quantity) * (value + max(map(abs, gains)))
    expected = dict.fromkeys(gross, 0.0)
    for (account, _), node in nodes.items():
        expected[account] += max(0, -min(map(fsum, node)))
    n, n_wrong, worst = 0, 0, 0
    for row in rows(margins):
        n += 1
        fault = abs(float(row['initial']) - expected[row['account']]) / (gross[row['account']] or 1)
        worst = max(worst, fault)
        if not fault < 1e-12:
            n_wrong += 1
            print(f"FAULT: {row['account']}: {row['initial']} where Python has {expected[row['account']]!r}")
    print(f'  {n} accounts, {len(option)} options: worst difference {worst:.1e} of the gross amount')
    return n_wrong > 0 or n != len(expected)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
