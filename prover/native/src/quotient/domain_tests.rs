//! Both paths of the quotient against transforms of arkworks on the whole domain.

use ark_bn254::Fr;
use ark_ff::{Field, UniformRand};
use ark_poly::{EvaluationDomain, MixedRadixEvaluationDomain};

use crate::quotient::domain::Domain;

const SMALL: [usize; 8] = [2, 4, 6, 8, 12, 16, 24, 32];
const LARGE: [usize; 12] = [
    64, 96, 128, 192, 256, 384, 1024, 1536, 3072, 4096, 6144, 12288,
];

/// (A B - C)/t on the shifted domain by definition.
fn judged(domain: &Domain, values: [Vec<Fr>; 3]) -> Vec<Fr> {
    let size = domain.size();
    let whole = MixedRadixEvaluationDomain::<Fr>::new(size).expect("the domain exists");
    assert_eq!(whole.size(), size);
    let shifted = whole.get_coset(domain.shift).expect("it is not zero");
    let [a, b, c] = values.map(|values| shifted.fft(&whole.ifft(&values)));
    let vanishing = whole.evaluate_vanishing_polynomial(domain.shift);
    (0..size)
        .map(|i| (a[i] * b[i] - c[i]) / vanishing)
        .collect()
}

/// Edge values, random ones, and columns of one value.
fn columns(size: usize) -> [Vec<Fr>; 5] {
    let mut generator = ark_std::test_rng();
    let power = |bit: u64| Fr::from(2u64).pow([bit]);
    let bits = [51, 52, 53, 103, 104, 156, 208, 252, 253];
    let mut edge: Vec<Fr> = [0i64, 1, 2, -1, -2, 16].map(Fr::from).to_vec();
    edge.extend(bits.map(power));
    edge.extend(bits.map(|bit| power(bit) - Fr::ONE));
    edge.resize_with(size.max(edge.len()), || Fr::rand(&mut generator));
    edge.truncate(size);
    let random = (0..size).map(|_| Fr::rand(&mut generator)).collect();
    let mut last = vec![Fr::from(0u64); size];
    last[size - 1] = -Fr::ONE;
    [
        edge,
        random,
        vec![-Fr::ONE; size],
        vec![Fr::from(0u64); size],
        last,
    ]
}

fn agrees(domain: &Domain, judge: &Domain) {
    let columns = columns(domain.size());
    for (a, b, c) in [
        (0, 1, 2),
        (2, 2, 3),
        (3, 0, 1),
        (1, 3, 0),
        (3, 3, 3),
        (4, 4, 0),
    ] {
        let values = [a, b, c].map(|column: usize| columns[column].clone());
        assert!(domain.quotient(values.clone()) == judged(judge, values));
    }
}

#[test]
fn portable_quotients_agree_with_arkworks() {
    for size in SMALL.into_iter().chain(LARGE) {
        let domain = Domain::portable(size).expect("the domain exists");
        assert_eq!(domain.size(), size);
        agrees(&domain, &domain);
    }
}

#[test]
#[cfg(target_arch = "x86_64")]
fn lane_quotients_agree_with_arkworks() {
    if !crate::field::lanes::supported() {
        return;
    }
    for size in SMALL.into_iter().chain(LARGE) {
        let judge = Domain::portable(size).expect("the domain exists");
        let domain = Domain::in_lanes(size).expect("the domain exists");
        agrees(&domain, &judge);
    }
}

#[test]
fn other_sizes_are_no_domains() {
    let sizes = [0, 1, 3, 5, 9, 10, 18, 20, 36, 1 << 28, 3 << 28, 1 << 63, !0];
    for size in sizes {
        assert!(Domain::new(size).is_none());
    }
}
