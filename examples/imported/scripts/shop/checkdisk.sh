#!/bin/sh
# checkdisk --path PATH -m MIN_KB: reports the free space of a file system.
path=/ minimum=0
while [ $# -gt 0 ]; do
  case $1 in
  --path) path=$2 ;;
  -m) minimum=$2 ;;
  *) echo "ERROR: unknown option $1" >&2; exit 2 ;;
  esac
  shift 2
done
free=$(df -Pk "$path" | awk 'NR == 2 {print $4}')
echo "INFO: $free KB free on $path"
echo "{\"free\": \"$free\"}" >"$OUTPUT_PATH"
[ "$free" -ge "$minimum" ]
