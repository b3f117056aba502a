//! `size`: what real managers say of a session.

use sealed_session::adapter::{RequestHead, ResponseHead};
use sealed_session::time::OffsetDateTime;
use sealed_session::{CookieSpec, Key, KeyRing, SessionManager};
use serde_json::{Value, json};

use crate::run::{Folder, command, finish, run, run_with};

/// Text that no compressor shortens much.
fn noise(bytes: usize) -> String {
    let mut state = 1_u32;
    let letter = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'!' + (state >> 24) as u8 % 90)
    };
    std::iter::repeat_with(letter).take(bytes).collect()
}

#[test]
fn what_fits_is_a_table_with_bars() {
    let ended = run_with(
        &["size"],
        r#"{"cart": [[4711, 2], [4712, 1]], "theme": "dark"}"#,
    );
    let wanted = "\
budget      compression  cookies             bytes
portable    Auto               1     206 of  2,622  [##..................]
            Smallest           1     206 of  2,622  [##..................]
within_8k   Auto               1     206 of  6,500  [#...................]
            Smallest           1     206 of  6,500  [#...................]
within_16k  Auto               1     206 of 12,000  [#...................]
            Smallest           1     206 of 12,000  [#...................]
direct      Auto               1     206 of 36,000  [#...................]
            Smallest           1     206 of 36,000  [#...................]

The largest attributes, in bytes before compression: `cart` with 27, `theme`
with 15.
";
    assert_eq!(ended.text(0), wanted);
}

#[test]
fn what_does_not_fit_says_which_attribute_is_largest_and_what_to_do() {
    let session = json!({ "orders": noise(3_000), "notes": noise(1_200), "theme": "dark" });
    let ended = run_with(&["size"], &session.to_string());
    let wanted = "\
budget      compression  cookies             bytes
portable    Auto         does not fit: 3,728 bytes of 2,622
            Smallest     does not fit: 3,643 bytes of 2,622
within_8k   Auto               1   3,747 of  6,500  [############........]
            Smallest           1   3,619 of  6,500  [############........]
within_16k  Auto               1   3,747 of 12,000  [#######.............]
            Smallest           1   3,619 of 12,000  [#######.............]
direct      Auto               1   3,747 of 36,000  [###.................]
            Smallest           1   3,619 of 36,000  [###.................]

The largest attributes, in bytes before compression: `orders` with 3,090,
`notes` with 1,242, `theme` with 15.
It does not fit `portable`. Keep in the session what a request needs to find the
rest, such as an id, and the largest attribute elsewhere. Or set
`Budget::within_8k`, which needs 8 KiB of headers in both directions: nginx
needs `proxy_buffer_size 8k`.
";
    assert_eq!(ended.text(1), wanted);
}

#[test]
fn the_figures_are_those_of_a_commit() {
    let folder = Folder::new();
    let session = json!({ "orders": noise(2_500), "user": { "name": "Ada", "age": 36 } });
    let file = folder.write("session.json", session.to_string());
    let words = [
        "size",
        &file,
        "--policy",
        "name=__Secure-long-name,format=signed,budget=within_8k",
    ];
    let json = run(&[&words[..], &["--json"]].concat()).json();
    assert_eq!(json["fits"], true);
    let row = json["budgets"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["budget"] == "within_8k")
        .unwrap();

    let now = OffsetDateTime::now_utc();
    let ring = KeyRing::new(Key::generate().unwrap());
    let manager = SessionManager::builder(CookieSpec::exact("__Secure-long-name"), ring)
        .format(sealed_session::Format::Signed)
        .budget(sealed_session::Budget::within_8k())
        .build()
        .unwrap();
    let sent = manager.load(RequestHead::default(), now);
    for (name, value) in session.as_object().unwrap() {
        sent.insert(name.as_str(), value.clone()).unwrap();
    }
    let changes = manager.commit(&sent, ResponseHead::new(200), now).unwrap();
    let lines = changes
        .iter()
        .filter(|change| change.name() == "set-cookie");
    let lines: Vec<usize> = lines.map(|change| change.value().len()).collect();
    assert_eq!(row["bytes"], lines.iter().sum::<usize>());
    assert_eq!(row["cookies"], lines.len());
}

#[test]
fn input_that_is_no_session_is_named() {
    let folder = Folder::new();
    let long = format!("{{\"x\": \"{}\"}}", "x".repeat(10 << 20));
    for (text, wanted) in [
        ("", "this is not JSON: EOF while parsing"),
        ("{\"a\": ", "this is not JSON: EOF while parsing"),
        ("[1, 2]", "a JSON object is expected"),
        (&"[".repeat(100_000), "this is not JSON: recursion limit"),
        (&long, "it has more than 1048576 bytes"),
        ("{\"\": 1}", ""),
    ] {
        let complaint = run_with(&["size"], text).complaint();
        let wanted = format!("sealed-session: standard input: {wanted}");
        assert!(complaint.starts_with(&wanted), "{complaint}");
    }
    let named = folder.write("bad.json", "{");
    assert!(
        run(&["size", &named])
            .complaint()
            .contains(&format!("{named}: this is not JSON"))
    );
    for path in ["/no/such/file", "/"] {
        let complaint = run(&["size", path]).complaint();
        assert!(
            complaint.contains(&format!("{path}: cannot be read: ")),
            "{complaint}"
        );
    }
}

#[test]
fn names_from_outside_cannot_steer_the_terminal_and_colours_stay_off_pipes() {
    let session = json!({ "a\u{1b}[2J": 1, "b\u{202e}": Value::Null, "x".repeat(200): 2 });
    let mut always = command(&["size"]);
    always
        .env("CLICOLOR_FORCE", "1")
        .env("TERM", "xterm")
        .stdin(std::process::Stdio::piped());
    for ended in [
        run_with(&["size"], &session.to_string()),
        finish(&mut always, &session.to_string()),
    ] {
        let text = ended.text(0);
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text:?}");
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{text}"
        );
    }
}

#[test]
fn a_byte_order_mark_is_no_fault() {
    let ended = run_with(&["size"], "\u{feff}{\"theme\": \"dark\"}\r\n");
    assert!(ended.text(0).contains("`theme` with 15"), "{ended:?}");
}
