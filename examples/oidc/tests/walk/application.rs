//! The example as a process, its log, and browsers that visit it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use reqwest::{Client, RequestBuilder, Response, Url};
use sealed_session::testing;

use crate::provider::{CLIENT, Provider, SECRET};

/// A running application.
pub(crate) struct Application {
    process: Child,
    log: Arc<Mutex<String>>,
    pub(crate) url: String,
    pub(crate) http: Client,
}

/// A browser, and what it keeps.
#[derive(Clone)]
pub(crate) struct Browser<'a> {
    application: &'a Application,
    pub(crate) jar: testing::Browser,
}

/// A page, as a test looks at it.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) text: String,
}

/// A sign-in that has begun, as its provider sees it.
pub(crate) struct Begun(Url);

impl Application {
    /// Starts it against this provider.
    pub(crate) fn start(provider: &Provider) -> Application {
        Application::start_at(provider.issuer())
    }

    pub(crate) fn start_at(issuer: &str) -> Application {
        // First, so that nothing is left running if it fails.
        let http = Client::builder().redirect(reqwest::redirect::Policy::none());
        let http = http.build().unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_oidc"))
            .arg("0")
            .env("OIDC_ISSUER", issuer)
            .env("OIDC_CLIENT_ID", CLIENT)
            .env("OIDC_CLIENT_SECRET", SECRET)
            .env_remove("PUBLIC_URL")
            .env("NO_COLOR", "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (lines, kept) = (process.stderr.take().unwrap(), log.clone());
        std::thread::spawn(move || {
            for line in BufReader::new(lines).lines().map_while(Result::ok) {
                kept.lock().unwrap().push_str(&(line + "\n"));
            }
        });
        let mut url = String::new();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        said.read_line(&mut url).unwrap();
        Application {
            process,
            log,
            url: url.trim().trim_end_matches('/').to_owned(),
            http,
        }
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser {
            application: self,
            jar: testing::Browser::default().at("http://127.0.0.1"),
        }
    }

    /// Forgets what the log says so far.
    pub(crate) fn forget_log(&self) {
        self.log.lock().unwrap().clear();
    }

    /// Returns what the log says since then, once this is in it. A line may come a moment after the page, and one of the page
    /// before it may come first.
    pub(crate) async fn logged(&self, what: &str) -> String {
        for _ in 0..500 {
            let lines = self.log.lock().unwrap().clone();
            if lines.contains(what) {
                return lines;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        panic!("no {what} in {}", self.log.lock().unwrap());
    }

    /// Has a browser load a page and stop after this many milliseconds, before there is an answer.
    pub(crate) async fn stops_loading(
        &self,
        request: RequestBuilder,
        jar: &testing::Browser,
        after: u64,
    ) {
        let request = request.header("cookie", jar.cookie()).send();
        let after = std::time::Duration::from_millis(after);
        assert!(tokio::time::timeout(after, request).await.is_err());
    }

    /// Sends a logout token, as anybody may, and asserts that no cache keeps the answer.
    pub(crate) async fn log_out(&self, token: &str) -> Response {
        let request = self.http.post(format!("{}/backchannel-logout", self.url));
        let form = [("logout_token", token)];
        let response = request.form(&form).send().await.unwrap();
        assert_eq!(response.headers()["cache-control"], "no-store");
        response
    }

    pub(crate) async fn follow(&self, token: &str) {
        assert_eq!(self.log_out(token).await.status(), 200);
    }
}

impl Drop for Application {
    fn drop(&mut self) {
        let ended = self.process.kill().and_then(|()| self.process.wait());
        assert!(ended.is_ok() || std::thread::panicking());
    }
}

impl<'a> Browser<'a> {
    async fn send(&mut self, request: RequestBuilder) -> Page {
        let cookie = self.jar.cookie();
        let response = request
            .header("cookie", cookie)
            .header("accept", "text/html")
            .send()
            .await
            .unwrap();
        let set = response.headers().get_all("set-cookie").iter();
        self.jar.keep(set.map(|line| line.as_bytes().to_vec()));
        let location = response.headers().get("location");
        Page {
            status: response.status().as_u16(),
            location: location
                .map_or("", |line| line.to_str().unwrap())
                .to_owned(),
            text: response.text().await.unwrap(),
        }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        let url = format!("{}{path}", self.application.url);
        self.send(self.application.http.get(url)).await
    }

    pub(crate) async fn sign_out(&mut self) -> Page {
        let url = format!("{}/sign-out", self.application.url);
        self.send(self.application.http.post(url)).await
    }

    /// Goes as far as the provider.
    pub(crate) async fn begin(&mut self, path: &str) -> Begun {
        let page = self.get(path).await;
        assert_eq!(page.status, 303, "{}", page.text);
        Begun(Url::parse(&page.location).unwrap())
    }

    /// Signs in at this provider under this name, in its session of this name.
    pub(crate) async fn sign_in(&mut self, provider: &Provider, sub: &str, sid: &str) -> Page {
        let begun = self.begin("/sign-in").await;
        self.get(&begun.answer(provider, sub, sid)).await
    }

    /// Returns who is signed in.
    pub(crate) async fn account(&mut self) -> Option<String> {
        let page = self.get("/").await;
        assert_eq!(page.status, 200);
        let (_, rest) = page.text.split_once("signed in as ")?;
        Some(rest.split_once(',').unwrap().0.to_owned())
    }
}

impl Begun {
    /// Returns a parameter of the link to the provider.
    pub(crate) fn sent(&self, name: &str) -> String {
        let mut pairs = self.0.query_pairs();
        let found = pairs.find(|(key, _)| key == name);
        found
            .unwrap_or_else(|| panic!("{name} in {}", self.0))
            .1
            .into_owned()
    }

    /// Returns a code that the provider knows this sign-in by.
    pub(crate) fn code(&self, sub: &str, sid: &str) -> String {
        let (nonce, challenge) = (self.sent("nonce"), self.sent("code_challenge"));
        assert_eq!(self.sent("code_challenge_method"), "S256");
        format!("{sub}.{sid}.{nonce}.{challenge}")
    }

    /// Returns the link by which a good provider sends the browser back.
    pub(crate) fn answer(&self, provider: &Provider, sub: &str, sid: &str) -> String {
        let (state, code) = (self.sent("state"), self.code(sub, sid));
        link(&[
            ("state", &state),
            ("code", &code),
            ("iss", provider.issuer()),
        ])
    }
}

/// Returns a link back with these parameters.
pub(crate) fn link(parameters: &[(&str, &str)]) -> String {
    let url = Url::parse_with_params("http://a/callback", parameters).unwrap();
    format!("/callback?{}", url.query().unwrap())
}
