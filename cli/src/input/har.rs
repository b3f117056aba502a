//! HAR files, as browsers export them: the requests and responses of a page.

use sealed_session::time::OffsetDateTime;
use sealed_session::time::format_description::well_known::Rfc3339;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::answer::Failure;
use crate::input::message::Message;
use crate::style::shown;

/// The parts of a HAR 1.2 file that are read. Bodies are passed over, and what is of another type than it should
/// be is as if it were not there: tools that write these files differ, and one field is no reason to read nothing.
#[derive(Deserialize)]
struct Har {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    #[serde(default, deserialize_with = "lenient")]
    started_date_time: String,
    #[serde(default, deserialize_with = "lenient")]
    request: Half,
    #[serde(default, deserialize_with = "lenient")]
    response: Half,
}

/// A request or a response.
#[derive(Default, Deserialize)]
struct Half {
    #[serde(default, deserialize_with = "lenient")]
    method: String,
    #[serde(default, deserialize_with = "lenient")]
    url: String,
    #[serde(default, deserialize_with = "lenient")]
    headers: Vec<Pair>,
    #[serde(default, deserialize_with = "lenient")]
    cookies: Vec<Pair>,
}

#[derive(Deserialize)]
struct Pair {
    #[serde(default, deserialize_with = "lenient")]
    name: String,
    #[serde(default, deserialize_with = "lenient")]
    value: String,
}

/// Reads a field, and takes what has another type for the default.
fn lenient<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    field: D,
) -> Result<T, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Found<T> {
        Wanted(T),
        Other(IgnoredAny),
    }
    match Found::deserialize(field)? {
        Found::Wanted(value) => Ok(value),
        Found::Other(IgnoredAny) => Ok(T::default()),
    }
}

/// Reads every request and response that has cookies.
pub(super) fn messages(text: &str) -> Result<Vec<Message>, Failure> {
    let har: Har = serde_json::from_str(text).map_err(|cause| {
        // The message of `serde_json` may quote the input.
        let (line, column) = (cause.line(), cause.column());
        Failure::new(match cause.is_data() {
            true => "this is JSON, and no HAR file: it has no list of entries under `log.entries`".to_owned(),
            false => format!(
                "this begins like a HAR file and is no JSON from line {line}, column {column} on; it may \
                 be cut off"
            ),
        })
    })?;
    let count = har.log.entries.len();
    let entries = har.log.entries.iter().zip(1..);
    let mut found: Vec<Message> = entries
        .flat_map(|(entry, number)| halves(entry, number))
        .collect();
    if found.is_empty() {
        let mut none = Message::at_place("the HAR file");
        none.notes.push(format!(
            "No cookie is in any of its entries, of which there are {count}. Chrome leaves cookies out unless told otherwise: use \
             `Export HAR (with sensitive data)`, which the settings of its developer tools allow"
        ));
        found.push(none);
    }
    Ok(found)
}

fn halves(entry: &Entry, number: usize) -> impl Iterator<Item = Message> {
    let at = OffsetDateTime::parse(&entry.started_date_time, &Rfc3339).ok();
    let half = |half: &Half, what: &str| {
        let mut message = Message::at_place(format!("{what} {number}"));
        for header in &half.headers {
            // Chrome joins several `Set-Cookie` fields by line breaks.
            for value in header.value.lines() {
                message.take(&header.name, value);
            }
        }
        if message.cookies.is_empty() && message.set.is_empty() {
            let pairs = half.cookies.iter();
            let pairs = pairs.map(|cookie| format!("{}={}", cookie.name, cookie.value));
            message.cookies.extend(pairs);
        }
        message.host = host(&entry.request.url).or(message.host);
        message.at = at;
        message
    };
    let mut request = half(&entry.request, "request");
    let method = entry.request.method.as_str();
    if method.len() < 20 && method.starts_with(|char: char| char.is_ascii_alphabetic()) {
        request.place = format!("{} ({})", request.place, shown(method));
    }
    let halves = [request, half(&entry.response, "response")];
    halves.into_iter().filter(|message| !message.is_empty())
}

/// Returns the host and port of a URL.
pub(super) fn host(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    (!host.is_empty()).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    #[test]
    fn cookies_of_both_directions_are_read() {
        let har = r#"{"log": {"entries": [
            {"startedDateTime": "2027-01-15T08:00:00.123+01:00",
             "request": {"method": "GET", "url": "https://shop.example:8443/a?b",
                "headers": [{"name": "cookie", "value": "s=A"}], "cookies": [{"name": "s", "value": "A"}]},
             "response": {"headers": [{"name": "Set-Cookie", "value": "s=B; Path=/\nt=; Max-Age=0"}],
                "content": {"text": "body"}}},
            {"request": {"url": "https://shop.example/", "cookies": [{"name": "s", "value": "C"}]}},
            {"request": {"url": "https://shop.example/"}}
        ]}}"#;
        let found = messages(har).unwrap();
        let places: Vec<&str> = found.iter().map(|message| message.place.as_str()).collect();
        assert_eq!(places, ["request 1 (GET)", "response 1", "request 2"]);
        let cookies: Vec<String> = found.iter().map(|one| one.cookies.join("; ")).collect();
        assert_eq!(cookies, ["s=A", "s=B", "s=C"]);
        assert_eq!(found[0].host.as_deref(), Some("shop.example:8443"));
        assert_eq!(found[0].at.unwrap().unix_timestamp(), 1_799_996_400);
        assert_eq!(found[1].set.len(), 2);
    }

    #[test]
    fn what_has_another_type_is_passed_over() {
        let har = r#"{"log": {"entries": [
            {"startedDateTime": null, "request": {"method": 5, "url": [], "headers": [
                {"name": "x", "value": null}, {"name": 7}, {"name": "cookie", "value": "s=A"}]},
             "response": {"headers": null, "cookies": {"name": "s"}}},
            {"startedDateTime": 7, "request": "none", "response": null},
            {"request": {"headers": [{"name": "cookie", "value": "s=B"}]}}
        ]}}"#;
        let found = messages(har).unwrap();
        let places: Vec<&str> = found.iter().map(|message| message.place.as_str()).collect();
        assert_eq!(places, ["request 1", "request 3"]);
    }

    #[test]
    fn a_method_cannot_command_a_terminal() {
        let har = r#"{"log": {"entries": [{"request": {"method": "GET\u001b[2J\u202e",
            "headers": [{"name": "cookie", "value": "s=A"}]}}]}}"#;
        let found = messages(har).unwrap();
        assert_eq!(found[0].place, "request 1 (GET\\u{1b}[2J\\u{202e})");
    }

    #[test]
    fn a_file_without_cookies_says_why() {
        let found =
            messages(r#"{"log": {"entries": [{"request": {"url": "https://a/"}}]}}"#).unwrap();
        assert!(found[0].is_empty() && found[0].notes[0].contains("with sensitive data"));
    }

    #[test]
    fn a_fault_quotes_nothing_of_the_input() {
        for bad in [
            r#"{"log": {"entries": "tulip"}}"#,
            r#"{"tulip": 1}"#,
            r#"{"log": {"tulip"#,
        ] {
            let fault = messages(bad).err().unwrap().to_string();
            assert!(!fault.contains("tulip"), "{fault}");
        }
    }
}
