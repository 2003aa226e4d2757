#!/usr/bin/env bash
# Writes migrations/CHECKSUMS anew: for a new migration, and for edits before the first release.
cd "$(dirname "$0")/../.." && LC_ALL=C sha256sum migrations/*/*.sql >migrations/CHECKSUMS
