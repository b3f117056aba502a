//! The first page: what this shop shows of the library, step by step.

use maud::{Markup, html};

use crate::page::Page;

pub(crate) async fn show(page: Page) -> Markup {
    let kind = page.server().kind();
    let content = html! {
        h1 { "Two " (kind) "s, and no session store" }
        p.lead {
            "This shop runs on two " (kind) "s that share a key and no sessions. What they know about you \
             travels in your browser’s cookies, sealed. Try it:"
        }
        ol.steps role="list" {
            @for (title, step) in steps(&page) {
                li { h2 { (title) } (step) }
            }
        }
    };
    page.render("Tour", &content)
}

type Step = (&'static str, Markup);

fn steps(page: &Page) -> Vec<Step> {
    let mut steps = vec![cart(), sign_in()];
    // Two sites share no cookies.
    if page.server().origins().is_none() {
        steps.push(server(page));
    }
    steps.extend([sites(page), tabs(), order(), reset(), support()]);
    steps.extend([devices(), idle(), rotation()]);
    steps
}

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
            a href="/sign-in" { "Sign in" } " under any name, with the password “clay”. Your cart comes along, and the session gets a \
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

fn order() -> Step {
    let step = html! {
        p {
            "Fill the cart, and " a href="/order" { "order" } ". If you typed your password more than ten minutes ago, \
             the shop asks for it again, and leads you back. " code { "--confirm 10" } " makes that ten seconds."
        }
    };
    ("Order", step)
}

fn reset() -> Step {
    let step = html! {
        p {
            a href="/forgot" { "Forget your password" } ". The shop shows the mail that it would send. Its link works \
             once, for half an hour, and no table knows of it: it is bound to the hash of the old password."
        }
    };
    ("Forget your password", step)
}

fn support() -> Step {
    let step = html! {
        p {
            "Sign in as " code { "support" } ", and " a href="/support" { "act as a customer" } ". The session keeps \
             both: whose shop you see, and who you are. Then try to order."
        }
    };
    ("Act as a customer", step)
}

fn sites(page: &Page) -> Step {
    let step = html! {
        @if page.server().origins().is_some() {
            p {
                "Sign in at site A, and go to " a href=(page.elsewhere()) rel="nofollow" { "the other site" } ": you are \
                 signed in there as well, under a cookie of another name and host. Sign out at A, and B knows."
            }
        } @else {
            p {
                "Started as below, A and B have cookies of their own. " a href="/sign-in" { "Sign in" } " at A, and go to \
                 B: A hands you over, by a sealed ticket that works in this browser only."
            }
            pre.verbatim { "cargo run -p shop -- --two-sites" }
        }
    };
    ("Go to a second site", step)
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
