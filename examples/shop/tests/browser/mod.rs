//! A browser that keeps cookies, and what it asks of a page.

use axum::Router;
use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use sealed_session::testing;
use tower::ServiceExt;

/// A browser, as far as cookies and redirects go. Cookies ignore ports, so it has one jar. It goes by the
/// system's clock, whatever the servers go by: a server has to refuse what a browser should have dropped.
#[derive(Clone, Debug)]
pub(crate) struct Browser(testing::Browser);

impl Default for Browser {
    fn default() -> Browser {
        Browser(testing::Browser::default().at(&format!("http://{HOME}")))
    }
}

/// The address of server A.
const HOME: &str = "127.0.0.1:3001";

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn has(&self, wanted: &str) -> &Answer {
        assert!(self.body.contains(wanted), "no {wanted:?} in {}", self.body);
        self
    }

    #[track_caller]
    pub(crate) fn lacks(&self, unwanted: &str) -> &Answer {
        assert!(
            !self.body.contains(unwanted),
            "{unwanted:?} in {}",
            self.body
        );
        self
    }

    /// The `Set-Cookie` lines.
    pub(crate) fn lines(&self) -> Vec<&str> {
        let lines = self.headers.get_all(SET_COOKIE).iter();
        lines.map(|line| line.to_str().unwrap()).collect()
    }

    #[track_caller]
    pub(crate) fn status(&self, wanted: u16) -> &Answer {
        assert_eq!(self.status, wanted, "{}", self.body);
        self
    }
}

impl Browser {
    pub(crate) async fn get(&mut self, server: &Router, path: &str) -> Answer {
        self.send(server, Request::get(path), Body::empty()).await
    }

    pub(crate) async fn post(&mut self, server: &Router, path: &str, form: &str) -> Answer {
        let request = Request::post(path).header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(server, request, Body::from(form.to_owned()))
            .await
    }

    /// Posts, and follows the redirect.
    pub(crate) async fn submit(&mut self, server: &Router, path: &str, form: &str) -> Answer {
        let answer = self.post(server, path, form).await;
        answer.status(303);
        let to = answer
            .headers
            .get(LOCATION)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        self.get(server, to.split('#').next().unwrap()).await
    }

    async fn send(
        &mut self,
        server: &Router,
        request: axum::http::request::Builder,
        body: Body,
    ) -> Answer {
        let mut request = request.header(HOST, HOME);
        let cookies = self.line();
        if !cookies.is_empty() {
            request = request.header(COOKIE, cookies);
        }
        let response = server
            .clone()
            .oneshot(request.body(body).unwrap())
            .await
            .unwrap();
        let (head, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let answer = Answer {
            status: head.status,
            headers: head.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        };
        self.keep(answer.lines());
        answer
    }

    pub(crate) fn keep<V: AsRef<[u8]>>(&mut self, lines: impl IntoIterator<Item = V>) {
        self.0.keep(lines);
    }

    /// Closes the browser, and opens it again.
    pub(crate) fn restart(&mut self) {
        self.0.restart();
    }

    /// The names of the cookies, in their order.
    pub(crate) fn cookies(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.0.cookies().map(|(name, _)| name).collect();
        names.sort_unstable();
        names
    }

    /// The value of a cookie that it has.
    #[track_caller]
    pub(crate) fn value(&self, wanted: &str) -> String {
        let found = self.0.cookies().find(|(name, _)| *name == wanted);
        found.unwrap().1.to_owned()
    }

    /// All cookies, as it sends them.
    pub(crate) fn line(&self) -> String {
        self.0.cookie()
    }
}
