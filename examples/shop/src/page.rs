//! The frame around every page, and what it needs to know of the visitor.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, Render, html};
use sealed_session_axum::{Attribute, Error, Session};

use crate::cart::CART;
use crate::figures::{grouped, plural};
use crate::server::Server;

/// A sentence for the next page, which takes it away.
pub(crate) const NOTICE: Attribute<String> = Attribute::new("notice");

/// The name that a visitor gave. A string key: its value is stored as JSON text.
pub(crate) const NAME: &str = "name";

/// What the shop calls itself.
const SHOP: &str = "Kiln & Lathe";

/// A bowl, as the picture of the tab.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' \
viewBox='0 0 64 64'%3E%3Cpath fill='%23b05a38' d='M4 24h56c0 15-9 25-19 28v4H23v-4C13 49 4 39 4 \
24z'/%3E%3C/svg%3E";

/// A page to be: a handler asks for one, and renders its content into it.
///
/// Asking takes the session's notice.
#[derive(Debug)]
pub(crate) struct Page {
    server: Server,
    /// Where it is, without a query.
    path: String,
    /// This page on the other server.
    elsewhere: String,
    visitor: Option<String>,
    pieces: u64,
    notice: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Page
where
    Server: FromRef<S>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Page, Response> {
        let session = Session::from_request_parts(parts, state)
            .await
            .map_err(IntoResponse::into_response)?;
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        Page::of(Server::from_ref(state), host, path, &session).map_err(IntoResponse::into_response)
    }
}

impl Page {
    /// A page for who asks for `path`, which may have a query, and calls this server `host`.
    pub(crate) fn of(
        server: Server,
        host: Option<&str>,
        path: &str,
        session: &Session,
    ) -> Result<Page, Error> {
        Ok(Page {
            server,
            path: path.split('?').next().unwrap_or_default().to_owned(),
            elsewhere: server.elsewhere(host, path),
            visitor: session.get(NAME)?,
            pieces: session.get(CART)?.map_or(0, |cart| cart.pieces()),
            // Where sessions cannot change, as under a foreign host name, none has a notice.
            notice: session.take(NOTICE).unwrap_or_default(),
        })
    }

    /// The server that makes it.
    pub(crate) fn server(&self) -> Server {
        self.server
    }

    /// The address of this page on the other server.
    pub(crate) fn elsewhere(&self) -> &str {
        &self.elsewhere
    }

    /// The name that the visitor signed in under.
    pub(crate) fn visitor(&self) -> Option<&str> {
        self.visitor.as_deref()
    }

    /// The whole document.
    pub(crate) fn render(&self, title: &str, content: &Markup) -> Markup {
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) " – " (SHOP) }
                    link rel="icon" href=(ICON);
                    link rel="stylesheet" href="/style.css";
                }
                body {
                    a.skip href="#content" { "Skip to content" }
                    (self.origin())
                    (self.header())
                    main #content {
                        @if let Some(notice) = &self.notice {
                            p.notice role="status" {
                                (notice) " "
                                // The shelf comes back to where the article is, and the badge may be out of sight.
                                @if self.path == "/catalogue" { a href="/cart" { "See the cart" } }
                            }
                        }
                        (content)
                    }
                    (footer())
                }
            }
        }
    }

    /// Which server made the page, and the way to the other one.
    fn origin(&self) -> Markup {
        let letter = self.server.letter();
        let other = letter.other();
        html! {
            aside.origin data-server=(letter) aria-label="Server" {
                p { b.badge aria-hidden="true" { (letter) } "This page came from server " (letter) "." }
                a href=(self.elsewhere) rel="nofollow" { "Same page on server " (other) }
            }
        }
    }

    fn header(&self) -> Markup {
        let cart = html! {
            "Cart"
            @if self.pieces > 0 {
                " " span.count { (grouped(self.pieces)) span.unseen { " " (plural(self.pieces, "piece")) } }
            }
        };
        html! {
            header.top {
                a.brand href="/" { (SHOP) }
                nav aria-label="Main" {
                    ul {
                        li { (self.link("/", "Tour")) }
                        li { (self.link("/catalogue", "Catalogue")) }
                        li { (self.link("/cart", cart)) }
                        li { (self.link("/session", "Session")) }
                    }
                }
                div.account {
                    @if let Some(name) = &self.visitor {
                        a.visitor href="/devices" title=(name) aria-current=[self.is_at("/devices")] {
                            bdi { (name) } span.unseen { ": where you are signed in" }
                        }
                        form method="post" action="/sign-out" { button { "Sign out" } }
                    } @else {
                        (self.link("/sign-in", "Sign in"))
                    }
                }
            }
        }
    }

    fn link(&self, to: &str, content: impl Render) -> Markup {
        html! { a href=(to) aria-current=[self.is_at(to)] { (content) } }
    }

    fn is_at(&self, path: &str) -> Option<&'static str> {
        (self.path == path).then_some("page")
    }
}

fn footer() -> Markup {
    html! {
        footer {
            p {
                "A demo of " code { "sealed-session" } ": the cart and the name travel in your \
                 browser’s cookies, encrypted. The servers store no session, and nothing is for sale."
            }
        }
    }
}
