#!/usr/bin/env bash
# Makes the sample ladder of this folder again from a copy of Big Buck Bunny.
#
# usage: testdata/make.sh BIG_BUCK_BUNNY [OUTDIR]
#
# BIG_BUCK_BUNNY is any release at 30 fps and 720p or larger that shows the film from its start
# and carries sound. OUTDIR defaults to this folder. The bytes depend on the versions of ffmpeg and
# x264; README.md names those that made the committed files.
set -euo pipefail

source=$(realpath -- "${1:?usage: testdata/make.sh BIG_BUCK_BUNNY [OUTDIR]}")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
out=${2:-$here}
mkdir -p -- "$out"
out=$(realpath -- "$out")
work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

start=182   # seconds into the film: the butterfly and the stone
seconds=20
common=(-nostdin -v error -y -fflags +bitexact -ss "$start" -t "$seconds" -i "$source" -map_metadata -1)
# One thread, because x264 decides differently on another number of them.
x264=(-c:v libx264 -preset slower -threads 1 -profile:v high -pix_fmt yuv420p -bf 3 -refs 3
      -g 60 -keyint_min 60 -sc_threshold 0 -x264-params open-gop=0 -flags:v +bitexact
      -color_primaries bt709 -color_trc bt709 -colorspace bt709)

# The sound of every rendition: one encoding, so that switching renditions never changes it.
ffmpeg "${common[@]}" -vn -ac 2 -c:a aac -b:a 64k -flags:a +bitexact "$work/audio.m4a"

rendition() { # height width video-rate muxer-options...
  local height=$1 width=$2 rate=$3
  shift 3
  local buffer=$((2 * ${rate%k}))k pass
  for pass in 1 2; do
    ffmpeg "${common[@]}" -an -vf "fps=30,scale=$width:$height:flags=lanczos,setsar=1" "${x264[@]}" \
      -b:v "$rate" -maxrate "$buffer" -bufsize "$buffer" -pass "$pass" -passlogfile "$work/$height" \
      "$work/v$height.mp4"
  done
  ffmpeg -nostdin -v error -y -i "$work/v$height.mp4" -i "$work/audio.m4a" -map 0:v -map 1:a -c copy \
    -fflags +bitexact -map_metadata -1 -metadata:s:v:0 language=und -metadata:s:a:0 language=eng "$@" \
    "$out/${height}p.mp4"
}
rendition 240 426 140k -movflags +faststart
rendition 360 640 280k # `moov` after `mdat`
rendition 480 854 540k -movflags +faststart

# Another language to switch to: the same sound in mono, a fifth lower at the same speed.
ffmpeg "${common[@]}" -vn -ac 1 -af "aformat=sample_rates=48000:channel_layouts=mono,asetrate=32000,atempo=1.5,aresample=48000" \
  -t "$seconds" -c:a aac -b:a 48k -flags:a +bitexact \
  -metadata:s:a:0 language=kor -movflags +faststart "$out/audio_ko.mp4"
