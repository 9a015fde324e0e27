#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
#
# Makes tests/golden/quality/sound and previous: a book in which nothing is to be questioned, and the same a day before.
# Prices are Black's formula by Python's own erf; nothing here comes from shockgrid.
import math, os, sys

here = os.path.dirname(os.path.abspath(__file__))
EXPIRIES = [("JUN", "2026-06-26T20:00:00Z", 77), ("SEP", "2026-09-25T20:00:00Z", 168), ("DEC", "2026-12-18T21:00:00Z", 252 + 1 / 24)]


def normal(x):
    return 0.5 * math.erfc(-x / math.sqrt(2))


def black(forward, strike, vol, years, sign, discount):
    s = vol * math.sqrt(years)
    d = math.log(forward / strike) / s + s / 2
    return discount * sign * (forward * normal(sign * d) - strike * normal(sign * (d - s)))


def make(folder, day, spot, btc, eur, level):
    path = os.path.join(here, folder)
    os.makedirs(path, exist_ok=True)
    write = lambda name, lines: open(os.path.join(path, name), "w").write("\n".join(lines) + "\n")
    write("book.yaml", [f"as_of: 2026-04-{day}T20:00:00Z", "currency: USD", "day_count: act/365f", "rates: zero"])
    write("fx.csv", ["currency,rate_to_base", f"BTC,{btc * eur:.12g}", f"EUR,{eur:.12g}"])
    write("underlyings.csv", ["underlying,currency,price,asset,kind,x_as_of,x_bid,x_ask",
                              f"ACME,USD,{spot},,equity,2026-04-{day}T19:30:00Z,{spot - 0.1:.12g},{spot + 0.1:.12g}",
                              f"BTC,EUR,{btc},BTC,crypto,2026-04-{day},,"])
    forwards, rows = ["underlying,expiry,forward,discount_factor"], []
    for name, expiry, days in EXPIRIES:
        years = (days + (1 if folder == "previous" else 0)) / 365
        forward, discount = round(spot * math.exp(0.03 * years), 6), round(math.exp(-0.04 * years), 9)
        forwards.append(f"ACME,{expiry},{forward},{discount}")
        if name == "JUN":
            rows.append(f"ACME-{name},future,ACME,,,,{expiry},1,USD,{forward},,,,,")
        for strike in (80, 90, 100, 110, 120):
            x = math.log(strike / forward)
            vol = round(level - 0.1 * x + 0.2 * x * x, 4)
            for right, sign in (("call", 1), ("put", -1)):
                price = round(black(forward, strike, vol, years, sign, discount), 5)
                rows.append(f"ACME-{name}-{strike}-{right[0].upper()},option,ACME,{right},european,{strike},{expiry},100,USD,"
                            f"{price},{vol},2026-04-{day}T19:00:00Z,{price - 0.01:.5f},{price + 0.01:.5f},500")
    write("forwards.csv", forwards)
    write("instruments.csv", ["instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,price,implied_vol,"
                              "x_as_of,x_bid,x_ask,x_open_interest", "ACME,spot,ACME,,,,,1,USD,,,,,,"] + rows +
          [f"BTC-PERP,perpetual,BTC,,,,,1,EUR,{btc},,,,,"])
    write("assets.csv", ["asset,currency,price,underlying,x_as_of", f"WBTC,EUR,{btc},BTC,"])
    write("positions.csv", ["account,instrument,quantity", "LONG,ACME-JUN-100-C,10", "SHORT,ACME-JUN-100-C,-10",
                            "LONG,ACME-SEP-90-P,2.5", "SHORT,ACME-SEP-90-P,-2.5", "LONG,BTC-PERP,1", "SHORT,BTC-PERP,-1",
                            "LONG,ACME,300"])


make("sound", "10", 100, 50000, 1.2, 0.30)
make("previous", "09", 98, 49000, 1.19, 0.31)
