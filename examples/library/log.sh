#!/bin/sh
# A library: scripts read it with . "$DROVER_LIB/log.sh"
log() { printf '[%s] %s\n' "${DROVER_RUN_ID:-here}" "$*"; }
