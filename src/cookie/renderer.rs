//! Renders `Set-Cookie` lines.

/// Renders the lines that set and remove cookies of one scope. Their attributes are always the same, so a
/// removal matches the cookie that it removes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Renderer {
    /// The end of each line, after its value and before `Max-Age`. It is rendered once.
    attributes: String,
}

impl Renderer {
    pub(super) fn new(attributes: String) -> Renderer {
        Renderer { attributes }
    }

    /// Renders a line that sets `name`, one of the cookie's names, to `value`. `max_age` is in seconds. Without
    /// it the cookie goes when the browser closes.
    pub(crate) fn set(&self, name: &str, value: &str, max_age: Option<u64>) -> String {
        let room = name.len() + "=".len() + value.len() + self.tail(max_age);
        let mut line = Renderer::begin(name, room);
        line.push_str(value);
        self.end(line, max_age)
    }

    /// Begins such a line, up to its value, in room for `room` bytes.
    pub(crate) fn begin(name: &str, room: usize) -> String {
        let mut line = String::with_capacity(room);
        line.push_str(name);
        line.push('=');
        line
    }

    /// Ends a line behind its value.
    pub(crate) fn end(&self, mut line: String, max_age: Option<u64>) -> String {
        line.push_str(&self.attributes);
        if let Some(seconds) = max_age {
            line.push_str("; Max-Age=");
            line.push_str(&seconds.to_string());
        }
        line
    }

    /// Renders a line that removes `name`.
    pub(crate) fn remove(&self, name: &str) -> String {
        self.set(name, "", Some(0))
    }

    /// Returns how many bytes of a line follow the value.
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
