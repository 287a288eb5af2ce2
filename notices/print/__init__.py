"""Sheets of paper: a notice as PDF/A, with its receipt inside and as a QR code."""
