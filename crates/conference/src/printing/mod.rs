//! Printed documents: whom one is printed for, and how it is sent.

mod store;

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use paper::{Document, Reader};

/// The caller, as the reader of what is printed at this moment.
pub fn reader(tx: &mut Tx<'_>) -> Result<Reader> {
    let (name, agency) = store::names(tx)?;
    Ok(Reader {
        name,
        agency,
        at: tx.now,
    })
}

/// The document as a web page that may load nothing and run nothing.
pub fn html(document: &Document) -> HttpResponse {
    let page = paper::html::page(document);
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, page.policy))
        .body(page.text)
}

/// The document as a PDF, typeset off the threads that answer requests.
pub async fn pdf(document: Document, name: &str) -> Result<HttpResponse> {
    let bytes = web::block(move || paper::pdf::write(&document))
        .await
        .map_err(|_| Error::Internal("a worker thread was lost"))?
        .map_err(|_| Error::Internal("a document could not be typeset"))?;
    Ok(HttpResponse::Ok()
        .content_type("application/pdf")
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("inline; filename=\"{name}.pdf\""),
        ))
        .body(bytes))
}
