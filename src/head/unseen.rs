//! Recognises requests whose answer nobody may see.

use crate::cross_origin::RequestParts;

/// Returns whether nobody may see the answer: that of a `HEAD` has no body, and a page that is prefetched, or rendered ahead, may
/// never be opened. Browsers say so in `Sec-Purpose` (Fetch, section 3.5), and older ones in `Purpose`.
pub(crate) fn goes_unseen(asked: &RequestParts<'_>) -> bool {
    let mut is_ahead = false;
    if let Some(fields) = asked.fields {
        for name in ["sec-purpose", "purpose"] {
            fields(name, &mut |value| {
                is_ahead |= value.starts_with(b"prefetch")
            });
        }
    }
    is_ahead || asked.method == Some("HEAD")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_and_what_is_fetched_ahead_go_unseen() {
        for (method, field, value, wanted) in [
            ("GET", "accept", "text/html", false),
            ("POST", "accept", "text/html", false),
            ("HEAD", "accept", "text/html", true),
            ("GET", "sec-purpose", "prefetch", true),
            ("GET", "sec-purpose", "prefetch;prerender", true),
            ("GET", "sec-purpose", "", false),
            ("GET", "purpose", "prefetch", true),
            ("GET", "purpose", "preview", false),
        ] {
            let fields = |name: &str, take: &mut dyn FnMut(&[u8])| {
                if name == field {
                    take(value.as_bytes());
                }
            };
            let asked = RequestParts {
                method: Some(method),
                fields: Some(&fields),
                ..RequestParts::default()
            };
            assert_eq!(goes_unseen(&asked), wanted, "{method} {field}: {value}");
        }
        assert!(!goes_unseen(&RequestParts::default()));
    }
}
