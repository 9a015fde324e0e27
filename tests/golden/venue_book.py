# SPDX-License-Identifier: MIT
"""Books, models and expected numbers as text, for venue_cases.py."""

from datetime import datetime, timedelta

AS_OF = datetime(2026, 1, 1)
DAY = 86400


def instant(t):
    return (AS_OF + timedelta(seconds=t)).strftime('%Y-%m-%dT%H:%M:%SZ')


def text(value):
    return '' if value is None else value if isinstance(value, str) else repr(value)


class Book:
    def __init__(self, name, currency, rates=False):
        self.name, self.tables = name, {}
        self.head = f'as_of: {AS_OF.isoformat()}Z\ncurrency: {currency}\nday_count: act/365f\n' + (
            'rates: zero\n' if rates else ''
        )

    def add(self, table, **row):
        self.tables.setdefault(table, []).append(row)

    def print(self):
        print(f'=== book {self.name}\n--- book.yaml\n{self.head}', end='')
        for table, rows in self.tables.items():
            columns = list(dict.fromkeys(key for row in rows for key in row))
            print(f'--- {table}.csv\n' + ','.join(columns))
            for row in rows:
                print(','.join(text(row.get(column)) for column in columns))


def print_model(name, base, parameters, more=''):
    print(f'=== model {name}\nmodel: {{name: {name}, extends: {base}}}')
    if parameters:
        print('parameters:')
        for key, value in parameters.items():
            print(f'  {key}: {value if isinstance(value, str) else yaml(value)}')
    print(more, end='')


def yaml(value):
    if isinstance(value, dict):
        return '{' + ', '.join(f'{key}: {yaml(x)}' for key, x in value.items()) + '}'
    if isinstance(value, list):
        return '[' + ', '.join(yaml(x) for x in value) + ']'
    return value if isinstance(value, str) else repr(value)


def print_expected(case, where, keys, numbers, tolerance='1e-9/1e-6'):
    print(f'{case} | {where} | {keys} | {tolerance} | ' + ' '.join(repr(float(x)) for x in numbers))
