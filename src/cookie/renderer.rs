//! The one renderer of a cookie's lines.

/// Sets and removes cookies of one scope: a name and a value, and attributes that are always the
/// same, so that a line that removes differs in nothing by which browsers match cookies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Renderer {
    /// Everything of a line after the value, but for `Max-Age`. Rendered once: it is in every line.
    attributes: String,
}

impl Renderer {
    pub(super) fn new(attributes: String) -> Renderer {
        Renderer { attributes }
    }

    /// A line that sets `name`, one of the cookie's names, to `value`. `max_age` is in seconds;
    /// without it the cookie goes with the browser.
    pub(crate) fn set(&self, name: &str, value: &str, max_age: Option<u64>) -> String {
        let attributes = &self.attributes;
        match max_age {
            None => [name, "=", value, attributes].concat(),
            Some(seconds) => format!("{name}={value}{attributes}; Max-Age={seconds}"),
        }
    }

    /// A line that removes `name`.
    pub(crate) fn remove(&self, name: &str) -> String {
        self.set(name, "", Some(0))
    }

    /// Bytes of a line after the value.
    pub(crate) fn tail(&self, max_age: Option<u64>) -> usize {
        let digits = |seconds: u64| seconds.checked_ilog10().unwrap_or(0) as usize + 1;
        let age = max_age.map_or(0, |seconds| "; Max-Age=".len() + digits(seconds));
        self.attributes.len() + age
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tail_is_as_long_as_it_says() {
        let renderer = Renderer::new("; Path=/".to_owned());
        for max_age in [None, Some(0), Some(9), Some(10), Some(99), Some(34_560_000)] {
            let line = renderer.set("s", "v", max_age);
            assert_eq!(line.len(), "s=v".len() + renderer.tail(max_age), "{line}");
        }
        assert_eq!(
            renderer.tail(Some(u64::MAX)),
            "; Path=/; Max-Age=18446744073709551615".len()
        );
    }
}
