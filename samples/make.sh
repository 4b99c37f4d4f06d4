#!/bin/sh
# Synthesises the sample calls beside this script; needs espeak-ng, flite and sox. Prints when each sentence is said.
set -eu
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# One seed and no dither: the output is always the same.
export SOX_OPTS='-R -D'

# Sentences are trimmed of silence, brought to one loudness and to 48 kHz; every pause below is ours.
tidy() { sox "$1" -r 48000 -c 1 -b 16 "$2" silence 1 0.01 0.1% reverse silence 1 0.01 0.1% reverse norm -6; }
espeak() { espeak-ng -v "$1" -s "$2" -w "$tmp/spoken.wav" "$4" && tidy "$tmp/spoken.wav" "$3"; }
flite_say() { flite -voice "$1" -t "$3" -o "$tmp/spoken.wav" && tidy "$tmp/spoken.wav" "$2"; }
pause() { sox -n -r 48000 -c 1 -b 16 "$tmp/pause-$1.wav" trim 0 "$1"; }
length() { soxi -D "$1"; }
say() { echo "$1" | awk '{ printf "%6.2f–%.2f  ", $1, $1 + $2 }'; echo "$2"; }

# Faint noise under everything: no telephone line is digitally silent.
line() { sox -m "$1" "|sox -n -r 48000 -c ${3:-1} -p synth $(length "$1") pinknoise vol 0.0015" "$2"; }

echo 'balance-16k.wav, balance-44k1.wav'
espeak en-gb 150 "$tmp/hello.wav" 'Hello.'
espeak en-gb 150 "$tmp/balance.wav" 'I would like to know the balance of my account, please.'
for seconds in 1 0.35 1.5; do pause "$seconds"; done
sox "$tmp/pause-1.wav" "$tmp/hello.wav" "$tmp/pause-0.35.wav" "$tmp/balance.wav" "$tmp/pause-1.5.wav" "$tmp/quiet.wav"
line "$tmp/quiet.wav" "$tmp/balance-48k.wav"
sox "$tmp/balance-48k.wav" -r 16000 -b 16 balance-16k.wav rate -v
sox "$tmp/balance-48k.wav" -r 44100 -b 16 balance-44k1.wav rate -v
hello=$(length "$tmp/hello.wav")
say "1 $hello" 'Hello.'
say "$(echo "$hello" | awk '{ print 1.35 + $1 }') $(length "$tmp/balance.wav")" 'I would like to know the balance of my account, please.'

echo 'freeze-card-8k-mulaw.wav'
flite_say slt "$tmp/freeze.wav" 'I lost my wallet this morning. Please freeze my card, so that nobody can use it.'
sox "$tmp/pause-1.wav" "$tmp/freeze.wav" "$tmp/pause-1.5.wav" "$tmp/quiet.wav"
line "$tmp/quiet.wav" "$tmp/freeze-48k.wav"
sox "$tmp/freeze-48k.wav" -r 8000 -e mu-law freeze-card-8k-mulaw.wav rate -v sinc 300-3400
say "1 $(length "$tmp/freeze.wav")" 'I lost my wallet this morning. Please freeze my card, so that nobody can use it.'

echo 'call-stereo-8k-mulaw.wav'
now=0.5
turns=
# turn CHANNEL PAUSE TEXT FILE: places a spoken file on its channel (1 customer, 2 agent) and moves the time on.
turn() {
  say "$now $(length "$4")" "channel $(($1 - 1)): $3"
  if [ "$1" = 1 ]; then map='1 0'; else map='0 1'; fi
  part="$tmp/turn-$now.wav"
  # shellcheck disable=SC2086
  sox "$4" "$part" remix $map pad "$now"
  turns="$turns $part"
  now=$(echo "$now $(length "$4") $2" | awk '{ print $1 + $2 + $3 }')
}
customer() { flite_say rms "$tmp/said.wav" "$1" && turn 1 "$2" "$1" "$tmp/said.wav"; }
agent() { espeak en-us+f3 175 "$tmp/said.wav" "$1" && turn 2 "$2" "$1" "$tmp/said.wav"; }

agent 'Good morning, how can I help you?' 0.6
customer 'Hi. I need to pay my electricity bill.' 1.3
agent 'Of course, I can do that for you. It is paid now. Anything else?' 0.7
customer 'Yes. I also want to open a joint account with my wife.' 1.3
agent 'I will send you the form today.' 0.6
customer 'Great, thank you. Goodbye.' 1.3
agent 'Goodbye.' 0
# shellcheck disable=SC2086
sox -m -v 1 $(echo "$turns" | sed 's/ \([^ ]\)/ -v 1 \1/2g') "$tmp/quiet.wav" pad 0 1.5
line "$tmp/quiet.wav" "$tmp/call-48k.wav" 2
sox "$tmp/call-48k.wav" -r 8000 -e mu-law call-stereo-8k-mulaw.wav rate -v sinc 300-3400
