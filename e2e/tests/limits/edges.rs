//! Limits of the clients and proxies themselves, each from both sides, with cookies that the
//! library knows nothing of.

use e2e::{
    Answer, Apache, Certificate, Chromium, Client, Curl, Failure, Haproxy, Nginx, Origin, Protocol,
    Python, Reply, Rust, Site, observe, send_cookie, send_head, serve_heads, version,
};

/// Notes a row: where it stands, whose limit it is, of what, what passes, and what does not.
fn row(place: &str, cells: [&str; 4]) -> Result<(), Failure> {
    observe("edges", place, &cells)
}

/// Sets cookies of these lengths of name and value one by one, and returns the lengths of those
/// that come back.
async fn kept(
    client: &mut impl Client,
    site: Site,
    lengths: &[usize],
) -> Result<Vec<usize>, Failure> {
    client.forget().await?;
    for (name, length) in ('a'..).zip(lengths) {
        // A name of some length: curl has another limit for a value alone.
        let path = format!("/cookie/{name}-foreign-cookie/{length}");
        client.get(&site.url(client.is_tls(), &path)).await?;
    }
    let read = client.get(&site.url(client.is_tls(), "/read")).await?;
    let answer: Answer = read.json(200)?;
    let mut lengths: Vec<usize> = answer.cookies.iter().map(|(_, length)| *length).collect();
    lengths.sort_unstable();
    Ok(lengths)
}

#[tokio::test(flavor = "multi_thread")]
async fn chromium_drops_a_cookie_of_4097_bytes() -> Result<(), Failure> {
    let certificate = Certificate::new()?;
    let site = Origin::start(&certificate).await?.site;
    let client = &mut Chromium::new(Protocol::Http1).await?;
    assert_eq!(kept(client, site, &[4_096, 100]).await?, [100, 4_096]);
    assert_eq!(kept(client, site, &[4_097, 100]).await?, [100]);
    row(
        "11",
        [
            "Chromium",
            "name and value of a cookie",
            "4,096",
            "4,097: not kept",
        ],
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn curl_keeps_4096_bytes_and_sends_8190() -> Result<(), Failure> {
    let certificate = Certificate::new()?;
    let site = Origin::start(&certificate).await?.site;
    let client = &mut Curl::new(Protocol::Http1, &certificate)?;
    assert_eq!(kept(client, site, &[4_096, 100]).await?, [100, 4_096]);
    assert_eq!(kept(client, site, &[4_097, 100]).await?, [100]);
    row(
        "21",
        [
            "curl",
            "name and value of a cookie",
            "4,096",
            "4,097: not kept",
        ],
    )?;

    // The most that it sends together with two others.
    let (mut fits, mut over) = (20, 400);
    while over - fits > 1 {
        let middle = usize::midpoint(fits, over);
        match kept(client, site, &[4_000, 3_900, middle]).await?.len() {
            3 => fits = middle,
            _ => over = middle,
        }
    }
    assert_eq!(kept(client, site, &[4_000, 3_900, fits]).await?.len(), 3);
    assert_eq!(kept(client, site, &[4_000, 3_900, over]).await?.len(), 2);
    // What it counts, which has to stay below 8,190: all but the last `; `. 7.88 counts what
    // stands before the line, too.
    let line = "Cookie: ".len() + 4_001 + 2 + 3_901 + fits + 1;
    let installed = version("curl")?;
    let port = site.plain.port();
    let before = format!(
        "GET /read HTTP/1.1\r\nHost: localhost:{port}\r\nUser-Agent: curl/{installed}\r\nAccept: */*\r\n"
    );
    let wanted = [8_189, 8_189 - before.len()];
    assert!(wanted.contains(&line), "{line} of {wanted:?}");
    let fewer = "8,190: further cookies are not sent, and nothing is said";
    let what = "the `Cookie` line but for its last `; ` (in 7.88 with all that stands before it)";
    row("22", ["curl", what, "8,189", fewer])
}

#[tokio::test(flavor = "multi_thread")]
async fn python_has_a_limit_for_lines_only() -> Result<(), Failure> {
    let certificate = Certificate::new()?;
    let site = Origin::start(&certificate).await?.site;
    let client = &mut Python::new(&certificate)?;
    let rest = "set-cookie: =; Path=/; Secure; HttpOnly; SameSite=Lax\r\n".len();
    let longest = 65_536 - rest;
    assert_eq!(
        kept(client, site, &[4_097, longest]).await?,
        [4_097, longest]
    );
    client.forget().await?;
    let path = format!("/cookie/a-foreign-cookie/{}", longest + 1);
    let reply = client.get(&site.url(true, &path)).await?;
    assert!(
        reply.status.is_none() && reply.body.contains("LineTooLong"),
        "{reply:?}"
    );
    let what = "a line of a response, with its end";
    row(
        "31",
        ["Python", what, "65,536", "65,537: the whole response fails"],
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn hyper_takes_16_kib_over_http2() -> Result<(), Failure> {
    let certificate = Certificate::new()?;
    let site = Origin::start(&certificate).await?.site;
    let client = &mut Rust::new(Protocol::Http1, &certificate)?;
    assert_eq!(kept(client, site, &[4_097, 60_000]).await?, [4_097, 60_000]);

    // What HTTP/2 counts is 32 bytes more for each field, and may not come to 16 KiB.
    let fits = 16_383;
    let list = |fields: &[(&str, usize)]| -> usize {
        fields
            .iter()
            .map(|(name, value)| name.len() + value + 32)
            .sum()
    };
    let client = &mut Rust::new(Protocol::Http2, &certificate)?;
    client.forget().await?;
    let path = |length: usize| format!("/cookie/a-foreign-cookie/{length}");
    let body = client.get(&site.url(true, &path(100))).await?.body;
    let rest = list(&[
        (":status", 3),
        ("content-type", "application/json".len()),
        ("content-length", body.len().to_string().len()),
        ("date", "Sat, 21 Nov 2026 00:00:00 GMT".len()),
        (
            "set-cookie",
            "=; Path=/; Secure; HttpOnly; SameSite=Lax".len(),
        ),
    ]);
    client.forget().await?;
    let reply = client.get(&site.url(true, &path(fits - rest))).await?;
    reply.json::<Answer>(200)?;
    client.forget().await?;
    let reply = client.get(&site.url(true, &path(fits + 1 - rest))).await?;
    assert!(reply.status.is_none(), "{reply:?}");
    let what = "all fields of a response over HTTP/2, each with 32 bytes more";
    row(
        "41",
        [
            "reqwest (hyper)",
            what,
            "16,383",
            "16,384: the response fails",
        ],
    )?;

    let rest = list(&[
        (":method", "GET".len()),
        (":scheme", "https".len()),
        (":authority", format!("localhost:{}", site.tls.port()).len()),
        (":path", "/read".len()),
        ("accept", "*/*".len()),
        ("cookie", "=".len()),
    ]);
    assert_eq!(kept(client, site, &[100]).await?, [100]);
    for (length, status) in [(fits - rest, 200), (fits + 1 - rest, 431)] {
        client.forget().await?;
        // Over HTTP/1.1, or the client would not take it.
        client
            .get(&site.url(false, &path(length)))
            .await?
            .json::<Answer>(200)?;
        let reply = client.get(&site.url(true, "/read")).await?;
        assert_eq!(reply.status, Some(status), "{length}: {reply:?}");
    }
    let what = "all fields of a request over HTTP/2, each with 32 bytes more";
    row("42", ["axum (hyper)", what, "16,383", "16,384: 431"])
}

/// Returns whether a response is the upstream's, to its end.
fn is_whole(reply: &Reply) -> bool {
    reply.status == Some(200) && reply.body == "ok"
}

#[test]
fn nginx_takes_a_page_of_response_and_8_kib_of_cookie() -> Result<(), Failure> {
    let certificate = Certificate::new()?;
    let heads = serve_heads()?;
    let (stock, healed) = (4_096, 8_192);
    for (place, size, settings, name) in [
        ("51", stock, "", "nginx"),
        (
            "52",
            healed,
            "proxy_buffer_size 8k;",
            "nginx with `proxy_buffer_size 8k`",
        ),
    ] {
        let proxy = Nginx::start(heads, &certificate, settings)?;
        let response = |bytes: usize| send_cookie(proxy.site().plain, &format!("/{bytes}"), 10);
        assert!(is_whole(&response(size - 1)?));
        // The head fits, and there is no place left for the body.
        let full = response(size)?;
        assert_eq!((full.status, full.body.as_str()), (Some(200), ""));
        let over = response(size + 1)?;
        assert_eq!(over.status, Some(502));
        assert!(!over.body.contains("ok"));
        let [fits, full, over] = [size - 1, size, size + 1].map(crate::support::grouped);
        let fails = format!("{full}: the body is lost; {over}: 502");
        row(place, [name, "head of a response", &fits, &fails])?;
    }
    let proxy = Nginx::start(heads, &certificate, "")?;
    let request = |bytes| send_cookie(proxy.site().plain, "/0", bytes);
    assert!(is_whole(&request(8_182)?));
    assert_eq!(request(8_183)?.status, Some(400));
    let what = "value of a `Cookie` field over HTTP/1.1";
    row("53", ["nginx", what, "8,182", "8,183: 400"])
}

#[test]
fn haproxy_takes_15_kib_of_each() -> Result<(), Failure> {
    let certificate = Certificate::new()?;
    let proxy = Haproxy::start(serve_heads()?, &certificate, "")?;
    let address = proxy.site().plain;
    let response = |bytes: usize| send_cookie(address, &format!("/{bytes}"), 10);
    assert!(is_whole(&response(15_292)?));
    assert_eq!(response(15_293)?.status, Some(502));
    let what = "head of a response of three fields";
    row("61", ["HAProxy", what, "15,292", "15,293: 502"])?;
    assert!(is_whole(&send_head(address, "/0", 15_292)?));
    assert_eq!(send_head(address, "/0", 15_293)?.status, Some(400));
    let what = "head of a request of three fields";
    row("62", ["HAProxy", what, "15,292", "15,293: 400"])
}

#[test]
fn apache_takes_8_kib_of_cookie() -> Result<(), Failure> {
    let certificate = Certificate::new()?;
    let proxy = Apache::start(serve_heads()?, &certificate, "")?;
    let request = |bytes| send_cookie(proxy.site().plain, "/0", bytes);
    assert!(is_whole(&request(8_183)?));
    assert_eq!(request(8_184)?.status, Some(400));
    let what = "value of a `Cookie` field over HTTP/1.1";
    row("71", ["Apache", what, "8,183", "8,184: 400"])
}
