//! Cookies that are not UTF-8 in front of Rocket, which drops their line: the remedies of docs/rocket.md,
//! as they stand there.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use conformance::Site as App;
use e2e::{Apache, Certificate, Failure, Haproxy, Nginx};
use sealed_session::{Budget, SessionManager};

use crate::servers::{ring, start};

const PAGE: &str = include_str!("../../../docs/rocket.md");

/// Returns the one block of the page in this language.
fn block(language: &str) -> Result<&'static str, Failure> {
    let rest = PAGE.split_once(&format!("\n```{language}\n"));
    let block = rest.and_then(|(_, rest)| rest.split_once("\n```"));
    Ok(block.ok_or(format!("no block of {language}"))?.0)
}

/// Returns the head of an answer, and its body.
fn get(address: SocketAddr, path: &str, cookies: &[u8]) -> Result<(String, String), Failure> {
    let mut stream = TcpStream::connect(address)?;
    let head = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nCookie: ");
    stream.write_all(&[head.as_bytes(), cookies, b"\r\n\r\n"].concat())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
    Ok((head.to_owned(), body.to_owned()))
}

/// Returns the pairs that an answer sets.
fn pairs(head: &str) -> Vec<String> {
    let lines = head.lines().filter_map(|line| line.split_once(": "));
    let lines = lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    let pairs = lines.filter_map(|(_, line)| line.split(';').next());
    pairs.map(str::to_owned).collect()
}

/// Makes a line with odd cookies in front, between and behind.
fn among_odd(pairs: &[String]) -> Vec<u8> {
    let mut line = b"z=\xff".to_vec();
    for (at, pair) in pairs.iter().enumerate() {
        line.extend_from_slice(format!("; {pair}; ascii{at}=1; z{at}=d").as_bytes());
        line.extend_from_slice(b"\xe4mmrig");
    }
    line
}

#[test]
fn a_proxy_keeps_odd_cookies_from_hiding_a_session_in_front_of_rocket() -> Result<(), Failure> {
    let certificate = Certificate::new()?;
    let builder = SessionManager::builder("session", ring()?);
    let manager = builder.budget(Budget::within_8k()).build()?;
    let rocket = start(&frameworks::Rocket, App::of(manager))?;
    let origin = rocket.address();
    let (head, _) = get(origin, "/act/put.name.Ada/noise.long.4500", b"a=b")?;
    let session = pairs(&head);
    assert_eq!(session.len(), 2, "{head}");
    let (head, _) = get(origin, "/act/destroy", session.join("; ").as_bytes())?;
    let ended: Vec<_> = pairs(&head)
        .into_iter()
        .filter(|pair| pair.contains(".x=") || pair.contains(".r="))
        .collect();
    assert_eq!(ended.len(), 1, "{head}");
    let buried = [session.clone(), ended].concat();

    let reads = |address, cookies: &[String]| -> Result<String, Failure> {
        let answer = get(address, "/act/get.name/refusal", &among_odd(cookies))?;
        Ok(answer.1)
    };
    // Without a remedy, which is what the page warns of.
    assert_eq!(reads(origin, &session)?, "nothing,absent");

    let haproxy = Haproxy::start(origin, &certificate, block("haproxy")?)?;
    let apache = Apache::start(origin, &certificate, block("apache")?)?;
    let (variables, settings) = (block("nginx")?, block("nginx-location")?);
    let nginx = Nginx::start_with(origin, &certificate, variables, settings)?;
    for (name, proxy) in [("HAProxy", haproxy), ("Apache", apache), ("nginx", nginx)] {
        let address = proxy.site().plain;
        assert_eq!(reads(address, &session)?, "Ada,none", "{name}");
        assert_eq!(reads(address, &buried)?, "nothing,destroyed", "{name}");
        let clean = session.join("; ");
        let (_, body) = get(address, "/act/get.name", clean.as_bytes())?;
        assert_eq!(body, "Ada", "{name}");
    }
    Ok(())
}
