//! The names that one session may use in a browser.

use crate::error::Error;

/// The most cookies that one session may spread over; one digit counts them.
pub(crate) const CHUNKS_MAX: usize = 9;

/// The suffix of a touch cookie.
const TOUCH: &str = ".t";

/// The suffix of the cookie that holds tombstones.
const TOMBSTONE: &str = ".x";

/// The suffix of the cookie that holds tombstones of ids that were renewed.
const RENEWED: &str = ".r";

/// The names of one session's cookies: `name`, `name.1` ... `name.8`, `name.r`, `name.t` and `name.x`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Names {
    chunks: [String; CHUNKS_MAX],
    touch: String,
    tombstone: String,
    renewed: String,
}

/// The part that one cookie plays in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The base cookie is number 0.
    Chunk(u8),
    Touch,
    /// Of sign-ins that were ended.
    Tombstone,
    /// Tombstones of ids that were renewed. Apart from those of sign-ins: a renewal that overtakes a
    /// sign-out must not take its tombstone away.
    Renewed,
}

impl Names {
    pub(crate) fn new(base: &str) -> Names {
        let chunk = |index| {
            if index == 0 {
                base.to_owned()
            } else {
                format!("{base}.{index}")
            }
        };
        Names {
            chunks: std::array::from_fn(chunk),
            touch: format!("{base}{TOUCH}"),
            tombstone: format!("{base}{TOMBSTONE}"),
            renewed: format!("{base}{RENEWED}"),
        }
    }

    pub(crate) fn base(&self) -> &str {
        &self.chunks[0]
    }

    /// Returns the name of one chunk; the base name for 0.
    pub(crate) fn chunk(&self, index: usize) -> &str {
        self.chunks
            .get(index)
            .map_or_else(|| self.base(), String::as_str)
    }

    pub(crate) fn touch(&self) -> &str {
        &self.touch
    }

    /// Returns the names of all chunks, the base name first.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = &str> {
        self.chunks.iter().map(String::as_str)
    }

    /// Returns the name of the cookie that plays `role`.
    pub(crate) fn of(&self, role: Role) -> &str {
        match role {
            Role::Chunk(index) => self.chunk(index.into()),
            Role::Touch => &self.touch,
            Role::Tombstone => &self.tombstone,
            Role::Renewed => &self.renewed,
        }
    }

    /// Returns whether any name belongs to both sessions.
    pub(crate) fn overlaps(&self, other: &Names) -> bool {
        let marks = [&self.touch, &self.tombstone, &self.renewed];
        let mut all = self.chunks.iter().chain(marks);
        all.any(|name| other.role_of(name.as_bytes()).is_some())
    }

    /// Returns the role of the cookie `name`, if it is one of these names to the byte.
    pub(super) fn role_of(&self, name: &[u8]) -> Option<Role> {
        let suffix = name.strip_prefix(self.base().as_bytes())?;
        match *suffix {
            [] => Some(Role::Chunk(0)),
            [b'.', digit @ b'1'..=b'8'] => Some(Role::Chunk(digit - b'0')),
            _ if suffix == TOUCH.as_bytes() => Some(Role::Touch),
            _ if suffix == TOMBSTONE.as_bytes() => Some(Role::Tombstone),
            _ if suffix == RENEWED.as_bytes() => Some(Role::Renewed),
            _ => None,
        }
    }
}

/// Returns the base name to which a cookie's name belongs, and the role that it has then.
pub(crate) fn role_by_suffix(name: &[u8]) -> (&[u8], Role) {
    let marks = [
        (TOUCH, Role::Touch),
        (TOMBSTONE, Role::Tombstone),
        (RENEWED, Role::Renewed),
    ];
    let marked = |(suffix, role): (&str, Role)| Some((name.strip_suffix(suffix.as_bytes())?, role));
    match name {
        [base @ .., b'.', digit @ b'1'..=b'8'] => (base, Role::Chunk(digit - b'0')),
        _ => marks
            .into_iter()
            .find_map(marked)
            .unwrap_or((name, Role::Chunk(0))),
    }
}

/// The prefixes that bind a browser (RFC 6265bis section 4.1.3, and the draft of layered cookies).
const PREFIXES: [&str; 3] = ["__Host-", "__Secure-", "__Http-"];

/// Returns whether a name has this prefix. Browsers ignore the case.
pub(super) fn has_prefix(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Returns whether a name has any prefix. `__Host-Http-` begins with another one.
pub(super) fn is_prefixed(name: &str) -> bool {
    PREFIXES.iter().any(|prefix| has_prefix(name, prefix))
}

/// Checks that `name` is a token of RFC 9110 section 5.6.2 and cannot be taken for another
/// session's chunk, touch or tombstone.
pub(super) fn check(name: &str) -> Result<(), Error> {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.is_empty() || name.len() > 64 || !name.bytes().all(token) {
        return Err(Error::configuration(format!(
            "the cookie name `{}` is not 1 to 64 characters of A-Z a-z 0-9 !#$%&'*+-.^_`|~",
            name.escape_default()
        )));
    }
    let mut bare = PREFIXES.iter().chain(&["__Host-Http-"]);
    if bare.any(|prefix| name.eq_ignore_ascii_case(prefix)) {
        return Err(Error::configuration(format!(
            "the cookie name `{name}` is a prefix and no name; name the application"
        )));
    }
    let derived = name
        .strip_suffix(|c: char| c.is_ascii_digit())
        .is_some_and(|n| n.ends_with('.'))
        || [TOUCH, TOMBSTONE, RENEWED]
            .iter()
            .any(|suffix| name.ends_with(suffix));
    if derived {
        return Err(Error::configuration(format!(
            "the cookie name `{name}` ends like a chunk, touch or tombstone of another session; \
             choose one that ends neither in `.` and a digit nor in `.r`, `.t` or `.x`"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_names_are_found() {
        let names = Names::new("__Host-s");
        let table: &[(&[u8], Option<Role>)] = &[
            (b"__Host-s", Some(Role::Chunk(0))),
            (b"__Host-s.1", Some(Role::Chunk(1))),
            (b"__Host-s.8", Some(Role::Chunk(8))),
            (b"__Host-s.t", Some(Role::Touch)),
            (b"__Host-s.x", Some(Role::Tombstone)),
            (b"__Host-s.r", Some(Role::Renewed)),
            (b"__Host-s.0", None),
            (b"__Host-s.9", None),
            (b"__Host-s.10", None),
            (b"__Host-s.T", None),
            (b"__Host-s.tt", None),
            (b"__Host-s.1t", None),
            (b"__Host-s1", None),
            (b"__host-s", None),
            (b"__Host-", None),
            ("\u{2000}__Host-s".as_bytes(), None),
            (b"%5F%5FHost-s", None),
        ];
        for (name, role) in table {
            assert_eq!(names.role_of(name), *role, "{}", name.escape_ascii());
            let (base, by_suffix) = role_by_suffix(name);
            let is_ours = base == names.base().as_bytes();
            assert_eq!(
                is_ours.then_some(by_suffix),
                *role,
                "{}",
                name.escape_ascii()
            );
        }
        assert_eq!(names.chunk(8), "__Host-s.8");
        assert_eq!(
            (names.touch(), names.of(Role::Tombstone)),
            ("__Host-s.t", "__Host-s.x")
        );
    }

    #[test]
    fn names_overlap_if_one_cookie_could_be_of_both() {
        let overlap = |a: &str, b: &str| Names::new(a).overlaps(&Names::new(b));
        for (a, b) in [
            ("s", "s"),
            ("s", "s.1"),
            ("s.8", "s"),
            ("s", "s.t"),
            ("s.x", "s"),
            ("s", "s.r"),
        ] {
            assert!(overlap(a, b), "{a} {b}");
        }
        for (a, b) in [
            ("s", "S"),
            ("s", "s.9"),
            ("s", "s.10"),
            ("s", "s1"),
            ("s", "t"),
        ] {
            assert!(!overlap(a, b), "{a} {b}");
        }
    }

    #[test]
    fn colliding_and_illegal_names_are_refused() {
        for good in ["s", "__Host-session", "a.b", "s.10", "s1", "x-.y"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in [
            "", "a b", "a=b", "a;b", "ä", "s.1", "s.0", "s.9", "s.r", "s.t", "s.x", "\r\n",
        ] {
            assert!(check(bad).unwrap_err().is_configuration(), "{bad}");
        }
        assert!(check(&"n".repeat(65)).is_err());
    }
}
