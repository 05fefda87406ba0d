#!/usr/bin/env bash
# From trained weights to a finished model folder: ONNX files, the context coder's prior, calibrated qualities.
#
#   scripts/finish_model.sh F WEIGHTS PHOTOS TARGETS AUTO [PYTHON]
#   e.g. scripts/finish_model.sh 8 run/f8/weights.pt photos 1:0.03,25:0.052,50:0.088,100:0.3 1,34
#
# TARGETS are QUALITY:BITS_A_PIXEL pairs, AUTO the qualities for which the model is the default. DUMP_QUALITIES may say which
# qualities the prior learns from.
set -euo pipefail
cd "$(dirname "$0")/.."
f=$1 weights=$2 photos=$3 targets=$4 auto=$5 python=${6:-python3}
model=models/vaerans-$f
dumps=$(mktemp -d)
trap 'rm -rf "$dumps"' EXIT
export OMP_NUM_THREADS=1

# The prior of earlier weights serves until there is a new one.
"$python" scripts/train/export.py --f "$f" --weights "$weights" --out "$model" --quality 1:2,100:0.05 --auto "$auto" --keep-prior
deno run --quiet -R -W scripts/calibrate.ts "$model" "$photos" "$targets"
deno run --quiet -R -W scripts/dump_latents.ts "$model" "$photos" "$dumps" "${DUMP_QUALITIES:-5,25,50,80}"
deno run --quiet -R -W scripts/train_prior.ts "$dumps"/q* -o "$model/prior.bin"
"$python" scripts/train/export.py --f "$f" --weights "$weights" --out "$model" --quality 1:2,100:0.05 --auto "$auto" --keep-prior
deno run --quiet -R -W scripts/calibrate.ts "$model" "$photos" "$targets"
deno task plans "$model"
deno task golden
