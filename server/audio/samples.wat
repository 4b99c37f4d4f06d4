;; The loops that run for every sample of every stream, apart from the resampler's: unpacking, and the power of the sound,
;; in WebAssembly SIMD. samples-module.ts is made from this file by `npm run wasm`.
(module
  (memory (export "memory") 1)

  ;; Unpacks $count samples of 16 bits to amplitudes in −1…1, eight at a time: up to 7 samples after the last one are read,
  ;; and up to 7 floats written, that nobody asked for.
  (func (export "scale16") (param $input i32) (param $output i32) (param $count i32)
    (local $end i32) (local $codes v128)
    (local.set $end (i32.add (local.get $input) (i32.shl (local.get $count) (i32.const 1))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $input) (local.get $end)))
      (local.set $codes (v128.load (local.get $input)))
      (v128.store (local.get $output) (f32x4.mul
        (v128.const f32x4 0x1p-15 0x1p-15 0x1p-15 0x1p-15)
        (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $codes)))))
      (v128.store offset=16 (local.get $output) (f32x4.mul
        (v128.const f32x4 0x1p-15 0x1p-15 0x1p-15 0x1p-15)
        (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $codes)))))
      (local.set $input (i32.add (local.get $input) (i32.const 16)))
      (local.set $output (i32.add (local.get $output) (i32.const 32)))
      (br $next))))

  ;; The same of samples that are $step bytes apart, one by one: nothing is written beyond the last.
  (func (export "scale16_apart") (param $input i32) (param $output i32) (param $count i32) (param $step i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $output) (i32.shl (local.get $count) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $output) (local.get $end)))
      (f32.store (local.get $output)
        (f32.mul (f32.const 0x1p-15) (f32.convert_i32_s (i32.load16_s (local.get $input)))))
      (local.set $input (i32.add (local.get $input) (local.get $step)))
      (local.set $output (i32.add (local.get $output) (i32.const 4)))
      (br $next))))

  ;; Replaces $count bytes, $step bytes apart, by the floats that $table has for them; nothing is written beyond the last.
  (func (export "look_up")
    (param $input i32) (param $output i32) (param $count i32) (param $step i32) (param $table i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $output) (i32.shl (local.get $count) (i32.const 2))))
    (block $done (loop $next
      (br_if $done (i32.ge_u (local.get $output) (local.get $end)))
      (f32.store (local.get $output) (f32.load
        (i32.add (local.get $table) (i32.shl (i32.load8_u (local.get $input)) (i32.const 2)))))
      (local.set $input (i32.add (local.get $input) (local.get $step)))
      (local.set $output (i32.add (local.get $output) (i32.const 4)))
      (br $next))))

  ;; The variance of the floats from $at to $end, at least one: the mean of their squares without the square of their mean, in
  ;; double precision; four at a time, then one by one.
  (func (export "variance") (param $at i32) (param $end i32) (result f64)
    (local $count f64) (local $four v128) (local $low v128) (local $high v128) (local $one f64)
    (local $sums v128) (local $other_sums v128) (local $squares v128) (local $other_squares v128)
    (local $sum f64) (local $square f64) (local $whole i32)
    (local.set $count (f64.convert_i32_u (i32.shr_u (i32.sub (local.get $end) (local.get $at)) (i32.const 2))))
    (local.set $whole (i32.sub (local.get $end) (i32.const 15)))
    (block $done (loop $next
      (br_if $done (i32.ge_s (local.get $at) (local.get $whole)))
      (local.set $four (v128.load (local.get $at)))
      (local.set $low (f64x2.promote_low_f32x4 (local.get $four)))
      (local.set $high (f64x2.promote_low_f32x4
        (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $four) (local.get $four))))
      (local.set $sums (f64x2.add (local.get $sums) (local.get $low)))
      (local.set $other_sums (f64x2.add (local.get $other_sums) (local.get $high)))
      (local.set $squares (f64x2.add (local.get $squares) (f64x2.mul (local.get $low) (local.get $low))))
      (local.set $other_squares
        (f64x2.add (local.get $other_squares) (f64x2.mul (local.get $high) (local.get $high))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br $next)))
    (local.set $sums (f64x2.add (local.get $sums) (local.get $other_sums)))
    (local.set $squares (f64x2.add (local.get $squares) (local.get $other_squares)))
    (local.set $sum (f64.add (f64x2.extract_lane 0 (local.get $sums)) (f64x2.extract_lane 1 (local.get $sums))))
    (local.set $square
      (f64.add (f64x2.extract_lane 0 (local.get $squares)) (f64x2.extract_lane 1 (local.get $squares))))
    (block $done (loop $next
      (br_if $done (i32.ge_s (local.get $at) (local.get $end)))
      (local.set $one (f64.promote_f32 (f32.load (local.get $at))))
      (local.set $sum (f64.add (local.get $sum) (local.get $one)))
      (local.set $square (f64.add (local.get $square) (f64.mul (local.get $one) (local.get $one))))
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br $next)))
    (local.set $sum (f64.div (local.get $sum) (local.get $count)))
    (f64.sub (f64.div (local.get $square) (local.get $count)) (f64.mul (local.get $sum) (local.get $sum)))))
