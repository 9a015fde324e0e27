# SPDX-License-Identifier: MIT
"""The crypto venues' margin formulas, position by position and scenario by scenario, in plain Python.

Written from the venues' documents and from derivexyz/v2-core's published behaviour, not from shockgrid: the slow
independent answer that venue_cases.py compares with. Money is in the account's currency, time in seconds to expiry.
"""

from math import erfc, exp, inf, log, sqrt

YEAR = 365 * 86400


def normal(x):
    return 0.5 * erfc(-x / sqrt(2))


def black(forward, strike, vol, years, call):
    """Undiscounted Black 1976."""
    total = vol * sqrt(years)
    if total == 0 or forward == 0:
        return max(forward - strike, 0.0) if call else max(strike - forward, 0.0)
    d1 = log(forward / strike) / total + total / 2
    if call:
        return max(forward * normal(d1) - strike * normal(d1 - total), 0.0)
    return max(strike * normal(total - d1) - forward * normal(-d1), 0.0)


def black_delta(forward, strike, vol, years, call):
    total = vol * sqrt(years)
    if total == 0:
        d1 = inf if forward > strike else -inf
    else:
        d1 = log(forward / strike) / total + total / 2
    return normal(d1) - (0 if call else 1)


def svi_vol(svi, strike):
    a, b, rho, m, sigma, forward, years = svi
    bound = 4 * sqrt(a + b * sigma)
    k = min(max(log(strike / forward), -bound), bound)
    w = min(a + b * (rho * (k - m) + sqrt((k - m) ** 2 + sigma**2)), 144)
    return sqrt(w / years)


def interpolate(x, points):
    if x <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in zip(points, points[1:]):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[-1][1]


# ---- Derive: both portfolio managers ----------------------------------------------------------------------------


def vol_multiple(p, t, which):
    days = max(t / 86400, p['vol_floor_days'])
    return p[which] * (30 / days) ** (p['short_power'] if t / 86400 <= 30 else p['long_power'])


def smile_vol(p, kind, vol, forward, strike, tau):
    """The skew scenarios."""
    which = 'linear' if kind == 'linear' else 'abs'
    k = log(strike / forward)
    k = k if kind == 'linear' else abs(k)
    cap = p[which + '_base_cap'] + p[which + '_cbase'] * sqrt(tau)
    kstar = max(p['min_kstar'], sqrt(tau) * p['width_scale'] * (p['vol_static'] + sqrt(tau) * p['vol_scale']))
    change = min(cap, k * cap / kstar) if k >= 0 else max(-cap, k * cap / kstar)
    return max(0.0, vol * (1 + change))


def shocked_vol(p, kind, vol, e, strike):
    if kind == 'same':
        return vol
    if kind == 'up':
        return max(p.get('min_vol', 0), vol * (1 + vol_multiple(p, e['t'], 'up_range')))
    if kind == 'down':
        return vol * max(0, 1 - vol_multiple(p, e['t'], 'down_range'))
    return smile_vol(p, kind, vol, e['forward'], strike, e['t'] / YEAR)


def expiry_value(p, e, shock, kind, discounted):
    forward = e['fixed'] + (e['forward'] - e['fixed']) * shock
    df = exp(-max(e['rate'], 0) * e['t'] / YEAR) if discounted else 1.0
    total = 0.0
    for strike, call, quantity, vol in e['options']:
        total += quantity * df * black(forward, strike, shocked_vol(p, kind, vol, e, strike), e['t'] / YEAR, call)
    return total


def naked(options):
    by_strike = {}
    for strike, call, quantity, _ in options:
        pair = by_strike.setdefault(strike, [0.0, 0.0])
        pair[0 if call else 1] += quantity
    total = 0.0
    for a, b in by_strike.values():
        total += max(0, -(a + b)) if a * b < 0 else max(0, -a) + max(0, -b)
    return total


def basis_loss(p, e, discounted):
    base = expiry_value(p, e, 1, 'same', discounted)
    worst = min(0, *(expiry_value(p, e, p[side], 'same', discounted) - base for side in ('basis_up', 'basis_down')))
    return worst * (p['basis_add'] + p['basis_mult'] * e['t'] / YEAR)


def oracle(p, confidence, notional):
    return (1 - confidence) * p['confidence_margin'] * notional if confidence < p['confidence_threshold'] else 0.0


def oracle_expiry(p, a, e):
    parts = [e['confidence'][x] for x in ('forward', 'rate', 'vol')] + [a['spot_confidence']]
    if a['perp']:
        parts.append(a['perp_confidence'])
    return oracle(p, min(parts), a['spot'] * sum(abs(q) for _, _, q, _ in e['options']))


def pmrm2(p, scenarios, a):
    """scenarios: (name, price factor, vol, damp, loss only)."""
    pnl = []
    for _, shock, kind, damp, loss_only in scenarios:
        total = 0.0
        for e in a['expiries']:
            tau, rate = e['t'] / YEAR, max(e['rate'], 0)
            value = expiry_value(p, e, shock, kind, True)
            if value >= 0:
                value *= p['long_base'] * exp(-tau * (rate * p['long_rate_mult'] + p['long_rate_add']))
            else:
                value *= min(
                    exp(rate * tau), p['short_base'] * exp(tau * (rate * p['short_rate_mult'] + p['short_rate_add']))
                )
            change = (value - expiry_value(p, e, 1, 'same', True)) * damp
            total += -abs(change) if loss_only else change
        if not loss_only:
            total += a['perp'] * a['perp_price'] * (shock - 1) * damp
            total += sum(
                c['amount'] * c['price'] / a['stable'] * (shock - 1) * damp for c in a['collateral'] if c['moves']
            )
        pnl.append(total)
    basis = sum(basis_loss(p, e, True) for e in a['expiries'])
    span = min([basis] + pnl)
    values = [c['amount'] * c['price'] / a['stable'] for c in a['collateral']]
    mtm = (
        sum(expiry_value(p, e, 1, 'same', True) for e in a['expiries']) + a['unsettled'] + a['funding'] + sum(values)
    )
    bare = sum(naked(e['options']) for e in a['expiries'])
    mm_cont = abs(a['perp']) * a['spot'] * p['perp_mm'] + bare * a['spot'] * p['option_mm']
    mm_cont += sum(v * c['mm'] for v, c in zip(values, a['collateral']))
    im_cont = abs(a['perp']) * a['spot'] * p['perp_im'] + bare * a['spot'] * p['option_im']
    im_cont += sum(v * c['im'] for v, c in zip(values, a['collateral']))
    im_cont += oracle(p, min(a['spot_confidence'], a['perp_confidence']), abs(a['perp']) * a['spot'])
    im_cont += sum(oracle_expiry(p, a, e) for e in a['expiries'])
    im_cont += sum(oracle(p, min(c['confidence'], a['spot_confidence']), v) for v, c in zip(values, a['collateral']))
    peg = max(0, p['peg_threshold'] - a['stable']) * p['peg_factor']
    return {
        'pnl': pnl,
        'basis': -basis,
        'equity': mtm + a['cash'],
        'mm': span * p['mm_factor'] - mm_cont + mtm + a['cash'],
        'im': span * (p['im_factor'] + peg) - mm_cont - im_cont + mtm + a['cash'],
    }


def pmrm1(p, scenarios, a):
    base_value = sum(c['amount'] * c['price'] / a['stable'] for c in a['collateral'])
    base_amount = sum(c['amount'] for c in a['collateral'])
    pnl = []
    for _, shock, kind, _, _ in scenarios:
        total = a['perp'] * a['perp_price'] * (shock - 1) + base_value * (shock - 1)
        for e in a['expiries']:
            value = expiry_value(p, e, shock, kind, False)
            if value > 0:
                value *= p['base_discount'] * exp(-e['t'] / YEAR * (p['rate_mult'] * e['rate'] + p['rate_add']))
            total += value - expiry_value(p, e, 1, 'same', False)
        pnl.append(total)
    basis = sum(basis_loss(p, e, False) for e in a['expiries'])
    span = min([basis] + pnl)
    bare = sum(naked(e['options']) for e in a['expiries'])
    static = (p['perp_static'] * abs(a['perp']) + p['base_static'] * base_amount + p['option_static'] * bare) * a[
        'spot'
    ]
    mtm = (
        sum(expiry_value(p, e, 1, 'same', False) for e in a['expiries']) + a['unsettled'] + a['funding'] + base_value
    )
    confidence = oracle(p, min(a['spot_confidence'], a['perp_confidence']), abs(a['perp']) * a['spot'])
    confidence += sum(oracle_expiry(p, a, e) for e in a['expiries'])
    confidence += oracle(p, a['spot_confidence'], base_amount * a['spot'])
    peg = max(0, p['peg_threshold'] - a['stable']) * p['peg_factor']
    return {
        'pnl': pnl,
        'basis': -basis,
        'equity': mtm + a['cash'],
        'mm': span - static + mtm + a['cash'],
        'im': (span - static) * (p['im_factor'] + peg) - confidence + mtm + a['cash'],
    }


# ---- Derive: the standard manager -------------------------------------------------------------------------------


def isolated(p, e, spot, initial):
    total = 0.0
    for strike, call, quantity, vol in e['options']:
        if quantity >= 0:
            continue
        mtm = quantity * black(e['forward'], strike, vol, e['t'] / YEAR, call)
        out = max(strike - spot, 0) if call else max(spot - strike, 0)
        im = max(p['short_im'] - out / spot, p['short_im_floor']) * spot * quantity + mtm
        if call:
            total += im if initial else p['short_mm'] * spot * quantity + mtm
        else:
            mm = min(p['short_mm'] * spot * quantity, p['put_mm_of_mark'] * mtm) + mtm
            total += min(im, p['put_im_over_mm'] * mm) if initial else mm
    return total


def largest_loss(p, e, initial):
    worst = 0.0
    for price in [0.0] + [strike for strike, _, _, _ in e['options']]:
        worst = min(worst, sum(q * max(price - k if call else k - price, 0) for k, call, q, _ in e['options']))
    calls = sum(q for _, call, q, _ in e['options'] if call)
    return worst + min(calls, 0) * e['forward'] * p['unpaired_im' if initial else 'unpaired_mm']


def standard(p, _, a):
    net = {}
    for initial in (True, False):
        total = a['cash'] + a['unsettled'] + a['funding']
        shorts = 0.0
        for e in a['expiries']:
            total += max(isolated(p, e, a['spot'], initial), largest_loss(p, e, initial))
            short = -sum(min(q, 0) for _, _, q, _ in e['options'])
            shorts += short
            confidence = min(a['spot_confidence'], e['confidence']['forward'], e['confidence']['vol'])
            total -= oracle(p, confidence, a['spot'] * short) if initial else 0
        total -= abs(a['perp']) * a['perp_price'] * p['perp_im' if initial else 'perp_mm']
        base = sum(c['amount'] for c in a['collateral']) * a['spot']
        total += base * p['base_margin'] * (p['base_im_scale'] if initial else 1)
        if initial:
            total -= oracle(p, min(a['spot_confidence'], a['perp_confidence']), abs(a['perp']) * a['spot'])
            total -= oracle(p, a['spot_confidence'], base)
            total -= (
                (abs(a['perp']) + shorts) * a['spot'] * max(0, p['peg_threshold'] - a['stable']) * p['peg_factor']
            )
        net[initial] = total
    return {'pnl': [], 'mm': net[False], 'im': net[True]}


# ---- Deribit ----------------------------------------------------------------------------------------------------


def deribit_vol(p, kind, vol, days):
    multiple = (30 / days) ** (p['short_term_vega_power'] if days < 30 else p['long_term_vega_power'])
    if kind == 'up':
        return max(vol * (1 + p['vol_range_up'] * multiple), p['min_vol_for_shock_up'])
    return vol if kind == 'same' else max(vol * (1 - p['vol_range_down'] * multiple), 0)


def deribit_pnl(p, g, x, move, kind):
    """P&L of a position of product g in the currency that it pays: coin, or USD where it is linear."""
    years = x['t'] / YEAR if x['t'] else 0
    if x['type'] == 'option':
        forward, vol = x['forward'] * (1 + move), deribit_vol(p, kind, x['vol'], x['t'] / 86400)
        before, after = black(x['forward'], x['strike'], x['vol'], years, x['call']), black(
            forward, x['strike'], vol, years, x['call']
        )
        return x['quantity'] * (after - before if g['linear'] else after / forward - before / x['forward'])
    if g['linear']:
        return x['quantity'] * x['forward'] * move
    return x['quantity'] / x['forward'] * (1 - 1 / (1 + move))  # quantity in USD: coins at its mark


def deribit_delta(g, x):
    if x['type'] == 'option':
        return x['quantity'] * black_delta(x['forward'], x['strike'], x['vol'], x['t'] / YEAR, x['call'])
    return x['quantity'] if g['linear'] else x['quantity'] / x['forward']


EXTENDED = (-0.66, -0.33, 0.5, 1, 2, 3, 4, 5)


def deribit_extended(g, move):
    """Of a product in one row of the extended table."""
    p, sign = g['p'], -1 if move < 0 else 1
    total = 0.0
    for x in g['positions']:
        own = move if x['type'] == 'option' else sign * p['price_range']
        scale = p['extended_table_factor'] * p['price_range'] / abs(own)
        if not g['linear']:
            scale *= (1 + own) / (1 + sign * p['price_range'])
        total += deribit_pnl(p, g, x, own, 'up') * scale
    if total >= 0:
        return total
    dampener = (
        p['extended_dampener_linear']
        if g['linear']
        else p['extended_dampener'] / ((1 + sign * p['price_range']) * g['index'])
    )
    return total + min(max(abs(move) / p['price_range'] - 1, 0) * dampener, -total)


def deribit_fold(p, products, values):
    """products' P&L in an account of `unit` USD: losses in full, gains in part and up to a cap."""
    total = 0.0
    for g, value in zip(products, values):
        usd = value * (1 if g['linear'] else g['index'])
        total += usd if usd < 0 else min(usd * p['pnl_offset'], p['max_offsetable_pnl'])
    return total


def deribit_shocks(g):
    p, roll, by_expiry = g['p'], 0.0, {}
    amr = p['annualised_move_risk_linear'] if g['linear'] else p['annualised_move_risk']
    for x in g['positions']:
        by_expiry[x['t']] = by_expiry.get(x['t'], 0) + deribit_delta(g, x)
    for t, delta in by_expiry.items():
        roll += abs(delta) * max(p['min_annualised_move'], exp(amr * (t or 0) / YEAR) - 1)
    d1 = sum(deribit_delta(g, x) for x in g['positions'] if x['type'] == 'option' and x['quantity'] > 0)
    d2 = sum(deribit_delta(g, x) for x in g['positions'] if not (x['type'] == 'option' and x['quantity'] > 0))
    d = min(max(d1 + d2, d2), 0) if d2 < 0 else max(min(d1 + d2, d2), 0)
    shock = (
        min(
            max(abs(d) * g['index'] - p['delta_threshold'], 0) * abs(d) * p['delta_increment'],
            p['max_delta_shock'] * g['index'] * abs(d),
        )
        / g['index']
    )
    return roll * g['index'], shock * g['index']  # USD


def deribit(p, steps, a):
    """a: products with their own parameters g['p']; `unit`: USD for one unit of the account's currency."""
    products, unit = a['products'], a['unit']
    regular = [
        deribit_fold(
            p,
            products,
            [
                sum(deribit_pnl(g['p'], g, x, step * g['p']['price_range'], kind) for x in g['positions'])
                for g in products
            ],
        )
        / unit
        for step in steps
        for kind in ('up', 'same', 'down')
    ]
    extended = [deribit_fold(p, products, [deribit_extended(g, move) for g in products]) / unit for move in EXTENDED]
    worst = round(max(0.0, -min(regular + extended)) * 1e9) / 1e9
    roll = sum(deribit_shocks(g)[0] for g in products) / unit
    delta = sum(deribit_shocks(g)[1] for g in products) / unit
    risk = worst + roll + delta
    return {
        'regular': regular,
        'extended': extended,
        'worst': worst,
        'roll': roll,
        'delta': delta,
        'im': risk + sum(a['orders']),
        'mm': p['mm_factor'] * risk,
    }


# ---- OKX --------------------------------------------------------------------------------------------------------


def okx_value(x, forward, vol):
    if x['type'] == 'option':
        undiscounted = black(forward, x['strike'], vol, x['t'] / YEAR, x['call'])
        return undiscounted / forward if x['inverse'] else undiscounted
    return -1 / forward if x['inverse'] else forward


def okx_pnl(u, move, kind, points):
    """Of one underlying, in its quote currency: coin at the index."""
    total = 0.0
    for x in u['positions']:
        vol = x.get('vol', 0)
        if x['type'] == 'option' and kind != 'same':
            shift = interpolate(x['t'] / 86400, points)
            vol = vol + shift if kind == 'up' else max(0, vol - shift)
        change = okx_value(x, x['forward'] + u['index'] * move, vol) - okx_value(x, x['forward'], x.get('vol', 0))
        total += x['quantity'] * change * (u['index'] if x['inverse'] else 1)
    return total


def okx_delta_value(u, x):
    """Quote currency for a relative move of one, at the contract's own mark."""
    if x['type'] == 'option':
        return (
            x['quantity'] * x['forward'] * black_delta(x['forward'], x['strike'], x['vol'], x['t'] / YEAR, x['call'])
        )
    return x['quantity'] / x['forward'] * x['forward'] if x['inverse'] else x['quantity'] * x['forward']


def okx_tiers(amount, tiers):
    total = 0.0
    for (low, rate), upper in zip(tiers, [t[0] for t in tiers[1:]] + [inf]):
        total += max(0.0, min(amount, upper) - low) * rate
    return total


def okx(p, _, a):
    mmr, detail = 0.0, []
    for u in a['underlyings']:
        c = u['class']
        sides = [
            sign * p[c + '_' + far]
            for sign, far in ((-1, 'far'), (-1, 'middle'), (-1, 'near'), (1, 'near'), (1, 'middle'), (1, 'far'))
        ]
        moves = sides[:3] + [0.0] + sides[3:]
        grid = [okx_pnl(u, move, kind, p['vol_points']) for move in moves for kind in ('up', 'same', 'down')]
        extreme = [
            okx_pnl(u, move, 'same', p['vol_points']) * p['extreme_share']
            for move in (-p[c + '_extreme'], p[c + '_extreme'])
        ]
        basis, by_expiry = 0.0, {}
        for x in u['positions']:
            by_expiry[x['t']] = by_expiry.get(x['t'], 0) + okx_delta_value(u, x)
        for t, delta in by_expiry.items():
            basis += abs(delta) * (p['basis_move'][c] * t / YEAR if t else p['perpetual_move'][c])
        minimum = okx_tiers(
            sum(abs(okx_delta_value(u, x)) for x in u['positions']) * p['minimum_rate'], p['minimum_tiers']
        )
        mr1, mr6 = max(0, -min(grid)), max(0, -min(extreme))
        mmr += max(max(mr1, mr6) + basis, minimum)
        detail.append({'grid': grid, 'extreme': extreme, 'basis': basis, 'minimum': minimum})
    equity = haircut_i = haircut_m = 0.0
    for value, haircut in a['posted']:
        equity += value
        haircut_i += -value * p['loan_initial'] if value < 0 else value * haircut
        haircut_m += -value * p['loan_maintenance'] if value < 0 else value * haircut
    for u in a['underlyings']:
        for x in u['positions']:
            if x['type'] == 'option':
                equity += x['quantity'] * okx_value(x, x['forward'], x['vol']) * (u['index'] if x['inverse'] else 1)
    return {
        'units': detail,
        'mm': mmr,
        'im': p['initial_factor'] * mmr,
        'equity': equity,
        'excess_im': equity - haircut_i - p['initial_factor'] * mmr,
        'excess_mm': equity - haircut_m - mmr,
    }
