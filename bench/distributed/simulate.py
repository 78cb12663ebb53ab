"""Predicts training over hosts from measurements of bench_ranks (docs/guide/scaling.md).

check FILE: compares predictions with the measured steps; exit code 1 if one is off.
table FILE: predicts 8 to 1024 hosts at 10 and 100 Gb/s.
"""

import argparse
import sys

from check import check
from costs import ALGORITHMS
from measured import WrongFile, read
from tables import tables

MIB = 1 << 20


def parse():
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("file", help="JSON lines of bench_ranks")
    common.add_argument("--algorithm", choices=ALGORITHMS, default="best",
                        help="all-reduce algorithm; best: the fastest for each size (default)")
    common.add_argument("--bucket-bytes", type=int, default=MIB,
                        help="bytes of floats that are reduced together (default 1 MiB)")
    common.add_argument("--offload", action="store_true",
                        help="reductions make progress by themselves, not only while MPI is called")
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    modes = parser.add_subparsers(dest="mode", required=True)
    checked = modes.add_parser("check", parents=[common])
    checked.add_argument("--tolerance", type=float, default=0.15,
                         help="relative error that is accepted (default 0.15)")
    table = modes.add_parser("table", parents=[common])
    table.add_argument("--alpha-10", type=float, default=20e-6,
                       help="seconds per message at 10 Gb/s (default 20e-6)")
    table.add_argument("--alpha-100", type=float, default=2e-6,
                       help="seconds per message at 100 Gb/s (default 2e-6)")
    table.add_argument("--speed", type=float, default=1.0,
                       help="speed of a host relative to the measured one (default 1)")
    return parser.parse_args()


def main():
    arguments = parse()
    algorithm = ALGORITHMS[arguments.algorithm]
    options = {"bucket_bytes": arguments.bucket_bytes, "offload": arguments.offload}
    try:
        records = read(arguments.file)
    except (OSError, WrongFile) as error:
        sys.exit(f"simulate.py: {error}")
    if arguments.mode == "check":
        return 0 if check(records, algorithm, arguments.tolerance, options) else 1
    alphas = {10: arguments.alpha_10, 100: arguments.alpha_100}
    tables(records, algorithm, alphas, arguments.speed, options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
