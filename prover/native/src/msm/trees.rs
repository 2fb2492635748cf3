//! The sums of many rows of points at once: every row is a tree, and the additions of one level
//! of all trees share inversions.

use rayon::prelude::*;

use crate::curve::batch_adder::{BATCH, BatchAdder, Pairs};
use crate::curve::cells::{Cells, Entry, Source, prefetch};
use crate::curve::points::Coordinate;

/// Points that are summed by one core in one go: their sums stay in its cache.
pub const PORTION: usize = 1 << 15;

/// Points between asking for one and reading it.
const AHEAD: usize = 16;

/// The sum of each row: the entries row by row, and how many (at least one) are in each.
pub fn sums<F: Coordinate>(source: Source, entries: &[Entry], lengths: &[u32]) -> Cells<F> {
    let mut portions = Vec::new();
    let (mut entries, mut lengths) = (entries, lengths);
    while !lengths.is_empty() {
        let (mut rows, mut points) = (0, 0);
        while rows < lengths.len() && points < PORTION {
            points += lengths[rows] as usize;
            rows += 1;
        }
        let (own_entries, own_lengths);
        (own_entries, entries) = entries.split_at(points);
        (own_lengths, lengths) = lengths.split_at(rows);
        portions.push((own_entries, own_lengths));
    }
    let sums = portions.into_par_iter().with_max_len(1);
    let sums = sums.map(|(entries, lengths)| Forest::new(lengths).summed(source, entries));
    let sums: Vec<Cells<F>> = sums.collect();
    let joined = sums.into_iter().reduce(|mut joined, sums| {
        joined.append(sums);
        joined
    });
    joined.unwrap_or_else(|| Cells::new(0))
}

/// Trees under way: the points of a row lie in cells one after another, every second, every
/// fourth, and so on: a sum takes the place of the left point.
struct Forest<'a, F> {
    lengths: &'a [u32],
    adder: BatchAdder<F>,
    cells: Cells<F>,
    pairs: Pairs,
}

impl<'a, F: Coordinate> Forest<'a, F> {
    fn new(lengths: &'a [u32]) -> Self {
        let cells: u32 = lengths.iter().map(|length| length.div_ceil(2)).sum();
        Self {
            lengths,
            adder: BatchAdder::new(),
            cells: Cells::new(cells as usize),
            pairs: Pairs::default(),
        }
    }

    fn summed(mut self, source: Source, entries: &[Entry]) -> Cells<F> {
        let mut rows = self.first_level(source, entries);
        let starts: Vec<u32> = rows.iter().map(|(start, _)| *start).collect();
        let mut stride = 1;
        loop {
            rows.retain(|(_, length)| *length > stride);
            if rows.is_empty() {
                break;
            }
            self.next_level(&rows, stride);
            stride *= 2;
        }
        self.cells.picked(starts.into_iter())
    }

    /// Adds neighbours among the entries; returns where the cells of each row start, and how
    /// many they are.
    fn first_level(&mut self, source: Source, entries: &[Entry]) -> Vec<(u32, u32)> {
        let mut rows = Vec::with_capacity(self.lengths.len());
        let mut singles = Vec::new();
        let (mut rest, mut cell) = (entries, 0);
        for length in self.lengths {
            rows.push((cell, length.div_ceil(2)));
            let row;
            (row, rest) = rest.split_at(*length as usize);
            let (pairs, single) = row.as_chunks::<2>();
            for [left, right] in pairs {
                self.pairs.push(*left, *right, cell);
                cell += 1;
                if self.pairs.len() == BATCH {
                    self.flush(Some(source));
                }
            }
            if let [entry] = single {
                singles.push((*entry, cell));
                cell += 1;
            }
        }
        self.flush(Some(source));
        for (number, (entry, cell)) in singles.iter().enumerate() {
            if let Some((later, _)) = singles.get(number + AHEAD) {
                prefetch::<F>(&source, *later);
            }
            self.cells.write(*cell as usize, &source.read(*entry));
        }
        rows
    }

    fn next_level(&mut self, rows: &[(u32, u32)], stride: u32) {
        for (start, length) in rows {
            let end = start + length;
            let (mut left, mut right) = (*start, start + stride);
            while right < end {
                let entry = |cell| Entry::new(cell as usize, false);
                self.pairs.push(entry(left), entry(right), left);
                (left, right) = (left + 2 * stride, right + 2 * stride);
                if self.pairs.len() == BATCH {
                    self.flush(None);
                }
            }
        }
        self.flush(None);
    }

    /// Adds the pairs, of a source or of the cells.
    fn flush(&mut self, source: Option<Source>) {
        if self.pairs.len() == 0 {
            return;
        }
        let source = source.unwrap_or_else(|| self.cells.source());
        self.adder.read(source, &self.pairs);
        self.adder.write(&mut self.cells, &self.pairs);
        self.pairs.clear();
    }
}
