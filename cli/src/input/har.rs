//! HAR files, as browsers export them: the requests and responses of a page.

use sealed_session::time::OffsetDateTime;
use sealed_session::time::format_description::well_known::Rfc3339;
use serde::Deserialize;

use crate::answer::Failure;
use crate::message::Message;

/// The parts of a HAR 1.2 file that are read. Bodies are passed over.
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
    #[serde(default)]
    started_date_time: String,
    #[serde(default)]
    request: Half,
    #[serde(default)]
    response: Half,
}

/// A request or a response.
#[derive(Default, Deserialize)]
struct Half {
    #[serde(default)]
    method: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    headers: Vec<Pair>,
    #[serde(default)]
    cookies: Vec<Pair>,
}

#[derive(Deserialize)]
struct Pair {
    #[serde(default)]
    name: String,
    #[serde(default)]
    value: String,
}

/// Reads every request and response that has cookies.
pub(super) fn messages(text: &str) -> Result<Vec<Message>, Failure> {
    let har: Har = serde_json::from_str(text).map_err(|cause| {
        // The message of `serde_json` may quote the input.
        let (line, column) = (cause.line(), cause.column());
        Failure::new(match cause.is_data() {
            true => "this is JSON, and no HAR file: it has no `log.entries`".to_owned(),
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
            "None of its {count} entries has a cookie. Chrome leaves cookies out unless told otherwise: use \
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
    if !entry.request.method.is_empty() {
        request.place = format!("{} ({})", request.place, entry.request.method);
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
