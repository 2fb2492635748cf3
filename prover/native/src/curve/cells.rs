//! Where sums of points are kept: raw encodings, each within its own cache lines.
//!
//! Coordinates of cells may exceed the modulus, by less than the modulus: `read` reduces them.

use std::marker::PhantomData;

use crate::curve::points::{Coordinate, Point};

const LINE_BYTES: usize = 64;

#[derive(Clone, Copy)]
#[repr(C, align(64))]
struct Line([u8; LINE_BYTES]);

/// Which point of a `Source` is meant, and whether its opposite is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Entry(pub u32);

impl Entry {
    #[inline]
    pub fn new(index: usize, negative: bool) -> Self {
        Self((index as u32) << 1 | u32::from(negative))
    }

    #[inline]
    pub fn index(self) -> usize {
        (self.0 >> 1) as usize
    }

    #[inline]
    pub fn is_negative(self) -> bool {
        self.0 & 1 == 1
    }
}

/// Points to read: raw encodings in two places, numbered through.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    first: &'a [u8],
    second: &'a [u8],
    /// No point that is read is infinity.
    pub finite: bool,
}

impl<'a> Source<'a> {
    /// Raw encodings in a row; no entry may refer to infinity.
    pub fn finite(raw: &'a [u8]) -> Self {
        Self {
            first: raw,
            second: &[],
            finite: true,
        }
    }

    /// The points of this source, which must be in one place, and of cells after them.
    pub fn followed_by<F: Coordinate>(self, cells: &'a Cells<F>) -> Self {
        debug_assert!(self.second.is_empty());
        Self {
            second: cells.bytes(),
            finite: self.finite && cells.finite,
            ..self
        }
    }

    /// The raw encoding of a point, without its sign.
    #[inline]
    pub fn raw<F: Coordinate>(&self, entry: Entry) -> &'a [u8] {
        let (start, size) = (entry.index() * Point::<F>::BYTES, Point::<F>::BYTES);
        match start.checked_sub(self.first.len()) {
            None => &self.first[start..start + size],
            Some(start) => &self.second[start..start + size],
        }
    }

    /// Whether all entries refer to points of this source.
    #[inline]
    pub fn holds<F: Coordinate>(&self, entries: &[Entry]) -> bool {
        let count = (self.first.len() + self.second.len()) / Point::<F>::BYTES;
        let largest = entries
            .iter()
            .fold(0, |largest, entry| largest.max(entry.0));
        entries.is_empty() || Entry(largest).index() < count
    }

    /// Where the raw encoding of a point begins, which is valid for entries that this source
    /// `holds`; in few instructions.
    #[inline]
    pub fn address<F: Coordinate>(&self, entry: Entry) -> *const u8 {
        let offset = entry.index() * Point::<F>::BYTES;
        let start = if offset < self.first.len() {
            self.first.as_ptr()
        } else {
            self.second.as_ptr().wrapping_sub(self.first.len())
        };
        start.wrapping_add(offset)
    }

    pub fn read<F: Coordinate>(&self, entry: Entry) -> Point<F> {
        let point = Point::<F>::read(self.raw::<F>(entry));
        point.reduced().negate_if(entry.is_negative())
    }
}

/// A growing row of points.
pub struct Cells<F> {
    lines: Vec<Line>,
    /// Whether no infinity was ever written.
    finite: bool,
    field: PhantomData<F>,
}

impl<F: Coordinate> Cells<F> {
    const LINES: usize = Point::<F>::BYTES / LINE_BYTES;

    pub fn new(count: usize) -> Self {
        Self {
            lines: vec![Line([0; LINE_BYTES]); count * Self::LINES],
            finite: true,
            field: PhantomData,
        }
    }

    pub fn len(&self) -> usize {
        self.lines.len() / Self::LINES
    }

    pub fn source(&self) -> Source<'_> {
        Source {
            finite: self.finite,
            ..Source::finite(self.bytes())
        }
    }

    pub fn read(&self, index: usize) -> Point<F> {
        self.source().read(Entry::new(index, false))
    }

    pub fn write(&mut self, index: usize, point: &Point<F>) {
        self.finite &= !point.is_infinity();
        point.write_to(self.raw_mut(index));
    }

    fn raw_mut(&mut self, index: usize) -> &mut [u8] {
        let size = Point::<F>::BYTES;
        &mut self.bytes_mut()[index * size..][..size]
    }

    /// Those of the cells, in this order.
    pub fn picked(&self, indices: impl ExactSizeIterator<Item = u32>) -> Self {
        let mut lines = Vec::with_capacity(indices.len() * Self::LINES);
        for index in indices {
            let start = index as usize * Self::LINES;
            lines.extend_from_slice(&self.lines[start..start + Self::LINES]);
        }
        Self { lines, ..*self }
    }

    pub fn append(&mut self, mut other: Self) {
        self.lines.append(&mut other.lines);
        self.finite &= other.finite;
    }

    pub fn bytes(&self) -> &[u8] {
        let length = self.lines.len() * LINE_BYTES;
        // SAFETY: a line is 64 bytes without padding, all of them initialized, and lines lie
        // one after another; the borrow is that of the vector.
        unsafe { std::slice::from_raw_parts(self.lines.as_ptr().cast(), length) }
    }

    /// For whoever writes points one and all; infinity must be written with `write`.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        let length = self.lines.len() * LINE_BYTES;
        // SAFETY: as in `bytes`; any byte is valid in a line, and the borrow is exclusive.
        unsafe { std::slice::from_raw_parts_mut(self.lines.as_mut_ptr().cast(), length) }
    }
}

/// Asks the memory for a point that is read soon.
#[inline]
pub fn prefetch<F: Coordinate>(source: &Source, entry: Entry) {
    let address = source.address::<F>(entry);
    #[cfg(target_arch = "x86_64")]
    for offset in (0..Point::<F>::BYTES).step_by(LINE_BYTES) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: a prefetch has no effect but on caches, whatever the address.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(address.wrapping_add(offset).cast()) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = address;
}
