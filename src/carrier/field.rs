//! Sessions in header fields, for clients without a cookie jar: one for the token, one for its touch.

use super::contract::Carrier;
use super::incoming::{Incoming, Single};
use super::registered::is_taken;
use super::values::Values;
use crate::cookie::{Budget, Chunks, OverBudget, TEXT_MAX};
use crate::cross_origin::HeaderFields;
use crate::error::{Error, Measure, Refusal};
use crate::head::HeaderChange;

/// The field in which `Transport::bearer` is answered.
const ANSWER: &str = "x-session";

/// The end of the touch's name, behind the name of the response's field.
const TOUCH: &str = "-touch";

/// The longest name of a field.
const NAME_MAX: usize = 64;

/// The names of the fields, in lower case: one of the request, one of the response, and one of both
/// for the touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FieldNames {
    /// `None` stands for `Authorization: Bearer`.
    request: Option<String>,
    response: String,
    touch: String,
}

impl FieldNames {
    pub(super) fn named(name: &str) -> FieldNames {
        let field = FieldNames {
            request: Some(name.to_ascii_lowercase()),
            ..FieldNames::bearer()
        };
        field.answered_in(name)
    }

    pub(super) fn bearer() -> FieldNames {
        FieldNames {
            request: None,
            response: ANSWER.to_owned(),
            touch: [ANSWER, TOUCH].concat(),
        }
    }

    pub(super) fn answered_in(mut self, name: &str) -> FieldNames {
        let name = name.to_ascii_lowercase();
        self.touch = [name.as_str(), TOUCH].concat();
        self.response = name;
        self
    }

    /// Returns the request's field.
    pub(crate) fn request(&self) -> &str {
        self.request.as_deref().unwrap_or("authorization")
    }

    /// Returns the response's field.
    pub(crate) fn response(&self) -> &str {
        &self.response
    }

    /// Returns the field of the touch, in both directions.
    pub(crate) fn touch(&self) -> &str {
        &self.touch
    }

    /// Returns the names of all three fields.
    pub(crate) fn all(&self) -> [&str; 3] {
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
        }
        for name in self.request.iter().chain([&self.response, &self.touch]) {
            if is_taken(name) {
                return Err(Error::configuration(format!(
                    "a session cannot travel in `{name}`, which has a meaning of its own to browsers, \
                     proxies or HTTP itself; for `Authorization: Bearer` use `Transport::bearer`, and \
                     otherwise another name, such as `x-session`"
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

/// The header fields of one session.
#[derive(Debug)]
pub(crate) struct Fields {
    names: FieldNames,
    budget: Budget,
}

impl Fields {
    pub(super) fn new(names: FieldNames, budget: Budget) -> Fields {
        Fields {
            names,
            budget: budget.with_cookie_limit(1),
        }
    }

    pub(super) fn names(&self) -> &FieldNames {
        &self.names
    }

    /// Returns the field of the request, by which responses vary.
    pub(crate) fn varies_by(&self) -> &str {
        self.names.request()
    }

    /// Returns whether the request uses the field, whatever comes of it.
    pub(crate) fn is_used(&self, fields: &HeaderFields<'_>) -> bool {
        self.text(fields).is_some()
    }

    /// Reads the field and its touch; `None` if the request does not use the field.
    pub(super) fn read(&self, fields: &HeaderFields<'_>) -> Option<Single> {
        let mut single = Single::new(self.text(fields)?);
        fields(self.names.touch(), &mut |value| single.add_touch(value));
        Some(single)
    }

    fn text(&self, fields: &HeaderFields<'_>) -> Option<Result<Vec<u8>, Refusal>> {
        let mut values = Values::default();
        fields(self.names.request(), &mut |value| {
            self.names.read(value, TEXT_MAX, &mut values);
        });
        values.only()
    }

    /// Returns the line that takes a touch back which came along.
    fn left_over_touch(&self, came: &Incoming) -> Option<HeaderChange> {
        let has_touch = came.has_touch(0);
        has_touch.then(|| HeaderChange::empty(self.names.touch()))
    }
}

impl Carrier for Fields {
    fn budget(&self) -> &Budget {
        &self.budget
    }

    fn measure(&self) -> Measure {
        Measure::Field
    }

    fn fit(&self, length: usize, _: Option<u64>) -> Result<Chunks, OverBudget> {
        let before = self.names.response().len() + ": ".len();
        Chunks::whole(length, before, self.budget.total_limit())
    }

    fn names(&self) -> Vec<&str> {
        vec![self.names.response()]
    }

    fn set(&self, text: String, _: &Chunks, _: Option<u64>, came: &Incoming) -> Vec<HeaderChange> {
        let mut lines = vec![HeaderChange::token(self.names.response(), text)];
        lines.extend(self.left_over_touch(came));
        lines
    }

    fn end(&self, came: &Incoming) -> Vec<HeaderChange> {
        let mut lines = vec![HeaderChange::empty(self.names.response())];
        lines.extend(self.left_over_touch(came));
        lines
    }

    fn touch(&self, _: usize, mark: String, _: Option<u64>) -> Option<HeaderChange> {
        Some(HeaderChange::token(self.names.touch(), mark))
    }
}

/// Returns what follows the scheme, whose case does not matter (RFC 9110 section 11.1); `None` for
/// another scheme.
fn bearer_token(value: &[u8]) -> Option<&[u8]> {
    const SCHEME: &[u8] = b"bearer";
    let (scheme, token) = value.split_at_checked(SCHEME.len())?;
    let ends = matches!(token, [] | [b' ' | b'\t', ..]);
    (ends && scheme.eq_ignore_ascii_case(SCHEME)).then(|| token.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(field: &FieldNames, came: &[&str]) -> Option<Result<String, Refusal>> {
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
        let (named, bearer) = (FieldNames::named("X-Session"), FieldNames::bearer());
        let table: &[(&FieldNames, &[&str], _)] = &[
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

    /// Examples of each kind, for the request and for the response; and names that nobody else has.
    #[test]
    fn names_that_are_registered_are_refused_in_either_direction() {
        const TAKEN: &str = "accept accept-language access-control-allow-origin age allow alt-svc \
            authentication-info authorization cache-control cdn-cache-control cf-connecting-ip \
            clear-site-data connection content-disposition content-encoding content-length \
            content-security-policy content-security-policy-report-only content-type cookie \
            cross-origin-opener-policy date deprecation dpop document-policy early-data etag expect \
            expires feature-policy forwarded from host http2-settings idempotency-key if-match \
            if-none-match keep-alive last-event-id last-modified link location max-forwards nel origin \
            origin-agent-cluster permissions-policy pragma prefer priority proxy-authenticate \
            proxy-authorization proxy-connection range referer referrer-policy refresh report-to \
            reporting-endpoints repr-digest retry-after sec-ch-ua sec-fetch-site sec-websocket-key server \
            server-timing service-worker-allowed set-cookie set-cookie2 signature-input slug sourcemap \
            strict-transport-security sunset surrogate-control te timing-allow-origin traceparent \
            trailer transfer-encoding upgrade upgrade-insecure-requests user-agent vary via want-digest \
            warning www-authenticate x-accel-redirect x-content-type-options x-csrf-token \
            x-forwarded-for x-forwarded-proto x-frame-options x-http-method-override x-original-url \
            x-real-ip x-request-id x-requested-with x-robots-tag x-sendfile x-xss-protection";
        for name in TAKEN.split_ascii_whitespace() {
            for field in [
                FieldNames::named(name).answered_in("x-session"),
                FieldNames::named(&name.to_ascii_uppercase()).answered_in("x-session"),
                FieldNames::named("x-session").answered_in(name),
                FieldNames::bearer().answered_in(name),
            ] {
                let message = field.check().unwrap_err().to_string();
                assert!(message.contains(&format!("`{name}`")), "{message}");
            }
        }
        // What the touch would be called counts, too.
        let derived = FieldNames::named("x-session").answered_in("sec");
        assert!(
            derived
                .check()
                .unwrap_err()
                .to_string()
                .contains("`sec-touch`")
        );
        for name in [
            "x-session",
            "session",
            "token",
            "x-auth-token",
            "shop-session",
            "s",
            "sid",
            "x-sid",
        ] {
            assert!(FieldNames::named(name).check().is_ok(), "{name}");
        }
    }

    #[test]
    fn names_that_mean_something_else_are_refused() {
        let table = [
            (FieldNames::named("X-Session"), true),
            (FieldNames::bearer(), true),
            (FieldNames::bearer().answered_in("session"), true),
            (FieldNames::named("session").answered_in("Token"), true),
            (FieldNames::named(""), false),
            (FieldNames::named("x session"), false),
            (FieldNames::named("x:y"), false),
            (FieldNames::named("x\r\ny"), false),
            (FieldNames::named(&"x".repeat(65)), false),
            (FieldNames::named("Cookie"), false),
            (FieldNames::named("Authorization"), false),
            (FieldNames::named("Content-Type"), false),
            (FieldNames::named("ETag"), false),
            (FieldNames::bearer().answered_in("Set-Cookie"), false),
            (FieldNames::named("s-touch").answered_in("S"), false),
        ];
        for (field, good) in table {
            assert_eq!(field.check().is_ok(), good, "{field:?}");
        }
    }
}
