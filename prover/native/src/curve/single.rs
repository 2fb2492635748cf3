//! Single points in EVM encoding: checks, short linear combinations, the pairing check.

use ark_bn254::{Bn254, Fq, Fq2, Fr, g1, g2};
use ark_ec::AffineRepr;
use ark_ec::pairing::Pairing;
use ark_ec::short_weierstrass::{Affine, Projective, SWCurveConfig};
use ark_ff::{AdditiveGroup, BigInt, BigInteger, Field, PrimeField, Zero};

use crate::curve::points::{Coordinate, Curve, Point};

/// Why bytes are refused; the order is that of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Length,
    Coordinate,
    Infinity,
    Curve,
    Subgroup,
}

impl Fault {
    pub fn name(self) -> &'static str {
        match self {
            Fault::Length => "length",
            Fault::Coordinate => "coordinate",
            Fault::Infinity => "infinity",
            Fault::Curve => "curve",
            Fault::Subgroup => "subgroup",
        }
    }
}

/// A base field with the EVM's encoding: big-endian, the imaginary part of Fq2 first.
pub trait Evm: Coordinate {
    fn decode(bytes: &[u8]) -> Option<Self>;
    fn encode(&self, out: &mut Vec<u8>);
}

impl Evm for Fq {
    fn decode(bytes: &[u8]) -> Option<Self> {
        let mut limbs = [0u64; 4];
        for (limb, chunk) in limbs.iter_mut().rev().zip(bytes.chunks_exact(8)) {
            *limb = u64::from_be_bytes(chunk.try_into().expect("chunks are eight bytes"));
        }
        Fq::from_bigint(BigInt(limbs))
    }

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.into_bigint().to_bytes_be());
    }
}

impl Evm for Fq2 {
    fn decode(bytes: &[u8]) -> Option<Self> {
        Some(Fq2::new(
            Fq::decode(&bytes[32..])?,
            Fq::decode(&bytes[..32])?,
        ))
    }

    fn encode(&self, out: &mut Vec<u8>) {
        self.c1.encode(out);
        self.c0.encode(out);
    }
}

/// A point from EVM bytes, on the curve; zeros are infinity. The subgroup is not checked.
pub fn decode<P: Curve<BaseField: Evm>>(bytes: &[u8]) -> Result<Affine<P>, Fault> {
    let size = P::BaseField::BYTES;
    if bytes.len() != 2 * size {
        return Err(Fault::Length);
    }
    let (x, y) = bytes.split_at(size);
    let x = P::BaseField::decode(x).ok_or(Fault::Coordinate)?;
    let y = P::BaseField::decode(y).ok_or(Fault::Coordinate)?;
    let point = Point { x, y }.to_affine::<P>();
    if point.is_on_curve() {
        Ok(point)
    } else {
        Err(Fault::Curve)
    }
}

pub fn encode<P: Curve<BaseField: Evm>>(point: Projective<P>) -> Vec<u8> {
    let point = Point::from_projective(point);
    let mut out = Vec::with_capacity(2 * P::BaseField::BYTES);
    point.x.encode(&mut out);
    point.y.encode(&mut out);
    out
}

/// The full check of a point from outside: finite, on the curve, in the subgroup.
pub fn check<P: Curve<BaseField: Evm>>(bytes: &[u8]) -> Result<(), Fault> {
    let point = decode::<P>(bytes)?;
    check_affine(&point, false)
}

/// The same for one point of a raw vector.
pub fn check_raw<P: Curve>(raw: &[u8], infinity_allowed: bool) -> Result<(), Fault> {
    let point = Point::<P::BaseField>::read(raw);
    if !point.x.is_reduced() || !point.y.is_reduced() {
        return Err(Fault::Coordinate);
    }
    check_affine(&point.to_affine::<P>(), infinity_allowed)
}

fn check_affine<P: SWCurveConfig>(point: &Affine<P>, infinity_allowed: bool) -> Result<(), Fault> {
    if point.is_zero() {
        return if infinity_allowed {
            Ok(())
        } else {
            Err(Fault::Infinity)
        };
    }
    if !point.is_on_curve() {
        return Err(Fault::Curve);
    }
    if !point.is_in_correct_subgroup_assuming_on_curve() {
        return Err(Fault::Subgroup);
    }
    Ok(())
}

/// sum scalars[i] * points[i], for a handful of points.
pub fn combine<P: Curve<BaseField: Evm>>(
    points: &[Vec<u8>],
    scalars: &[Fr],
) -> Result<Vec<u8>, Fault> {
    let mut total = Projective::<P>::ZERO;
    for (point, scalar) in points.iter().zip(scalars) {
        let point = decode::<P>(point)?;
        if *scalar == Fr::ONE {
            total += point;
        } else {
            total += point * scalar;
        }
    }
    Ok(encode(total))
}

/// Whether the product of the pairings is one.
pub fn pairing_product_is_one(g1: &[Vec<u8>], g2: &[Vec<u8>]) -> Result<bool, Fault> {
    let left: Vec<_> = g1
        .iter()
        .map(|p| decode::<g1::Config>(p))
        .collect::<Result<_, _>>()?;
    let right: Vec<_> = g2
        .iter()
        .map(|p| decode::<g2::Config>(p))
        .collect::<Result<_, _>>()?;
    Ok(Bn254::multi_pairing(left, right).is_zero())
}
