"""The Lagrangian dual, its prices, and the linear program behind them."""
