//! Header fields, as they stand in a head or by themselves; tables of cookies; and a token by itself.

use crate::input::message::Message;
use crate::input::percent::percent_decoded;

/// What is said of lines that were joined.
const JOINED: &str = "There are line breaks within a value, which were taken out";

/// Reads pasted text of any of these kinds.
pub(super) fn messages(text: &str) -> Vec<Message> {
    let lines = || text.lines().map(bare);
    if lines().any(|line| is_cookie_field(line) || is_start(line)) {
        return heads(lines());
    }
    let rows: Vec<String> = lines().filter_map(row).collect();
    if !rows.is_empty() {
        let mut message = Message::at_place("the table of cookies");
        message.cookies = rows;
        return vec![message];
    }
    vec![by_itself(text)]
}

/// Returns a line without what tools write around it: `curl -v` an angle bracket, and JavaScript quotation marks.
fn bare(line: &str) -> &str {
    let line = line.trim();
    // Between heads there is nothing behind the bracket.
    let line = match line {
        ">" | "<" => "",
        _ => line
            .strip_prefix("> ")
            .or(line.strip_prefix("< "))
            .unwrap_or(line),
    };
    line.trim_end_matches(',').trim_matches('"')
}

/// Splits a line into the name of a field and its value. A name of HTTP/2 may begin with a colon.
fn field(line: &str) -> Option<(&str, &str)> {
    let at = line.get(1..)?.find(':')? + 1;
    let (name, value) = line.split_at_checked(at)?;
    let is_token = |char: char| char.is_ascii_alphanumeric() || "-_:".contains(char);
    let name = name.trim_end_matches('"');
    let value = value.trim_start_matches(':').trim().trim_matches('"');
    name.chars().all(is_token).then_some((name, value))
}

/// Returns whether a line is a field that may carry a session. Developer tools write names and values on lines
/// of their own.
fn is_cookie_field(line: &str) -> bool {
    let name = field(line).map_or(line, |(name, _)| name);
    let names = ["cookie", "set-cookie", "x-session", "authorization"];
    names.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Returns whether a line begins the head of a request or of a response.
fn is_start(line: &str) -> bool {
    line.starts_with("HTTP/") || line.contains(" HTTP/")
}

/// Reads the fields of heads, in both directions.
fn heads<'t>(lines: impl Iterator<Item = &'t str>) -> Vec<Message> {
    let mut found = vec![Message::default()];
    let mut open: Option<(&str, String)> = None;
    let mut joined = false;
    for line in lines {
        let is_start = is_start(line);
        match (field(line), &mut open) {
            _ if line.is_empty() || is_start => {
                close(&mut found, open.take(), &mut joined);
                if is_start {
                    found.push(Message::default());
                }
            }
            (None, Some((_, value))) => {
                joined |= !value.is_empty() && !value.ends_with(';');
                if value.ends_with(';') {
                    value.push(' ');
                }
                value.push_str(line);
            }
            (Some((name, value)), _) => {
                close(
                    &mut found,
                    open.replace((name, value.to_owned())),
                    &mut joined,
                );
            }
            (None, None) if is_cookie_field(line) => open = Some((line, String::new())),
            (None, None) => {}
        }
    }
    close(&mut found, open, &mut joined);
    found.retain(|message| !message.is_empty() || !message.notes.is_empty());
    if found.is_empty() {
        found.push(Message::default());
    }
    for message in &mut found {
        let place = if message.set.is_empty() {
            "the request"
        } else {
            "the response"
        };
        place.clone_into(&mut message.place);
    }
    found
}

/// Hands a field to the message that it belongs to: `Cookie` and `Set-Cookie` never stand in one.
fn close(found: &mut Vec<Message>, field: Option<(&str, String)>, joined: &mut bool) {
    let Some((name, value)) = field else {
        return;
    };
    let sets = name.eq_ignore_ascii_case("set-cookie");
    let fits = |message: &Message| match sets {
        true => message.is_empty() || !message.set.is_empty(),
        false => message.set.is_empty() || !is_cookie_field(name),
    };
    if !found.last().is_some_and(fits) {
        found.push(Message::default());
    }
    if let Some(message) = found.last_mut() {
        message.take(name, &value);
        if std::mem::take(joined) && is_cookie_field(name) {
            message.notes.push(JOINED.to_owned());
        }
    }
}

/// Reads a row of a table with tabs: of a `cookies.txt`, or as developer tools copy it.
fn row(line: &str) -> Option<String> {
    let columns: Vec<&str> = line.split('\t').collect();
    let (name, value) = match columns.as_slice() {
        [_, "TRUE" | "FALSE", _, _, _, name, value] => (name, value),
        [name, value, _, ..] if !name.is_empty() && !name.contains(['=', ';']) => (name, value),
        _ => return None,
    };
    Some(format!("{name}={value}"))
}

/// Takes off what people and programs put around a text, and says so.
fn unpacked(text: &str) -> (String, Vec<String>) {
    let mut notes = Vec::new();
    let mut text = text.trim().to_owned();
    for mark in ['"', '\'', '`'] {
        let inner = text
            .strip_prefix(mark)
            .and_then(|text| text.strip_suffix(mark));
        if let Some(inner) = inner.map(str::to_owned) {
            text = inner;
            notes.push("It stands in quotation marks, which were taken off".to_owned());
        }
    }
    let is_encoded = !text.contains('=') && text.to_ascii_lowercase().contains("%3d");
    if let Some(decoded) = is_encoded.then(|| percent_decoded(&text)) {
        text = decoded;
        notes.push("All of it is percent-encoded; it was decoded once".to_owned());
    }
    (text, notes)
}

/// Reads cookies without the name of a field in front, or a token.
fn by_itself(text: &str) -> Message {
    let (text, notes) = unpacked(text);
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    let mut message = Message {
        notes,
        ..Message::default()
    };
    if lines.iter().all(|line| is_set_cookie(line)) {
        message.place = "the Set-Cookie lines".to_owned();
        lines
            .iter()
            .for_each(|line| message.take("set-cookie", line));
    } else if lines.first().is_some_and(|line| is_pair(line)) {
        message.place = "the Cookie field".to_owned();
        let is_list = lines.iter().all(|line| is_pair(line));
        if lines.len() > 1 && !is_list {
            message.notes.push(JOINED.to_owned());
        }
        message.take("cookie", &lines.join(if is_list { "; " } else { "" }));
    } else {
        message.place = "the token".to_owned();
        let token: String = text.chars().filter(|char| !char.is_whitespace()).collect();
        if token.len() < text.len() {
            message
                .notes
                .push("There is white space in it, which was taken out".to_owned());
        }
        message.tokens.push(token);
    }
    message
}

/// Returns whether a text begins with the name of a cookie. Base64 may end with equals signs.
fn is_pair(text: &str) -> bool {
    let is_token = |char: char| char.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(char);
    let pair = text.split(';').next().and_then(|pair| pair.split_once('='));
    pair.is_some_and(|(name, value)| {
        let is_padding = value.is_empty() || value.starts_with('=') || value.starts_with("--");
        !name.is_empty() && name.len() <= 256 && name.chars().all(is_token) && !is_padding
    })
}

/// Returns whether a text has attributes that only `Set-Cookie` has.
fn is_set_cookie(text: &str) -> bool {
    let known = [
        "httponly",
        "secure",
        "path",
        "samesite",
        "max-age",
        "expires",
        "domain",
        "partitioned",
    ];
    let attributes = text.split(';').skip(1);
    let names = attributes.filter_map(|attribute| attribute.split('=').next());
    text.contains('=')
        && names
            .map(|name| name.trim().to_ascii_lowercase())
            .any(|name| known.contains(&name.as_str()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a test may panic")]

    use super::*;

    fn one(text: &str) -> Message {
        let mut found = messages(text);
        assert_eq!(found.len(), 1, "{text}");
        found.remove(0)
    }

    #[test]
    fn cookie_fields_are_read_as_people_paste_them() {
        for text in [
            "Cookie: s=A; t=b",
            "cookie:s=A; t=b",
            "GET /cart HTTP/1.1\r\nHost: shop.example\r\nCookie: s=A; t=b\r\n\r\nname: body",
            "> GET / HTTP/2\n> cookie: s=A; t=b\n> accept: */*",
            ":method: GET\n:authority: shop.example\ncookie: s=A; t=b",
            "accept\n*/*\ncookie\ns=A; t=b\npriority\nu=1",
            "\"accept\": \"*/*\",\n\"cookie\": \"s=A; t=b\",",
            "s=A; t=b",
            "s=A\nt=b",
            "'s=A; t=b'",
            "s%3DA%3B%20t%3Db",
            "Cookie: s=A;\n  t=b",
        ] {
            let message = one(text);
            assert!(
                message.cookies.join("; ").starts_with("s=A; t=b"),
                "{text}: {message:?}"
            );
        }
        let table = one("s\tA\tshop.example\t/\tSession\nt\tb\tshop.example\t/\tSession");
        assert_eq!(table.cookies, ["s=A", "t=b"]);
        let jar =
            one("# Netscape HTTP Cookie File\n#HttpOnly_shop.example\tFALSE\t/\tTRUE\t0\ts\tA");
        assert_eq!(jar.cookies, ["s=A"]);
    }

    #[test]
    fn set_cookie_lines_are_what_a_browser_sends_next() {
        let head =
            "HTTP/1.1 200 OK\nSet-Cookie: s=A; Path=/; Secure\nset-cookie: t=; Max-Age=0\nAge: 1";
        for text in [
            head,
            "s=A; Path=/; Secure\nt=; Max-Age=0",
            "< Set-Cookie: s=A; Path=/\n< set-cookie: t=; max-age=-1",
        ] {
            let message = one(text);
            assert_eq!(
                (message.cookies.join("; ").as_str(), message.set.len()),
                ("s=A", 2),
                "{text}"
            );
        }
        let both = messages("GET / HTTP/1.1\nCookie: s=A\n\nHTTP/1.1 200 OK\nSet-Cookie: s=B\n");
        let places: Vec<&str> = both.iter().map(|message| message.place.as_str()).collect();
        assert_eq!(places, ["the request", "the response"]);
        assert_eq!(messages("Cookie: s=A\nSet-Cookie: s=B").len(), 2);
        let verbose = messages(
            "> GET / HTTP/1.1\r\n> Cookie: s=A\r\n> \r\n< HTTP/1.1 200\r\n< Set-Cookie: s=B\r\n< \r\n",
        );
        let cookies: Vec<&str> = verbose.iter().map(|one| one.cookies[0].as_str()).collect();
        assert_eq!(cookies, ["s=A", "s=B"]);
        assert!(verbose.iter().all(|one| one.notes.is_empty()));
    }

    #[test]
    fn tokens_stand_by_themselves_and_in_fields() {
        let token = "AcyWvOtrSdGc";
        for text in [
            "AcyWvOtrSdGc",
            " AcyWv\n   OtrSdGc ",
            "\"AcyWvOtrSdGc\"",
            "X-Session: AcyWvOtrSdGc",
        ] {
            assert_eq!(one(text).tokens, [token], "{text}");
        }
        assert_eq!(one("AcyWv OtrSdGc").notes.len(), 1);
        assert_eq!(one("Cookie: s=Acy\nWvO").notes.len(), 1);
        let long = "AcyWvOtrSdGcxC2uV6zFa-FgEShiO6AftAuoObqUhoSmrtB4veNO";
        assert_eq!(one(&format!("Authorization: Bearer {long}")).tokens, [long]);
        for other in ["eyJhbGciOiJIUzI1NiJ9.e30.x", "AbCdEf123"] {
            assert!(
                one(&format!("Authorization: Bearer {other}")).is_empty(),
                "{other}"
            );
        }
        assert_eq!(one("dGVzdA==--c2Vjcg==").tokens.len(), 1);
    }
}
