//! What people paste: every way in which cookies are copied, what went wrong on the way, and what is no session.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::run::{Folder, run, run_with};
use crate::sessions::{NAME, Visitor, assert_shows_nothing, at_text, ring};

/// The question what a server with these keys says.
fn judging(keys: &str) -> [String; 7] {
    let (policy, at) = ("name=__Host-shop", at_text(1));
    ["explain", "--keys", keys, "--policy", policy, "--at", &at].map(str::to_owned)
}

#[test]
fn one_session_is_read_from_whatever_it_is_copied_from() {
    let folder = Folder::new();
    let keys = folder.write("ring.txt", ring(7));
    let cookie = Visitor::new(NAME).cookie();
    let token = cookie.split_once('=').unwrap().1;
    let har = json!({ "log": { "entries": [{
        "request": { "url": "https://shop.example/", "headers": [{ "name": "Cookie", "value": cookie }] },
    }] } });
    let (first, second) = token.split_at(80);
    let inputs = [
        cookie.clone(),
        format!("Cookie: theme=dark; {cookie}"),
        format!("GET / HTTP/1.1\r\nHost: shop.example\r\ncookie: {cookie}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\nSet-Cookie: {cookie}; Path=/; Secure; HttpOnly; SameSite=Lax\n"),
        format!("{cookie}; Path=/; Secure; HttpOnly; SameSite=Lax"),
        format!(
            "curl 'https://shop.example/' \\\n  -H 'accept: */*' \\\n  -b 'theme=dark; {cookie}'"
        ),
        format!("curl ^\"https://shop.example/^\" ^\r\n  -H ^\"Cookie: {cookie}^\""),
        format!("curl https://shop.example/ -H 'X-Session: {token}'"),
        format!("Authorization: Bearer {token}"),
        token.to_owned(),
        format!("{NAME}={first}\n{second}"),
        format!("  {first}\n  {second}\n"),
        format!("\u{feff}{cookie}"),
        har.to_string(),
        format!("{NAME}\t{token}\tshop.example\t/\tSession\t210"),
    ];
    let words = judging(&keys);
    let words = words.each_ref().map(String::as_str);
    for input in inputs {
        let ended = run_with(&words, &input);
        assert!(
            ended.text(0).starts_with("Accepted: "),
            "{input}: {ended:?}"
        );
        assert_shows_nothing(&ended.stdout, &input);
        let file = folder.write("input", &input);
        let ended = run(&[&words[..], &["--file", &file]].concat());
        assert!(
            ended.text(0).starts_with("Accepted: "),
            "{input}: {ended:?}"
        );
    }
    // A shell takes a command apart, and options may stand behind the input.
    let apart = [
        "--",
        "curl",
        "https://shop.example/",
        "-b",
        &cookie,
        "--compressed",
    ];
    let behind: Vec<&str> = [&["explain", cookie.as_str()], &words[1..]].concat();
    for words in [[&words[..], &apart].concat(), behind] {
        let ended = run(&words);
        assert!(ended.text(0).starts_with("Accepted: "), "{ended:?}");
    }
}

#[test]
fn a_paste_that_was_damaged_says_what_was_seen() {
    let folder = Folder::new();
    let keys = folder.write("ring.txt", ring(7));
    let cookie = Visitor::new(NAME).cookie();
    let token = cookie.split_once('=').unwrap().1;
    let short = &token[..20];
    // Four letters are three bytes: the one is no base64url, the other is.
    let (cut, long) = (&token[..145], &token[..148]);
    let table = [
        (
            format!("{NAME}={short}\u{2026}"),
            "malformed",
            "it has an ellipsis in it",
        ),
        (
            format!("{NAME}={short}...; a=b"),
            "malformed",
            "it has an ellipsis in it",
        ),
        (format!("{NAME}={cut}"), "malformed", "so it was cut off"),
        (format!("{NAME}={long}"), "tampered", "cut off on its way"),
        (
            format!("{NAME}=\"{token}\""),
            "malformed",
            "in quotation marks, which a server does not take off",
        ),
        (
            format!("{NAME}=%41{}", &token[1..]),
            "malformed",
            "it is percent-encoded",
        ),
        (
            format!("{NAME}={} {}", &token[..80], &token[80..]),
            "malformed",
            "white space",
        ),
        (
            format!("{NAME}={}+/=", &token[..80]),
            "malformed",
            "letters of standard base64",
        ),
        (
            format!("{short}..."),
            "malformed",
            "it has an ellipsis in it",
        ),
    ];
    let words = judging(&keys);
    let words = words.each_ref().map(String::as_str);
    for (input, reason, says) in table {
        let ended = run_with(&words, &input);
        let text = ended.stdout.replace('\n', " ");
        let is_refused = text.starts_with(&format!("Refused, {reason}: ")) && ended.code == 1;
        assert!(is_refused && text.contains(says), "{input}: {text}");
        assert_shows_nothing(&ended.stdout, &input);
    }
    // What was done to read it is said, too.
    let encoded = cookie.replace('=', "%3D");
    let ended = run_with(&words, &encoded);
    assert!(
        ended.text(0).contains("All of it is percent-encoded"),
        "{ended:?}"
    );
    let wrapped = format!("{}\n{}", &cookie[..80], &cookie[80..]);
    let ended = run_with(&words, &wrapped);
    assert!(
        ended
            .text(0)
            .contains("There are line breaks within a value"),
        "{ended:?}"
    );
}

#[test]
fn a_token_that_was_cut_anywhere_is_never_called_anything_else() {
    let folder = Folder::new();
    let keys = folder.write("ring.txt", ring(7));
    let cookie = Visitor::new(NAME).cookie();
    let token = cookie.split_once('=').unwrap().1;
    let at = at_text(1);
    let words = ["explain", "--keys", &keys, "--at", &at];
    for length in (16..72).chain([100, 145, 147, 148]) {
        let cut = &token[..length];
        for input in [cut.to_owned(), format!("shop={cut}; theme=dark")] {
            for words in [&words[..], &words[..1]] {
                let ended = run_with(words, &input);
                let text = format!("{}{}", ended.stdout, ended.stderr).replace('\n', " ");
                let is_told =
                    text.contains("cut off") || text.contains("a whole token under the key");
                assert!(
                    is_told && !text.contains("and looks like"),
                    "{length}: {text}"
                );
                assert!([1, 2].contains(&ended.code), "{length}: {text}");
                assert_shows_nothing(&ended.stdout, &input);
            }
        }
    }
    // Changed in the middle, and under a name that the policy does not say.
    for (mark, says) in [
        ("\u{2026}", "ellipsis"),
        ("%2D", "percent-encoded"),
        ("+", "standard base64"),
    ] {
        let input = format!("shop={}{mark}{}", &token[..60], &token[70..]);
        let text = run_with(&words, &input).stdout.replace('\n', " ");
        let is_told = text.starts_with("Refused, malformed: the value of `shop` is no token: ");
        assert!(is_told && text.contains(says), "{text}");
    }
}

#[test]
fn of_two_lines_that_set_a_cookie_the_last_one_counts() {
    let folder = Folder::new();
    let keys = folder.write("ring.txt", ring(7));
    let cookie = Visitor::new(NAME).cookie();
    let at = at_text(1);
    let words = [
        "explain",
        "--keys",
        &keys,
        "--at",
        &at,
        "--policy",
        "name=__Host-shop",
    ];
    let set = |value: &str, more: &str| format!("Set-Cookie: {value}; Path=/{more}\n");
    let (live, other) = (
        set(&cookie, ""),
        set(&format!("{}AAAA", &cookie[..cookie.len() - 4]), ""),
    );
    let removed = set("__Host-shop=", "; Max-Age=0");
    let elsewhere = set("__Host-shop=", "old; Max-Age=0");
    for (lines, verdict) in [
        ([&live, &other], "Refused, tampered: "),
        ([&other, &live], "Accepted: "),
        ([&live, &removed], "Refused, absent: "),
        ([&removed, &live], "Accepted: "),
        ([&live, &elsewhere], "Accepted: "),
    ] {
        let ended = run_with(&words, &lines.map(String::as_str).concat());
        assert!(ended.stdout.starts_with(verdict), "{verdict}: {ended:?}");
    }
}

#[test]
fn a_text_with_a_comma_is_not_two_tokens() {
    let ended = run_with(&["explain"], "hello, world");
    let text = ended.text(1).replace('\n', " ");
    assert!(
        text.contains("there is one in this, which is no token"),
        "{text}"
    );
}

#[test]
fn names_that_no_session_has_are_cookies_of_others() {
    let cookie = Visitor::new(NAME).cookie();
    let token = cookie.split_once('=').unwrap().1;
    for name in ["shop.0", "a\u{1b}b", "__Host-x.t.r"] {
        let ended = run_with(&["inspect"], &format!("theme=dark; {name}={token}"));
        assert!(
            ended.text(1).contains("There is no session"),
            "{name:?}: {ended:?}"
        );
        let ended = run_with(&["explain"], &format!("theme=dark; {name}={token}"));
        let text = ended.text(1).replace('\n', " ");
        assert!(
            text.contains("brought no cookie that looks like a session; "),
            "{text}"
        );
    }
}

#[test]
fn a_key_in_place_of_a_cookie_is_not_shown() {
    let key = ring(7);
    for input in [key.clone(), format!("{NAME}={key}")] {
        for command in ["inspect", "explain"] {
            let ended = run_with(&[command, "--policy", "name=__Host-shop"], &input);
            let text = ended.text(1).replace('\n', " ");
            assert!(text.contains("a KEY of this library"), "{text}");
            assert_shows_nothing(&ended.stdout, &input);
        }
    }
}

/// Runs a command with bytes that may be no text, and asserts that it ends soon and by itself.
#[track_caller]
fn survives(command: &str, input: &[u8]) {
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_sealed-session"))
        .arg(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).ok();
    let output = child.wait_with_output().unwrap();
    assert!(
        matches!(output.status.code(), Some(0..=2)),
        "{:?}",
        output.status
    );
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"));
    assert!(
        output.stdout.len() < 100_000,
        "{} bytes",
        output.stdout.len()
    );
    assert!(start.elapsed() < Duration::from_secs(20));
}

#[test]
fn hostile_input_ends_soon() {
    let ten = 10_000_000;
    let noise: Vec<u8> = (0..1_000_000)
        .map(|n: u32| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let token = b"=AcyWvOtrSdGcxC2uV6zFa-FgEShiO6AftAuoObqUhoSmrtB4veNO; a";
    let inputs: [Vec<u8>; 10] = [
        noise.clone(),
        [b"Cookie: ".as_slice(), &noise].concat(),
        vec![b'A'; ten],
        b"s=A; ".repeat(200_000),
        token.repeat(10_000),
        [b"curl -b '".as_slice(), &b"\\^\"$'".repeat(100_000)].concat(),
        b"{\"log\": {\"entries\": [".repeat(10_000),
        b"Set-Cookie: a=b\n\n".repeat(10_000),
        (0..20_000)
            .flat_map(|n| format!("GET / HTTP/1.1\nCookie: a={n}\n\n").into_bytes())
            .collect(),
        [b"\xff\xfe".as_slice(), &noise].concat(),
    ];
    for input in &inputs {
        survives("inspect", input);
        survives("explain", input);
    }
}
