# SPDX-License-Identifier: MIT
"""numpy_scipy.py BOOK OUT: what an analyst writes. The P&L matrix by SciPy's normal distribution, positions as a sparse matrix,
netting as their product. Exit code 77 where NumPy or SciPy is missing. The book is one that `shockgrid generate` makes."""
import csv
import datetime
import sys
import time

try:
    import numpy as np
    from scipy.sparse import csr_matrix
    from scipy.special import ndtr
except ImportError as missing:
    print(f"numpy_scipy: {missing}", file=sys.stderr)
    sys.exit(77)

MOVES = np.tile(0.02 * (np.arange(17) - 8), 3)
VOL_FACTORS = np.repeat(0.75 + 0.25 * np.arange(3), 17)


class Stages:
    def __init__(self):
        self.wall_s, self.cpu_s = time.perf_counter(), time.process_time()

    def done(self, name):
        wall_s, cpu_s = time.perf_counter(), time.process_time()
        print(f"stage {name} {wall_s - self.wall_s:.9f} {cpu_s - self.cpu_s:.9f}")
        self.wall_s, self.cpu_s = time.perf_counter(), time.process_time()


def rows(folder, name):
    with open(f"{folder}/{name}", newline="") as stream:
        reader = csv.reader(stream)
        header = next(reader)
        return {column: values for column, values in zip(header, zip(*reader))}


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def read_instruments(folder):
    with open(f"{folder}/book.yaml") as stream:
        as_of = seconds(next(line.split(":", 1)[1].strip() for line in stream if line.startswith("as_of:")))
    rate = float(rows(folder, "rates.csv")["rate_cc"][0])
    under = rows(folder, "underlyings.csv")
    market = {u: (float(p), float(y)) for u, p, y in zip(under["underlying"], under["price"], under["dividend_yield"])}
    table = rows(folder, "instruments.csv")
    expiries = {text: (seconds(text) - as_of) / 86400 / 365 if text else 0.0 for text in set(table["expiry"])}
    years = np.array([expiries[text] for text in table["expiry"]])
    spot, dividend_yield = np.array([market[u] for u in table["underlying"]]).T
    return {
        "id": table["instrument"],
        "sign": np.array([{"call": 1.0, "put": -1.0, "": 0.0}[right] for right in table["right"]]),
        "forward": spot * np.exp((rate - dividend_yield) * years),
        "strike": np.array([float(x or 1) for x in table["strike"]]),
        "stddev": np.array([float(x or 1) for x in table["implied_vol"]]) * np.sqrt(years),
        "scale": np.array([float(x) for x in table["multiplier"]]),
        "discount": np.exp(-rate * years),
    }


def values(book, forward, stddev):
    strike, sign = book["strike"][:, None], book["sign"][:, None]
    d1 = np.log(forward / strike) / stddev + 0.5 * stddev
    option = book["discount"][:, None] * sign * (forward * ndtr(sign * d1) - strike * ndtr(sign * (d1 - stddev)))
    return book["scale"][:, None] * np.where(sign == 0, forward, option)


def main(folder, out):
    stages = Stages()
    book = read_instruments(folder)
    accounts = rows(folder, "accounts.csv")["account"]
    positions = rows(folder, "positions.csv")
    stages.done("read")
    account_of = {a: i for i, a in enumerate(accounts)}
    instrument_of = {c: i for i, c in enumerate(book["id"])}
    held = csr_matrix(
        (
            np.array(positions["quantity"], dtype=float),
            ([account_of[a] for a in positions["account"]], [instrument_of[c] for c in positions["instrument"]]),
        ),
        shape=(len(accounts), len(book["id"])),
    )
    stages.done("bind")
    with np.errstate(divide="ignore", invalid="ignore"):
        forward, stddev = book["forward"][:, None], book["stddev"][:, None]
        pnl = values(book, forward * (1 + MOVES), stddev * VOL_FACTORS) - values(book, forward, stddev)
    stages.done("price")
    worst = np.minimum((held @ pnl).min(axis=1), 0)
    stages.done("net")
    with open(out, "w") as stream:
        stream.write("account,initial\n")
        stream.writelines(f"{a},{-w:.17g}\n" for a, w in zip(accounts, worst))
    stages.done("write")


if __name__ == "__main__":
    main(*sys.argv[1:])
