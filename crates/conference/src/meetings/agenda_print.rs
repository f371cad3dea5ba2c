//! The agenda on paper, over HTTP: as a web page and as a PDF, made of what its reader gets as JSON.

use std::collections::HashMap;

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::agenda_api::audited;
use super::agenda_paper::Paper;
use super::head_in_sight;
use crate::printing;
use directory::agencies;
use directory::maracs;
use kernel::caller::Caller;
use kernel::db::Db;
use kernel::error::Result;
use kernel::http::{Path, Problems};
use kernel::policy::Act;
use paper::Document;

/// The operations that print agendas.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config.service(print_agenda_html).service(print_agenda_pdf);
}

async fn document(db: &Db, caller: &Caller, id: Uuid) -> Result<Document> {
    let (agenda, marac, agencies, reader) = db
        .run(caller, Act::ReadAgenda.on("meeting", id), move |tx| {
            let head = head_in_sight(tx, Act::ReadAgenda, id)?;
            let marac = maracs::find(tx, head.meeting.marac_id)?;
            let agencies = match tx.actor.is_staff(marac.id) {
                true => agencies::names(tx, marac.id)?,
                false => HashMap::new(),
            };
            let reader = printing::reader(tx)?;
            let audited = audited(tx, head)?;
            Ok(audited.map(|(agenda, _)| (agenda, marac, agencies, reader)))
        })
        .await?;
    let paper = Paper {
        agenda: &agenda,
        marac: &marac.name,
        labels: &marac.settings()?.labels,
        agencies: &agencies,
    };
    Ok(paper.document(reader))
}

/// The agenda as a web page to print: with the reader, the time and the case on every sheet.
#[utoipa::path(tag = "meetings", operation_id = "print_agenda_html",
    params(("id" = Uuid, Path, description = "The meeting.")), responses(
    (status = 200, description = "The page.", body = String, content_type = "text/html"), Problems))]
#[get("/meetings/{id}/agenda.html")]
async fn print_agenda_html(db: Data<Db>, caller: Caller, id: Path<Uuid>) -> Result<HttpResponse> {
    Ok(printing::html(&document(&db, &caller, id.0).await?))
}

/// The agenda as a tagged PDF: with the reader, the time and the case on every page.
#[utoipa::path(tag = "meetings", operation_id = "print_agenda_pdf",
    params(("id" = Uuid, Path, description = "The meeting.")), responses(
    (status = 200, description = "The PDF.", body = Vec<u8>, content_type = "application/pdf"), Problems))]
#[get("/meetings/{id}/agenda.pdf")]
async fn print_agenda_pdf(db: Data<Db>, caller: Caller, id: Path<Uuid>) -> Result<HttpResponse> {
    let document = document(&db, &caller, id.0).await?;
    printing::pdf(document, "agenda").await
}
