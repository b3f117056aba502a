//! The middle of many measurements, and how far they lie apart.

/// Median and quartiles, in nanoseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Spread {
    /// A quarter lies below.
    pub lower: f64,
    /// Half lies below.
    pub median: f64,
    /// A quarter lies above.
    pub upper: f64,
}

impl Spread {
    /// Finds the quartiles of at least one measurement; of none they are zero.
    #[must_use]
    pub fn of(mut values: Vec<f64>) -> Spread {
        values.sort_by(f64::total_cmp);
        let at = |part: usize| {
            let index = values.len().saturating_sub(1) * part / 4;
            values.get(index).copied().unwrap_or(0.0)
        };
        Spread {
            lower: at(1),
            median: at(2),
            upper: at(3),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles() {
        let spread = Spread::of(vec![5.0, 1.0, 4.0, 2.0, 3.0]);
        assert_eq!((spread.lower, spread.median, spread.upper), (2.0, 3.0, 4.0));
        assert_eq!(Spread::of(vec![7.0]).upper, 7.0);
        assert_eq!(Spread::of(Vec::new()), Spread::default());
    }
}
