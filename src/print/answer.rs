//! Printed documents as answers.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web;

use super::Document;
use crate::error::{Error, Result};

/// The document as a web page that may load nothing and run nothing.
pub fn html(document: &Document) -> HttpResponse {
    let page = super::html::page(document);
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, page.policy))
        .body(page.text)
}

/// The document as a PDF, typeset off the threads that answer requests.
pub async fn pdf(document: Document, name: &str) -> Result<HttpResponse> {
    let bytes = web::block(move || super::pdf::write(&document))
        .await
        .map_err(|_| Error::Internal("a worker thread was lost"))??;
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{name}.pdf\""),
        ))
        .body(bytes))
}
