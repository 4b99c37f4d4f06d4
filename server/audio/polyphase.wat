;; The inner loops of the resampler: every output is the dot product of a row of the polyphase filter and the samples
;; around the output's place, in WebAssembly SIMD. Where a telephone's 8 kHz are doubled, `double` has sixteen of each
;; row's outputs side by side, a tap at a time; from any other rate `resample` has four products of one output.
;; polyphase-module.ts is made from this file by `npm run wasm`.
(module
  (memory (export "memory") 1)
  ;; Where in the input the next output's row begins, and how far the output falls after a sample, in 1 / up of one.
  (global $start (export "start") (mut i32) (i32.const 0))
  (global $phase (export "phase") (mut i32) (i32.const 0))

  (func $weigh (param $samples i32) (param $row i32) (param $bytes i32) (result f32)
    (local $at i32) (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (loop $taps
      (local.set $a (f32x4.add (local.get $a) (f32x4.mul
        (v128.load (i32.add (local.get $samples) (local.get $at)))
        (v128.load (i32.add (local.get $row) (local.get $at))))))
      (local.set $b (f32x4.add (local.get $b) (f32x4.mul
        (v128.load offset=16 (i32.add (local.get $samples) (local.get $at)))
        (v128.load offset=16 (i32.add (local.get $row) (local.get $at))))))
      (local.set $c (f32x4.add (local.get $c) (f32x4.mul
        (v128.load offset=32 (i32.add (local.get $samples) (local.get $at)))
        (v128.load offset=32 (i32.add (local.get $row) (local.get $at))))))
      (local.set $d (f32x4.add (local.get $d) (f32x4.mul
        (v128.load offset=48 (i32.add (local.get $samples) (local.get $at)))
        (v128.load offset=48 (i32.add (local.get $row) (local.get $at))))))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br_if $taps (i32.lt_u (local.get $at) (local.get $bytes))))
    (local.set $a (f32x4.add
      (f32x4.add (local.get $a) (local.get $b))
      (f32x4.add (local.get $c) (local.get $d))))
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
      (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a)))))

  ;; A filter rings around a jump: what was within -1…1 may leave it by a few per cent. Four amplitudes at a time: up to
  ;; three floats after $end are clamped too.
  (func $clamp (param $at i32) (param $end i32)
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
      (v128.store (local.get $at) (f32x4.pmin (v128.const f32x4 1 1 1 1)
        (f32x4.pmax (v128.const f32x4 -1 -1 -1 -1) (v128.load (local.get $at)))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br $next))))

  ;; Two outputs for each of $count samples, by the rows at 0 and $bytes, sixteen samples at a time: up to 15 samples after
  ;; the input are read, and up to 30 outputs after the last one written, that nobody asked for.
  (func (export "double")
    (param $samples i32) (param $output i32) (param $count i32) (param $bytes i32)
    (local $from i32) (local $to i32) (local $end i32) (local $at i32)
    (local $x v128) (local $even v128) (local $odd v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $e v128) (local $f v128) (local $g v128) (local $h v128)
    (local.set $from (local.get $samples))
    (local.set $to (local.get $output))
    (local.set $end (i32.add (local.get $output) (i32.shl (local.get $count) (i32.const 3))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $to) (local.get $end)))
      (local.set $a (v128.const f32x4 0 0 0 0))
      (local.set $b (v128.const f32x4 0 0 0 0))
      (local.set $c (v128.const f32x4 0 0 0 0))
      (local.set $d (v128.const f32x4 0 0 0 0))
      (local.set $e (v128.const f32x4 0 0 0 0))
      (local.set $f (v128.const f32x4 0 0 0 0))
      (local.set $g (v128.const f32x4 0 0 0 0))
      (local.set $h (v128.const f32x4 0 0 0 0))
      (local.set $at (i32.const 0))
      (loop $taps
        (local.set $even (v128.load32_splat (local.get $at)))
        (local.set $odd (v128.load32_splat (i32.add (local.get $at) (local.get $bytes))))
        (local.set $x (v128.load (i32.add (local.get $from) (local.get $at))))
        (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $x) (local.get $even))))
        (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $x) (local.get $odd))))
        (local.set $x (v128.load offset=16 (i32.add (local.get $from) (local.get $at))))
        (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $x) (local.get $even))))
        (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $x) (local.get $odd))))
        (local.set $x (v128.load offset=32 (i32.add (local.get $from) (local.get $at))))
        (local.set $e (f32x4.add (local.get $e) (f32x4.mul (local.get $x) (local.get $even))))
        (local.set $f (f32x4.add (local.get $f) (f32x4.mul (local.get $x) (local.get $odd))))
        (local.set $x (v128.load offset=48 (i32.add (local.get $from) (local.get $at))))
        (local.set $g (f32x4.add (local.get $g) (f32x4.mul (local.get $x) (local.get $even))))
        (local.set $h (f32x4.add (local.get $h) (f32x4.mul (local.get $x) (local.get $odd))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br_if $taps (i32.lt_u (local.get $at) (local.get $bytes))))
      (v128.store (local.get $to) (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23
        (local.get $a) (local.get $b)))
      (v128.store offset=16 (local.get $to) (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31
        (local.get $a) (local.get $b)))
      (v128.store offset=32 (local.get $to) (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23
        (local.get $c) (local.get $d)))
      (v128.store offset=48 (local.get $to) (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31
        (local.get $c) (local.get $d)))
      (v128.store offset=64 (local.get $to) (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23
        (local.get $e) (local.get $f)))
      (v128.store offset=80 (local.get $to) (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31
        (local.get $e) (local.get $f)))
      (v128.store offset=96 (local.get $to) (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23
        (local.get $g) (local.get $h)))
      (v128.store offset=112 (local.get $to) (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31
        (local.get $g) (local.get $h)))
      (local.set $from (i32.add (local.get $from) (i32.const 64)))
      (local.set $to (i32.add (local.get $to) (i32.const 128)))
      (br $next)))
    (call $clamp (local.get $output) (local.get $end)))

  ;; Writes the amplitudes of every output whose row begins at sample $last or before; returns how many those are.
  ;; Places in memory are in bytes. With $scale 0 there is a row for every phase; else $scale rows a phase, and an
  ;; output is interpolated between the two rows next to its place.
  (func (export "resample")
    (param $input i32) (param $output i32) (param $last i32) (param $bytes i32)
    (param $up i32) (param $down i32) (param $scale f32) (result i32)
    (local $written i32) (local $samples i32) (local $row i32) (local $place f32) (local $low f32)
    (local $from i32) (local $fall i32) (local $whole i32) (local $part i32)
    (local.set $from (global.get $start))
    (local.set $fall (global.get $phase))
    (local.set $whole (i32.div_u (local.get $down) (local.get $up)))
    (local.set $part (i32.rem_u (local.get $down) (local.get $up)))
    (block $done (loop $next
      (br_if $done (i32.gt_s (local.get $from) (local.get $last)))
      (local.set $samples (i32.add (local.get $input) (i32.shl (local.get $from) (i32.const 2))))
      (if (f32.eq (local.get $scale) (f32.const 0))
        (then
          (local.set $low (call $weigh
            (local.get $samples) (i32.mul (local.get $fall) (local.get $bytes)) (local.get $bytes))))
        (else
          (local.set $place (f32.mul (f32.convert_i32_u (local.get $fall)) (local.get $scale)))
          (local.set $row (i32.mul (i32.trunc_f32_u (local.get $place)) (local.get $bytes)))
          (local.set $low (call $weigh (local.get $samples) (local.get $row) (local.get $bytes)))
          (local.set $low (f32.add (local.get $low) (f32.mul
            (f32.sub (local.get $place) (f32.floor (local.get $place)))
            (f32.sub
              (call $weigh
                (local.get $samples) (i32.add (local.get $row) (local.get $bytes)) (local.get $bytes))
              (local.get $low)))))))
      (f32.store
        (i32.add (local.get $output) (i32.shl (local.get $written) (i32.const 2)))
        (local.get $low))
      (local.set $written (i32.add (local.get $written) (i32.const 1)))
      (local.set $from (i32.add (local.get $from) (local.get $whole)))
      (local.set $fall (i32.add (local.get $fall) (local.get $part)))
      (if (i32.ge_u (local.get $fall) (local.get $up))
        (then
          (local.set $fall (i32.sub (local.get $fall) (local.get $up)))
          (local.set $from (i32.add (local.get $from) (i32.const 1)))))
      (br $next)))
    (global.set $start (local.get $from))
    (global.set $phase (local.get $fall))
    (call $clamp (local.get $output) (i32.add (local.get $output) (i32.shl (local.get $written) (i32.const 2))))
    (local.get $written)))
