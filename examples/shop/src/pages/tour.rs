//! The first page: what this shop shows of the library, step by step.

use maud::{Markup, html};

use crate::page::Page;

pub(crate) async fn show(page: Page) -> Markup {
    let content = html! {
        h1 { "Two servers, and no session store" }
        p.lead {
            "This shop runs on two servers that share a key and no sessions. What they know about you \
             travels in your browser’s cookies, sealed. Try it:"
        }
        ol.steps role="list" {
            @for (title, step) in [cart(), sign_in(), server(&page), tabs(), devices(), idle(), rotation()] {
                li { h2 { (title) } (step) }
            }
        }
    };
    page.render("Tour", &content)
}

type Step = (&'static str, Markup);

fn cart() -> Step {
    let step = html! {
        p {
            "In " a href="/cart" { "the cart" } ", press “Add them”. 400 articles take two cookies. Press it \
             again: 800 do not fit, so the cart stays as it was."
        }
    };
    ("Fill the cart until it splits", step)
}

fn sign_in() -> Step {
    let step = html! {
        p {
            a href="/sign-in" { "Sign in" } " under any name. Your cart comes along, and the session gets a \
             new id. " (session("Your session")) " shows its values, and the sealed text that your \
             browser holds."
        }
    };
    ("Sign in", step)
}

fn server(page: &Page) -> Step {
    let step = html! {
        p {
            a href=(page.elsewhere()) rel="nofollow" { "Server " (page.server().letter().other()) }
            " has never heard of you. It opens the same cookies, and shows your name and your cart."
        }
    };
    ("Change servers", step)
}

fn tabs() -> Step {
    let step = html! {
        p {
            "Open " (session("your session")) " in two tabs. Sign out in one, and reload the other. A \
             tombstone is left: it keeps a late response from bringing the session back."
        }
    };
    ("Sign out in two tabs", step)
}

fn devices() -> Step {
    let step = html! {
        p {
            "Sign in under the same name in a private window. Open "
            a href="/devices" { "where you are signed in" } ", and sign the other window out. Its cookie is as \
            it was, and both servers refuse it: they keep who was signed out, in 38 bytes."
        }
    };
    ("Sign a device out", step)
}

fn idle() -> Step {
    let step = html! {
        p {
            "Start the shop as below, and sessions end after 20 seconds without a visit. Sign in. Reload "
            (session("your session")) " after 12 seconds: a touch keeps it alive. Then stay away for 20: it is over."
        }
        pre.verbatim { "cargo run -p shop -- --idle 20" }
    };
    ("Stay away", step)
}

fn rotation() -> Step {
    let step = html! {
        p {
            "Twenty seconds after the rotation the new key seals. No server was restarted, and you are still signed in. "
            (session("Your session")) " names the key that sealed it: the new one, as soon as the cart changes."
        }
        pre.verbatim { (ROTATION) }
    };
    ("Rotate the key", step)
}

fn session(text: &str) -> Markup {
    html! { a href="/session" { (text) } }
}

const ROTATION: &str = "\
cargo run -p sealed-session-cli \\
    -- keygen --ring shop.keys
cargo run -p shop \\
    -- --keys shop.keys --poll 2
# Sign in. In another terminal:
cargo run -p sealed-session-cli \\
    -- rotate shop.keys --lead 20s \\
    --policy remembered=30d";
