//! What a session costs in one library.

use std::fmt;
use std::sync::Arc;

use crate::peers::{Application, Handler, Reply, Runtimes};
use crate::{Peer, Sample};

/// The most bytes of name and value together that browsers keep (RFC 6265bis, section 5.7).
const KEPT_MAX: usize = 4_096;

/// What came of one session, in bytes of the values of all its cookies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Figure {
    /// The browser keeps the session.
    Kept(usize),
    /// A cookie is set that browsers do not keep.
    Dropped(usize),
    /// The library says that it cannot, or sets nothing.
    Failed(String),
}

/// So many requests that the medians of two runs lie within 2 % of each other; odd.
const RUNS_MAX: usize = 101;
const RUNS_MIN: usize = 5;

/// How many bytes all requests for one figure produce, about.
const BYTES: usize = 500_000;

impl Figure {
    /// Stores `sample` in `peer`: returns the median of many requests, or what went wrong first.
    #[must_use]
    pub fn measure(peer: Peer, sample: &Sample) -> Figure {
        let started = Runtimes::new().and_then(|runtimes| peer.application(&runtimes));
        let application = match started {
            Ok(application) => application,
            Err(what) => return Figure::Failed(what),
        };
        let sample = Arc::new(sample.clone());
        let mut figures = vec![Figure::once(&application, &sample)];
        let runs = match figures.first().and_then(Figure::bytes) {
            // The longer a text the less its length varies in proportion.
            Some(bytes) => (BYTES / bytes.max(1)).clamp(RUNS_MIN, RUNS_MAX),
            None => 1,
        };
        while figures.len() < runs {
            let figure = Figure::once(&application, &sample);
            if figure.bytes().is_none() {
                return figure;
            }
            figures.push(figure);
        }
        Figure::median(figures).unwrap_or(Figure::Kept(0))
    }

    /// Sends one request that stores `sample`.
    fn once(application: &Application, sample: &Arc<Sample>) -> Figure {
        let stack = application.stack(Handler::Store(Arc::clone(sample)), None);
        let reply = match stack.and_then(|mut stack| stack.once()) {
            Ok(reply) => reply,
            Err(what) => return Figure::Failed(what),
        };
        let Reply {
            status,
            cookies,
            body,
        } = reply;
        if !status.is_success() {
            return Figure::Failed(match body.is_empty() {
                true => format!("the response is a {status}"),
                false => body,
            });
        }
        match cookies.is_empty() && !sample.parts().is_empty() {
            true => Figure::Failed("the response sets no cookie".to_owned()),
            false => Figure::of(&cookies),
        }
    }

    /// Reads the `Set-Cookie` lines of one response.
    #[must_use]
    pub fn of(lines: &[String]) -> Figure {
        let pairs = lines.iter().map(|line| {
            let pair = line.split(';').next().unwrap_or_default();
            pair.split_once('=').unwrap_or(("", pair))
        });
        let bytes = pairs.clone().map(|(_, value)| value.len()).sum();
        match pairs
            .into_iter()
            .any(|(name, value)| name.len() + value.len() > KEPT_MAX)
        {
            true => Figure::Dropped(bytes),
            false => Figure::Kept(bytes),
        }
    }

    /// Returns the middle one by size: some libraries write random text, and escape parts of it.
    #[must_use]
    pub fn median(mut figures: Vec<Figure>) -> Option<Figure> {
        figures.sort_by_key(Figure::bytes);
        figures.get(figures.len() / 2).cloned()
    }

    /// Returns the bytes that were sent, whether or not a browser keeps them.
    #[must_use]
    pub fn bytes(&self) -> Option<usize> {
        match self {
            Figure::Kept(bytes) | Figure::Dropped(bytes) => Some(*bytes),
            Figure::Failed(_) => None,
        }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Figure::Kept(bytes) => write!(f, "{}", grouped(*bytes)),
            Figure::Dropped(bytes) => write!(f, "{}, dropped by browsers", grouped(*bytes)),
            Figure::Failed(_) => f.write_str("fails"),
        }
    }
}

/// Writes a comma before every three digits.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_count_and_names_and_attributes_do_not() {
        let lines = ["s.1=abc; Path=/; Secure", "s.2=de=f; Max-Age=3"].map(str::to_owned);
        assert_eq!(Figure::of(&lines), Figure::Kept(7));
        assert_eq!(Figure::of(&[]), Figure::Kept(0));
    }

    #[test]
    fn browsers_count_the_name_with_the_value() {
        let line = |value: usize| vec![format!("four={}; Secure", "x".repeat(value))];
        assert_eq!(Figure::of(&line(4_092)), Figure::Kept(4_092));
        assert_eq!(Figure::of(&line(4_093)), Figure::Dropped(4_093));
    }

    #[test]
    fn shown() {
        let shown = |bytes| Figure::Kept(bytes).to_string();
        assert_eq!(
            [0, 999, 1_000, 1_234_567].map(shown),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            Figure::Dropped(4_985).to_string(),
            "4,985, dropped by browsers"
        );
    }

    #[test]
    fn the_middle_one() {
        let figures = [5, 1, 9].map(Figure::Kept).to_vec();
        assert_eq!(Figure::median(figures), Some(Figure::Kept(5)));
        assert_eq!(Figure::median(Vec::new()), None);
    }
}
