//! The frame around every page, and what it needs to know of the visitor.

use std::sync::OnceLock;

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, Render, html};
use sealed_session_axum::flash::{Level, Message};
use sealed_session_axum::{Error, Refusal, Session};

use crate::accounts::{self, NAME, ROLE};
use crate::cart::CART;
use crate::figures::{grouped, plural};
use crate::form::Form;
use crate::server::Server;

/// What the shop calls itself.
const SHOP: &str = "Kiln & Lathe";

/// A bowl, as the picture of the tab.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' \
viewBox='0 0 64 64'%3E%3Cpath fill='%23b05a38' d='M4 24h56c0 15-9 25-19 28v4H23v-4C13 49 4 39 4 \
24z'/%3E%3C/svg%3E";

/// A page to be: a handler asks for one, and renders its content into it.
#[derive(Debug)]
pub(crate) struct Page {
    server: Server,
    session: Session,
    /// The field of the form token, once a form has asked for it. All forms of a page have the same.
    token: OnceLock<String>,
    /// Where it is, without a query.
    path: String,
    /// This page on the other server.
    elsewhere: String,
    visitor: Option<String>,
    pieces: u64,
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
            elsewhere: server.elsewhere(host, path, session.subject().is_some()),
            visitor: session.get(NAME)?,
            pieces: session.get(CART)?.map_or(0, |cart| cart.pieces()),
            session: Session::from((**session).clone()),
            token: OnceLock::new(),
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

    /// A form of this page.
    pub(crate) fn form(&self, form: Form<'_>, fields: impl Render) -> Markup {
        form.render(self.token(), fields)
    }

    /// The field of the form token. A page without forms asks for none, and so begins no session.
    ///
    /// Where none can begin, as under a foreign host name, the form is refused. Nothing that it could do would last.
    pub(crate) fn token(&self) -> &str {
        self.token
            .get_or_init(|| self.session.form_field().unwrap_or_default())
    }

    /// The whole document. It shows the messages that wait, and takes them.
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
                    (self.acting())
                    (self.header())
                    main #content {
                        (self.messages())
                        (content)
                    }
                    (footer())
                }
            }
        }
    }

    /// Which server made the page, and the way to the other one.
    fn origin(&self) -> Markup {
        let (kind, letter) = (self.server.kind(), self.server.letter());
        let other = letter.other();
        html! {
            aside.origin data-server=(letter) aria-label="Server" {
                p { b.badge aria-hidden="true" { (letter) } "This page came from " (kind) " " (letter) "." }
                a href=(self.elsewhere) rel="nofollow" { "Same page on " (kind) " " (other) }
            }
        }
    }

    /// What the page before has left to say.
    fn messages(&self) -> Markup {
        // Where sessions cannot change, none waits.
        let messages = self.session.take_flashes().unwrap_or_default();
        html! {
            // Told on whichever page comes first, because a form there begins another session.
            @if self.session.refusal() == Some(Refusal::Revoked) {
                p.message.warning role="status" {
                    "You were signed out on this device, from another one or everywhere at once. If you did not do \
                     that, sign in, and look where you are signed in."
                }
            }
            @if !messages.is_empty() {
                div.messages { @for message in &messages { (self.message(message)) } }
            }
        }
    }

    fn message(&self, message: &Message) -> Markup {
        let role = match message.level {
            Level::Error => "alert",
            _ => "status",
        };
        html! {
            p.message.(message.level.as_str()) role=(role) {
                (message.text) " "
                // The shelf comes back to where the article is, and the badge may be out of sight.
                @if self.path == "/catalogue" { a href="/cart" { "See the cart" } }
            }
        }
    }

    /// Who acts as whom, on every page, with the button that ends it.
    fn acting(&self) -> Markup {
        let Some(actor) = self.session.actor() else {
            return Markup::default();
        };
        let mask = self.session.subject().unwrap_or_default();
        html! {
            aside.acting aria-label="Acting" {
                p { bdi { (accounts::name(&actor)) } " acts as " bdi { (accounts::name(&mask)) } "." }
                (self.form(Form::to("/support/stop"), html! { button.quiet { "Stop" } }))
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
                        @if self.session.contains(ROLE) { li { (self.link("/support", "Support")) } }
                    }
                }
                div.account {
                    @if let Some(name) = &self.visitor {
                        a.visitor href="/devices" title=(name) aria-current=[self.is_at("/devices")] {
                            bdi { (name) } span.unseen { ": where you are signed in" }
                        }
                        (self.form(Form::to("/sign-out"), html! { button { "Sign out" } }))
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
