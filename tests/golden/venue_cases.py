#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes venue_cases.txt: books, models that extend the shipped ones with other parameters, and what venue_formulas.py
makes of them, scenario by scenario.

  tests/golden/venue_cases.py >tests/golden/venue_cases.txt     the cases of the suite (golden.venue_cases)
  tests/golden/venue_cases.py SEED >FILE                        others; SHOCKGRID_VENUE_CASES=FILE has them run
"""

import random
import sys

from venue_book import DAY, Book, instant, print_expected, print_model
from venue_coins import deribit_cases, okx_cases
from venue_formulas import YEAR, pmrm1, pmrm2, standard, svi_vol

SEED = sys.argv[1] if len(sys.argv) > 1 else '1'

PMRM2 = dict(
    up_range=0.5,
    down_range=0.275,
    min_vol=0.45,
    short_power=0.3,
    long_power=0.13,
    vol_floor_days=1,
    mm_factor=0.8,
    im_factor=1,
    short_rate_mult=0.5,
    short_rate_add=0.08,
    short_base=1.04,
    long_rate_mult=1,
    long_rate_add=0.08,
    long_base=0.95,
    basis_up=1.045,
    basis_down=0.955,
    basis_add=0.5,
    basis_mult=2,
    peg_threshold=0.98,
    peg_factor=2,
    confidence_threshold=0.55,
    confidence_margin=1,
    perp_mm=0.015,
    perp_im=0.005,
    option_mm=0.003,
    option_im=0.002,
    linear_base_cap=0.15,
    linear_cbase=-0.05,
    abs_base_cap=0.15,
    abs_cbase=-0.05,
    min_kstar=0.01,
    width_scale=4,
    vol_static=0.6,
    vol_scale=-0.1,
)
PMRM1 = dict(
    up_range=0.45,
    down_range=0.3,
    short_power=0.3,
    long_power=0.13,
    vol_floor_days=1,
    im_factor=1.3,
    rate_mult=4,
    rate_add=0.05,
    base_discount=0.95,
    basis_up=1.05,
    basis_down=0.95,
    basis_add=0.25,
    basis_mult=0.01,
    peg_threshold=0.98,
    peg_factor=2,
    confidence_threshold=0.6,
    confidence_margin=0.5,
    perp_static=0.02,
    base_static=0.02,
    option_static=0.01,
)
STANDARD = dict(
    short_mm=0.075,
    short_im=0.15,
    short_im_floor=0.1,
    put_mm_of_mark=0.075,
    put_im_over_mm=1.05,
    unpaired_im=1.2,
    unpaired_mm=1.1,
    perp_mm=0.05,
    perp_im=0.065,
    base_margin=0.8,
    base_im_scale=1,
    confidence_threshold=0.4,
    confidence_margin=0.4,
    peg_threshold=0.98,
    peg_factor=1.2,
)
REGULAR = (
    [(1.18, 'up', 1)]
    + [(s, v, 1) for s in (1.135, 1.09, 1.045, 1, 0.955, 0.91, 0.865) for v in ('down', 'same', 'up')]
    + [(0.82, 'up', 1)]
)
TAILS = [
    (0.34, 'up', 0.0545454545),
    (0.67, 'up', 0.1090909091),
    (1.5, 'up', 0.072),
    (2, 'up', 0.036),
    (3, 'up', 0.018),
    (4, 'up', 0.012),
]
SKEW = [(1, 'linear', 1), (1, 'absolute', 1)]
GRID = [(s, v, 1) for s in (1.15, 1.1, 1.05, 1, 0.95, 0.9, 0.85) for v in ('up', 'same', 'down')]
WINDOW = {'pmrm2': 1800, 'pmrm1': 3600, 'standard': 0}


def confidence(rng):
    return rng.choice([1, 1, 1, 0.3, round(rng.uniform(0, 1), 4)])


def derive_expiry(rng, t, spot, window):
    forward = spot * rng.uniform(0.95, 1.1)
    e = {
        't': t,
        'forward': forward,
        'fixed': forward * (window - t) / window if t < window else 0,
        'svi': None,
        'options': [],
        'rate': rng.choice([0.15, 0.03, 0, -0.02]),
        'confidence': {x: confidence(rng) for x in ('forward', 'rate', 'vol')},
    }
    if rng.random() < 0.5:
        wide = t / 794852
        e['svi'] = (
            rng.uniform(0.001, 0.01) * wide,
            rng.uniform(0.01, 0.06) * wide,
            rng.uniform(-0.6, 0.6),
            rng.uniform(-0.06, 0.06),
            rng.uniform(0.02, 0.1),
            forward * rng.uniform(0.98, 1.02),
            t / YEAR,
        )
    for _ in range(rng.randint(1, 5)):
        strike, call = round(spot * rng.choice([0.5, 0.8, 0.9, 1, 1.05, 1.2, 2]), 4), rng.random() < 0.5
        if (strike, call) not in [o[:2] for o in e['options']]:
            vol = svi_vol(e['svi'], strike) if e['svi'] else rng.choice([0.05, 0.3, 0.5, 0.8, 1.05, 2])
            e['options'].append((strike, call, rng.choice([-1, 1]) * rng.choice([0.01, 0.5, 1, 3, 10]), vol))
    return e


def derive_account(rng, which, holds):
    """holds: a set of options, window, perp, base, cash."""
    spot = rng.choice([1.25, 12.5, 1500, 2681.6, 95663.5]) * rng.uniform(0.9, 1.1)
    a = {
        'spot': spot,
        'stable': rng.choice([1, 1.00019, 0.975, 0.9]),
        'spot_confidence': confidence(rng),
        'perp_confidence': confidence(rng),
        'perp': 0,
        'perp_price': spot * rng.uniform(0.97, 1.03),
        'unsettled': 0,
        'funding': 0,
        'expiries': [],
        'collateral': [],
        'cash': 0,
    }
    times = [rng.choice([60, 1000])] if 'window' in holds else []
    times += (
        rng.sample([7000, DAY, 500400, 794852, 30 * DAY, 40 * DAY, 365 * DAY], rng.randint(1, 3))
        if 'options' in holds
        else []
    )
    a['expiries'] = [derive_expiry(rng, t, spot, WINDOW[which]) for t in times]
    if 'perp' in holds:
        a.update(
            perp=rng.choice([-1, 1]) * rng.choice([0.5, 1, 2.25]),
            unsettled=rng.choice([0, 55, -30.5]),
            funding=rng.choice([0, 10, -3]),
        )
    for _ in range((rng.randint(1, 3) if which == 'pmrm2' else 1) if 'base' in holds else 0):
        a['collateral'].append(
            {
                'amount': rng.choice([0.2, 1, 30]),
                'price': spot * rng.uniform(0.9, 1.1) if which == 'pmrm2' else spot,
                'mm': rng.choice([0, 0.02, 0.1]),
                'im': rng.choice([0, 0.01, 0.2]),
                'confidence': confidence(rng),
                'moves': which != 'pmrm2' or rng.random() < 0.7,
            }
        )
    a['cash'] = rng.choice([-200, 0.5, 1000, 123456.789]) if 'cash' in holds else 0
    return a


def add_derive_account(book, which, i, a):
    coin, stable, name = f'U{i}', f'S{i}', f'A{i}'
    book.add(
        'underlyings',
        underlying=coin,
        currency=stable,
        price=a['spot'],
        kind='crypto',
        x_spot_confidence=a['spot_confidence'],
        x_perp_confidence=a['perp_confidence'],
    )
    book.add('fx', currency=stable, rate_to_base=a['stable'])
    book.add('accounts', account=name, currency=stable)
    for e in a['expiries']:
        names = ('svi_a', 'svi_b', 'svi_rho', 'svi_m', 'svi_sigma', 'svi_forward', 'svi_years')
        book.add(
            'forwards',
            underlying=coin,
            expiry=instant(e['t']),
            forward=e['forward'],
            forward_fixed=e['fixed'] or None,
            rate_cc=e['rate'],
            **dict(zip(names, e['svi'] or [None] * 7)),
            **{f'x_{x}_confidence': e['confidence'][x] for x in ('forward', 'rate', 'vol')},
        )
        for strike, call, quantity, vol in e['options']:
            option = f"{coin}-{e['t']}-{strike}-{'C' if call else 'P'}"
            book.add(
                'instruments',
                instrument=option,
                type='option',
                underlying=coin,
                right='call' if call else 'put',
                exercise='european',
                strike=strike,
                expiry=instant(e['t']),
                multiplier=1,
                currency=stable,
                price=None,
                implied_vol=None if e['svi'] else vol,
            )
            book.add(
                'positions', account=name, instrument=option, quantity=quantity, unsettled_pnl=None, funding=None
            )
    if a['perp']:
        book.add(
            'instruments',
            instrument=f'{coin}-PERP',
            type='perpetual',
            underlying=coin,
            right=None,
            exercise=None,
            strike=None,
            expiry=None,
            multiplier=1,
            currency=stable,
            price=a['perp_price'],
            implied_vol=None,
        )
        book.add(
            'positions',
            account=name,
            instrument=f'{coin}-PERP',
            quantity=a['perp'],
            unsettled_pnl=a['unsettled'] or None,
            funding=a['funding'] or None,
        )
    for j, c in enumerate(a['collateral']):
        book.add(
            'assets',
            asset=f'B{i}-{j}',
            currency=stable if which == 'standard' else 'USD',
            price=c['price'],
            underlying=coin,
            x_haircut_mm=c['mm'],
            x_haircut_im=c['im'],
            x_confidence=c['confidence'],
            x_risk_cancelling=int(c['moves']),
        )
        book.add('collateral', account=name, asset=f'B{i}-{j}', amount=c['amount'])
    if a['cash']:
        book.add('assets', asset=stable, currency=stable, price=1, underlying=None)
        book.add('collateral', account=name, asset=stable, amount=a['cash'])


def overridden(rng, known, share, at_most_one=()):
    own = {key: known[key] * rng.choice([0.5, 0.9, 1.1, 1.5]) for key in known if rng.random() < share}
    return {key: min(value, 1) if key in at_most_one else value for key, value in own.items()}


def pmrm2_scenarios(rng, variant):
    """The model's text, and blocks of scenarios in its order."""
    if variant == 'as shipped':
        return '', {'regular': REGULAR, 'tails': TAILS, 'skew': SKEW}
    if variant == 'skew only':
        return 'blocks: {regular: null, tails: null}\namounts: {scan: {worst: [skew]}}\n', {'skew': SKEW}
    if variant == 'without skew':
        return 'blocks: {skew: null}\namounts: {scan: {worst: [regular, tails]}}\n', {
            'regular': REGULAR,
            'tails': TAILS,
        }
    own = [
        (1 + round(rng.uniform(-0.9, 2), 3), rng.choice(['up', 'same', 'down']), rng.choice([1, 0.5, 0.21]))
        for _ in range(9)
    ]
    rows = ''.join(f'      - {{price: {s - 1!r}, vol: {v}, damp: {d!r}}}\n' for s, v, d in own)
    return (
        'blocks:\n  tails: null\n  regular:\n    scenarios:\n' + rows + 'amounts: {scan: {worst: [regular, skew]}}\n',
        {'regular': own, 'skew': SKEW},
    )


HOLDINGS = [
    {'options'},
    {'options', 'perp', 'base', 'cash'},
    {'perp', 'cash'},
    {'base', 'cash'},
    {'options', 'window'},
    {'options', 'base', 'cash'},
    {'options', 'perp'},
    {'window', 'perp', 'base'},
]


def derive(which, variants):
    shipped = {
        'pmrm2': ('derive-pmrm2', PMRM2, pmrm2),
        'pmrm1': ('derive-pmrm1', PMRM1, pmrm1),
        'standard': ('derive-standard', STANDARD, standard),
    }
    base, known, formula = shipped[which]
    rng = random.Random(f'{SEED} {which}')
    book = Book(which, 'USD')
    accounts = [derive_account(rng, which, holds) for holds in HOLDINGS]
    for i, a in enumerate(accounts):
        add_derive_account(book, which, i, a)
    book.print()
    for variant in variants:
        more, blocks = (
            pmrm2_scenarios(rng, variant) if which == 'pmrm2' else ('', {'regular': GRID} if which == 'pmrm1' else {})
        )
        own = overridden(
            rng,
            known,
            0 if variant == 'as shipped' else 0.5,
            ('base_margin', 'base_im_scale', 'confidence_threshold'),
        )
        print_model(f'{which} {variant}'.replace(' ', '-'), base, own, more)
        scenarios = [('', s, v, d, name == 'skew') for name, rows in blocks.items() for s, v, d in rows]
        for i, a in enumerate(accounts):
            want = formula({**known, **own}, scenarios, a)
            print_expected(f'{base} A{i}', 'margins.csv:excess_initial', f'account=A{i}', [want['im']])
            print_expected(f'{base} A{i}', 'margins.csv:excess_maintenance', f'account=A{i}', [want['mm']])
            first = 0
            for name, rows in blocks.items():
                pnl = want['pnl'][first : first + len(rows)]
                first += len(rows)
                if a['expiries'] or a['perp'] or any(c['moves'] for c in a['collateral']):
                    print_expected(f'{base} A{i}', 'scenario_pnl.csv:pnl', f'account=A{i};node=-;block={name}', pnl)


print(
    f'# Written by venue_cases.py, seed {SEED}: books, models, and what venue_formulas.py makes of them, not shockgrid.'
)
derive('pmrm2', ['as shipped', 'own numbers', 'without skew', 'skew only'])
derive('pmrm1', ['as shipped', 'own numbers'])
derive('standard', ['as shipped', 'own numbers'])
deribit_cases(SEED, ['as shipped', 'own numbers'])
okx_cases(SEED, ['as shipped', 'own numbers'])
