//! The stages of a sum, each against logarithms or a plain account of what it should do.

use ark_bn254::{Fr, g1, g2};
use ark_ec::CurveConfig;
use ark_ff::Field;
use ark_std::rand::Rng;
use std::collections::HashMap;

use crate::curve::batch_adder::{BATCH, BatchAdder, Pairs};
use crate::curve::cells::{Cells, Entry};
use crate::curve::points::{Curve, Point};
use crate::field::scalars::{self, Limbs};
use crate::msm::scalar_vector::ScalarVector;
use crate::msm::structured::{self, Known, expected, multiple};
use crate::msm::trees;
use crate::msm::weighted::{Rows, Weighted};

type Row<P> = Cells<<P as CurveConfig>::BaseField>;

fn cells<P: Curve>(points: &Known) -> Row<P> {
    let size = structured::size_of_point::<P>();
    let mut cells = Cells::new(points.logarithms.len());
    for (index, raw) in points.raw.chunks(size).enumerate() {
        cells.write(index, &Point::read(raw));
    }
    cells
}

/// Entries of random points and signs, and their logarithms.
fn drawn(points: &Known, count: usize, generator: &mut impl Rng) -> (Vec<Entry>, Vec<Fr>) {
    let one = |_| {
        let index = generator.gen_range(0..points.logarithms.len());
        let (logarithm, negative) = (points.logarithms[index], generator.r#gen());
        let signed = if negative { -logarithm } else { logarithm };
        (Entry::new(index, negative), signed)
    };
    (0..count).map(one).unzip()
}

fn trees_agree<P: Curve>(lengths: &[u32]) {
    let mut generator = ark_std::test_rng();
    let points = Known::new::<P>(50, &mut generator);
    let cells = cells::<P>(&points);
    let count: u32 = lengths.iter().sum();
    let (entries, logarithms) = drawn(&points, count as usize, &mut generator);
    let sums: Row<P> = trees::sums(cells.source(), &entries, lengths);
    assert_eq!(sums.len(), lengths.len());
    let mut start = 0;
    for (number, length) in lengths.iter().enumerate() {
        let end = start + *length as usize;
        let sum = multiple::<P>(logarithms[start..end].iter().sum());
        assert_eq!(
            sums.read(number),
            Point::from_projective(sum),
            "row {number}"
        );
        start = end;
    }
}

#[test]
fn trees_of_awkward_lengths() {
    let portion = trees::PORTION as u32;
    let batch = 2 * BATCH as u32;
    trees_agree::<g1::Config>(&[]);
    trees_agree::<g1::Config>(&[1]);
    trees_agree::<g1::Config>(&[
        1,
        portion,
        1,
        portion + 1,
        portion - 1,
        2 * portion + 3,
        1,
        2,
    ]);
    trees_agree::<g1::Config>(&[batch - 1, batch, batch + 1, 1, 2 * batch + 1, 3, 4, 5, 6, 7]);
    trees_agree::<g2::Config>(&[1, 1, 2, 3, batch + 1, 1, 1, portion + 1]);
}

#[test]
fn an_infinite_sum_is_told_of_in_any_portion() {
    let mut cells: Row<g1::Config> = Cells::new(1);
    cells.write(0, &Point::from_projective(multiple::<g1::Config>(1.into())));
    let mut entries = vec![Entry::new(0, false); trees::PORTION + 1];
    entries.push(Entry::new(0, true));
    let sums: Row<g1::Config> = trees::sums(cells.source(), &entries, &[trees::PORTION as u32, 2]);
    assert!(!sums.read(0).is_infinity() && sums.read(1).is_infinity());
    assert!(!sums.source().finite);
}

/// Cells that are read and written again and again, in multiples so small that sums are often
/// equal, opposite and infinity, or never.
fn additions_agree<P: Curve>(multiples: i32, count: usize) {
    const LARGEST: i32 = 4000;
    let mut generator = ark_std::test_rng();
    let known: Vec<Point<P::BaseField>> = (0..=LARGEST)
        .map(|log| Point::from_projective(multiple::<P>(log.into())))
        .collect();
    let point = |log: i32| known[log.unsigned_abs() as usize].negate_if(log < 0);
    for mut adder in [BatchAdder::new(), BatchAdder::portable()] {
        let mut logarithms: Vec<i32> = (0..2 * count)
            .map(|_| generator.gen_range(-multiples..=multiples))
            .collect();
        let mut cells: Row<P> = Cells::new(2 * count);
        for round in 0..8 {
            for (index, log) in logarithms.iter_mut().enumerate() {
                if round == 0 || log.abs() > LARGEST / 2 {
                    *log %= multiples + 1;
                    cells.write(index, &point(*log));
                }
            }
            let mut pairs = Pairs::default();
            let mut sums = logarithms.clone();
            for target in 0..count {
                let sides = [0, 1].map(|_| {
                    let index = generator.gen_range(0..2 * count);
                    let negative: bool = generator.r#gen();
                    let log = logarithms[index];
                    (
                        Entry::new(index, negative),
                        if negative { -log } else { log },
                    )
                });
                let target = 2 * target + round % 2;
                sums[target] = sides[0].1 + sides[1].1;
                pairs.push(sides[0].0, sides[1].0, target as u32);
            }
            adder.read(cells.source(), &pairs);
            adder.write(&mut cells, &pairs);
            logarithms = sums;
            for (index, log) in logarithms.iter().enumerate() {
                assert_eq!(
                    cells.read(index),
                    point(*log),
                    "round {round}, cell {index}"
                );
            }
        }
    }
}

#[test]
fn additions_over_and_over() {
    for count in [1, 8, 33, BATCH] {
        for multiples in [1, 40, 2000] {
            additions_agree::<g1::Config>(multiples, count);
            additions_agree::<g2::Config>(multiples, count.min(70));
        }
    }
}

fn weighted_sums_agree<P: Curve>(bits: usize, lists: usize, count: usize) {
    let mut generator = ark_std::test_rng();
    let points = Known::new::<P>(count, &mut generator);
    let few = generator.gen_range(1..=(lists << bits) as u32);
    let largest = (1 << bits) - 1;
    let key = |index: usize| match index % 4 {
        0 => generator.gen_range(0..few),
        1 => few - 1,
        2 => (few - 1) | largest,
        _ => generator.gen_range(0..(lists << bits) as u32),
    };
    let mut keys: Vec<u32> = (0..count).map(key).collect();
    keys.sort_unstable();
    let weights = |list: usize| {
        let weight = keys.iter().map(|key| {
            let own = (key >> bits) as usize == list;
            Fr::from(if own { key & largest } else { 0 })
        });
        weight.collect::<Vec<_>>()
    };
    let all: Vec<_> = (0..lists)
        .map(|list| expected::<P>(&weights(list), &points.logarithms))
        .collect();
    let points = cells::<P>(&points);
    let weighted: Weighted<P> = Weighted { points, keys, bits };
    assert_eq!(weighted.sums(lists), all, "{bits} bits, {lists} lists");
}

#[test]
fn weighted_sums_of_all_widths() {
    for bits in 1..=15 {
        for (lists, count) in [(1, 1), (1, 3), (1, 200), (2, 300), (7, 150), (85, 1000)] {
            weighted_sums_agree::<g1::Config>(bits, lists, count);
        }
        weighted_sums_agree::<g2::Config>(bits, 3, 50);
    }
    weighted_sums_agree::<g1::Config>(4, 2, 0);
}

#[test]
fn rows_keep_every_entry() {
    let mut generator = ark_std::test_rng();
    let portion = trees::PORTION;
    for long in [
        0,
        1,
        portion - 1,
        portion,
        portion + 1,
        2 * portion,
        2 * portion + 1,
    ] {
        let mut all: Vec<(u32, Entry)> = (0..long).map(|i| (5, Entry::new(i, false))).collect();
        let others = (0..300).map(|i| (generator.gen_range(0..9), Entry::new(long + i, true)));
        all.extend(others.filter(|(key, _)| *key != 5 && *key != 6));
        let rows = Rows::new(9, || all.iter().copied());
        let keys = rows.keys.iter().zip(&rows.lengths);
        let keys = keys.flat_map(|(key, length)| std::iter::repeat_n(*key, *length as usize));
        let sorted: Vec<(u32, Entry)> = keys.zip(rows.entries.iter().copied()).collect();
        all.sort_by_key(|(key, _)| *key);
        assert_eq!(sorted, all);
        assert!(
            rows.lengths
                .iter()
                .all(|length| (1..=portion as u32).contains(length))
        );
    }
}

/// What `groups` should be: members of equal absolute value, where two are, in a part's numbers.
fn plain_groups(scalars: &[Limbs], start: usize, end: usize) -> Vec<Vec<usize>> {
    let mut groups: HashMap<Limbs, Vec<usize>> = HashMap::new();
    for (index, scalar) in scalars.iter().enumerate() {
        let (size, _) = scalars::centered(scalar);
        if scalars::bit_length(&size) > 32 {
            groups.entry(size).or_default().push(index);
        }
    }
    let repeated = groups.into_values().filter(|group| group.len() > 1);
    let own = repeated.map(|group| {
        let own = group
            .into_iter()
            .filter(|index| (start..end).contains(index));
        own.map(|index| index - start).collect::<Vec<_>>()
    });
    let mut own: Vec<Vec<usize>> = own.filter(|group| !group.is_empty()).collect();
    own.sort_unstable();
    own
}

#[test]
fn groups_are_those_of_equal_sizes() {
    let mut generator = ark_std::test_rng();
    for count in [2047usize, 2048, 2049, 4095, 4096, 4097, 20_000] {
        let scalar = |_| {
            let value = Fr::from(generator.gen_range(1..count as u64));
            match generator.gen_range(0..4) {
                0 => value.inverse().expect("it is not zero"),
                1 => -value.inverse().expect("it is not zero"),
                2 => value * Fr::from(1u64 << 40),
                _ => Fr::from(1u64 << 32) - value,
            }
        };
        let scalars: Vec<Fr> = (0..count).map(scalar).collect();
        let limbs: Vec<Limbs> = scalars.iter().map(scalars::to_limbs).collect();
        let whole = ScalarVector::new(&limbs);
        for (start, end) in [
            (0, count),
            (count / 3, count),
            (count / 3, count / 2),
            (7, 8),
            (9, 9),
        ] {
            let part = whole.part(start..end);
            let mut groups: Vec<Vec<usize>> = part.groups().map(Iterator::collect).collect();
            groups.retain(|group| !group.is_empty());
            groups.sort_unstable();
            let found = groups.is_empty() && groups_are_not_sought(&whole);
            assert!(
                found || groups == plain_groups(&limbs, start, end),
                "{count}"
            );
            let grouped = (0..part.len()).filter(|index| part.is_grouped(*index));
            let mut members: Vec<usize> = groups.concat();
            members.sort_unstable();
            assert_eq!(grouped.collect::<Vec<_>>(), members);
            for (index, scalar) in scalars[start..end].iter().enumerate() {
                let size = scalars::to_field(&part.size(index)).expect("it is canonical");
                assert_eq!(if part.is_negative(index) { -size } else { size }, *scalar);
            }
        }
    }
}

fn groups_are_not_sought(whole: &ScalarVector) -> bool {
    (0..whole.len()).all(|index| !whole.is_grouped(index))
        && (0..whole.len())
            .filter(|index| whole.bits(*index) > 32)
            .count()
            < 2048
}
