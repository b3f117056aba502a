//! Each client, straight to axum: the presets at their limit, and one byte over it.

use e2e::{
    Answer, Certificate, Chromium, Client, Curl, Failure, Holds, Origin, Preset, Protocol, Python,
    Rust, Site, observe, version,
};

use crate::support::{arrived, grouped, one_byte_over, status};

const WHOLE: [&str; 4] = ["whole"; 4];

/// curl sends what fits 8,190 bytes, and says nothing of the rest.
const CURL: [&str; 4] = ["whole", "whole", "partial: 2 came", "partial: 2 came"];

/// hyper takes 16 KiB of header fields over HTTP/2, as a server and as a client.
const HYPER: [&str; 4] = ["whole", "whole", "whole", "431 when read"];

#[tokio::test(flavor = "multi_thread")]
async fn chromium() -> Result<(), Failure> {
    let (_, origin) = start().await?;
    observe(
        "versions",
        "1-chromium",
        &["Chromium", &version("chromium")?],
    )?;
    let client = &mut Chromium::new(Protocol::Http1).await?;
    let row = Row("11", "Chromium", "HTTP/1.1", "1");
    row.walk(client, origin.site, WHOLE).await?;
    client.speak(Protocol::Http2);
    let row = Row("12", "Chromium", "HTTP/2", "1 for each cookie");
    row.walk(client, origin.site, HYPER).await?;
    let row = Row(
        "13",
        "Chromium, and `max_header_list_size(65_536)` in hyper",
        "HTTP/2",
        "1 for each cookie",
    );
    row.walk(client, origin.wide, WHOLE).await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn curl() -> Result<(), Failure> {
    let (certificate, origin) = start().await?;
    observe("versions", "2-curl", &["curl", &version("curl")?])?;
    for (place, protocol) in [("21", Protocol::Http1), ("22", Protocol::Http2)] {
        let client = &mut Curl::new(protocol, &certificate)?;
        let spoken = protocol.to_string();
        let row = Row(place, "curl", &spoken, "1");
        row.walk(client, origin.site, CURL).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn python() -> Result<(), Failure> {
    let (certificate, origin) = start().await?;
    observe("versions", "3-python", &["Python", &version("python3")?])?;
    let client = &mut Python::new(&certificate)?;
    let row = Row("31", "Python, `http.cookiejar`", "HTTP/1.1", "1");
    row.walk(client, origin.site, WHOLE).await?;

    // Over plain http it returns no `Secure` cookie, not even to `localhost`.
    client.forget().await?;
    let url = |is_tls, path: &str| origin.site.url(is_tls, &format!("/portable/exact/{path}"));
    client.get(&url(true, "fill")).await?.json::<Answer>(200)?;
    let answer: Answer = client.get(&url(true, "read")).await?.json(200)?;
    assert_eq!((answer.holds, answer.cookies.len()), (Holds::Full, 1));
    let answer: Answer = client.get(&url(false, "read")).await?.json(200)?;
    assert_eq!((answer.holds, answer.cookies.len()), (Holds::Nothing, 0));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn rust() -> Result<(), Failure> {
    let (certificate, origin) = start().await?;
    observe("versions", "4-rust", &["Rust crates", &Rust::version()])?;
    let client = &mut Rust::new(Protocol::Http1, &certificate)?;
    let row = Row("41", "reqwest with its cookie store", "HTTP/1.1", "1");
    row.walk(client, origin.site, WHOLE).await?;
    let client = &mut Rust::new(Protocol::Http2, &certificate)?;
    let row = Row("42", "reqwest with its cookie store", "HTTP/2", "1");
    let refused = ["whole", "whole", "whole", "no answer when written"];
    row.walk(client, origin.site, refused).await
}

async fn start() -> Result<(Certificate, Origin), Failure> {
    let certificate = Certificate::new()?;
    let origin = Origin::start(&certificate).await?;
    Ok((certificate, origin))
}

/// Where a row stands, the client, what it speaks, and in how many `Cookie` fields a session of
/// several cookies comes.
struct Row<'a>(&'a str, &'a str, &'a str, &'a str);

impl Row<'_> {
    async fn walk(
        &self,
        client: &mut impl Client,
        site: Site,
        wanted: [&str; 4],
    ) -> Result<(), Failure> {
        let mut cells = Vec::new();
        for preset in Preset::all() {
            cells.push(self.at_the_limit(client, site, preset).await?);
            one_byte_over(client, site, preset).await?;
        }
        let Row(place, name, protocol, fields) = *self;
        assert_eq!(cells, wanted, "{name} over {protocol}");
        let mut row = vec![name, protocol, fields];
        row.extend(cells.iter().map(String::as_str));
        row.push("refused");
        observe("clients", place, &row)
    }

    /// Returns what becomes of a session that takes the whole budget.
    async fn at_the_limit(
        &self,
        client: &mut impl Client,
        site: Site,
        preset: Preset,
    ) -> Result<String, Failure> {
        client.forget().await?;
        let url = |path: &str| site.url(client.is_tls(), &format!("/{}/exact/{path}", preset.name));
        let (fill, read) = (url("fill"), url("read"));
        let filled = client.get(&fill).await?;
        if filled.status.is_none() {
            return Ok("no answer when written".to_owned());
        }
        let before: Answer = filled.json(200)?;
        assert_eq!((before.holds, before.fields), (Holds::Nothing, 0));
        let Row(.., protocol, fields) = *self;
        assert_eq!(filled.protocol, protocol);
        let reply = client.get(&read).await?;
        if reply.status != Some(200) {
            return Ok(format!("{} when read", status(&reply)));
        }
        let answer: Answer = reply.json(200)?;
        assert!(answer.protocol.starts_with(protocol), "{answer:?}");
        let (cookie, _) = answer.cookies.first().ok_or("no cookie came")?;
        let (came, total) = (answer.cookies.len(), preset.total(cookie)?);
        assert_eq!(answer.fields, if fields == "1" { 1 } else { came });
        if answer.holds == Holds::Full {
            assert_eq!(came, preset.budget.cookie_limit(), "{answer:?}");
            let attributes = "; Path=/; Secure; HttpOnly; SameSite=Lax".len();
            let values: usize = answer
                .cookies
                .iter()
                .map(|(_, bytes)| bytes + "=".len())
                .sum();
            assert_eq!(values + came * attributes, total, "{answer:?}");
            if answer.fields == 1 {
                let cells = [came, total, answer.bytes].map(grouped);
                let [cookies, set, cookie] = &cells;
                observe(
                    "presets",
                    &format!("{came}"),
                    &[&format!("`{}`", preset.name), cookies, set, cookie],
                )?;
            }
        }
        arrived(&reply)
    }
}
