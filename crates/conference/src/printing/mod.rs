//! Printed documents: whom one is printed for, and how it is sent.

mod store;

use actix_web::web;
use kernel::db::Tx;
use kernel::error::{Error, Result};
use kernel::http::{Html, Pdf};
use paper::{Document, PrintedFor};

/// The caller, as the reader of what is printed at this moment.
pub fn reader(tx: &mut Tx<'_>) -> Result<PrintedFor> {
    let (name, agency) = store::names(tx)?;
    Ok(PrintedFor {
        name,
        agency,
        at: tx.now,
    })
}

/// The document as a web page that may load nothing and run nothing.
pub fn html(document: &Document) -> Html {
    let paper::html::Page { text, policy } = paper::html::page(document);
    Html { text, policy }
}

/// The document as a PDF, typeset off the threads that answer requests.
pub async fn pdf(document: Document, name: &'static str) -> Result<Pdf> {
    let bytes = web::block(move || paper::pdf::write(&document))
        .await
        .map_err(|_| Error::Internal("a worker thread was lost"))?
        .map_err(|_| Error::Internal("a document could not be typeset"))?;
    Ok(Pdf { name, bytes })
}
