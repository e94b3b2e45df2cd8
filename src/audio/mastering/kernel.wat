;; The inner loops of mastering, four or eight samples at a time. What each does is said, and done in TypeScript, in
;; kernel.ts: both give the same bits. `node tools/wasm.mjs` makes kernel-wasm.ts of this file.
;;
;; Addresses and ends are in bytes. Pieces are of whole groups: the caller does what is left over.
(module
  (memory (export "memory") 1)

  ;; chunk = low 16 bits of trunc(take * gain * gains + tone + 65536.5), until the address in the chunk is at its end.
  ;; The tone is a loop: `mask` is its length in bytes less one, and `tone` the place in it, of whole floats; what lies
  ;; behind its end is its start again, as far as one group reads.
  (func (export "mix")
    (param $take i32) (param $chunk i32) (param $end i32) (param $gain f64) (param $tone i32) (param $mask i32)
    (param $gains i32)
    (local $factor v128) (local $round v128) (local $whole v128) (local $x v128) (local $at i32)
    (local.set $factor (f64x2.splat (local.get $gain)))
    (local.set $round (f64x2.splat (f64.const 65536.5)))
    ;; 1.5 * 2^52: added to a whole number, it leaves that number in the lowest bits of the double.
    (local.set $whole (f64x2.splat (f64.const 6755399441055744)))
    (loop $next
      (local.set $at (i32.and (local.get $tone) (local.get $mask)))
      (local.set $x (v128.load16x4_s (local.get $take)))
      (v128.store64_lane 0 (local.get $chunk)
        ;; The lowest two bytes of each of four doubles.
        (i8x16.shuffle 0 1 8 9 16 17 24 25 0 0 0 0 0 0 0 0
          (f64x2.add (local.get $whole) (f64x2.trunc (f64x2.add (local.get $round) (f64x2.add
            (f64x2.mul
              (f64x2.mul (f64x2.convert_low_i32x4_s (local.get $x)) (local.get $factor))
              (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $gains))))
            (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $at)))))))
          (f64x2.add (local.get $whole) (f64x2.trunc (f64x2.add (local.get $round) (f64x2.add
            (f64x2.mul
              (f64x2.mul
                (f64x2.convert_low_i32x4_s
                  (i8x16.shuffle 8 9 10 11 12 13 14 15 0 0 0 0 0 0 0 0 (local.get $x) (local.get $x)))
                (local.get $factor))
              (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $gains))))
            (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $at)))))))))
      (local.set $take (i32.add (local.get $take) (i32.const 8)))
      (local.set $chunk (i32.add (local.get $chunk) (i32.const 8)))
      (local.set $tone (i32.add (local.get $tone) (i32.const 16)))
      (local.set $gains (i32.add (local.get $gains) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $chunk) (local.get $end)))))

  ;; Writes to `places` the numbers of the samples, from the address `take` to `end` and counted from `first`, whose size is
  ;; more than `near` and which are a top among their neighbours, or more than `over`; answers with how many they are.
  (func (export "loud")
    (param $take i32) (param $end i32) (param $first i32) (param $near i32) (param $over i32) (param $places i32)
    (result i32)
    (local $nears v128) (local $overs v128) (local $x v128) (local $size v128) (local $high v128) (local $sign v128)
    (local $flipped v128) (local $bits i32) (local $to i32)
    (local.set $nears (i16x8.splat (local.get $near)))
    (local.set $overs (i16x8.splat (local.get $over)))
    (local.set $to (local.get $places))
    (loop $next
      (local.set $x (v128.load (local.get $take)))
      ;; −32,768 stays as it is, and is 32,768 without a sign.
      (local.set $size (i16x8.abs (local.get $x)))
      (local.set $high (i16x8.gt_u (local.get $size) (local.get $nears)))
      (if (v128.any_true (local.get $high)) (then
        ;; A sound below zero is mirrored bit by bit, so that its lowest are its highest.
        (local.set $sign (i16x8.shr_s (local.get $x) (i32.const 15)))
        (local.set $flipped (v128.xor (local.get $x) (local.get $sign)))
        (local.set $bits (i16x8.bitmask (v128.and (local.get $high) (v128.or
          (i16x8.gt_u (local.get $size) (local.get $overs))
          (v128.and
            (i16x8.le_s
              (v128.xor (v128.load (i32.sub (local.get $take) (i32.const 2))) (local.get $sign))
              (local.get $flipped))
            (i16x8.le_s (v128.xor (v128.load offset=2 (local.get $take)) (local.get $sign)) (local.get $flipped)))))))
        (block $none
          (loop $each
            (br_if $none (i32.eqz (local.get $bits)))
            (i32.store (local.get $to) (i32.add (local.get $first) (i32.ctz (local.get $bits))))
            (local.set $to (i32.add (local.get $to) (i32.const 4)))
            (local.set $bits (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))
            (br $each)))))
      (local.set $take (i32.add (local.get $take) (i32.const 16)))
      (local.set $first (i32.add (local.get $first) (i32.const 8)))
      (br_if $next (i32.lt_u (local.get $take) (local.get $end))))
    (i32.shr_u (i32.sub (local.get $to) (local.get $places)) (i32.const 2))))
