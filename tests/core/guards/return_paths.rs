//! No return path leads elsewhere, however it is read.

use proptest::prelude::*;
use sealed_session::ReturnPath;
use url::{Url, form_urlencoded};

/// Why a path is refused, and how to see it.
#[derive(Debug, Clone, Copy)]
enum Danger {
    /// A browser goes elsewhere.
    Leaves,
    /// It does once somebody has decoded the path so many times.
    Decoded(usize),
    /// It does once somebody has taken the path that a browser makes of it, and redirects to that.
    Normalised,
    /// Both.
    DecodedAndNormalised(usize),
    /// It does once somebody has cut off the parameters of its segments.
    Stripped,
    /// No parser of URLs shows it.
    Said(&'static str),
}

use Danger::{Decoded, DecodedAndNormalised, Leaves, Normalised, Said, Stripped};

const HOSTILE: &[(&str, Danger)] = &[
    // What Rocket cannot redirect to.
    (
        "/a|b",
        Said("an error of the server, for whoever followed a link"),
    ),
    ("/a^b", Said("an error of the server")),
    ("/{a}", Said("an error of the server")),
    // URLs.
    ("https://evil.example/", Leaves),
    ("HTTPS://evil.example", Leaves),
    ("http:evil.example", Leaves),
    ("https:/\\evil.example", Leaves),
    (
        "https:evil.example",
        Said("old browsers read a host behind the colon"),
    ),
    ("javascript:alert(1)", Leaves),
    ("data:text/html,x", Leaves),
    ("blob:https://evil.example/1", Leaves),
    // A host behind two slashes of either kind.
    ("//evil.example", Leaves),
    ("///evil.example", Leaves),
    ("////evil.example/a", Leaves),
    (
        "//evil.example@site.example/",
        Said("some read what stands before the sign"),
    ),
    ("//site.example@evil.example/", Leaves),
    ("//evil.example\\@site.example/", Leaves),
    ("//evil%2Eexample", Leaves),
    ("//[::1]/", Leaves),
    ("//3232235777/", Leaves),
    ("/\\evil.example", Leaves),
    ("\\/evil.example", Leaves),
    ("\\\\evil.example", Leaves),
    ("/\\/evil.example", Leaves),
    (
        "\\evil.example",
        Said("no slash, to whoever knows only forward ones"),
    ),
    // Characters that browsers drop.
    ("/\t/evil.example", Leaves),
    ("/\n/evil.example", Leaves),
    ("/\r/evil.example", Leaves),
    ("/\t\\evil.example", Leaves),
    ("\t//evil.example", Leaves),
    (" //evil.example", Leaves),
    ("\u{0}//evil.example", Leaves),
    ("\u{1f}https://evil.example", Leaves),
    ("/ /evil.example", Said("a trimmed segment is an empty one")),
    ("/a\r\nset-cookie: a=b", Said("a line break ends the field")),
    ("/a\u{0}b", Said("text ends there in C")),
    // Dots.
    ("/.//evil.example", Normalised),
    ("/a/..//evil.example", Normalised),
    ("/..//evil.example", Normalised),
    ("/%2e//evil.example", Normalised),
    ("/%2E%2e//evil.example", Normalised),
    ("/a/.%2e//evil.example", Normalised),
    ("/a/..", Said("a guard never saw such a path")),
    ("/.", Said("neither")),
    // Parameters of segments.
    ("/;/evil.example", Stripped),
    ("/;a=b/evil.example", Stripped),
    ("/;a=b;c/;/evil.example", Stripped),
    (
        "/a/;/evil.example",
        Said("a host, once a prefix is cut off"),
    ),
    ("/%3B/evil.example", Said("a parameter, once decoded")),
    ("/;%2561/evil.example", Stripped),
    ("/a/..;/b", Said("dots, without the parameter")),
    ("/a/.;b=c", Said("a dot, without the parameter")),
    // Encoded once.
    ("/%2Fevil.example", Decoded(1)),
    ("/%2fevil.example", Decoded(1)),
    ("/%5Cevil.example", Decoded(1)),
    ("/%5cevil.example", Decoded(1)),
    ("%2F%2Fevil.example", Decoded(1)),
    ("/%09/evil.example", Decoded(1)),
    ("/%0a/evil.example", Decoded(1)),
    ("/%0D%5Cevil.example", Decoded(1)),
    ("/%2F%2Fevil.example", Decoded(1)),
    ("/.%2F%2Fevil.example", DecodedAndNormalised(1)),
    ("/%2e%2f%2fevil.example", DecodedAndNormalised(1)),
    ("/a/%2e%2e%2f%2fevil.example", DecodedAndNormalised(1)),
    ("/%00//evil.example", Said("text ends there in C")),
    (
        "/a%0d%0aset-cookie:%20a=b",
        Said("a line break ends the field"),
    ),
    // Twice, and more.
    ("/%252Fevil.example", Decoded(2)),
    ("/%255cevil.example", Decoded(2)),
    ("/%2509/evil.example", Decoded(2)),
    ("/%252e//evil.example", DecodedAndNormalised(1)),
    ("/%25252Fevil.example", Decoded(3)),
    ("/%2525252Fevil.example", Decoded(4)),
    ("/%252525252Fevil.example", Decoded(5)),
    ("/%%32%46evil.example", Decoded(2)),
    // What some decoders and normalisers make slashes, dots and percent signs of.
    ("/%C0%AFevil.example", Said("an overlong slash")),
    ("/%e0%80%afevil.example", Said("an overlong slash")),
    ("/%c1%9cevil.example", Said("an overlong backslash")),
    ("/\u{ff0f}evil.example", Said("a full-width slash")),
    ("/%EF%BC%8Fevil.example", Said("a full-width slash")),
    ("/%EF%BC%BCevil.example", Said("a full-width backslash")),
    ("/%EF%B9%A8evil.example", Said("a small backslash")),
    (
        "/%C2%A5evil.example",
        Said("a yen sign, in the place of a backslash in cp932"),
    ),
    (
        "/%E2%82%A9evil.example",
        Said("a won sign, in the place of a backslash in cp949"),
    ),
    (
        "/%EF%BC%852Fevil.example",
        Said("a full-width percent sign"),
    ),
    ("/%EF%BC%8E//evil.example", Said("a full-width full stop")),
    ("/%E2%80%A5//evil.example", Said("two leading dots")),
    ("/a/%EF%B8%B0/b", Said("two leading dots, upright")),
    (
        "/%CD%BEa=b/evil.example",
        Said("a Greek question mark, which NFC makes a semicolon"),
    ),
    ("/%EF%B9%94/evil.example", Said("a small semicolon")),
    ("/%EF%BC%9B/evil.example", Said("a full-width semicolon")),
    ("/%E2%81%84evil.example", Said("a fraction slash")),
    ("/%E2%88%95evil.example", Said("a division slash")),
    ("/%E2%88%96evil.example", Said("a set minus")),
    (
        "/%C2%85/evil.example",
        Said("a control character that is a line break"),
    ),
    // Not from a guard.
    ("", Said("nothing")),
    ("orders", Said("relative to the sign-in page")),
    ("?a=b", Said("the sign-in page itself")),
    ("#top", Said("the sign-in page itself")),
    ("/a#b", Said("a guard never sees a fragment")),
    ("/a//evil.example", Said("a host, once a prefix is cut off")),
    ("/a`b", Said("no browser sends it")),
    ("/a\\?b=c", Said("browsers make a slash of it")),
    ("/\\evil.example?a=\\", Leaves),
    ("/%5Cevil.example?a=`", Decoded(1)),
    ("/a?b=c d", Said("no browser sends it")),
    ("/a?b=\"><script>", Said("it is somebody's HTML")),
    ("/caf\u{e9}", Said("no browser sends it")),
];

const OURS: &[&str] = &[
    "/",
    "/orders",
    "/orders/",
    "/orders?page=2&by=date",
    "/open?url=https://shop.example/",
    "/open?url=%2F%2Fshop.example",
    "/a?b=//c&d=/./e",
    "/a?",
    "/a??b",
    "/my%20files/a%2Fb",
    "/caf%C3%A9/%E5%95%86%E5%93%81",
    "/100%25",
    "/100%",
    "/%zz",
    "/.well-known/change-password",
    "/..a/b../...",
    "/~ada/(1)/'x';v=1/a:b@c,d+e!$&*=",
    "/orders/;v=1",
    "/..a;b/c;.;..",
    "/1%E2%81%842",
    "/a?ids[]=1&f={}&g=a|b^c",
    "/a?b=\\evil.example&c=`d`&e=\\\\evil.example",
    "/a?\\evil.example",
    "/@evil.example",
    "/:80",
    "/evil.example",
];

fn site() -> Url {
    Url::parse("https://site.example/sign-in").unwrap()
}

/// Whether a browser on the sign-in page would leave the site.
fn leaves(path: &str) -> bool {
    // Of more than two slashes browsers skip the others, and the crate does not ("special authority
    // ignore slashes state").
    let slashes = |path: &str| path.chars().take_while(|c| "/\\".contains(*c)).count();
    let seen = path.replace(['\t', '\n', '\r'], "");
    let seen = seen.trim_start_matches(|c| c <= ' ');
    if slashes(seen) > 2 {
        return true;
    }
    site()
        .join(path)
        .is_ok_and(|url| url.origin() != site().origin())
}

/// The path that a browser makes of it.
fn normalised(path: &str) -> String {
    site()
        .join(path)
        .map_or_else(|_| String::new(), |url| url.path().to_owned())
}

/// `path` without the parameters of its segments.
fn stripped(path: &str) -> String {
    let names = path.split('/').map(|segment| segment.split(';').next());
    let names: Vec<_> = names.map(Option::unwrap_or_default).collect();
    names.join("/")
}

/// `path` decoded so many times, by another decoder.
fn decoded(path: &str, times: usize) -> String {
    (0..times).fold(path.to_owned(), |path, _| {
        let path = path.replace('&', "%26").replace('+', "%2B");
        let query = format!("p={path}");
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.next().unwrap().1.into_owned()
    })
}

#[test]
fn hostile_paths_are_refused_and_are_hostile() {
    assert!(HOSTILE.len() >= 40);
    for &(path, danger) in HOSTILE {
        assert_eq!(ReturnPath::parse(path), None, "{path:?}: {danger:?}");
        let encoded: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
        let query = format!("next={encoded}");
        assert_eq!(ReturnPath::from_query(&query), None, "{path:?}: {danger:?}");
        let is_so = match danger {
            Leaves => leaves(path),
            Decoded(times) => !leaves(path) && leaves(&decoded(path, times)),
            Normalised => !leaves(path) && leaves(&normalised(path)),
            DecodedAndNormalised(times) => leaves(&normalised(&decoded(path, times))),
            Stripped => !leaves(path) && leaves(&stripped(path)),
            Said(why) => !why.is_empty(),
        };
        assert!(is_so, "{path:?} is not dangerous in that way: {danger:?}");
    }
}

#[test]
fn paths_of_this_site_come_back_as_they_were() {
    for path in OURS {
        let back = ReturnPath::parse(path).unwrap_or_else(|| panic!("{path}"));
        assert_eq!(back.as_str(), *path);
        let query = format!("a=b&next={}", back.encoded());
        assert_eq!(ReturnPath::from_query(&query), Some(back.clone()), "{path}");
        let read = form_urlencoded::parse(query.as_bytes()).nth(1).unwrap().1;
        assert_eq!(read, *path, "as frameworks read it");
        assert_eq!(String::from(back), *path);
    }
}

#[test]
fn a_path_has_a_thousand_characters_at_most() {
    let path = |length: usize| format!("/{}", "a".repeat(length - 1));
    assert!(ReturnPath::parse(&path(1_000)).is_some());
    assert!(ReturnPath::parse(&path(1_001)).is_none());
    assert!(ReturnPath::parse(&"/%".repeat(1_000_000)).is_none());
    let worst = format!("/{}", "?".repeat(999));
    assert_eq!(ReturnPath::parse(&worst).unwrap().encoded().len(), 2_998);
}

#[test]
fn a_parameter_counts_once() {
    let found = |query| ReturnPath::from_query(query).map(String::from);
    for nothing in [
        "",
        "next",
        "next=",
        "Next=/a",
        "xnext=/a",
        "a=next=/a",
        "next=/a&next=/a",
        "next=/a&next",
        "next=/a&n%65xt=/b",
        "next=/a+b",
        "next=%FF",
        "?next=/a",
        "next[]=/a",
    ] {
        assert_eq!(found(nothing), None, "{nothing}");
    }
    for query in [
        "next=/a",
        "next=%2Fa",
        "n%65xt=/a",
        "&&b&next=/a&",
        "b=/b&next=/a",
    ] {
        assert_eq!(found(query).as_deref(), Some("/a"), "{query}");
    }
    assert_eq!(found("next=/a=b").as_deref(), Some("/a=b"));
}

#[test]
fn a_query_is_not_shown() {
    let shown = format!("{:?}", ReturnPath::parse("/reset?token=17").unwrap());
    assert_eq!(shown, "ReturnPath(\"/reset?..\")");
}

/// Pieces that paths are made of by those who mean harm.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("/"),
        Just("\\"),
        Just("."),
        Just(".."),
        Just("%2F"),
        Just("%2f"),
        Just("%5C"),
        Just("%2e"),
        Just("%25"),
        Just("25"),
        Just("%"),
        Just("2"),
        Just("F"),
        Just("%09"),
        Just("\t"),
        Just("\n"),
        Just(" "),
        Just("%0A"),
        Just("evil.example"),
        Just("@"),
        Just(":"),
        Just("https:"),
        Just("?"),
        Just("#"),
        Just("%C0%AF"),
        Just("%EF%BC%8F"),
        Just("%EF%BC%85"),
        Just("\u{ff0f}"),
        Just("%E2%80%A5"),
        Just("a"),
        Just("&"),
        Just("`"),
        Just("+"),
        Just(";"),
    ];
    let pieces = prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat());
    (prop_oneof![Just(""), Just("/")], pieces).prop_map(|(slash, rest)| format!("{slash}{rest}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    /// What browsers send behind a question mark is taken as it is, and names no host.
    #[test]
    fn a_query_as_browsers_send_it_passes(query in "[!$-&(-;=?-~]{0,60}") {
        let path = format!("/a?{query}");
        // This is the URL Standard's own encoder: what it leaves alone, browsers send.
        let sent = site().join(&path).unwrap();
        prop_assert_eq!(sent.query().unwrap_or_default(), query);
        prop_assert_eq!(sent.origin(), site().origin());
        let back = ReturnPath::parse(&path).expect("a path of this site");
        prop_assert_eq!(ReturnPath::from_query(&format!("next={}", back.encoded())), Some(back));
    }

    #[test]
    fn what_is_accepted_stays_on_the_site(path in prop_oneof![hostile(), ".{0,40}", "/[ -~]{0,40}"]) {
        let Some(back) = ReturnPath::parse(&path) else { return Ok(()) };
        let path = back.as_str();
        prop_assert!(!leaves(path));
        let url = site().join(path).unwrap();
        prop_assert_eq!(url.origin(), site().origin());
        // Nobody who takes the path for the whole leaves, however often it is decoded.
        let alone = path.split('?').next().unwrap();
        for times in 0..6 {
            let read = decoded(alone, times);
            prop_assert!(!leaves(&read), "{} times: {}", times, read);
            prop_assert!(!leaves(&normalised(&read)), "{} times: {}", times, read);
            let names = stripped(&read);
            prop_assert!(!leaves(&names), "{} times: {}", times, names);
            prop_assert!(!leaves(&normalised(&names)), "{} times: {}", times, names);
        }
        let query = format!("next={}", back.encoded());
        prop_assert_eq!(ReturnPath::from_query(&query), Some(back.clone()));
        prop_assert!(back.encoded().bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~/%".contains(&b)));
    }
}
