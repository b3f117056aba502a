//! The input of `inspect` and `explain`: where it comes from, and what it is.
//!
//! People paste what they have. Each kind has a file that reads it into messages, and none refuses what it does
//! not understand: it says so in a note. The input may be hostile, and is never shown.

mod curl;
mod har;
mod head;
pub(crate) mod message;
pub(crate) mod percent;

use std::fs::File;
use std::io::{self, Read, stdin};
use std::path::Path;

use clap::Args;

use crate::answer::Failure;
use crate::input::message::Message;

/// What the help of both subcommands says of the input.
pub(crate) const HELP: &str = "\
The input is one of these, as people copy it:
  a Cookie field        with or without `Cookie:` in front
  Set-Cookie lines      such as the head of a response
  a curl command        \"Copy as cURL\" of a browser, for bash or cmd
  a HAR file            every request and response in it
  a token               by itself
It comes from the arguments, from a file (--file FILE or @FILE), or from
standard input. Cookies in arguments stay in the shell's history; standard
input does not.
";

/// The most input that is read: 256 MiB, which is a long HAR file.
const INPUT_MAX: u64 = 268_435_456;

/// Where the input is.
#[derive(Args, Debug)]
pub(crate) struct InputArguments {
    /// The input, or @FILE; standard input if there is none. A curl command
    /// that is not quoted as a whole stands behind `--`
    #[arg(value_name = "INPUT")]
    input: Vec<String>,
    /// Read the input from FILE
    #[arg(long, value_name = "FILE", conflicts_with = "input")]
    file: Option<String>,
}

impl InputArguments {
    /// Reads the input into messages. There is one at least.
    pub(crate) fn read(&self) -> Result<Vec<Message>, Failure> {
        let file = match (&self.file, self.input.as_slice()) {
            (Some(file), _) => Some(file.as_str()),
            (None, [only]) => only.strip_prefix('@'),
            (None, _) => None,
        };
        let bytes = match (file, self.input.as_slice()) {
            (Some(file), _) => all_of(File::open(Path::new(file)), file)?,
            (None, []) => all_of(Ok(stdin()), "standard input")?,
            // A shell has taken the words of a curl command apart already.
            (None, [curl, words @ ..]) if curl::is_curl(curl) => {
                return Ok(vec![curl::command(words)]);
            }
            (None, words) => words.join(" ").into_bytes(),
        };
        messages(&decoded(&bytes))
    }
}

fn all_of(input: io::Result<impl Read>, name: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let read = input.and_then(|input| input.take(INPUT_MAX + 1).read_to_end(&mut bytes));
    match read {
        Err(cause) => Err(Failure::new(format!("{name} cannot be read: {cause}"))),
        Ok(length) if u64::try_from(length).is_ok_and(|length| length <= INPUT_MAX) => Ok(bytes),
        Ok(_) => Err(Failure::new(format!(
            "{name} has more than {INPUT_MAX} bytes; cut out the request in question"
        ))),
    }
}

/// Returns the text. PowerShell writes UTF-16 with a byte-order mark; what is no UTF-8 becomes U+FFFD, which
/// no cookie of ours has.
fn decoded(bytes: &[u8]) -> String {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units = bytes.as_chunks().0.iter().map(|pair| unit(*pair));
        char::decode_utf16(units)
            .map(|char| char.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Reads a text into messages.
fn messages(text: &str) -> Result<Vec<Message>, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Failure::new(
            "the input is empty; give a Cookie field, Set-Cookie lines, a curl command, a HAR file or a token",
        ));
    }
    if text.starts_with('{') {
        return har::messages(text);
    }
    if curl::is_curl(text.split_whitespace().next().unwrap_or_default()) {
        return Ok(curl::messages(text));
    }
    Ok(head::messages(text))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;
    use crate::session::looks::{damage, like};

    #[test]
    fn every_beginning_and_every_gap_of_an_input_is_read() {
        for whole in [
            "curl 'https://a/' \\\n -H $'cookie: s=\\u0041\\'' -b \"t=\\\"b\" --cookie=c=d ;\ncurl x",
            "curl ^\"https://a/^\" ^\r\n -b ^\"s=^%41^\" ^",
            "GET / HTTP/1.1\r\nHost: a\r\nCookie: s=A;\n t=b\r\n\r\nHTTP/1.1 200\nSet-Cookie: s=; Max-Age=0",
            "{\"log\": {\"entries\": [{\"request\": {\"headers\": [{\"name\": \"cookie\", \"value\": \"s=A\"}]}}]}}",
            "s\tA\tshop\t/\n\u{2026}=%C3%A4; \"x\"=\u{1f9c1}%3D",
            "AcyWvOtr SdGc\u{2026}..%3d--aa==.bb.cc:dd:ee",
        ] {
            for (at, char) in whole.char_indices() {
                let (before, behind) = whole.split_at(at);
                let gap = behind.strip_prefix(char).unwrap_or_default();
                for text in [before.to_owned(), format!("{before}{gap}")] {
                    let found = messages(&text).unwrap_or_default();
                    for (name, value) in found.iter().flat_map(Message::pairs) {
                        like(name, value);
                        damage(value);
                    }
                    like("s", &text);
                    damage(&text);
                }
            }
        }
    }

    #[test]
    fn text_of_windows_is_read() {
        let wide: Vec<u8> = "s=A".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(&[&[0xff, 0xfe][..], &wide].concat()), "s=A");
        let wide: Vec<u8> = "s=A".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decoded(&[&[0xfe, 0xff][..], &wide, &[0]].concat()), "s=A");
        assert_eq!(decoded(b"\xef\xbb\xbfs=A\xff"), "s=A\u{fffd}");
    }

    #[test]
    fn each_kind_is_told_by_its_beginning() {
        let place = |text: &str| messages(text).unwrap().remove(0).place;
        assert_eq!(place("curl https://a -b s=A"), "the curl command");
        assert_eq!(place("\r\n Cookie: s=A"), "the request");
        assert_eq!(place("s=A; b=c"), "the Cookie field");
        assert_eq!(place("AcyWvOtrSdGc"), "the token");
        assert!(messages(" \n").is_err());
        assert!(messages("{\"a\": 1}").is_err());
    }
}
