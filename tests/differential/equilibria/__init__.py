"""Random small games whose T-MFE the package and an exact brute-force oracle must agree on."""
