//! Minutes on paper over HTTP: as a web page and as a PDF.

use actix_web::web::Data;
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
use kernel::http::{Html, Path, Pdf, Query, operation};
use kernel::policy::Act;
use paper::Document;

/// The operations that print minutes.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(print_minutes_html_route)
        .service(print_minutes_pdf_route);
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
    act: Act,
    meeting_id: Uuid,
    query: PrintQuery,
) -> Result<Document> {
    let (minutes, reader) = db
        .run(caller, act.on("meeting", meeting_id), move |tx| {
            let (meeting, edition) = api::edition(tx, act, meeting_id, query.version_id)?;
            let reader = printing::reader(tx)?;
            let audited = MinutesOut::audited(tx, &meeting, edition);
            Ok(audited.map(|minutes| (minutes, reader)))
        })
        .await?;
    Ok(print::document(&minutes, reader))
}

/// The minutes as a web page to print: with the reader, the time and the case on every sheet.
#[operation(get, "/meetings/{id}/minutes.html", tag = "minutes", act = ReadMinutes, says = "The page.")]
pub async fn print_minutes_html(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<PrintQuery>,
) -> Result<Html> {
    let document = document(&db, &caller, ACT, id, query).await?;
    Ok(printing::html(&document))
}

/// The minutes as a tagged PDF: with the reader, the time and the case on every page.
#[operation(get, "/meetings/{id}/minutes.pdf", tag = "minutes", act = ReadMinutes, says = "The PDF.")]
pub async fn print_minutes_pdf(
    db: Data<Db>,
    caller: Caller,
    Path(id): Path<Uuid>,
    Query(query): Query<PrintQuery>,
) -> Result<Pdf> {
    let document = document(&db, &caller, ACT, id, query).await?;
    printing::pdf(document, "minutes").await
}
