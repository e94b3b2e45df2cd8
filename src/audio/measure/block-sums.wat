;; The inner loops of the meter. What they do is said, and done in TypeScript, in block-sums.ts: both give the same bits.
;; `node tools/wasm.mjs` makes block-sums-wasm.ts of this file.
;;
;; Addresses, ends and lengths are in bytes.
(module
  (memory (export "memory") 1)

  ;; Goes through the samples from `at` to `end` piece by piece: the first is `first` long, the others `block`, the last what is left
  ;; over. Writes five doubles for each to `out`. `state` is the address of seven coefficients and the six values that the filters
  ;; remember. There is at least one sample.
  (func (export "sums")
    (param $at i32) (param $end i32) (param $first i32) (param $block i32) (param $state i32) (param $out i32)
    (local $b0 f64) (local $b1 f64) (local $b2 f64) (local $a1 f64) (local $a2 f64) (local $r1 f64) (local $r2 f64)
    (local $x f64) (local $x1 f64) (local $x2 f64) (local $y f64) (local $y1 f64) (local $y2 f64)
    (local $z f64) (local $z1 f64) (local $z2 f64) (local $d1 f64) (local $d2 f64) (local $weighted f64)
    (local $to i32) (local $pairs i32)
    (local.set $b0 (f64.load (local.get $state)))
    (local.set $b1 (f64.load offset=8 (local.get $state)))
    (local.set $b2 (f64.load offset=16 (local.get $state)))
    (local.set $a1 (f64.load offset=24 (local.get $state)))
    (local.set $a2 (f64.load offset=32 (local.get $state)))
    (local.set $r1 (f64.load offset=40 (local.get $state)))
    (local.set $r2 (f64.load offset=48 (local.get $state)))
    (local.set $x1 (f64.load offset=56 (local.get $state)))
    (local.set $x2 (f64.load offset=64 (local.get $state)))
    (local.set $y1 (f64.load offset=72 (local.get $state)))
    (local.set $y2 (f64.load offset=80 (local.get $state)))
    (local.set $z1 (f64.load offset=88 (local.get $state)))
    (local.set $z2 (f64.load offset=96 (local.get $state)))
    (local.set $to (i32.add (local.get $at) (local.get $first)))
    (loop $piece
      (if (i32.gt_u (local.get $to) (local.get $end)) (then (local.set $to (local.get $end))))
      (call $plain (local.get $at) (local.get $to) (local.get $out))
      (local.set $weighted (f64.const 0))
      (local.set $d1 (f64.sub (local.get $y1) (local.get $y2)))
      ;; Two samples a turn: what was x1, y1 and z1 for the first is x2, y2 and z2 for the second, so that nothing is moved.
      (local.set $pairs
        (i32.add (local.get $at) (i32.and (i32.sub (local.get $to) (local.get $at)) (i32.const -4))))
      (block $paired
        (br_if $paired (i32.eq (local.get $at) (local.get $pairs)))
        (loop $next
          ;; y = b0 x + b1 x1 + b2 x2 - a2 y2 - a1 y1, and z = y - y1 - (y1 - y2) - r2 z2 - r1 z1.
          (local.set $x (f64.convert_i32_s (i32.load16_s (local.get $at))))
          (local.set $y
            (f64.sub
              (f64.sub
                (f64.add
                  (f64.add
                    (f64.mul (local.get $b0) (local.get $x))
                    (f64.mul (local.get $b1) (local.get $x1)))
                  (f64.mul (local.get $b2) (local.get $x2)))
                (f64.mul (local.get $a2) (local.get $y2)))
              (f64.mul (local.get $a1) (local.get $y1))))
          (local.set $x2 (local.get $x))
          (local.set $y2 (local.get $y))
          (local.set $d2 (f64.sub (local.get $y) (local.get $y1)))
          (local.set $z2
            (f64.sub
              (f64.sub
                (f64.sub (local.get $d2) (local.get $d1))
                (f64.mul (local.get $r2) (local.get $z2)))
              (f64.mul (local.get $r1) (local.get $z1))))
          (local.set $weighted (f64.add (local.get $weighted) (f64.mul (local.get $z2) (local.get $z2))))
          (local.set $x (f64.convert_i32_s (i32.load16_s offset=2 (local.get $at))))
          (local.set $y
            (f64.sub
              (f64.sub
                (f64.add
                  (f64.add
                    (f64.mul (local.get $b0) (local.get $x))
                    (f64.mul (local.get $b1) (local.get $x2)))
                  (f64.mul (local.get $b2) (local.get $x1)))
                (f64.mul (local.get $a2) (local.get $y1)))
              (f64.mul (local.get $a1) (local.get $y2))))
          (local.set $x1 (local.get $x))
          (local.set $y1 (local.get $y))
          (local.set $d1 (f64.sub (local.get $y) (local.get $y2)))
          (local.set $z1
            (f64.sub
              (f64.sub
                (f64.sub (local.get $d1) (local.get $d2))
                (f64.mul (local.get $r2) (local.get $z1)))
              (f64.mul (local.get $r1) (local.get $z2))))
          (local.set $weighted (f64.add (local.get $weighted) (f64.mul (local.get $z1) (local.get $z1))))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (br_if $next (i32.lt_u (local.get $at) (local.get $pairs)))))
      (if (i32.lt_u (local.get $at) (local.get $to)) (then
          (local.set $x (f64.convert_i32_s (i32.load16_s (local.get $at))))
          (local.set $y
            (f64.sub
              (f64.sub
                (f64.add
                  (f64.add
                    (f64.mul (local.get $b0) (local.get $x))
                    (f64.mul (local.get $b1) (local.get $x1)))
                  (f64.mul (local.get $b2) (local.get $x2)))
                (f64.mul (local.get $a2) (local.get $y2)))
              (f64.mul (local.get $a1) (local.get $y1))))
          (local.set $x2 (local.get $x))
          (local.set $y2 (local.get $y))
          (local.set $d2 (f64.sub (local.get $y) (local.get $y1)))
          (local.set $z2
            (f64.sub
              (f64.sub
                (f64.sub (local.get $d2) (local.get $d1))
                (f64.mul (local.get $r2) (local.get $z2)))
              (f64.mul (local.get $r1) (local.get $z1))))
          (local.set $weighted (f64.add (local.get $weighted) (f64.mul (local.get $z2) (local.get $z2))))
          ;; The newest are in x2, y2 and z2.
          (local.set $x2 (local.get $x1))
          (local.set $x1 (local.get $x))
          (local.set $y2 (local.get $y1))
          (local.set $y1 (local.get $y))
          (local.set $z (local.get $z2))
          (local.set $z2 (local.get $z1))
          (local.set $z1 (local.get $z))
          (local.set $at (i32.add (local.get $at) (i32.const 2)))))
      (f64.store (local.get $out) (local.get $weighted))
      ;; Digital silence: highest and lowest are 0.
      (if (f64.eq (f64.load offset=24 (local.get $out)) (f64.load offset=32 (local.get $out))) (then
        (if (f64.eq (f64.load offset=24 (local.get $out)) (f64.const 0)) (then
          (if (i32.and
                (f64.lt (f64.abs (local.get $y1)) (f64.const 1e-9))
                (f64.lt (f64.abs (local.get $y2)) (f64.const 1e-9)))
            (then (local.set $y1 (local.tee $y2 (f64.const 0)))))
          (if (i32.and
                (f64.lt (f64.abs (local.get $z1)) (f64.const 1e-9))
                (f64.lt (f64.abs (local.get $z2)) (f64.const 1e-9)))
            (then (local.set $z1 (local.tee $z2 (f64.const 0)))))))))
      (local.set $out (i32.add (local.get $out) (i32.const 40)))
      (local.set $to (i32.add (local.get $at) (local.get $block)))
      (br_if $piece (i32.lt_u (local.get $at) (local.get $end))))
    (f64.store offset=56 (local.get $state) (local.get $x1))
    (f64.store offset=64 (local.get $state) (local.get $x2))
    (f64.store offset=72 (local.get $state) (local.get $y1))
    (f64.store offset=80 (local.get $state) (local.get $y2))
    (f64.store offset=88 (local.get $state) (local.get $z1))
    (f64.store offset=96 (local.get $state) (local.get $z2)))

  ;; Writes behind the first double at `out`: the sum of squares, the sum, the highest and the lowest sample. All are whole numbers
  ;; that a double holds exactly, so their order does not matter: eight samples at a time.
  (func $plain (param $at i32) (param $to i32) (param $out i32)
    (local $groups i32) (local $sample i32) (local $squares i64) (local $sum i32) (local $high i32) (local $low i32)
    (local $x v128) (local $pairs v128) (local $highs v128) (local $lows v128) (local $sums v128) (local $more v128)
    (local.set $highs (i16x8.splat (i32.const -32768)))
    (local.set $lows (i16x8.splat (i32.const 32767)))
    (local.set $groups
      (i32.add (local.get $at) (i32.and (i32.sub (local.get $to) (local.get $at)) (i32.const -16))))
    (block $grouped
      (loop $group
        (br_if $grouped (i32.ge_u (local.get $at) (local.get $groups)))
        (local.set $x (v128.load (local.get $at)))
        (local.set $highs (i16x8.max_s (local.get $highs) (local.get $x)))
        (local.set $lows (i16x8.min_s (local.get $lows) (local.get $x)))
        (local.set $sums (i32x4.add (local.get $sums) (i32x4.extadd_pairwise_i16x8_s (local.get $x))))
        ;; Two squares of -32,768 are 2^31, which is right without a sign.
        (local.set $pairs (i32x4.dot_i16x8_s (local.get $x) (local.get $x)))
        (local.set $more (i64x2.add (local.get $more) (i64x2.add
          (i64x2.extend_low_i32x4_u (local.get $pairs))
          (i64x2.extend_high_i32x4_u (local.get $pairs)))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $group)))
    (local.set $squares (i64.add (i64x2.extract_lane 0 (local.get $more)) (i64x2.extract_lane 1 (local.get $more))))
    (local.set $sum (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $sums)) (i32x4.extract_lane 1 (local.get $sums)))
      (i32.add (i32x4.extract_lane 2 (local.get $sums)) (i32x4.extract_lane 3 (local.get $sums)))))
    ;; The highest of eight: of each and the one four, two, one further on.
    (local.set $highs (i16x8.max_s (local.get $highs)
      (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $highs) (local.get $highs))))
    (local.set $highs (i16x8.max_s (local.get $highs)
      (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $highs) (local.get $highs))))
    (local.set $highs (i16x8.max_s (local.get $highs)
      (i8x16.shuffle 2 3 0 1 6 7 4 5 10 11 8 9 14 15 12 13 (local.get $highs) (local.get $highs))))
    (local.set $lows (i16x8.min_s (local.get $lows)
      (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $lows) (local.get $lows))))
    (local.set $lows (i16x8.min_s (local.get $lows)
      (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $lows) (local.get $lows))))
    (local.set $lows (i16x8.min_s (local.get $lows)
      (i8x16.shuffle 2 3 0 1 6 7 4 5 10 11 8 9 14 15 12 13 (local.get $lows) (local.get $lows))))
    (local.set $high (i16x8.extract_lane_s 0 (local.get $highs)))
    (local.set $low (i16x8.extract_lane_s 0 (local.get $lows)))
    (block $done
      (loop $rest
        (br_if $done (i32.ge_u (local.get $at) (local.get $to)))
        (local.set $sample (i32.load16_s (local.get $at)))
        (local.set $sum (i32.add (local.get $sum) (local.get $sample)))
        (local.set $squares (i64.add (local.get $squares)
          (i64.extend_i32_u (i32.mul (local.get $sample) (local.get $sample)))))
        (if (i32.gt_s (local.get $sample) (local.get $high)) (then (local.set $high (local.get $sample))))
        (if (i32.lt_s (local.get $sample) (local.get $low)) (then (local.set $low (local.get $sample))))
        (local.set $at (i32.add (local.get $at) (i32.const 2)))
        (br $rest)))
    (f64.store offset=8 (local.get $out) (f64.convert_i64_s (local.get $squares)))
    (f64.store offset=16 (local.get $out) (f64.convert_i32_s (local.get $sum)))
    (f64.store offset=24 (local.get $out) (f64.convert_i32_s (local.get $high)))
    (f64.store offset=32 (local.get $out) (f64.convert_i32_s (local.get $low)))))
