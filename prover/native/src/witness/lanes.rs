//! One operation over all lanes: a loop, on all cores where there are many lanes.

use rayon::prelude::*;

use crate::witness::Fault;
use crate::witness::wide::Wide;

/// From so many lanes on a loop is worth handing out to other cores.
pub const PARALLEL_FROM: usize = 8_192;
const CHUNK: usize = 2_048;

/// The second operand of an operation.
pub enum Operand<'a, T> {
    Each(&'a [T]),
    Same(T),
}

/// `f` of every lane.
pub fn map<A: Copy + Sync, B: Copy + Default + Send + Sync>(
    values: &[A],
    f: impl Fn(A) -> Result<B, Fault> + Sync,
) -> Result<Vec<B>, Fault> {
    if values.len() < PARALLEL_FROM {
        return loop_over(values.iter().copied(), f);
    }
    let parts: Result<Vec<Vec<B>>, Fault> = values
        .par_chunks(CHUNK)
        .map(|chunk| loop_over(chunk.iter().copied(), &f))
        .collect();
    Ok(parts?.concat())
}

/// `f` of every lane of two operands; the lengths must agree.
pub fn zip<A: Copy + Sync, B: Copy + Sync, C: Copy + Default + Send + Sync>(
    left: &[A],
    right: &Operand<'_, B>,
    f: impl Fn(A, B) -> Result<C, Fault> + Sync,
) -> Result<Vec<C>, Fault> {
    match *right {
        Operand::Same(other) => map(left, |value| f(value, other)),
        Operand::Each(others) => {
            same_length(left.len(), others.len())?;
            if left.len() < PARALLEL_FROM {
                let pairs = left.iter().copied().zip(others.iter().copied());
                return loop_over(pairs, |(a, b)| f(a, b));
            }
            let parts: Result<Vec<Vec<C>>, Fault> = left
                .par_chunks(CHUNK)
                .zip(others.par_chunks(CHUNK))
                .map(|(a, b)| {
                    let pairs = a.iter().copied().zip(b.iter().copied());
                    loop_over(pairs, |(a, b)| f(a, b))
                })
                .collect();
            Ok(parts?.concat())
        }
    }
}

/// The fault is looked at once, after the loop: a lane without a result holds a default till then.
fn loop_over<A, B: Default>(
    items: impl Iterator<Item = A>,
    f: impl Fn(A) -> Result<B, Fault>,
) -> Result<Vec<B>, Fault> {
    let mut fault = None;
    let values = items
        .map(|item| {
            f(item).unwrap_or_else(|found| {
                fault.get_or_insert(found);
                B::default()
            })
        })
        .collect();
    fault.map_or(Ok(values), Err)
}

pub fn same_length(expected: usize, received: usize) -> Result<(), Fault> {
    if expected == received {
        Ok(())
    } else {
        Err(Fault::Lengths(expected, received))
    }
}

/// An empty vector with room for so many lanes.
pub fn room_for<T>(count: usize) -> Result<Vec<T>, Fault> {
    let mut lanes = Vec::new();
    lanes.try_reserve_exact(count).map_err(|_| Fault::Memory)?;
    Ok(lanes)
}

pub fn same<T: Copy>(value: T, count: usize) -> Result<Vec<T>, Fault> {
    let mut lanes = room_for(count)?;
    lanes.resize(count, value);
    Ok(lanes)
}

pub fn repeat<T: Copy>(values: &[T], times: usize) -> Result<Vec<T>, Fault> {
    let mut lanes = room_for(values.len().checked_mul(times).ok_or(Fault::Memory)?)?;
    for value in values {
        lanes.resize(lanes.len() + times, *value);
    }
    Ok(lanes)
}

/// Lane l reads lane stride * l + offset; a default outside.
pub fn gather<T: Copy + Default>(
    values: &[T],
    stride: i64,
    offset: i64,
    count: usize,
) -> Result<Vec<T>, Fault> {
    let mut lanes = room_for(count)?;
    lanes.extend((0..count as i128).map(|lane| {
        let source = i128::from(stride) * lane + i128::from(offset);
        let index = usize::try_from(source).ok();
        index
            .and_then(|index| values.get(index))
            .copied()
            .unwrap_or_default()
    }));
    Ok(lanes)
}

pub fn select<T: Copy>(
    mask: &[bool],
    yes: &Operand<'_, T>,
    no: &Operand<'_, T>,
) -> Result<Vec<T>, Fault> {
    for operand in [yes, no] {
        if let Operand::Each(values) = operand {
            same_length(mask.len(), values.len())?;
        }
    }
    let at = |operand: &Operand<'_, T>, lane: usize| match operand {
        Operand::Each(values) => values[lane],
        Operand::Same(value) => *value,
    };
    let chosen = mask.iter().enumerate();
    Ok(chosen
        .map(|(lane, &bit)| at(if bit { yes } else { no }, lane))
        .collect())
}

/// How often each of 0 … size - 1 occurs; values outside count nowhere.
pub fn counts(vectors: &[&[Wide]], size: usize) -> Result<Vec<Wide>, Fault> {
    let mut counts = same(0u64, size)?;
    for value in vectors.iter().copied().flatten() {
        if let Some(index) = value.index(size) {
            counts[index] += 1;
        }
    }
    Ok(counts.into_iter().map(Wide::from).collect())
}
