"""The model of `portfolio_margin`, written once for all readings, one file for each noun.

portfolio      all of it in order: read this first
governed       parameters, and the scenario rows
attested       the market's head
slices         expiry slices, attested and in use
series         listed volatilities, where slices have no curve
shocks         what the legs of a slice share: sqrt(T), sizes of shocks, slopes of skews
statics        what a slice's shocked values are multiplied by
rows           spot factors of the rows as logarithms
legs           positions: order, empty slots, netting
lookups        a leg's slice, and what it reads there
volatility     a leg's volatility at the five levels that rows choose from
revaluation    N(d1) and N(-d2) of a leg in a row
aggregation    values of slices, profits of rows, the worst of them
contingencies  add-ons that do not come from rows
margin         the two margins
digests        what the words name by digest or commitment, opened
scales, logarithm  fraction bits of every quantity; ln, rounded down once
"""
