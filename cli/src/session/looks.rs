//! What a value looks like that is no token of this library: whose it may be, and what happened to it.
//!
//! It guesses from the value and its name, and shows neither. The formats are those that the libraries write by
//! default, as of November 2026.

use base64::Engine;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use sealed_session::inspect::{self, PieceKind};

use crate::answer::KEY_MARK;
use crate::input::percent::percent_decoded;

/// The longest value that is looked at. No browser keeps a cookie of a tenth of it.
const LENGTH_MAX: usize = 65_536;

/// Returns what a cookie's value looks like, as a noun with its article; `None` if like nothing known.
pub(crate) fn like(name: &str, value: &str) -> Option<&'static str> {
    if value.len() > LENGTH_MAX {
        return None;
    }
    let decoded = percent_decoded(value);
    let value = decoded.trim_matches('"');
    by_prefix(value)
        .or_else(|| of_ours(value))
        .or_else(|| by_parts(value))
        .or_else(|| by_name(name, value))
        .or_else(|| by_letters(value))
}

/// Values that begin with what only one library writes.
fn by_prefix(value: &str) -> Option<&'static str> {
    let table = [
        (
            KEY_MARK,
            "a KEY of this library; if it got into a cookie or a paste, replace it",
        ),
        ("CfDJ8", "a cookie that ASP.NET Core protects"),
        ("Fe26.2*", "a sealed cookie of iron-session"),
        ("s:", "a signed session id of express-session"),
        ("https://", "a link"),
        ("http://", "a link"),
        ("v2.local.", "a PASETO"),
        ("v3.local.", "a PASETO"),
        ("v4.local.", "a PASETO"),
        ("v2.public.", "a PASETO"),
        ("v4.public.", "a PASETO"),
    ];
    let found = table
        .into_iter()
        .find(|(prefix, _)| value.starts_with(prefix));
    found.map(|(_, what)| what)
}

/// Marks of this library, which stand beside a token, and tickets, which are no sessions (FORMAT.md, section 14).
fn of_ours(value: &str) -> Option<&'static str> {
    let is_ticket = |bytes: Vec<u8>| bytes.first() == Some(&5) && bytes.len() >= 54;
    if value.len() <= 2_048 && URL_SAFE_NO_PAD.decode(value).is_ok_and(is_ticket) {
        return Some("a ticket, as in a link that is good for one purpose");
    }
    let line = format!("s.t={value}; s.x={value}");
    let found = inspect::cookies("s", [line.as_bytes()]);
    found.pieces.iter().find_map(|piece| match piece.kind {
        PieceKind::Touch { .. } => {
            Some("a touch, which stands beside a token in a cookie of its own")
        }
        PieceKind::Tombstones { .. } => {
            Some("tombstones, which stand beside a token in a cookie of their own")
        }
        _ => None,
    })
}

/// Values of several parts.
fn by_parts(value: &str) -> Option<&'static str> {
    let dots: Vec<&str> = value.split('.').collect();
    let dashes: Vec<&str> = value.split("--").collect();
    let colons: Vec<&str> = value.split(':').collect();
    let is_json = |part: &str| decodes_to(&URL_SAFE_NO_PAD, part, b"{");
    match (dots.as_slice(), dashes.as_slice(), colons.as_slice()) {
        ([head, _, _, _, _], ..) if is_json(head) => {
            Some("an encrypted JWT (JWE), as Auth.js writes")
        }
        ([head, _, _], ..) if is_json(head) && has_algorithm(head) => Some("a JWT"),
        // A payload in base64url, compressed behind a dot; the time; 27 characters of a SHA-1.
        ([.., payload, time, mac], ..)
            if mac.len() == 27 && (4..=8).contains(&time.len()) && !payload.is_empty() =>
        {
            Some("a signed cookie of Flask (itsdangerous)")
        }
        (_, [data, iv, tag], _) if [data, iv, tag].iter().all(|part| is_base64(part)) => {
            Some("an encrypted cookie of Rails")
        }
        (_, [data, mac], _) if is_base64(data) && is_hex(mac) && mac.len() >= 40 => {
            Some("a signed cookie of Rails")
        }
        (_, _, [.., time, mac]) if mac.len() == 43 && (4..=8).contains(&time.len()) => {
            Some("a signed cookie of Django")
        }
        _ => None,
    }
}

fn has_algorithm(head: &str) -> bool {
    URL_SAFE_NO_PAD
        .decode(head)
        .is_ok_and(|json| String::from_utf8_lossy(&json).contains("\"alg\""))
}

/// Values that only their names tell from others.
fn by_name(name: &str, value: &str) -> Option<&'static str> {
    let table = [
        ("phpsessid", "a session id of PHP"),
        ("jsessionid", "a session id of a Java servlet container"),
        ("asp.net_sessionid", "a session id of ASP.NET"),
        ("connect.sid", "a session id of express-session"),
    ];
    let lower = name.to_ascii_lowercase();
    let found = table.into_iter().find(|(known, _)| lower == *known);
    match found {
        Some((_, what)) => Some(what),
        None if lower.starts_with(".aspnetcore.") => Some("a cookie of ASP.NET Core"),
        None if lower.ends_with(".sig") => {
            Some("the signature of a cookie of cookie-session (Express)")
        }
        // 32 letters of one case, so no token whose cookie has the name.
        None if lower == "sessionid" && value.len() == 32 && is_django(value) => {
            Some("a session id of Django")
        }
        // 128 bits in base64url.
        None if lower == "id" && value.len() == 22 && is_text(value) => {
            Some("a session id of tower-sessions")
        }
        None => None,
    }
}

/// Values of which only the letters are known.
fn by_letters(value: &str) -> Option<&'static str> {
    // `{"iv":`
    if value.starts_with("eyJpdiI6") {
        return Some("an encrypted cookie of Laravel");
    }
    if value.starts_with('{') || value.starts_with('[') {
        return Some("JSON in the clear");
    }
    if decodes_to(&STANDARD, value, b"{") || decodes_to(&URL_SAFE_NO_PAD, value, b"{") {
        return Some("JSON in base64, as cookie-session (Express) writes");
    }
    let is_uuid = value.len() == 36 && value.split('-').map(str::len).eq([8, 4, 4, 4, 12]);
    if is_uuid {
        return Some("a UUID, such as a session id");
    }
    // The `cookie` crate's private jar: a nonce of 12 bytes, the value, a tag of 16. Its signed jar: an HMAC in
    // 44 characters, and the value behind it.
    let mac = value
        .split_at_checked(44)
        .filter(|(mac, _)| mac.ends_with('=') && is_base64(mac));
    let is_standard = value.contains(['+', '/', '=']);
    if is_standard && STANDARD.decode(value).is_ok_and(|bytes| bytes.len() >= 28) {
        return Some(
            "a private cookie of Rust's `cookie` crate, as axum-extra and actix-session write",
        );
    }
    mac.filter(|(_, rest)| !rest.is_empty())
        .map(|_| "a signed cookie of Rust's `cookie` crate, as axum-extra and actix-session write")
}

fn decodes_to(engine: &GeneralPurpose, text: &str, begins: &[u8]) -> bool {
    // Eight characters are enough to tell, and a whole number of groups.
    let whole = engine
        .decode(text)
        .is_ok_and(|bytes| bytes.starts_with(begins));
    whole && text.len() > 8
}

fn is_base64(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_django(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn is_text(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Returns what happened to a value on its way here, each as a clause.
pub(crate) fn damage(value: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    if value.contains('\u{2026}') || value.contains("...") {
        found.push("it has an ellipsis in it, so whoever showed it has cut it");
    } else if begins_as_token(value) && inspect::token(value.as_bytes()).is_err() {
        found.push(
            "it begins like a token and does not end like one, so it was cut off or something is missing within",
        );
    }
    if value.starts_with('"') || value.ends_with('"') {
        found.push("it stands in quotation marks, which a server does not take off");
    }
    if value.contains('%') {
        found.push("it is percent-encoded, which a server does not undo");
    }
    if value.contains(char::is_whitespace) {
        found.push("there is white space in it");
    }
    if value.contains(char::REPLACEMENT_CHARACTER) {
        found.push("it has bytes that are no text");
    }
    if value.contains(['+', '/', '=']) && !value.contains('%') {
        found.push("it has letters of standard base64, and tokens are base64url");
    }
    found
}

/// Returns whether a value begins as a token does, whatever becomes of it.
fn begins_as_token(value: &str) -> bool {
    let line = format!("s={value}");
    let found = inspect::cookies("s", [line.as_bytes()]);
    found
        .pieces
        .iter()
        .any(|piece| piece.kind == PieceKind::Token)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Values that each library wrote under a throw-away key; some are cut in the middle.
    #[test]
    fn cookies_of_other_libraries_are_told_apart() {
        for (name, value, wanted) in [
            // RFC 7515, appendix A.1.
            (
                "token",
                "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UifQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                "a JWT",
            ),
            (
                "next-auth.session-token",
                "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..0cXzioXCAMb72dll.85JKyyQiPhJtC3zrgrXUQE8G.FgnMkw1mlpacsfGz1q76Tg",
                "an encrypted JWT",
            ),
            (
                "session",
                "eyJ1c2VyIjoiYWRhIn0.awsSxg.Fi0LwOdufhhTmnuxFC1sQy6qat8",
                "a signed cookie of Flask",
            ),
            (
                "session",
                ".eJyrViotTi1SslJKTElUGElYqRYAbRZP4g.awsSxg.9AdrhlI-fzHnbnHSwfOlSEC7WS4",
                "a signed cookie of Flask",
            ),
            (
                "sessionid",
                "eyJ1c2VyIjoiYWRhIn0:1xXMSU:RH4QAv169JVjczow5rFKUkVI-zXZMW13wJXxB6SriPQ",
                "a signed cookie of Django",
            ),
            (
                "theme",
                "dark:1xXMSU:jSykiIXNbEuiOgC7bksr_sPd4jyeb-BWMW11QhxjLw4",
                "a signed cookie of Django",
            ),
            (
                "sessionid",
                "8k2v1q0m5x7c9b3n6l4j2h0g8f6d4s1a",
                "a session id of Django",
            ),
            (
                "iron",
                "Fe26.2*1*b5d2ee55ef387814*pknaiT_j-0QqMb0wAqfkvg*tDVLncDAJ9v8OknqRFOxeA*1797097448901*2cabbd05*rBxBD4gBp~2",
                "a sealed cookie of iron-session",
            ),
            (
                "sid",
                "s%3A4f2kq8sVdL0xZ1aBcDeFgHiJkLmNoPqR.tY86New3haruG14uqX1QbL%2FGarcoF%2FuGwXy%2BZ9DBOlA",
                "a signed session id of express-session",
            ),
            (
                "session",
                "eyJ1c2VyIjoiYWRhIiwibiI6MX0=",
                "JSON in base64, as cookie-session",
            ),
            (
                "session.sig",
                "q147Zqmsvl62bUpAphPKJxG267I",
                "the signature of a cookie of cookie-session",
            ),
            // By their documentation, here and in the next nine.
            (
                "_shop_session",
                "dGVzdHRlc3R0ZXN0%2B--aXZpdml2aXY%3D--dGFndGFndGFn",
                "an encrypted cookie of Rails",
            ),
            (
                "_shop_session",
                "dGVzdHRlc3Q=--8f14e45fceea167a5a36dedd4bea2543dd8f14e4",
                "a signed cookie of Rails",
            ),
            (
                ".AspNetCore.Session",
                "CfDJ8NrAkSxyz",
                "a cookie that ASP.NET Core protects",
            ),
            (
                ".AspNetCore.Antiforgery.x",
                "abc",
                "a cookie of ASP.NET Core",
            ),
            (
                "laravel_session",
                "eyJpdiI6IkF1c2VyIiwidmFsdWUiOiJhIiwibWFjIjoiYiJ9",
                "an encrypted cookie of Laravel",
            ),
            ("PHPSESSID", "rgh7k2", "a session id of PHP"),
            (
                "JSESSIONID",
                "ABC123.node0",
                "a session id of a Java servlet container",
            ),
            (
                "id",
                "3tYpC0mX1Jw8Z7f5aQ9bKg",
                "a session id of tower-sessions",
            ),
            ("id", "d9428888-122b-11e1-b85c-61cd3cbb3210", "a UUID"),
            ("a", "v4.local.AAAA", "a PASETO"),
            ("a", "A2tJ0mS3keaJgKugxdGfRLbdiH15", "a touch"),
            ("a", "BMyWvOtKyBcrqV7XE2CkswTcBeZ0", "tombstones"),
            (
                "a",
                "BcyWvOtrSdGc_fGw9qHHbFzW-HHbmFep1d0MZBTNYhQlSakL3lX2Y1_ZfkhLdRMoFPx0JzY2JYIlVQ",
                "a ticket",
            ),
            ("prefs", "{\"theme\":\"dark\"}", "JSON in the clear"),
            (
                "session",
                "4cO+TlTtJqHzgZRTSBMwCO+Jac1Z8hB86PSpGhpCvA%3D%3D",
                "a private cookie of Rust's `cookie` crate",
            ),
            (
                "session",
                "zy8JP5xMPzlpzAamk07s1JDDuNo7Csi0Ut5LV0qeSek=ada",
                "a signed cookie of Rust's `cookie` crate",
            ),
        ] {
            let found = like(name, value).unwrap_or("nothing");
            assert!(found.starts_with(wanted), "{name}={value}: {found}");
        }
    }

    #[test]
    fn what_is_like_nothing_is_not_guessed() {
        for (name, value) in [
            ("theme", "dark"),
            ("n", "12345"),
            ("", ""),
            ("a", "...."),
            ("a", "----"),
            ("a", ":::"),
            ("a", "GA1.1.1234567.1700000000"),
            (
                "a",
                "8f14e45fceea167a5a36dedd4bea25438f14e45fceea167a5a36dedd4bea2543",
            ),
            (
                "a",
                "kD93hfKs02jfKd83hfKs02jfKd83hfKs02jfKd83hfKs02jfKd83hfKs02jfKd83",
            ),
        ] {
            assert_eq!(like(name, value), None, "{name}={value}");
        }
    }

    #[test]
    fn damage_is_what_can_be_seen() {
        let cut = "AcyWvOtrSdGcxC2uV6zFa";
        assert_eq!(damage("hello").len(), 0);
        assert_eq!(damage(cut).len(), 1);
        assert_eq!(damage(&format!("\"{cut}\u{2026} \"")).len(), 3);
    }
}
