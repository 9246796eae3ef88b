#!/usr/bin/env python3
import argparse
import json
import os

parser = argparse.ArgumentParser()
parser.add_argument("--package", required=True)
parser.add_argument("--free", type=int, required=True)
parser.add_argument("--mode", required=True)
parser.add_argument("--notice", required=True)
arguments = parser.parse_args()
print("FINE: {} deployed ({}, {} KB free, {})".format(arguments.package, arguments.mode, arguments.free, arguments.notice))
with open(os.environ["OUTPUT_PATH"], "w") as output:
    json.dump({"installed": arguments.package}, output)
