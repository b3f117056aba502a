//! A browser that keeps cookies, and what it asks of a page.

use axum::Router;
use axum::body::Body;
use axum::http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use sealed_session_axum::testing;
use tower::ServiceExt;

/// What stands before a form token.
pub(crate) const TOKEN: &str = r#"<input type="hidden" name="csrf_token" value=""#;

/// A browser, as far as cookies and redirects go. Cookies ignore ports, so it has one jar.
#[derive(Clone, Debug, Default)]
pub(crate) struct Browser {
    pub(crate) jar: testing::Browser,
    /// What it calls itself.
    pub(crate) agent: &'static str,
    /// The form token of the page that it shows, if that has a form.
    pub(crate) token: Option<String>,
}

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

    /// Fails if the page has this text. A single word has to stand by itself: the pages about a session show
    /// tokens, and any three letters are in one of a thousand.
    #[track_caller]
    pub(crate) fn lacks(&self, unwanted: &str) -> &Answer {
        let is_of_token = |next: char| next.is_ascii_alphanumeric() || matches!(next, '-' | '_');
        let is_word = unwanted.chars().all(is_of_token);
        let stands_alone = |at: usize| {
            let before = self.body[..at].ends_with(is_of_token);
            !before && !self.body[at + unwanted.len()..].starts_with(is_of_token)
        };
        let mut found = self.body.match_indices(unwanted);
        assert!(
            !found.any(|(at, _)| !is_word || stands_alone(at)),
            "{unwanted:?} in {}",
            self.body
        );
        self
    }

    /// What stands between the first `from` and the `to` after it.
    #[track_caller]
    pub(crate) fn between(&self, from: &str, to: &str) -> &str {
        let (_, rest) = self.body.split_once(from).unwrap();
        rest.split_once(to).unwrap().0
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

    /// Posts as the form of the page does that it shows, or of the sign-in page.
    pub(crate) async fn post(&mut self, server: &Router, path: &str, form: &str) -> Answer {
        if self.token.is_none() {
            self.get(server, "/sign-in").await;
        }
        let token = self.token.as_deref().unwrap();
        let form = format!("csrf_token={token}&{form}");
        self.post_bare(server, path, &form).await
    }

    /// Posts these fields, and no others.
    pub(crate) async fn post_bare(&mut self, server: &Router, path: &str, form: &str) -> Answer {
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

    /// Posts as a page of another site does that has got hold of a good token.
    pub(crate) async fn post_from_elsewhere(
        &mut self,
        server: &Router,
        path: &str,
        form: &str,
    ) -> Answer {
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", "cross-site");
        let token = self.token.as_deref().unwrap_or_default();
        let form = format!("csrf_token={token}&{form}");
        self.send(server, request, Body::from(form)).await
    }

    async fn send(
        &mut self,
        server: &Router,
        request: axum::http::request::Builder,
        body: Body,
    ) -> Answer {
        let cookies = self.jar.cookie();
        let mut request = request
            .header(HOST, "127.0.0.1:3001")
            .header(ACCEPT, "text/html")
            .header(USER_AGENT, self.agent);
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
        self.jar.keep(answer.lines());
        if answer.body.contains("<!DOCTYPE html>") || answer.body.contains("<!doctype html>") {
            let token = answer.body.split_once(TOKEN);
            self.token = token.and_then(|(_, rest)| Some(rest.split_once('"')?.0.to_owned()));
        }
        answer
    }

    /// Closes all windows, and opens one anew.
    pub(crate) fn restart(&mut self) {
        self.jar.restart();
        self.token = None;
    }

    pub(crate) fn cookies(&self) -> Vec<&str> {
        self.jar.cookies().map(|(name, _)| name).collect()
    }
}
