;; The inner loop of the resampler: every output is the dot product of a row of the polyphase filter and the samples
;; around the output's place. Four products at a time (WebAssembly SIMD), four sums side by side.
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
