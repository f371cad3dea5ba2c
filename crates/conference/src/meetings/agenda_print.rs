//! The agenda on paper, over HTTP: as a web page and as a PDF, made of what its reader gets as JSON.

use std::collections::HashMap;

use actix_web::web::Data;
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
use kernel::http::{Html, Path, Pdf, operation};
use kernel::policy::Ask;
use paper::Document;

/// The operations that print agendas.
pub(super) fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(print_agenda_html_route)
        .service(print_agenda_pdf_route);
}

async fn document(db: &Db, caller: &Caller, ask: Ask, id: Uuid) -> Result<Document> {
    let (agenda, marac, agencies, reader) = db
        .run(caller, ask, move |tx| {
            let head = head_in_sight(tx, ask.act, id)?;
            let marac = maracs::find(tx, head.meeting.marac_id)?;
            let agencies = match tx.actor.is_staff(marac.id) {
                true => agencies::names(tx, marac.id)?,
                false => HashMap::new(),
            };
            let reader = printing::reader(tx)?;
            let audited = audited(tx, head)?;
            Ok(audited.map(|agenda| (agenda.value, marac, agencies, reader)))
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
#[operation(get, "/meetings/{id}/agenda.html", tag = "meetings", act = ReadAgenda, says = "The page.")]
pub async fn print_agenda_html(db: Data<Db>, caller: Caller, Path(id): Path<Uuid>) -> Result<Html> {
    let document = document(&db, &caller, ACT.on("meeting", id), id).await?;
    Ok(printing::html(&document))
}

/// The agenda as a tagged PDF: with the reader, the time and the case on every page.
#[operation(get, "/meetings/{id}/agenda.pdf", tag = "meetings", act = ReadAgenda, says = "The PDF.")]
pub async fn print_agenda_pdf(db: Data<Db>, caller: Caller, Path(id): Path<Uuid>) -> Result<Pdf> {
    let document = document(&db, &caller, ACT.on("meeting", id), id).await?;
    printing::pdf(document, "agenda").await
}
