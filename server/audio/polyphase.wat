;; The inner loop of the resampler: every output is the dot product of a row of the polyphase filter and the samples
;; around the output's place. Four products at a time (WebAssembly SIMD), two sums side by side.
;; polyphase-module.ts is made from this file by `npm run wasm`.
(module
  (memory (export "memory") 1)
  ;; Where in the input the next output's row begins, and how far the output falls after a sample, in 1 / up of one.
  (global $start (export "start") (mut i32) (i32.const 0))
  (global $phase (export "phase") (mut i32) (i32.const 0))

  (func $weigh (param $samples i32) (param $row i32) (param $bytes i32) (result f32)
    (local $at i32) (local $even v128) (local $odd v128)
    (loop $taps
      (local.set $even (f32x4.add (local.get $even) (f32x4.mul
        (v128.load (i32.add (local.get $samples) (local.get $at)))
        (v128.load (i32.add (local.get $row) (local.get $at))))))
      (local.set $odd (f32x4.add (local.get $odd) (f32x4.mul
        (v128.load offset=16 (i32.add (local.get $samples) (local.get $at)))
        (v128.load offset=16 (i32.add (local.get $row) (local.get $at))))))
      (local.set $at (i32.add (local.get $at) (i32.const 32)))
      (br_if $taps (i32.lt_u (local.get $at) (local.get $bytes))))
    (local.set $even (f32x4.add (local.get $even) (local.get $odd)))
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $even)) (f32x4.extract_lane 1 (local.get $even)))
      (f32.add (f32x4.extract_lane 2 (local.get $even)) (f32x4.extract_lane 3 (local.get $even)))))

  ;; A filter rings around a jump: what was within -1…1 may leave it by a few per cent.
  (func $clamp (param $amplitude f32) (result f32)
    (f32.max (f32.const -1) (f32.min (f32.const 1) (local.get $amplitude))))

  ;; Writes the amplitudes of every output whose row begins at sample $last or before; returns how many those are.
  ;; Places in memory are in bytes. With $scale 0 there is a row for every phase; else $scale rows a phase, and an
  ;; output is interpolated between the two rows next to its place.
  (func (export "resample")
    (param $input i32) (param $output i32) (param $last i32) (param $bytes i32)
    (param $up i32) (param $down i32) (param $scale f32) (result i32)
    (local $written i32) (local $samples i32) (local $row i32) (local $place f32) (local $low f32)
    (block $done (loop $next
      (br_if $done (i32.gt_s (global.get $start) (local.get $last)))
      (local.set $samples (i32.add (local.get $input) (i32.shl (global.get $start) (i32.const 2))))
      (if (f32.eq (local.get $scale) (f32.const 0))
        (then
          (local.set $low (call $weigh
            (local.get $samples) (i32.mul (global.get $phase) (local.get $bytes)) (local.get $bytes))))
        (else
          (local.set $place (f32.mul (f32.convert_i32_u (global.get $phase)) (local.get $scale)))
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
        (call $clamp (local.get $low)))
      (local.set $written (i32.add (local.get $written) (i32.const 1)))
      (global.set $phase (i32.add (global.get $phase) (local.get $down)))
      (global.set $start (i32.add (global.get $start) (i32.div_u (global.get $phase) (local.get $up))))
      (global.set $phase (i32.rem_u (global.get $phase) (local.get $up)))
      (br $next)))
    (local.get $written)))
