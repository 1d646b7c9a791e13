"""What came of a solve: the plan, its waiting lists, reasons, prices and figures."""
