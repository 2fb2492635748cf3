"""Everything with time, network or state: quoting, proving, chain, relay, oracle, store, RPC."""
