# Imports of small tables, and what they refuse.
$ printf '#expiry,strike,right,open,high,low,close,volume,open_interest,implied_volatility\n,,,91,92,90,91.48,7,,\n20140621,90,C,2,2,2,2.1,0,10,0.25\n20140621,80,C,9,9,9,9,0,10,0\n' >aapl_20140616.csv
$ shockgrid import lean aapl_20140616.csv --out book
QuantConnect option universe: 1 file, 2 options, as of 2014-06-16T20:00:00Z
AAPL
  price 91.48, kind equity, american exercise, 1 of 2 options
  no forward is implied: for american exercise put-call parity is no equation; rates are zero
price of an option: its close; its vol is the file's implied_volatility where that is given
left out 1: the price is at most the intrinsic value: AAPL140621C00080000
of the options kept 0 have no open interest, 0 a bid above their ask
$ cat book/instruments.csv
instrument,type,underlying,right,exercise,strike,expiry,multiplier,currency,settlement,price,implied_vol
AAPL,spot,AAPL,,,,,1,USD,linear,,
AAPL140621C00090000,option,AAPL,call,american,90,2014-06-20T20:00:00Z,100,USD,linear,2.1,0.25
$ printf 'underlying,ex_date,amount\nAAPL,2014-05-08,0.47\nAAPL,2014-08-07,0.47\nMSFT,2014-08-19,0.28\n' >dividends.csv
$ shockgrid import lean aapl_20140616.csv --dividends dividends.csv --rate 0.002 --imply --out given
QuantConnect option universe: 1 file, 2 options, as of 2014-06-16T20:00:00Z
AAPL
  price 91.48, kind equity, american exercise, 1 of 2 options
  no forward is implied: for american exercise put-call parity is no equation; rates are 0.002
1 cash dividends to come; 2 of other shares or days gone by are left out
price of an option: its close; its vol is implied by it
left out 1: the price is at most the intrinsic value: AAPL140621C00080000
of the options kept 0 have no open interest, 0 a bid above their ask
$ cat given/dividends.csv given/rates.csv; tail -n 1 given/instruments.csv; sed 1d given/book.yaml
underlying,ex_date,amount
AAPL,2014-08-07,0.47
currency,tenor_years,rate_cc
USD,1,0.002
AAPL140621C00090000,option,AAPL,call,american,90,2014-06-20T20:00:00Z,100,USD,linear,2.1,
as_of: 2014-06-16T20:00:00Z
currency: USD
day_count: act/365f
$ printf 'underlying,ex_date,amount\nAAPL,07/08/2014,0.47\nAAPL,2014-11-06,-1\n' >bad.csv
$ shockgrid import lean aapl_20140616.csv --dividends bad.csv --out other
! bad.csv:2:6: ex_date "07/08/2014" is not a day, as 2014-08-07
! bad.csv:3:17: amount "-1" is negative
! 2 problems in 1 file; nothing was written
[3]
$ shockgrid import lean aapl_20140616.csv --dividends aapl_20140616.csv --out other
! aapl_20140616.csv:1:1: the header "underlying,ex_date,amount" is expected
[3]
$ shockgrid import lean aapl_20140616.csv --rate 25 --out other
! shockgrid: rate "25" is not between -1 and 1; 0.0025 is 0.25 %
[2]
$ shockgrid import yahoo aapl_20140616.csv --out other
! aapl_20140616.csv:1:1: is not JSON: '[' or '{' expected near '#'
[3]
$ shockgrid import bloomberg aapl_20140616.csv --out other
! shockgrid: format "bloomberg" is not known; expected one of: deribit yahoo cboe lean
[2]
