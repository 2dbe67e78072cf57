"""Speed and quality, measured: beside peers, in one run, on data named in each report."""
