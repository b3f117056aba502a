//! Where a form token stands in a request, and where it does not.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use proptest::prelude::*;

use super::*;

const TOKEN: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
const FORM: &str = "application/x-www-form-urlencoded";
const LATE: Option<Foreign> = Some(Foreign::LateFormToken);
const NONE: Option<Foreign> = Some(Foreign::NoFormToken);
const UNREAD: Option<Foreign> = Some(Foreign::UnreadForm);
const WRONG: Option<Foreign> = Some(Foreign::WrongFormToken);

/// What the head of a request with these fields brings.
fn brought(sent: &[(&str, &str)]) -> Brought {
    let fields: &super::super::HeaderFields<'_> = &|wanted, take| {
        let wanted = sent.iter().filter(|(name, _)| *name == wanted);
        wanted.for_each(|(_, value)| take(value.as_bytes()));
    };
    let fields = Some(fields);
    Brought::of(&RequestParts {
        fields,
        ..RequestParts::default()
    })
}

/// Why nothing is found of the token in this body; `None` if the token is found.
fn missed(media_type: &str, body: &[u8], is_whole: bool) -> Option<Foreign> {
    let Brought::Form(form) = brought(&[("content-type", media_type)]) else {
        panic!("{media_type} is no form")
    };
    match form.token(body, is_whole) {
        Ok(text) => {
            assert_eq!(text, TOKEN.as_bytes());
            None
        }
        Err(reason) => Some(reason),
    }
}

/// A part with these header lines, and one more behind it.
fn parts(lines: &str, value: &str) -> String {
    format!(
        "--b\r\n{lines}\r\n\r\n{value}\r\n--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--b--\r\n"
    )
}

#[test]
fn the_head_says_where_the_token_is() {
    let token = Brought::Token(TOKEN.as_bytes().try_into().unwrap());
    let header = (HEADER, TOKEN);
    let multipart = |boundary: &str| Brought::Form(FormBody::Multipart(boundary.as_bytes().into()));
    let nothing = |reason: Option<Foreign>| Brought::Nothing(reason.unwrap());
    let long = format!("multipart/form-data; boundary={}", "b".repeat(71));
    let table: &[(&[(&str, &str)], Brought)] = &[
        (&[header], token),
        (&[header, header], nothing(WRONG)),
        (&[(HEADER, "short"), ("content-type", FORM)], nothing(WRONG)),
        (
            &[(HEADER, ""), ("content-type", FORM)],
            Brought::Form(FormBody::UrlEncoded),
        ),
        (&[], nothing(NONE)),
        (&[("content-type", "application/json")], nothing(NONE)),
        (
            &[(
                "content-type",
                "text/plain; a=application/x-www-form-urlencoded",
            )],
            nothing(NONE),
        ),
        (
            &[("content-type", FORM), ("content-type", FORM)],
            nothing(NONE),
        ),
        (
            &[(
                "content-type",
                "APPLICATION/X-WWW-Form-Urlencoded ; Charset=utf-8",
            )],
            Brought::Form(FormBody::UrlEncoded),
        ),
        (&[("content-type", "multipart/form-data")], nothing(NONE)),
        (
            &[("content-type", "multipart/form-data; boundary=")],
            nothing(NONE),
        ),
        (&[("content-type", &long)], nothing(NONE)),
        (
            &[("content-type", "multipart/mixed; boundary=b")],
            nothing(NONE),
        ),
        (
            &[(
                "content-type",
                "Multipart/Form-Data; charset=utf-8;BOUNDARY=\"b c\"",
            )],
            multipart("b c"),
        ),
        (
            &[("content-type", "multipart/form-data; boundary=----WebKit")],
            multipart("----WebKit"),
        ),
        (
            &[("content-type", FORM), ("content-encoding", "gzip")],
            nothing(UNREAD),
        ),
        (
            &[("content-type", FORM), ("content-encoding", "Identity")],
            Brought::Form(FormBody::UrlEncoded),
        ),
    ];
    for (sent, wanted) in table {
        assert_eq!(brought(sent), *wanted, "{sent:?}");
    }
}

#[test]
fn a_url_encoded_form_begins_with_the_token() {
    let encoded = TOKEN.replace('A', "%41");
    let table: &[(String, bool, Option<Foreign>)] = &[
        (format!("csrf_token={TOKEN}"), true, None),
        (format!("csrf_token={TOKEN}&a=1"), true, None),
        (format!("csrf_token={TOKEN}&a=1"), false, None),
        (format!("csrf%5ftoken={encoded}&"), false, None),
        // Of two the first counts.
        (format!("csrf_token={TOKEN}&csrf_token=x"), true, None),
        (format!("csrf_token=x&csrf_token={TOKEN}"), true, WRONG),
        (format!("_method=put&csrf_token={TOKEN}"), true, None),
        (
            format!("_method=put&_method=put&csrf_token={TOKEN}"),
            true,
            LATE,
        ),
        ("_method=put".to_owned(), true, LATE),
        ("_method=put&".to_owned(), true, LATE),
        // It may go on.
        (format!("csrf_token={TOKEN}"), false, LATE),
        (format!("a=1&csrf_token={TOKEN}"), true, LATE),
        (format!("&csrf_token={TOKEN}"), true, LATE),
        (format!("CSRF_TOKEN={TOKEN}"), true, LATE),
        (format!("csrf_token ={TOKEN}"), true, LATE),
        (format!("csrf_token[]={TOKEN}"), true, LATE),
        (format!("csrf_token={TOKEN}="), true, WRONG),
        (format!("csrf_token={}", &TOKEN[1..]), true, WRONG),
        (format!("csrf_token={}&", "a".repeat(600)), true, LATE),
        (format!("csrf_token={TOKEN}{}", "%".repeat(600)), true, LATE),
        ("csrf_token=".to_owned(), true, WRONG),
        ("csrf_token".to_owned(), true, LATE),
        (String::new(), false, LATE),
        (String::new(), true, NONE),
    ];
    for (body, is_whole, wanted) in table {
        assert_eq!(missed(FORM, body.as_bytes(), *is_whole), *wanted, "{body}");
    }
}

#[test]
fn a_multipart_form_begins_with_the_token() {
    let usual = "Content-Disposition: form-data; name=\"csrf_token\"";
    let table: &[(String, Option<Foreign>)] = &[
        (parts(usual, TOKEN), None),
        (
            parts("content-disposition:form-data;NAME=csrf_token", TOKEN),
            None,
        ),
        (
            parts(
                &format!("Content-Type: text/plain; charset=utf-8\r\n{usual}"),
                TOKEN,
            ),
            None,
        ),
        (parts(usual, "x"), WRONG),
        (parts(usual, ""), WRONG),
        (
            parts("Content-Disposition: form-data; name=\"a\"", TOKEN),
            LATE,
        ),
        (
            parts(
                "Content-Disposition: form-data; filename=\"csrf_token\"",
                TOKEN,
            ),
            LATE,
        ),
        (
            parts(
                "Content-Disposition: attachment; name=\"csrf_token\"",
                TOKEN,
            ),
            LATE,
        ),
        (
            parts("X-Disposition: form-data; name=\"csrf_token\"", TOKEN),
            LATE,
        ),
        (
            parts(&format!("X: {}\r\n{usual}", "x".repeat(500)), TOKEN),
            LATE,
        ),
        (format!("preamble\r\n{}", parts(usual, TOKEN)), LATE),
        (parts(usual, TOKEN).replace("--b", "--c"), LATE),
        (parts(usual, TOKEN).replace("\r\n", "\n"), LATE),
        ("--b--\r\n".to_owned(), LATE),
        (String::new(), NONE),
    ];
    for (body, wanted) in table {
        let found = missed("multipart/form-data; boundary=b", body.as_bytes(), true);
        assert_eq!(found, *wanted, "{body}");
    }
    // The longest boundary leaves room for it.
    let boundary = "b".repeat(70);
    let body = parts(usual, TOKEN).replace("--b", &format!("--{boundary}"));
    let media_type = format!("multipart/form-data; boundary=\"{boundary}\"");
    let first = &body.as_bytes()[..PEEK.min(body.len())];
    assert_eq!(missed(&media_type, first, false), None);
}

#[test]
fn no_more_than_the_first_bytes_of_a_body_are_looked_at() {
    let name = "csrf_token=".len();
    // 43 characters that are written as three each, and an end within what is seen, or behind it.
    for (padding, wanted) in [(0, None), (PEEK - name - 43 * 3 - 1, WRONG), (PEEK, LATE)] {
        let encoded: String = TOKEN.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let body = format!("csrf_token={encoded}{}&a=1", "x".repeat(padding));
        assert_eq!(missed(FORM, body.as_bytes(), true), wanted, "{padding}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is sent, nothing panics, and nothing but a token of the right length comes out.
    #[test]
    fn no_body_does_any_harm(
        body in "(--b|csrf_token|=|&|%|%4|\r\n|name=\"|Content-Disposition: form-data;|[a-f0-9]{40}|\\PC){0,24}",
        media_type in "(application/x-www-form-urlencoded|multipart/form-data)(;| |boundary=|b|\"|,){0,6}",
        is_whole in any::<bool>(),
    ) {
        if let Brought::Form(form) = brought(&[("content-type", &media_type)]) {
            let found = form.token(body.as_bytes(), is_whole);
            prop_assert!(found.is_err() || body.len() >= TEXT);
        }
    }
}
