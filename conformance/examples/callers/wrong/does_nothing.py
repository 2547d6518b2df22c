#!/usr/bin/env python3
"""Wrong: it does nothing."""
