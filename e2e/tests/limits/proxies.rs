//! Each proxy with stock settings, between a client and axum.

use e2e::{
    Answer, Apache, Certificate, Chromium, Client, Failure, Haproxy, Holds, Nginx, Origin, Preset,
    Protocol, Proxy, Rust, observe, version,
};

use crate::support::{arrived, one_byte_over, status};

/// The cells of a proxy's rows: a browser over HTTP/1.1, the same over HTTP/2, where it sends each
/// cookie in a field of its own, and a client that sends one field over HTTP/2.
type Wanted<'a> = [[&'a str; 4]; 3];

const WHOLE: &str = "whole";
const WRITING: &str = "502 when written";
const BOTH: &str = "502 when written, 400 when read";
const CLOSED: &str = "502 when written, no answer when read";

#[tokio::test(flavor = "multi_thread")]
async fn nginx() -> Result<(), Failure> {
    let bench = Bench::new().await?;
    observe("versions", "5-nginx", &["nginx", &version("nginx")?])?;
    let stock = Nginx::start(bench.origin.site.plain, &bench.certificate, "")?;
    // A browser's `within_16k` session can be read over HTTP/2 only because its fields are split.
    let wanted = [
        [WHOLE, WRITING, BOTH, BOTH],
        [WHOLE, WRITING, WRITING, CLOSED],
        [WHOLE, WRITING, CLOSED, CLOSED],
    ];
    bench.walk("1", "nginx", &stock, wanted).await?;
    drop(stock);
    let settings = "proxy_buffer_size 8k;";
    let healed = Nginx::start(bench.origin.site.plain, &bench.certificate, settings)?;
    let wanted = [
        [WHOLE, WHOLE, BOTH, BOTH],
        [WHOLE, WHOLE, WRITING, CLOSED],
        [WHOLE, WHOLE, CLOSED, CLOSED],
    ];
    let name = "nginx with `proxy_buffer_size 8k`";
    bench.walk("2", name, &healed, wanted).await
}

#[tokio::test(flavor = "multi_thread")]
async fn haproxy() -> Result<(), Failure> {
    let bench = Bench::new().await?;
    observe("versions", "6-haproxy", &["HAProxy", &version("haproxy")?])?;
    let proxy = Haproxy::start(bench.origin.site.plain, &bench.certificate, "")?;
    let wanted = [
        [WHOLE, WHOLE, WHOLE, BOTH],
        [WHOLE, WHOLE, WHOLE, CLOSED],
        [WHOLE, WHOLE, WHOLE, CLOSED],
    ];
    bench.walk("3", "HAProxy", &proxy, wanted).await
}

#[tokio::test(flavor = "multi_thread")]
async fn apache() -> Result<(), Failure> {
    let bench = Bench::new().await?;
    observe("versions", "7-apache", &["Apache", &version("apache2")?])?;
    let proxy = Apache::start(bench.origin.site.plain, &bench.certificate, "")?;
    let (http1, http2) = ("400 when read", "431 when read");
    // What is written and has no answer is over the client's own limit.
    let unread = "no answer when written, 431 when read";
    let wanted = [
        [WHOLE, WHOLE, http1, http1],
        [WHOLE, WHOLE, http2, http2],
        [WHOLE, WHOLE, http2, unread],
    ];
    bench.walk("4", "Apache", &proxy, wanted).await
}

/// What stands around a proxy.
struct Bench {
    certificate: Certificate,
    origin: Origin,
}

impl Bench {
    async fn new() -> Result<Bench, Failure> {
        let certificate = Certificate::new()?;
        let origin = Origin::start(&certificate).await?;
        Ok(Bench {
            certificate,
            origin,
        })
    }

    async fn walk(
        &self,
        place: &str,
        name: &str,
        proxy: &Proxy,
        wanted: Wanted<'_>,
    ) -> Result<(), Failure> {
        let mut seen = Vec::new();
        let browser = &mut Chromium::new(Protocol::Http1).await?;
        seen.push(self.cells(browser, proxy, Protocol::Http1).await?);
        browser.speak(Protocol::Http2);
        seen.push(self.cells(browser, proxy, Protocol::Http2).await?);
        let rust = &mut Rust::new(Protocol::Http2, &self.certificate)?;
        seen.push(self.cells(rust, proxy, Protocol::Http2).await?);
        assert_eq!(seen, wanted, "{name}");
        let clients = ["Chromium, HTTP/1.1", "Chromium, HTTP/2", "reqwest, HTTP/2"];
        for (at, (client, cells)) in clients.iter().zip(&seen).enumerate() {
            let mut row = vec![name, client];
            row.extend(cells.iter().map(String::as_str));
            observe("proxies", &format!("{place}{at}"), &row)?;
        }
        Ok(())
    }

    /// Writes and reads a session of each preset at its limit through the proxy.
    async fn cells(
        &self,
        client: &mut impl Client,
        proxy: &Proxy,
        protocol: Protocol,
    ) -> Result<Vec<String>, Failure> {
        let mut cells = Vec::new();
        for preset in Preset::all() {
            let path = |last: &str| format!("/{}/exact/{last}", preset.name);
            let through = |last| proxy.site().url(protocol == Protocol::Http2, &path(last));
            client.forget().await?;
            let written = client.get(&through("fill")).await?;
            let mut problems = Vec::new();
            if written.status == Some(200) {
                written.json::<Answer>(200)?;
                assert_eq!(written.protocol, protocol.to_string());
            } else {
                problems.push(format!("{} when written", status(&written)));
                // The same cookies by another way: they are the host's and not the port's.
                let direct = self.origin.site.url(false, &path("fill"));
                let before: Answer = client.get(&direct).await?.json(200)?;
                assert_eq!(before.fields, 0, "{before:?}");
            }
            let read = client.get(&through("read")).await?;
            match arrived(&read)?.as_str() {
                WHOLE => {
                    let answer: Answer = read.json(200)?;
                    // It was the proxy that spoke HTTP/2, and it put the fields together.
                    assert!(answer.protocol.starts_with("HTTP/1."), "{answer:?}");
                    assert_eq!((answer.holds, answer.fields), (Holds::Full, 1));
                    assert_eq!(read.protocol, protocol.to_string());
                }
                problem => problems.push(problem.to_owned()),
            }
            if problems.is_empty() {
                problems.push(WHOLE.to_owned());
            }
            one_byte_over(client, proxy.site(), preset).await?;
            cells.push(problems.join(", "));
        }
        Ok(cells)
    }
}
