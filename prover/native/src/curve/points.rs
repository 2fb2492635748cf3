//! Affine points and their raw encoding.
//!
//! Raw encoding (the key file's): little-endian Montgomery limbs of x then y, an Fq2 element as
//! c0 then c1; all zeros for infinity, which is on neither curve. Reading is a copy of limbs.
//!
//! Nothing here runs in constant time: the prover's machine is trusted with the witness.

use std::marker::PhantomData;

use ark_bn254::{Fq, Fq2};
use ark_ec::AffineRepr;
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ff::{BigInt, BigInteger, Field, Fp, PrimeField};

const LIMB_BYTES: usize = 8;
const FQ_BYTES: usize = 32;

/// A base field whose elements have a raw encoding.
pub trait Coordinate: Field {
    const BYTES: usize;

    /// Reads raw limbs; the value may be out of range, which only `is_reduced` tells.
    fn read(raw: &[u8]) -> Self;

    fn write(&self, out: &mut Vec<u8>);

    fn is_reduced(&self) -> bool;

    /// The canonical form of what was read, where the raw value is below twice the modulus.
    fn reduced(self) -> Self;

    /// Elements of Fq in one of this field, and the limbs of each.
    const COMPONENTS: usize;

    fn limbs(&self, component: usize) -> &[u64; 4];

    fn limbs_mut(&mut self, component: usize) -> &mut [u64; 4];
}

impl Coordinate for Fq {
    const BYTES: usize = FQ_BYTES;

    #[inline]
    fn read(raw: &[u8]) -> Self {
        let mut limbs = [0u64; 4];
        for (limb, bytes) in limbs.iter_mut().zip(raw.chunks_exact(LIMB_BYTES)) {
            *limb = u64::from_le_bytes(bytes.try_into().expect("chunks are eight bytes"));
        }
        Fp(BigInt(limbs), PhantomData)
    }

    fn write(&self, out: &mut Vec<u8>) {
        for limb in self.0.0 {
            out.extend_from_slice(&limb.to_le_bytes());
        }
    }

    fn is_reduced(&self) -> bool {
        !self.is_geq_modulus()
    }

    #[inline]
    fn reduced(mut self) -> Self {
        if self.is_geq_modulus() {
            self.0.sub_with_borrow(&Self::MODULUS);
        }
        self
    }

    const COMPONENTS: usize = 1;

    #[inline]
    fn limbs(&self, _component: usize) -> &[u64; 4] {
        &self.0.0
    }

    #[inline]
    fn limbs_mut(&mut self, _component: usize) -> &mut [u64; 4] {
        &mut self.0.0
    }
}

impl Coordinate for Fq2 {
    const BYTES: usize = 2 * FQ_BYTES;

    #[inline]
    fn read(raw: &[u8]) -> Self {
        Fq2::new(Fq::read(&raw[..FQ_BYTES]), Fq::read(&raw[FQ_BYTES..]))
    }

    fn write(&self, out: &mut Vec<u8>) {
        self.c0.write(out);
        self.c1.write(out);
    }

    fn is_reduced(&self) -> bool {
        self.c0.is_reduced() && self.c1.is_reduced()
    }

    #[inline]
    fn reduced(self) -> Self {
        Fq2::new(self.c0.reduced(), self.c1.reduced())
    }

    const COMPONENTS: usize = 2;

    #[inline]
    fn limbs(&self, component: usize) -> &[u64; 4] {
        let element = if component == 0 { &self.c0 } else { &self.c1 };
        &element.0.0
    }

    #[inline]
    fn limbs_mut(&mut self, component: usize) -> &mut [u64; 4] {
        let element = if component == 0 {
            &mut self.c0
        } else {
            &mut self.c1
        };
        &mut element.0.0
    }
}

/// A curve of the form y^2 = x^3 + b whose points we store.
pub trait Curve: SWCurveConfig<BaseField: Coordinate, ScalarField = ark_bn254::Fr> {}

impl<P: SWCurveConfig<BaseField: Coordinate, ScalarField = ark_bn254::Fr>> Curve for P {}

/// An affine point; (0, 0) is infinity.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Point<F> {
    pub x: F,
    pub y: F,
}

impl<F: Coordinate> Point<F> {
    pub const BYTES: usize = 2 * F::BYTES;
    pub const INFINITY: Self = Self {
        x: F::ZERO,
        y: F::ZERO,
    };

    #[inline]
    pub fn read(raw: &[u8]) -> Self {
        Self {
            x: F::read(&raw[..F::BYTES]),
            y: F::read(&raw[F::BYTES..Self::BYTES]),
        }
    }

    pub fn write(&self, out: &mut Vec<u8>) {
        self.x.write(out);
        self.y.write(out);
    }

    /// Fills bytes with the raw encoding.
    pub fn write_to(&self, raw: &mut [u8]) {
        for (half, value) in raw.chunks_exact_mut(F::BYTES).zip([&self.x, &self.y]) {
            for (component, bytes) in half.chunks_exact_mut(FQ_BYTES).enumerate() {
                let limbs = bytes
                    .chunks_exact_mut(LIMB_BYTES)
                    .zip(value.limbs(component));
                limbs.for_each(|(bytes, limb)| bytes.copy_from_slice(&limb.to_le_bytes()));
            }
        }
    }

    /// See `Coordinate::reduced`.
    #[inline]
    pub fn reduced(self) -> Self {
        Self {
            x: self.x.reduced(),
            y: self.y.reduced(),
        }
    }

    #[inline]
    pub fn is_infinity(&self) -> bool {
        self.x.is_zero() && self.y.is_zero()
    }

    /// Without a branch: signs are as good as random, and guessing them is slow.
    #[inline]
    pub fn negate_if(mut self, condition: bool) -> Self {
        let (opposite, mask) = (-self.y, u64::from(condition).wrapping_neg());
        for component in 0..F::COMPONENTS {
            let limbs = self.y.limbs_mut(component).iter_mut();
            for (limb, other) in limbs.zip(opposite.limbs(component)) {
                *limb ^= (*limb ^ other) & mask;
            }
        }
        self
    }

    pub fn to_affine<P: SWCurveConfig<BaseField = F>>(self) -> Affine<P> {
        if self.is_infinity() {
            return Affine::identity();
        }
        Affine::new_unchecked(self.x, self.y)
    }

    pub fn from_affine<P: SWCurveConfig<BaseField = F>>(point: &Affine<P>) -> Self {
        if point.is_zero() {
            return Self::INFINITY;
        }
        Self {
            x: point.x,
            y: point.y,
        }
    }

    pub fn from_projective<P: SWCurveConfig<BaseField = F>>(point: Projective<P>) -> Self {
        Self::from_affine(&Affine::from(point))
    }
}
