# Data quality before margin: a vol that is ten times too small may not lower a requirement silently.
$ cp -r $SOURCE/tests/golden/quality/sound book && sed -i 's/5.79527,0.3006/5.79527,0.03006/; s/5.16572,0.3006/5.16572,0.03006/' book/instruments.csv
$ printf 'account,parent,to_parent\nTOTAL,,\nLONG,TOTAL,sum\nSHORT,TOTAL,sum\n' >book/accounts.csv && echo 'OTHER,ACME,7' >>book/positions.csv
$ shockgrid check book | grep -A 9 mark_model | cut -d: -f1-3,5-
book/instruments.csv:8: warning: price 5.79527, expected -0.0786376 to 1.91715 by its vol [mark_model]
book/instruments.csv:9: warning: price 5.16572, expected -0.708187 to 1.2876 by its vol [mark_model]

book/instruments.csv:9: warning: vol 0.03006, expected 0.227006 to 0.378343 by the neighbouring strikes [vol_strike]

book/instruments.csv:19: warning: vol 0.3014, expected 0.0876328 to 0.262898 by the expiries before and after [vol_expiry]

book/instruments.csv:9: warning: is, as an undiscounted call, 0.927045, expected 2.35395 to 12.3539 by the strike below [strike_slope]
book/instruments.csv:10: warning: is, as an undiscounted call, 2.15199, expected -9.07296 to 0.927045 by the strike below [strike_slope]

book/instruments.csv:7: warning: is, as an undiscounted call, 12.3539, expected at most 10.9828 by the strikes on both sides [butterfly]
$ shockgrid run book --model spot-vol-grid --device reference --out out | grep -A 4 quality
  quality        8 warnings: 2 mark_model, 1 vol_strike, 1 vol_expiry, 2 strike_slope, 2 butterfly
  substituted    option "ACME-JUN-100-C": price 5.79527, expected -0.0786376 to 1.91715 by its vol -> vol 0.3006 (mark_model)

  accounts      4      positions    8      scenarios  51
  instruments  33      underlyings  2      nodes       5
$ cut -d, -f1,2,3,5,17 out/margins.csv
account,currency,initial,standalone_initial,status
LONG,USD,18842.953631396435,20809.336912812991,not computed
OTHER,USD,112,112,not computed
SHORT,USD,24931.500708182823,27299.450955626087,not computed
TOTAL,USD,43774.454339579258,48108.787868439078,not computed
$ grep substitute out/lines.csv
LONG,initial,-,quality.substitute,4668.25467475244,USD,,,"14174.698956643995 stated, 18842.953631396435 with ACME-JUN-100-C vol 0.3006 (mark_model): the second counts"
LONG,maintenance,-,quality.substitute,4668.25467475244,USD,,,"14174.698956643995 stated, 18842.953631396435 with ACME-JUN-100-C vol 0.3006 (mark_model): the second counts"
SHORT,initial,-,quality.substitute,0,USD,,,"24931.500708182823 stated, 21919.58199748888 with ACME-JUN-100-C vol 0.3006 (mark_model): the first counts"
SHORT,maintenance,-,quality.substitute,0,USD,,,"24931.500708182823 stated, 21919.58199748888 with ACME-JUN-100-C vol 0.3006 (mark_model): the first counts"
$ shockgrid explain out SHORT --device reference | sed -n '/initial requirement/,/^sum/p'
initial requirement   24,931.500708182823  USD
  scan_risk           24,931.500708182823  worst
    whole account     24,931.500708182823  grid 50
  quality.substitute       0               24931.500708182823 stated, 21919.58199748888 with ACME-JUN-100-C vol 0.3006 (mark_model): the first counts
sum of 2 lines = 24,931.500708182823 = requirement
# The same finding isolates: no partial margin, neither of the account nor of the one that adds it up.
$ printf 'model: {name: strict, title: strict, extends: spot-vol-grid}\nquality: {mark_model: isolate}\n' >strict.yaml
$ shockgrid run book --model strict.yaml --device reference --out out --quiet; cut -d, -f1,2,3,5,17 out/margins.csv; grep 'not computed,' out/lines.csv
account,currency,initial,standalone_initial,status
OTHER,USD,112,112,not computed
LONG,USD,,,not computed
SHORT,USD,,,not computed
TOTAL,USD,,,not computed
LONG,,-,not computed,,USD,,,"mark_model: option ""ACME-JUN-100-C"": price 5.79527, expected -0.0786376 to 1.91715 by its vol"
SHORT,,-,not computed,,USD,,,"mark_model: option ""ACME-JUN-100-C"": price 5.79527, expected -0.0786376 to 1.91715 by its vol"
TOTAL,,-,not computed,,USD,,,"account ""LONG"", which it adds up, is not computed"
! 3 accounts are not computed, because of findings that the model isolates
$ shockgrid report out --device reference && grep -c '<td>not computed</td>' out/report.html
out/report.html
3
$ shockgrid explain out SHORT --device reference
! shockgrid: account "SHORT" is not computed: mark_model: option "ACME-JUN-100-C": price 5.79527, expected -0.0786376 to 1.91715 by its vol
[3]
$ shockgrid run book --model strict.yaml --device reference --out out --quiet --fail-on-call
! shockgrid run: --fail-on-call needs a model with an equity section
! try 'shockgrid run --help'
[2]
$ shockgrid run book --model strict.yaml --device reference --account OTHER --quiet
# Or it refuses, but only what somebody holds.
$ sed -i 's/isolate/refuse/' strict.yaml; shockgrid run book --model strict.yaml --device reference --out out2
! book/instruments.csv:8: option "ACME-JUN-100-C": price 5.79527, expected -0.0786376 to 1.91715 by its vol: the model refuses this (mark_model)
[3]
$ shockgrid run book --model strict.yaml --device reference --account OTHER --quiet
$ shockgrid check book --model strict.yaml --json | sed -n 1,2p | cut -c1-60
{"exit_code": 3, "problems": [], "findings": [
  {"kind": "mark_model", "severity": "warning", "action": "r
