//! Vectors of scalars: what setups need of them, and witnesses.

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, Field, Zero, batch_inversion};
use rayon::prelude::*;

/// Elements handled together by a core.
const BATCH: usize = 1 << 10;

/// base^i for i below count.
pub fn powers(base: Fr, count: usize) -> Vec<Fr> {
    let mut powers = vec![Fr::ZERO; count];
    let batches = powers.par_chunks_mut(BATCH).enumerate();
    batches.for_each(|(batch, chunk)| {
        let mut power = base.pow([(batch * BATCH) as u64]);
        for slot in chunk {
            *slot = power;
            power *= base;
        }
    });
    powers
}

/// Their inverses in place; false, and nothing is changed, where one is zero.
pub fn invert(values: &mut [Fr]) -> bool {
    if values.par_iter().any(Fr::is_zero) {
        return false;
    }
    batch_inversion(values);
    true
}

/// Adds weight times the terms.
pub fn add_scaled(sums: &mut [Fr], terms: &[Fr], weight: &Fr) {
    let pairs = sums.par_iter_mut().zip(terms).with_min_len(BATCH);
    pairs.for_each(|(sum, term)| *sum += *term * weight);
}

#[cfg(test)]
mod tests {
    use super::*;
    use ark_ff::UniformRand;

    const SIZES: [usize; 6] = [0, 1, 2, BATCH - 1, BATCH + 1, 3 * BATCH];

    #[test]
    fn powers_follow_each_other() {
        let base = Fr::rand(&mut ark_std::test_rng());
        for size in SIZES {
            let found = powers(base, size);
            assert_eq!(found.len(), size);
            assert!(found.first().is_none_or(|first| *first == Fr::ONE));
            assert!(found.windows(2).all(|pair| pair[1] == pair[0] * base));
        }
        assert!(powers(Fr::ZERO, 3) == [Fr::ONE, Fr::ZERO, Fr::ZERO]);
    }

    #[test]
    fn inverses_are_inverses_and_zero_has_none() {
        let mut generator = ark_std::test_rng();
        for size in SIZES {
            let values: Vec<Fr> = (0..size).map(|_| Fr::rand(&mut generator)).collect();
            let mut inverses = values.clone();
            assert!(invert(&mut inverses));
            assert!(values.iter().zip(&inverses).all(|(x, y)| *x * y == Fr::ONE));
            for place in [0, size / 2, size.saturating_sub(1)] {
                let mut broken = values.clone();
                if let Some(value) = broken.get_mut(place) {
                    *value = Fr::ZERO;
                    let before = broken.clone();
                    assert!(!invert(&mut broken));
                    assert!(broken == before);
                }
            }
        }
    }

    #[test]
    fn terms_are_scaled_and_added() {
        let mut sums = powers(Fr::from(3u64), 5000);
        add_scaled(&mut sums, &powers(Fr::from(3u64), 5000), &-Fr::from(2u64));
        let negated: Vec<Fr> = powers(Fr::from(3u64), 5000).iter().map(|x| -*x).collect();
        assert!(sums == negated);
    }
}
