//! Points that stay, and which of them count.

/// Which of a vector's points are finite; None where all are.
pub struct FinitePoints(Option<Vec<bool>>);

impl FinitePoints {
    /// Of raw encodings, of `size` bytes each.
    pub fn of(raw: &[u8], size: usize) -> Self {
        let is_finite = |raw: &[u8]| raw.iter().any(|byte| *byte != 0);
        if raw.chunks_exact(size).all(is_finite) {
            return Self(None);
        }
        Self(Some(raw.chunks_exact(size).map(is_finite).collect()))
    }

    #[inline]
    pub fn contains(&self, index: usize) -> bool {
        self.0.as_ref().is_none_or(|finite| finite[index])
    }
}
