//! The frame around every page, and what it needs to know of the visitor.

use axum::extract::FromRequestParts;
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use sealed_session_axum::{Attribute, Error, Session};

use crate::cart::CART;
use crate::figures::count;
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
    /// This page on the other server.
    elsewhere: String,
    visitor: Option<String>,
    pieces: u64,
    notice: Option<String>,
}

impl FromRequestParts<Server> for Page {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Page, Response> {
        let session = Session::from_request_parts(parts, server)
            .await
            .map_err(IntoResponse::into_response)?;
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let elsewhere = server.elsewhere(host, path);
        Page::of(*server, elsewhere, &session).map_err(IntoResponse::into_response)
    }
}

impl Page {
    fn of(server: Server, elsewhere: String, session: &Session) -> Result<Page, Error> {
        Ok(Page {
            server,
            elsewhere,
            visitor: session.get(NAME)?,
            pieces: session.get(CART)?.map_or(0, |cart| cart.pieces()),
            // Where sessions cannot change, as under a foreign host name, none has a notice.
            notice: session.take(NOTICE).unwrap_or_default(),
        })
    }

    /// A page in place of another whose session could not be sent; it does not count the cart,
    /// which the browser will not hold. `path` is what its link to the other server names.
    pub(crate) fn instead(server: Server, path: &str, session: &Session) -> Page {
        Page {
            server,
            elsewhere: server.elsewhere(None, path),
            visitor: session.get(NAME).ok().flatten(),
            pieces: 0,
            notice: None,
        }
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
                            p.notice role="status" { (notice) }
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
        html! {
            header.top {
                a.brand href="/" { (SHOP) }
                nav aria-label="Main" {
                    ul {
                        li { a href="/" { "Catalogue" } }
                        li {
                            a href="/cart" {
                                "Cart"
                                @if self.pieces > 0 {
                                    " " span.count title=(count(self.pieces, "piece")) { (self.pieces) }
                                }
                            }
                        }
                        li { a href="/session" { "Session" } }
                        @if let Some(name) = &self.visitor {
                            li.visitor { bdi { (name) } }
                            li {
                                form method="post" action="/sign-out" {
                                    button.plain { "Sign out" }
                                }
                            }
                        } @else {
                            li { a href="/sign-in" { "Sign in" } }
                        }
                    }
                }
            }
        }
    }
}

fn footer() -> Markup {
    html! {
        footer {
            p {
                "A demo of " code { "sealed-session" } ": the cart and the name travel in your \
                 browser’s cookies, encrypted. The servers store nothing, and nothing is for sale."
            }
        }
    }
}
