# -*- coding: utf-8 -*-
"""Announces a rollout."""
import argparse
import json
import os

parser = argparse.ArgumentParser()
parser.add_argument("--message", required=True)
parser.add_argument("--owners", type=json.loads, default=[])
arguments = parser.parse_args()
print("to {}: {}".format(", ".join(arguments.owners), arguments.message))
with open(os.environ["OUTPUT_PATH"], "w") as output:
    json.dump({"notice": "told {} owners".format(len(arguments.owners))}, output)
