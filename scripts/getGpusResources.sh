#!/usr/bin/env bash
# Prints this machine's GPUs as the JSON that Spark's resource discovery reads; no GPU, no addresses.
#   --conf spark.executor.resource.gpu.discoveryScript=/path/to/getGpusResources.sh
set -euo pipefail

addresses=
if command -v nvidia-smi >/dev/null; then
  # A driver that does not answer means no GPU to use, not a failed executor.
  while IFS= read -r index; do
    index="${index//[[:space:]]/}"
    [[ "$index" =~ ^[0-9]+$ ]] && addresses+="${addresses:+,}\"$index\""
  done < <(nvidia-smi --query-gpu=index --format=csv,noheader 2>/dev/null || true)
fi
printf '{"name":"gpu","addresses":[%s]}\n' "$addresses"
