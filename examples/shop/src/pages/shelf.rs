//! The catalogue, page by page.

use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::missing;
use crate::catalogue::{self, ARTICLES, Article};
use crate::figures::{grouped, money};
use crate::form::Form;
use crate::page::Page;

/// Articles on one page.
const SHOWN: u32 = 24;

const LAST: u32 = ARTICLES.div_ceil(SHOWN);

#[derive(Deserialize)]
pub(crate) struct Place {
    page: Option<String>,
}

pub(crate) async fn show(page: Page, Query(place): Query<Place>) -> Response {
    let number = place.page.as_deref().map_or(Ok(1), str::parse);
    match number {
        Ok(number @ 1..=LAST) => shelf(&page, number).into_response(),
        _ => missing::answer(&page),
    }
}

/// Where an article stands: its page, and the article on it.
pub(crate) fn place(article: u32) -> String {
    let number = article.saturating_sub(1) / SHOWN + 1;
    format!("/catalogue?page={number}#article-{article}")
}

fn shelf(page: &Page, number: u32) -> Markup {
    let content = html! {
        div.headline {
            h1 { "For the table and around it" }
            p { (grouped(ARTICLES)) " articles, made to order" }
        }
        ul.shelf role="list" {
            @for article in catalogue::articles((number - 1) * SHOWN, SHOWN) {
                li id={ "article-" (article.id) } { (card(page, &article)) }
            }
        }
        (pager(number))
    };
    page.render("Catalogue", &content)
}

fn card(page: &Page, article: &Article) -> Markup {
    let button = html! {
        button.soft name="article" value=(article.id) aria-label={ "Add to cart: " (article.name) } { "Add to cart" }
    };
    html! {
        article.card {
            svg viewBox="-20 -8 104 80" aria-hidden="true" {
                path d=(article.outline) fill=(article.tint) fill-rule="evenodd" {}
            }
            h2 { (article.name) }
            p.price { (money(article.cents)) }
            (page.form(Form::to("/cart/add"), button))
        }
    }
}

fn pager(number: u32) -> Markup {
    let link = |to: u32, rel: &str, text: &str| {
        html! {
            @if (1..=LAST).contains(&to) { a.button.quiet rel=(rel) href={ "/catalogue?page=" (to) } { (text) } }
            @else { span {} }
        }
    };
    html! {
        nav.pager aria-label="Pages" {
            (link(number - 1, "prev", "Previous"))
            p { "Page " (number) " of " (LAST) }
            (link(number + 1, "next", "Next"))
        }
    }
}
