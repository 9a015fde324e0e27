# SPDX-License-Identifier: MIT
"""Cases of deribit-pm and okx-pm, for venue_cases.py."""

import random

from venue_book import DAY, Book, instant, print_expected, print_model, text, yaml
from venue_formulas import deribit, okx

SPOT = {'BTC': 60000.0, 'ETH': 2249.5, 'XRP': 1.3, 'DOGE': 0.11}
TIMES = [7200, 7 * DAY, 29 * DAY + 28800, 30 * DAY, 90 * DAY, 365 * DAY]


def coin_position(rng, forwards, coin, linear):
    spot, many = SPOT[coin], rng.choice([1, 1, 10, 1000])
    sign = rng.choice([-1, 1])
    if rng.random() < 0.6:
        t = rng.choice(TIMES)
        return {
            'type': 'option',
            't': t,
            'forward': forwards[coin, t],
            'strike': round(spot * rng.choice([0.5, 0.8, 1, 1.1, 1.5]), 4),
            'call': rng.random() < 0.5,
            'vol': rng.choice([0.3, 0.55, 0.8, 1.4]),
            'inverse': not linear,
            'quantity': sign * rng.choice([0.1, 1, 25]) * many,
        }
    t = rng.choice([None] + TIMES)
    quantity = sign * rng.choice([1, 40]) * many
    return {
        'type': 'future' if t else 'perpetual',
        't': t,
        'inverse': not linear,
        'forward': forwards[coin, t] if t else spot * (1.003 if linear else 0.998),
        'quantity': quantity if linear else sign * max(1, round(abs(quantity) * spot)),
    }


def coin_book(name, currency, coins, seed, **more):
    rng = random.Random(f'{seed} {name}')
    forwards = {(coin, t): SPOT[coin] * rng.uniform(0.97, 1.06) for coin in coins for t in TIMES}
    book = Book(name, currency, True)
    for coin in coins:
        book.add(
            'underlyings',
            underlying=coin,
            currency=currency,
            price=SPOT[coin],
            kind='crypto',
            asset=coin,
            **{key: table[coin] for key, table in more.items()},
        )
        book.add('fx', currency=coin, rate_to_base=SPOT[coin])
    for (coin, t), forward in forwards.items():
        book.add('forwards', underlying=coin, expiry=instant(t), forward=forward)
    return rng, forwards, book


def coin_account(rng, forwards, book, name, coins, currency, known):
    """Positions by (coin, linear); an instrument is in the book once, with the vol that it had first."""
    held = {}
    for _ in range(rng.randint(2, 7)):
        coin, linear = rng.choice(coins), rng.random() < 0.5
        x = coin_position(rng, forwards, coin, linear)
        option = x['type'] == 'option'
        instrument = '-'.join(
            [
                coin,
                x['type'],
                text(x['t']),
                *([text(x['strike']), 'C' if x['call'] else 'P'] if option else []),
                'L' if linear else 'I',
            ]
        )
        if instrument not in known:
            known[instrument] = x
            book.add(
                'instruments',
                instrument=instrument,
                type=x['type'],
                underlying=coin,
                right=('call' if x['call'] else 'put') if option else None,
                exercise='european' if option else None,
                strike=x['strike'] if option else None,
                expiry=instant(x['t']) if x['t'] else None,
                multiplier=1,
                currency=currency if linear else coin,
                settlement='linear' if linear else 'inverse',
                price=None if option else x['forward'],
                implied_vol=x['vol'] if option else None,
            )
        if instrument not in held:
            held[instrument] = (coin, linear, {**known[instrument], 'quantity': x['quantity']})
            book.add('positions', account=name, instrument=instrument, quantity=x['quantity'])
    return list(held.values())


def by_product(held, key):
    products = {}
    for coin, linear, x in held:
        products.setdefault((coin, linear) if key == 'product' else coin, []).append(x)
    return dict(sorted(products.items()))


DERIBIT = {
    'BTC': dict(
        price_range=0.16,
        vol_range_up=0.5,
        extended_dampener=100000,
        annualised_move_risk=0.075,
        min_annualised_move=0.01,
        delta_increment=5e-5,
    ),
    'ETH': dict(
        price_range=0.18,
        vol_range_up=0.4,
        extended_dampener=200000,
        annualised_move_risk=0.05,
        min_annualised_move=0.005,
        delta_increment=4e-6,
    ),
}
DERIBIT_BOTH = dict(
    vol_range_down=0.25,
    short_term_vega_power=0.3,
    long_term_vega_power=0.13,
    min_vol_for_shock_up=0.5,
    extended_table_factor=1,
    extended_dampener_linear=25000,
    annualised_move_risk_linear=0.1,
    delta_threshold=2e7,
    max_delta_shock=0.1,
    pnl_offset=0,
    max_offsetable_pnl=2e7,
    mm_factor=0.8,
)


def deribit_cases(seed, variants):
    rng, forwards, book = coin_book('deribit', 'USD', ['BTC', 'ETH'], seed)
    accounts, known = {}, {}
    for i in range(6):
        currency, orders = rng.choice(['USD', 'BTC', 'ETH']), [rng.choice([0, 0.5, 3]) for _ in range(3)]
        book.add(
            'accounts',
            account=f'A{i}',
            currency=currency,
            **dict(zip(('x_open_order_margin', 'x_mmp_margin', 'x_spot_margin'), [x or None for x in orders])),
        )
        accounts[f'A{i}'] = (
            coin_account(rng, forwards, book, f'A{i}', ['BTC', 'ETH'], 'USD', known),
            currency,
            orders,
        )
    book.print()
    for variant in variants:
        coins, both, steps, more = (
            {c: dict(x) for c, x in DERIBIT.items()},
            dict(DERIBIT_BOTH),
            [x / 4 for x in range(-4, 5)],
            '',
        )
        own = {}
        if variant != 'as shipped':
            for key in DERIBIT['BTC']:
                if rng.random() < 0.5:
                    own[key] = {
                        'by': 'asset',
                        **{coin: DERIBIT[coin][key] * rng.choice([0.5, 0.8, 1.2]) for coin in DERIBIT},
                    }
                    for coin in coins:
                        coins[coin][key] = own[key][coin]
            own.update(
                {'pnl_offset': 0.6, 'max_offsetable_pnl': 250000.0, 'delta_threshold': 100000.0},
                **{
                    key: DERIBIT_BOTH[key] * rng.choice([0.5, 0.8])
                    for key in ('mm_factor', 'min_vol_for_shock_up', 'vol_range_down')
                },
            )
            both.update({key: value for key, value in own.items() if key in both})
            steps = [-1.2, -0.5, 0, 0.4, 2]
            more = f'blocks: {{standard: {{scenarios: [{{price: {yaml(steps)}, vol: [up, same, down]}}]}}}}\n'
        print_model(f'deribit {variant}'.replace(' ', '-'), 'deribit-pm', own, more)
        for name, (held, currency, orders) in accounts.items():
            products = [
                {'linear': linear, 'index': SPOT[coin], 'p': {**both, **coins[coin]}, 'positions': positions}
                for (coin, linear), positions in by_product(held, 'product').items()
            ]
            want = deribit(both, steps, {'products': products, 'unit': SPOT.get(currency, 1), 'orders': orders})
            print_expected(f'deribit-pm {name}', 'margins.csv:initial', f'account={name}', [want['im']])
            print_expected(f'deribit-pm {name}', 'margins.csv:maintenance', f'account={name}', [want['mm']])
            print_expected(
                f'deribit-pm {name}', 'scenario_pnl.csv:pnl', f'account={name};block=standard', want['regular']
            )
            print_expected(
                f'deribit-pm {name}', 'scenario_pnl.csv:pnl', f'account={name};block=extended', want['extended']
            )


OKX = dict(
    btc_eth_near=0.04,
    btc_eth_middle=0.08,
    btc_eth_far=0.12,
    btc_eth_extreme=0.24,
    major_near=0.06,
    major_middle=0.12,
    major_far=0.18,
    major_extreme=0.36,
    rest_near=0.08,
    rest_middle=0.16,
    rest_far=0.25,
    rest_extreme=0.5,
    vol_points=[[0, 0.3], [30, 0.25], [60, 0.2]],
    extreme_share=0.5,
    basis_move=dict(btc_eth=0.05, major=0.15, rest=0.3),
    perpetual_move=dict(btc_eth=0.002, major=0.008, rest=0.02),
    minimum_rate=0.0045,
    minimum_tiers=[[0, 1], [250000, 2], [500000, 4], [1000000, 6], [2000000, 8], [3000000, 10], [4000000, 12]],
    initial_factor=1.3,
    loan_initial=0.1,
    loan_maintenance=0.02,
)


def okx_cases(seed, variants):
    coin_class = {'BTC': 'btc_eth', 'ETH': 'btc_eth', 'XRP': 'major', 'DOGE': 'rest'}
    rng, forwards, book = coin_book('okx', 'USDT', list(SPOT), seed, x_coin_class=coin_class)
    assets = {'USDT': (1, 0), 'BTC': (60000, 0.05), 'ETH': (2249.5, 0.1), 'OKB': (50, 0.4)}
    for asset, (price, haircut) in assets.items():
        book.add('assets', asset=asset, currency='USDT', price=price, x_haircut=haircut or None)
    accounts, known = {}, {}
    for i in range(6):
        held = coin_account(rng, forwards, book, f'A{i}', list(SPOT), 'USDT', known)
        posted = []
        for asset, (price, haircut) in assets.items():
            if rng.random() < 0.5:
                amount = rng.choice([-1, 1, 2, 100])
                book.add('collateral', account=f'A{i}', asset=asset, amount=amount)
                posted.append((amount * price, haircut))
        accounts[f'A{i}'] = (held, posted)
    book.print()
    for variant in variants:
        own = (
            {}
            if variant == 'as shipped'
            else {
                'vol_points': [[0, 0.2], [10, 0.35], [45, 0.1]],
                'minimum_tiers': [[0, 1], [10000, 2], [70000, 4], [170000, 6]],
                'btc_eth_far': 0.15,
                'btc_eth_extreme': 0.4,
                'rest_near': 0.07,
                'perpetual_move': {'by': 'coin_class', 'btc_eth': 0.003, 'major': 0.01, 'rest': 0.03},
                'extreme_share': 0.6,
                'minimum_rate': 0.006,
                'initial_factor': 1.4,
                'loan_initial': 0.2,
            }
        )
        p = {
            **OKX,
            **{
                key: {k: v for k, v in value.items() if k != 'by'} if isinstance(value, dict) else value
                for key, value in own.items()
            },
        }
        print_model(f'okx {variant}'.replace(' ', '-'), 'okx-pm', own)
        for name, (held, posted) in accounts.items():
            units = by_product(held, 'coin')
            want = okx(
                p,
                None,
                {
                    'posted': posted,
                    'underlyings': [
                        {'class': coin_class[coin], 'index': SPOT[coin], 'positions': x} for coin, x in units.items()
                    ],
                },
            )
            for key, column in (
                ('im', 'initial'),
                ('mm', 'maintenance'),
                ('equity', 'equity'),
                ('excess_im', 'excess_initial'),
                ('excess_mm', 'excess_maintenance'),
            ):
                print_expected(f'okx-pm {name}', f'margins.csv:{column}', f'account={name}', [want[key]])
            for coin, unit in zip(units, want['units']):
                for block in ('grid', 'extreme'):
                    print_expected(
                        f'okx-pm {name}',
                        'scenario_pnl.csv:pnl',
                        f'account={name};node={coin};block={block}',
                        unit[block],
                    )
