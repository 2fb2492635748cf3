//! The quotient in lanes, see `domain` for the mathematics.

use ark_bn254::Fr;
use ark_ff::Field;
use rayon::prelude::*;

use crate::field::lanes::{self, Lanes, WIDTH};
use crate::quotient::domain::Domain;
use crate::quotient::lane_transform::{
    BATCH, MIN_SIZE, Twiddles, evaluate, interpolate, sixteenfold,
};

/// What the transforms of a domain multiply by.
pub struct LaneDomain {
    /// Vectors to a coset.
    groups: usize,
    /// Coset by coset.
    interpolation: Vec<Twiddles>,
    evaluation: Vec<Twiddles>,
    /// See `Domain`; of three cosets.
    crossing: [Fr; 3],
}

impl LaneDomain {
    /// None for small domains.
    pub fn new(domain: &Domain) -> Option<Self> {
        let size = domain.coset_size();
        if size < MIN_SIZE {
            return None;
        }
        let root = domain.root.pow([domain.cosets as u64]);
        let [back, scale] = [root, Fr::from(size as u64)].map(|x| x.inverse().expect("a unit"));
        let cosets = (0..domain.cosets).map(|coset| domain.root.pow([coset as u64]));
        let interpolation = cosets.clone().map(|first| {
            let first = first.inverse().expect("roots are units");
            Twiddles::new(size, first, back, scale)
        });
        let evaluation = cosets
            .clone()
            .map(|first| Twiddles::new(size, domain.shift * first, root, Fr::ONE));
        Some(Self {
            groups: size / WIDTH,
            interpolation: interpolation.collect(),
            evaluation: evaluation.collect(),
            crossing: std::array::from_fn(|distance| {
                sixteenfold(domain.crossing[distance % domain.cosets])
            }),
        })
    }

    /// Values of (A B - C)/t on the shifted domain from those of A, B and C on the domain.
    ///
    /// # Safety
    ///
    /// `lanes::supported()` must hold.
    pub unsafe fn quotient(&self, values: [Vec<Fr>; 3]) -> Vec<Fr> {
        // SAFETY: the caller vouches for the instructions.
        unsafe { self.quotient_in(values) }
    }

    #[target_feature(enable = "avx512f,avx512ifma")]
    fn quotient_in(&self, values: [Vec<Fr>; 3]) -> Vec<Fr> {
        let [a, b, c] = values.map(|values| self.shifted(values));
        // The product of two sixteenths is short of a factor of sixteen.
        let factor = lanes::broadcast(&Fr::from(256u64).0.0);
        let inverse = lanes::broadcast(&sixteenfold(Domain::vanishing_inverse()).0.0);
        self.written(|coset, group| {
            let [a, b, c] = [&a, &b, &c].map(|vectors| &vectors[coset][group]);
            let product = lanes::mul::<Fr>(&lanes::mul::<Fr>(a, &factor), b);
            lanes::mul::<Fr>(&lanes::sub::<Fr, 4, 0>(&product, c), &inverse)
        })
    }

    /// A polynomial on the shifted domain, coset by coset, values below 4 p.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn shifted(&self, values: Vec<Fr>) -> Vec<Vec<Lanes>> {
        let mut cosets: Vec<Vec<Lanes>> = (0..self.interpolation.len())
            .map(|coset| self.read(&values, coset))
            .collect();
        drop(values);
        for (vectors, twiddles) in cosets.iter_mut().zip(&self.interpolation) {
            interpolate(vectors, twiddles);
        }
        self.cross(&mut cosets);
        for (vectors, twiddles) in cosets.iter_mut().zip(&self.evaluation) {
            evaluate(vectors, twiddles);
        }
        cosets
    }

    /// The values on one coset in natural order.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn read(&self, values: &[Fr], coset: usize) -> Vec<Lanes> {
        let (groups, cosets) = (self.groups, self.interpolation.len());
        assert_eq!(values.len(), groups * WIDTH * cosets);
        let vector = |group: usize| {
            let item = |lane: usize| &values[(lane * groups + group) * cosets + coset].0.0;
            lanes::load(std::array::from_fn(item))
        };
        (0..groups)
            .into_par_iter()
            .with_min_len(BATCH)
            .map(vector)
            .collect()
    }

    /// Coefficients below 2 p stay below 2 p.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn cross(&self, cosets: &mut [Vec<Lanes>]) {
        let [x, y, z] = cosets else {
            return;
        };
        let [same, next, after] = self.crossing.each_ref().map(|x| lanes::broadcast(&x.0.0));
        let groups = x.par_iter_mut().zip(y).zip(z).with_min_len(BATCH);
        groups.for_each(|((x, y), z)| {
            let from = [&*x, &*y, &*z];
            let crossed = [
                lanes::dot::<Fr, 3>(from, [&same, &after, &next]),
                lanes::dot::<Fr, 3>(from, [&next, &same, &after]),
                lanes::dot::<Fr, 3>(from, [&after, &next, &same]),
            ];
            [*x, *y, *z] = crossed;
        });
    }

    /// Elements in the order of the domain, from values below 4 p by coset and group.
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn written(&self, value: impl Fn(usize, usize) -> Lanes + Sync) -> Vec<Fr> {
        let (groups, cosets) = (self.groups, self.interpolation.len());
        let mut elements = vec![Fr::from(0u64); groups * WIDTH * cosets];
        let mut lanes = elements.chunks_exact_mut(groups * cosets);
        let [a, b, c, d, e, f, g, h]: [_; WIDTH] = std::array::from_fn(|_| {
            let lane = lanes.next().expect("there are as many lanes");
            lane.par_chunks_mut(BATCH * cosets)
        });
        let batches = (a, b, c, d, e, f, g, h).into_par_iter().enumerate();
        batches.for_each(|(batch, (a, b, c, d, e, f, g, h))| {
            let mut lanes = [a, b, c, d, e, f, g, h];
            for place in 0..lanes[0].len() {
                let (coset, group) = (place % cosets, batch * BATCH + place / cosets);
                let reduced = lanes::reduced::<Fr>(&value(coset, group));
                lanes::store(&reduced, lanes.each_mut().map(|lane| &mut lane[place].0.0));
            }
        });
        elements
    }
}
