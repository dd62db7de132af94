"""The worker's pages: report unpaid wages, keep the receipt, confirm the money."""
