"""The model of `portfolio_margin`, written once for all readings, one file for each noun.

governed       parameters, and the scenario rows
attested       the market's head
slices         expiries and what their legs share
legs           positions: order, empty slots, netting
volatility     a leg's volatility at the five levels of the rows
revaluation    N(d1) and N(-d2) of a leg in a row
aggregation    values of expiries, profits of rows, the worst row
contingencies  add-ons that do not come from rows
margin         the two margins
"""
