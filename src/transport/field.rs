//! The header fields of a session.

use super::values::Values;
use crate::error::Error;

/// The field in which `Transport::bearer` is answered.
const ANSWER: &str = "x-session";

/// What follows the name of the response's field in the name of the touch's.
const TOUCH: &str = "-touch";

/// The longest name of a field.
const NAME_MAX: usize = 64;

/// What a session's field must not be called, because it means something else: to HTTP, to proxies on
/// the way, or in the same response.
const TAKEN: [&str; 21] = [
    "authorization",
    "cache-control",
    "clear-site-data",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "date",
    "etag",
    "host",
    "location",
    "origin",
    "proxy-authorization",
    "referrer-policy",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "vary",
];

/// Fields that a browser or a proxy sends by itself, or that any page may set in a request to another
/// origin (Fetch Standard, "CORS-safelisted request-header"). A session in a field is one that no other page can have
/// sent, so it must not be in these.
const UNASKED: [&str; 19] = [
    "accept",
    "accept-charset",
    "accept-encoding",
    "accept-language",
    "content-language",
    "dnt",
    "downlink",
    "dpr",
    "forwarded",
    "last-event-id",
    "pragma",
    "priority",
    "range",
    "referer",
    "save-data",
    "upgrade-insecure-requests",
    "user-agent",
    "via",
    "x-requested-with",
];

/// Whether a field of this name may come with what another page caused.
fn comes_unasked(name: &str) -> bool {
    let reserved = ["access-control-", "if-", "proxy-", "sec-", "x-forwarded-"];
    UNASKED.contains(&name) || reserved.iter().any(|prefix| name.starts_with(prefix))
}

/// The names of the fields, in lower case: one of the request, one of the response, and one of both
/// for the touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    /// `None` stands for `Authorization: Bearer`.
    request: Option<String>,
    response: String,
    touch: String,
}

impl Field {
    pub(super) fn named(name: &str) -> Field {
        let field = Field {
            request: Some(name.to_ascii_lowercase()),
            ..Field::bearer()
        };
        field.answered_in(name)
    }

    pub(super) fn bearer() -> Field {
        Field {
            request: None,
            response: ANSWER.to_owned(),
            touch: [ANSWER, TOUCH].concat(),
        }
    }

    pub(super) fn answered_in(mut self, name: &str) -> Field {
        let name = name.to_ascii_lowercase();
        self.touch = [name.as_str(), TOUCH].concat();
        self.response = name;
        self
    }

    /// The request's field.
    pub(crate) fn request(&self) -> &str {
        self.request.as_deref().unwrap_or("authorization")
    }

    /// The response's field.
    pub(crate) fn response(&self) -> &str {
        &self.response
    }

    /// The field of the touch, in both directions.
    pub(crate) fn touch(&self) -> &str {
        &self.touch
    }

    /// All of them.
    pub(crate) fn names(&self) -> [&str; 3] {
        [self.request(), self.response(), self.touch()]
    }

    /// Takes what one value of the request's field says.
    pub(crate) fn read(&self, value: &[u8], longest: usize, values: &mut Values) {
        let value = value.trim_ascii();
        let token = match self.request {
            Some(_) => value,
            None => match bearer_token(value) {
                Some(token) => token,
                None => return,
            },
        };
        // Some proxies join fields of one name (RFC 9110 section 5.3).
        for each in token.split(|byte| *byte == b',') {
            values.add(each, longest);
        }
    }

    pub(super) fn check(&self) -> Result<(), Error> {
        let names = self.request.iter().chain([&self.response]);
        for name in names {
            let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
            if name.is_empty() || name.len() > NAME_MAX || !name.bytes().all(token) {
                return Err(Error::configuration(format!(
                    "the header field's name `{}` is not 1 to {NAME_MAX} characters of \
                     A-Z a-z 0-9 !#$%&'*+-.^_`|~",
                    name.escape_default()
                )));
            }
            if TAKEN.contains(&name.as_str()) || comes_unasked(name) {
                return Err(Error::configuration(format!(
                    "a session cannot travel in `{name}`, which has a meaning of its own; for \
                     `Authorization: Bearer` use `Transport::bearer`, and otherwise another name"
                )));
            }
        }
        if self.request.as_ref() == Some(&self.touch) {
            return Err(Error::configuration(format!(
                "`{}` is the field of the touch already; choose another name",
                self.touch
            )));
        }
        Ok(())
    }
}

/// What follows the scheme, whose case does not matter (RFC 9110 section 11.1); `None` for another
/// scheme.
fn bearer_token(value: &[u8]) -> Option<&[u8]> {
    const SCHEME: &[u8] = b"bearer";
    let (scheme, token) = value.split_at_checked(SCHEME.len())?;
    let ends = matches!(token, [] | [b' ' | b'\t', ..]);
    (ends && scheme.eq_ignore_ascii_case(SCHEME)).then(|| token.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Refusal;

    fn read(field: &Field, came: &[&str]) -> Option<Result<String, Refusal>> {
        let mut values = Values::default();
        for value in came {
            field.read(value.as_bytes(), 100, &mut values);
        }
        let only = values.only()?;
        Some(only.map(|text| String::from_utf8(text).unwrap_or_default()))
    }

    #[test]
    fn what_a_field_says() {
        let ok = |text: &str| Some(Ok(text.to_owned()));
        let conflict = Some(Err(Refusal::Conflict));
        let (named, bearer) = (Field::named("X-Session"), Field::bearer());
        let table: &[(&Field, &[&str], _)] = &[
            (&named, &[], None),
            (&named, &[""], ok("")),
            (&named, &[" A-_ "], ok("A-_")),
            (&named, &["Bearer A"], ok("Bearer A")),
            (&named, &["A", "B"], conflict.clone()),
            (&named, &["A, B"], conflict.clone()),
            (&bearer, &["Bearer A"], ok("A")),
            (&bearer, &["bEARER \t A "], ok("A")),
            (&bearer, &["Bearer"], ok("")),
            (&bearer, &["BearerA"], None),
            (&bearer, &["Basic A"], None),
            (&bearer, &["", "Bear", "Digest a=\"b\", c=d"], None),
            (&bearer, &["Basic A", "Bearer B"], ok("B")),
            (&bearer, &["Bearer A", "Bearer A"], conflict.clone()),
            (&bearer, &["Bearer A, Bearer B"], conflict),
        ];
        for (field, came, wanted) in table {
            assert_eq!(read(field, came), *wanted, "{came:?}");
        }
    }

    #[test]
    fn names_that_mean_something_else_are_refused() {
        let table = [
            (Field::named("X-Session"), true),
            (Field::bearer(), true),
            (Field::bearer().answered_in("session"), true),
            (Field::named("session").answered_in("Token"), true),
            (Field::named(""), false),
            (Field::named("x session"), false),
            (Field::named("x:y"), false),
            (Field::named("x\r\ny"), false),
            (Field::named(&"x".repeat(65)), false),
            (Field::named("Cookie"), false),
            (Field::named("Authorization"), false),
            (Field::named("Content-Type"), false),
            (Field::named("ETag"), false),
            (Field::bearer().answered_in("Set-Cookie"), false),
            (Field::named("s-touch").answered_in("S"), false),
        ];
        for (field, good) in table {
            assert_eq!(field.check().is_ok(), good, "{field:?}");
        }
    }
}
