//! Minutes on paper over HTTP: as a web page and as a PDF.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;
use validator::Validate;

use super::answer::MinutesOut;
use super::{api, print};
use crate::printing;
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Path, Problems, Query};
use kernel::policy::Act;
use paper::Document;

/// The operations that print minutes.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(print_minutes_html)
        .service(print_minutes_pdf);
}

/// Which version.
#[derive(Debug, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PrintQuery {
    /// The version; the latest unless said.
    version_id: Option<Uuid>,
}

async fn document(
    db: &Db,
    caller: &Caller,
    meeting_id: Uuid,
    query: PrintQuery,
) -> Result<Document> {
    let (minutes, reader) = db
        .run(
            caller,
            Act::ReadMinutes.on("meeting", meeting_id),
            move |tx| {
                let (meeting, edition) = api::edition(tx, meeting_id, query.version_id)?;
                let reader = printing::reader(tx)?;
                let audited = MinutesOut::audited(tx, &meeting, edition);
                Ok(audited.map(|minutes| (minutes, reader)))
            },
        )
        .await?;
    Ok(print::document(&minutes, reader))
}

/// The minutes as a web page to print: with the reader, the time and the case on every sheet.
#[utoipa::path(tag = "minutes", operation_id = "print_minutes_html",
    params(("id" = Uuid, Path, description = "The meeting."), PrintQuery), responses(
    (status = 200, description = "The page.", body = String, content_type = "text/html"), Problems))]
#[get("/meetings/{id}/minutes.html")]
async fn print_minutes_html(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    query: Query<PrintQuery>,
) -> Result<HttpResponse> {
    let document = document(&db, &caller, id.0, query.0).await?;
    Ok(printing::html(&document))
}

/// The minutes as a tagged PDF: with the reader, the time and the case on every page.
#[utoipa::path(tag = "minutes", operation_id = "print_minutes_pdf",
    params(("id" = Uuid, Path, description = "The meeting."), PrintQuery), responses(
    (status = 200, description = "The PDF.", body = Vec<u8>, content_type = "application/pdf"), Problems))]
#[get("/meetings/{id}/minutes.pdf")]
async fn print_minutes_pdf(
    db: Data<Db>,
    caller: Caller,
    id: Path<Uuid>,
    query: Query<PrintQuery>,
) -> Result<HttpResponse> {
    let document = document(&db, &caller, id.0, query.0).await?;
    printing::pdf(document, "minutes").await
}
